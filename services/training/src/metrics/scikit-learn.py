"""Writes scikit-learn.json beside this file: what scikit-learn computes for predictions of each family of tasks.

Run: python scikit-learn.py   (scikit-learn 1.9)

Scores are FP32 numbers. null stands for a metric that is not defined on the rows; scikit-learn warns, raises or returns a
conventional value for it.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score, average_precision_score, balanced_accuracy_score, brier_score_loss, confusion_matrix, f1_score,
    hamming_loss, log_loss, mean_absolute_error, mean_absolute_percentage_error, mean_squared_error,
    median_absolute_error, precision_score, r2_score, recall_score, roc_auc_score, roc_curve, root_mean_squared_error,
)  # fmt: skip

random = np.random.default_rng(20261128)
cases = []


def case(family, title, scores, truth, metrics, **more):
    assert all(value is None or np.isfinite(value) for value in metrics.values()), (title, metrics)
    cases.append({
        "family": family, "title": title, "width": scores.shape[1], **more,
        "scores": [float(f"{value:.9g}") for value in scores.ravel()], "truth": np.ravel(truth).tolist(),
        "metrics": {name: None if value is None else float(value) for name, value in metrics.items()},
    })  # fmt: skip


def averages(truth, predicted, labels=None, kinds=("micro", "macro", "weighted")):
    options = {"labels": labels, "zero_division": 0}
    functions = {"precision": precision_score, "recall": recall_score, "f1": f1_score}
    return {
        f"{name}_{kind}": function(truth, predicted, average=kind, **options)
        for name, function in functions.items()
        for kind in kinds
    }


def calibration_error(is_true, probabilities):
    """The bins of calibration_curve, which leaves out the empty ones, and their rows."""
    observed, predicted = calibration_curve(is_true, probabilities, n_bins=15, strategy="uniform")
    bins = np.searchsorted(np.linspace(0, 1, 16)[1:-1], probabilities)
    rows = np.bincount(bins, minlength=15)
    rows = rows[rows > 0]
    reliability = [[int(n), float(p), float(o)] for n, p, o in zip(rows, predicted, observed)]
    return float(np.sum(rows * np.abs(observed - predicted)) / len(probabilities)), reliability


def binary(title, second, truth, threshold=0.5):
    second = np.asarray(second, dtype=np.float32)
    scores = np.stack([np.float32(1) - second, second], axis=1)
    wide, truth = scores.astype(np.float64), np.asarray(truth)
    p = wide[:, 1]
    predicted = (second >= np.float32(threshold)).astype(int)
    both = len(set(truth)) == 2
    error, reliability = calibration_error(truth, p)
    has = {"precision": predicted.any(), "recall": truth.any(), "f1": predicted.any() or truth.any()}
    one = {"precision": precision_score, "recall": recall_score, "f1": f1_score}
    roc = None
    if both:
        roc = [part.tolist() for part in roc_curve(truth, p, drop_intermediate=False)[:2]]
    case("binary", title, scores, truth, {
        "accuracy": accuracy_score(truth, predicted),
        "loss": log_loss(truth, wide, labels=[0, 1]),
        "log_loss": log_loss(truth, wide, labels=[0, 1]),
        "balanced_accuracy": balanced_accuracy_score(truth, predicted),
        "roc_auc": roc_auc_score(truth, p) if both else None,
        "pr_auc": average_precision_score(truth, p) if truth.any() else None,
        "brier": brier_score_loss(truth, p, labels=[0, 1], pos_label=1),
        "calibration_error": error,
        **{name: one[name](truth, predicted, zero_division=0) if has[name] else None for name in one},
        **averages(truth, predicted, [0, 1]),
    }, threshold=threshold, reliability=reliability, roc=roc,
        confusion=confusion_matrix(truth, predicted, labels=[0, 1]).ravel().tolist())  # fmt: skip


def multiclass(title, logits, truth):
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    scores = (exponents / exponents.sum(axis=1, keepdims=True)).astype(np.float32)
    wide, truth = scores.astype(np.float64), np.asarray(truth)
    classes = list(range(scores.shape[1]))
    predicted = scores.argmax(axis=1)
    onehot = (truth[:, None] == np.array(classes)).astype(int)
    complete = len(set(truth)) == len(classes)
    error, reliability = calibration_error(predicted == truth, wide.max(axis=1))
    # roc_auc_score wants rows that sum up to 1 in float64; the mean of the binary areas is its definition of 'ovr'.
    areas = [roc_auc_score(each, p) for each, p in zip(onehot.T, wide.T)] if complete else None
    if complete and len(classes) > 2:
        exact = wide / wide.sum(axis=1, keepdims=True)
        assert abs(roc_auc_score(truth, exact, multi_class="ovr") - np.mean(areas)) < 1e-3
    support = onehot.sum(axis=0)
    precision = {kind: average_precision_score(onehot, wide, average=kind) if complete else None for kind in ("macro", "weighted")}
    case("multiclass", title, scores, truth, {
        "accuracy": accuracy_score(truth, predicted),
        "loss": log_loss(truth, wide, labels=classes),
        "log_loss": log_loss(truth, wide, labels=classes),
        "balanced_accuracy": balanced_accuracy_score(truth, predicted),
        "roc_auc_macro": np.mean(areas) if complete else None,
        "roc_auc_weighted": np.average(areas, weights=support) if complete else None,
        "pr_auc_macro": precision["macro"],
        "pr_auc_weighted": precision["weighted"],
        "brier": brier_score_loss(truth, wide, labels=classes),
        "calibration_error": error,
        **averages(truth, predicted, classes),
    }, reliability=reliability, confusion=confusion_matrix(truth, predicted, labels=classes).ravel().tolist())  # fmt: skip


def multilabel(title, scores, truth, threshold=0.5):
    scores = np.asarray(scores, dtype=np.float32)
    wide, truth = scores.astype(np.float64), np.asarray(truth)
    predicted = (scores >= np.float32(threshold)).astype(int)
    flat, flat_truth = wide.ravel(), truth.ravel()
    both = len(set(flat_truth)) == 2
    loss = log_loss(flat_truth, flat, labels=[0, 1])
    defined = {"precision": predicted.any(), "recall": truth.any(), "f1": predicted.any() or truth.any()}
    figures = averages(truth, predicted)
    case("multilabel", title, scores, truth, {
        **{name: value if defined[name.split("_")[0]] and (truth.any() or "weighted" not in name) else None for name, value in figures.items()},
        "loss": loss,
        "log_loss": loss,
        "subset_accuracy": accuracy_score(truth, predicted),
        "hamming_loss": hamming_loss(truth, predicted),
        "roc_auc_micro": roc_auc_score(truth, wide, average="micro") if both else None,
        "pr_auc_micro": average_precision_score(truth, wide, average="micro") if truth.any() else None,
    }, threshold=threshold)  # fmt: skip


def regression(title, predictions, truth):
    predictions = np.asarray(predictions, dtype=np.float32)
    wide, truth = predictions.astype(np.float64), np.asarray(truth, dtype=np.float64)
    constant = (truth == truth[0]).all(axis=0).any()
    case("regression", title, predictions, truth, {
        "rmse": root_mean_squared_error(truth, wide),
        "loss": mean_squared_error(truth, wide),
        "mse": mean_squared_error(truth, wide),
        "mae": mean_absolute_error(truth, wide),
        "mape": mean_absolute_percentage_error(truth, wide),
        "median_absolute_error": median_absolute_error(truth, wide),
        "r2": None if constant else r2_score(truth, wide),
    })  # fmt: skip


def labels(rows, share):
    return (random.random(rows) < share).astype(int)


truth = labels(90, 0.3)
separated = 1 / (1 + np.exp(-(truth * 2 - 1 + random.normal(size=90) * 1.5)))
binary("scores of full precision", separated, truth)
binary("another threshold", separated, truth, threshold=0.3)
binary("many ties", separated.round(1), truth)
binary("a threshold that scores are equal to", separated.round(1), truth, threshold=0.3)
binary("certain and wrong", [0, 1, 1, 0, 0.5, 1, 0], [0, 1, 0, 1, 1, 1, 0])
binary("close to 0 and to 1", np.where(truth, 1 - 1e-6 * random.random(90), 1e-20 * random.random(90)), 1 - truth)
binary("all scores equal", np.full(20, 0.25), labels(20, 0.5))
binary("only the first class", separated[:12], np.zeros(12, dtype=int))
binary("only the second class", separated[:12], np.ones(12, dtype=int))
binary("nothing is predicted", separated[:30] / 4, truth[:30])
binary("one row", [0.75], [1])

for classes in (2, 3, 5):
    truth = np.concatenate([np.arange(classes), random.integers(0, classes, 60)])
    logits = np.eye(classes)[truth] * 1.5 + random.normal(size=(len(truth), classes)) * 1.5
    multiclass(f"{classes} classes", logits, truth)
    multiclass(f"{classes} classes, many ties", logits.round(0), truth)
truth = np.array([0, 1, 1, 3, 3, 3, 0, 1])
multiclass("a class without rows", random.normal(size=(8, 4)), truth)
multiclass("one class only", random.normal(size=(6, 3)), np.ones(6, dtype=int))
never = random.normal(size=(20, 4))
never[:, 2] -= 20
multiclass("a class that is never predicted", never, np.arange(20) % 4)
multiclass("certain and wrong", 200 * np.eye(3)[[0, 1, 2, 1]], np.array([0, 1, 1, 2]))

truth = (random.random((50, 3)) < [0.5, 0.2, 0.7]).astype(int)
scores = 1 / (1 + np.exp(-((truth * 2 - 1) + random.normal(size=(50, 3)))))
multilabel("three labels", scores, truth)
multilabel("another threshold and ties", scores.round(1), truth, threshold=0.7)
multilabel("nothing is true", scores[:8], np.zeros((8, 3), dtype=int))
multilabel("everything is true", scores[:8], np.ones((8, 3), dtype=int))
multilabel("nothing is predicted", scores[:8] / 4, truth[:8])
multilabel("nothing is true or predicted", scores[:8] / 4, np.zeros((8, 3), dtype=int))
multilabel("one label that is never true", scores[:, :2], truth[:, :2] * [0, 1])

truth = random.normal(size=(41, 1)) * 30 + 100
regression("one target, odd rows", truth + random.normal(size=(41, 1)) * 8, truth)
regression("one target, even rows", truth[:40] + random.normal(size=(40, 1)) * 8, truth[:40])
regression("far from zero", truth[:30] * 16 + 2**20, truth[:30] * 16 + 2**20 + random.normal(size=(30, 1)))
regression("zeros in the truth", random.normal(size=(20, 1)), truth[:20] * (random.random((20, 1)) < 0.5))
regression("a constant", random.normal(size=(10, 1)) + 5, np.full((10, 1), 5.1))
regression("one row", [[1.5]], [[2]])
several = random.normal(size=(40, 3)) * [1, 50, 1000]
regression("three targets", several + random.normal(size=(40, 3)) * [0.1, 20, 900], several)
several[:, 1] = 7
regression("three targets, one constant", several + 1, several)

path = pathlib.Path(__file__).with_suffix(".json")
lines = ",\n".join(json.dumps(each, separators=(",", ":"), allow_nan=False) for each in cases)
path.write_text(f'{{"scikit-learn":"{sklearn.__version__}","numpy":"{np.__version__}","cases":[\n{lines}\n]}}\n')
print(f"{len(cases)} cases")
