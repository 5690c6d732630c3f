"""Asks a served model with Triton's own Python client, raw columns by name, for every row of the test split.

Arguments: address, API key, model name. Standard input: the same as of scikit_learn.py. Standard output: the metric of
what was served.
"""
import json
import sys

import numpy as np
import tritonclient.grpc as triton
from sklearn.metrics import accuracy_score, f1_score, r2_score

BATCH = 64
address, key, model = sys.argv[1:]
given = json.load(sys.stdin)
targets, task = given["targets"], given["task"]
chosen = [row for row, split in enumerate(given["split"]) if split == "test"]
rows = {name: [column["values"][row] for row in chosen] for name, column in given["columns"].items()}


def tensor(name, datatype, values):
    if datatype == "BYTES":
        data = np.array([["" if value is None else value] for value in values], dtype=object)
        data = np.char.encode(data.astype(str), "utf-8").astype(object)
    else:
        missing = np.nan if datatype == "FP64" else np.iinfo(np.int64).min
        data = np.array([[missing if value is None else value] for value in values], triton.triton_to_np_dtype(datatype))
    made = triton.InferInput(name, list(data.shape), datatype)
    made.set_data_from_numpy(data)
    return made


client = triton.InferenceServerClient(address)
headers = {"authorization": f"Bearer {key}"}
inputs = client.get_model_metadata(model, headers=headers).inputs
output = {"regression": "prediction", "multilabel": "labels"}.get(task, "label")
served = []
for begin in range(0, len(chosen), BATCH):
    batch = [tensor(each.name, each.datatype, rows[each.name][begin : begin + BATCH]) for each in inputs]
    served.append(client.infer(model, batch, headers=headers).as_numpy(output))
served = np.concatenate(served)

if task == "regression":
    print(r2_score(rows[targets[0]], served.ravel()))
elif task == "multilabel":
    truth = np.array([rows[name] for name in targets]).astype(str).T
    print(f1_score(truth == np.unique(truth)[-1], served, average="micro"))
else:
    labels = [label.decode() for label in served.ravel()]
    print(accuracy_score([str(value) for value in rows[targets[0]]], labels))
