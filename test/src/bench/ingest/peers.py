"""Reads a CSV file, removes duplicate rows and writes Parquet, with one library; prints JSON: seconds, MiB, version."""

import json
import resource
import sys
import time

library, source, target = sys.argv[1:4]
if library == "polars":
    import polars as module

    started = time.perf_counter()
    module.read_csv(source, try_parse_dates=True).unique(maintain_order=True).write_parquet(target)
else:
    import pandas as module

    started = time.perf_counter()
    module.read_csv(source).drop_duplicates().to_parquet(target)
seconds = time.perf_counter() - started
mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "mib": mib, "version": module.__version__}))
