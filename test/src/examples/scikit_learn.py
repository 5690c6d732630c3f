"""Fits linear and multilayer pipelines of scikit-learn on the rows of a dataset version.

Standard input: {"columns": {name: {"kind": ..., "values": [...]}}, "split": [...], "targets": [...], "task": ...,
"metric": ..., "seed": ...}. Standard output: {"linear": ..., "mlp": ...}, the metric on the test split. Both are
fitted on the training and validation rows together, which is more than Athanor fits its weights on.
"""
import json
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score, r2_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
given = json.load(sys.stdin)
kinds = {name: column["kind"] for name, column in given["columns"].items()}
frame = pd.DataFrame({name: column["values"] for name, column in given["columns"].items()})
split = np.array(given["split"])
targets, task, seed = given["targets"], given["task"], given["seed"]
inputs = [name for name in frame if name not in targets]
numbers = [name for name in inputs if kinds[name] != "category"]
categories = [name for name in inputs if kinds[name] == "category"]
frame[numbers] = frame[numbers].astype(float)
frame[categories] = frame[categories].astype(object).where(frame[categories].notna(), "missing")

prepare = ColumnTransformer(
    [
        ("numbers", make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), numbers),
        ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), categories),
    ]
)
test = split == "test"
fit, held = frame[~test], frame[test]
truth = held[targets] if len(targets) > 1 else held[targets[0]]
labels = fit[targets] if len(targets) > 1 else fit[targets[0]]

# Of few rows early stopping leaves scikit-learn too few to choose by; of many it is better and takes less time.
network = {"hidden_layer_sizes": (64, 64), "random_state": seed}
if task == "regression":
    scale = labels.mean(), labels.std(ddof=0)
    models = {"linear": Ridge(1e-3), "mlp": MLPRegressor(max_iter=200, early_stopping=True, **network)}
    labels = (labels - scale[0]) / scale[1]
else:
    logistic = LogisticRegression(max_iter=2000)
    linear = MultiOutputClassifier(logistic) if len(targets) > 1 else logistic
    models = {"linear": linear, "mlp": MLPClassifier(max_iter=300, early_stopping=len(fit) > 5_000, **network)}
    labels, truth = labels.astype(str), truth.astype(str)

result = {}
for name, model in models.items():
    if task == "multilabel":
        both = np.unique(labels.to_numpy().ravel())
        flags = (labels == both[-1]).astype(int)
        predicted = make_pipeline(prepare, model).fit(fit[inputs], flags).predict(held[inputs])
        result[name] = f1_score((truth == both[-1]).astype(int), predicted, average="micro")
        continue
    predicted = make_pipeline(prepare, model).fit(fit[inputs], labels).predict(held[inputs])
    if task == "regression":
        result[name] = r2_score(truth, predicted * scale[1] + scale[0])
    else:
        result[name] = accuracy_score(truth, predicted)
json.dump(result, sys.stdout)
