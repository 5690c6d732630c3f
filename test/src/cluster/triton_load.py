"""Open-loop load by an unmodified tritonclient, which does not retry: ADDRESS CA_FILE MODEL RATE. Ends with standard input."""

import json
import os
import sys
import threading
import time

import numpy as np
import tritonclient.grpc as triton

address, ca_file, model, rate = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
client = triton.InferenceServerClient(address, ssl=True, root_certificates=ca_file)
headers = {"authorization": f"Bearer {os.environ['ATHANOR_API_KEY']}"}
image = triton.InferInput("image", [1, 28, 28], "UINT8")
image.set_data_from_numpy(np.zeros((1, 28, 28), np.uint8))

stopping = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopping.set()), daemon=True).start()
lock = threading.Lock()
latencies, failures = [], []
answered = 0


def answer(due):
    def done(result, error):
        global answered
        with lock:
            answered += 1
            if error is None:
                latencies.append((time.monotonic() - due) * 1000)
            else:
                failures.append(f"{time.strftime('%H:%M:%S')} {error.status()}: {error.message()}")

    return done


begun, sent = time.monotonic(), 0
while not stopping.is_set():
    sent += 1
    due = begun + sent / rate
    time.sleep(max(0.0, due - time.monotonic()))
    client.async_infer(model, [image], answer(due), headers=headers, client_timeout=30)
deadline = time.monotonic() + 35
while answered < sent and time.monotonic() < deadline:
    time.sleep(0.01)

latencies.sort()
at = lambda share: latencies[min(int(share * len(latencies)), len(latencies) - 1)] if latencies else 0.0
print(
    json.dumps(
        {
            "sent": sent,
            "failed": len(failures) + sent - answered,
            "failures": failures[:5],
            "p50Ms": at(0.5),
            "p99Ms": at(0.99),
            "p999Ms": at(0.999),
        }
    )
)
