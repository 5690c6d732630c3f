"""Writes the models beside this file, as PyTorch exports them, and gradients.json: their results and gradients in float64.

Run: python exports.gen.py && npx biome format --write gradients.json   (torch 2.15, onnx, onnxscript)

Element i of each result counts in the loss with ((7i + 3) mod 11 - 5)/4. An exporter may transpose a weight and rename
it, so gradients are written for the initializers of the files, which are found by their values.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from onnx import numpy_helper
from torch import nn

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parents[2] / "onnx/src/typing/exports"))

from pytorch_export import Attention, export  # noqa: E402

torch.manual_seed(20261129)


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
            nn.Conv2d(4, 4, 3, groups=2), nn.SiLU(), nn.AvgPool2d(2, ceil_mode=True),
        )  # fmt: skip
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        return torch.log_softmax(self.head(self.features(x).flatten(1)), 1)


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 6), nn.LayerNorm(6), nn.GELU(), nn.Linear(6, 3), nn.Softplus())

    def forward(self, x):
        return self.layers(x)


MODELS = {
    "cnn": (Cnn(), torch.randn(2, 2, 8, 8), {0: "batch"}),
    "mlp": (Mlp(), torch.randn(3, 4), {0: "batch"}),
    "attention": (Attention(width=6), torch.randn(2, 4, 6), {0: "batch", 1: "length"}),
}


def reference(model, example):
    model.double()
    x = example.double().requires_grad_()
    y = model(x)
    weights = ((torch.arange(y.numel()) * 7 + 3) % 11 - 5).reshape(y.shape) / 4
    (weights * y).sum().backward()
    return x, y


def gradient_of(array, model):
    """Of the parameter with these values, or with their transpose."""
    for parameter in model.parameters():
        values, gradient = parameter.detach().numpy().astype(np.float32), parameter.grad.numpy()
        if array.shape == values.shape and np.array_equal(array, values):
            return gradient
        if array.ndim == 2 and array.shape == values.T.shape and np.array_equal(array, values.T):
            return gradient.T
    return None


def numbers(array):
    return [float(f"{value:.12g}") for value in np.asarray(array, dtype=float).flatten()]


cases = []
for name, (model, example, axes) in MODELS.items():
    model.eval()
    files = {}
    for dynamo in (False, True):
        path = FOLDER / f"{name}-{'dynamo' if dynamo else 'script'}.onnx"
        stored = export(path, model, example, axes, dynamo)
        files[path.name] = {i.name: numpy_helper.to_array(i) for i in stored.graph.initializer}
    x, y = reference(model, example)
    for file, initializers in files.items():
        found = {key: gradient_of(array, model) for key, array in initializers.items() if array.dtype == np.float32}
        gradients = {key: numbers(gradient) for key, gradient in found.items() if gradient is not None}
        assert len(gradients) == len(list(model.parameters())), (file, sorted(gradients))
        cases.append({
            "file": file, "shape": list(x.shape), "x": numbers(x.detach()), "y": numbers(y.detach()),
            "gradients": {"x": numbers(x.grad), **gradients},
        })  # fmt: skip
(FOLDER / "gradients.json").write_text(json.dumps({"pytorch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
