"""Writes arrow-files.json, the files of arrow-source.integration.test.ts in base64: python arrow-files.py (pyarrow 20 or later)."""

import base64
import datetime as dt
import decimal
import io
import json
import os

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc

UTC = dt.timezone.utc
ROWS = 40


def values(make):
    return [None if row % 8 == 7 else make(row) for row in range(ROWS)]


def full(make):
    return [make(row) for row in range(ROWS)]


table = pa.table(
    {
        "whole": pa.array(full(lambda row: row * 3 - 7), pa.int32()),
        "large": pa.array(full(lambda row: 2**53 + 1 + row), pa.int64()),
        "gaps": pa.array(values(lambda row: row % 5), pa.int64()),
        "single": pa.array(values(lambda row: row / 4), pa.float32()),
        "half": pa.array(values(lambda row: row / 2), pa.float16()),
        "flag": pa.array(values(lambda row: row % 3 == 0), pa.bool_()),
        "text": pa.array(values(lambda row: f"grüße {row}" if row != 2 else ""), pa.large_string()),
        "viewed": pa.array(full(lambda row: f"a longer text than twelve bytes {row % 3}"), pa.string_view()),
        "grade": pa.array(values(lambda row: "abc"[row % 3])).dictionary_encode(),
        "zoned": pa.array(
            values(lambda row: dt.datetime(2024, 3, 1, 12, tzinfo=UTC) + dt.timedelta(hours=row, microseconds=row)),
            pa.timestamp("us", tz="Europe/Berlin"),
        ),
        "seconds": pa.array(full(lambda row: 1_700_000_000 + row), pa.timestamp("s")),
        "nanos": pa.array(full(lambda row: -1_500 + row * 1_000_000_000), pa.timestamp("ns")),
        "day": pa.array(full(lambda row: dt.date(2024, 5, 1) + dt.timedelta(days=row)), pa.date32()),
        "clock": pa.array(values(lambda row: dt.time(row % 24, 30, 15, 250_000)), pa.time64("us")),
        "price": pa.array(values(lambda row: decimal.Decimal(row * 25 - 300) / 100), pa.decimal128(12, 2)),
        "nothing": pa.nulls(ROWS),
        "y": pa.array(full(lambda row: row % 2), pa.int8()),
    }
)
nested = pa.table({"a": [1.5, 2.5], "tags": pa.array([["x"], ["y", "z"]]), "y": [0, 1]})
binary = pa.table({"a": [1.5, 2.5], "raw": pa.array([b"x", b"y"], pa.binary()), "y": [0, 1]})


def written(write):
    sink = io.BytesIO()
    write(sink)
    return base64.b64encode(sink.getvalue()).decode()


def stream(data, **options):
    def write(sink):
        with ipc.new_stream(sink, data.schema, options=ipc.IpcWriteOptions(**options)) as writer:
            writer.write_table(data, max_chunksize=16)

    return written(write)


files = {
    f"{name}.feather": written(lambda sink, c=compression: feather.write_feather(table, sink, compression=c, chunksize=16))
    for name, compression in [("plain", "uncompressed"), ("lz4", "lz4"), ("zstd", "zstd")]
}
files["stream.arrows"] = stream(table)
files["lz4.arrows"] = stream(table, compression="lz4")
files["nested.arrow"] = written(lambda sink: feather.write_feather(nested, sink, compression="uncompressed"))
files["binary.arrow"] = written(lambda sink: feather.write_feather(binary, sink, compression="uncompressed"))
files["version1.feather"] = written(lambda sink: feather.write_feather(binary.drop(["raw"]), sink, version=1))
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "arrow-files.json")
with open(path, "w", encoding="utf-8") as out:
    json.dump(files, out, indent=2)
    out.write("\n")
