"""Writes the models beside this file, as PyTorch exports them, and gradients.json: their results and gradients in float64.

Run: python exports.gen.py && npx biome format --write gradients.json   (torch 2.15, onnx, onnxscript)

Element i of each result counts in the loss with ((7i + 3) mod 11 - 5)/4. An exporter may transpose a weight and rename
it, so gradients are written for the initializers of the files, which are found by their values.
"""

import json
import pathlib

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

FOLDER = pathlib.Path(__file__).parent
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


class Attention(nn.Module):
    """Causal self-attention of two heads, written with reshapes that depend on the batch and the length."""

    def __init__(self, width=6, heads=2):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.qkv(self.norm(x)).split(width, dim=2)
        q, k, v = (t.view(batch, length, self.heads, width // self.heads).transpose(1, 2) for t in (q, k, v))
        scores = q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5
        mask = torch.tril(torch.ones(length, length, device=x.device)) == 0
        y = torch.softmax(scores.masked_fill(mask, float("-inf")), dim=-1) @ v
        return x + self.out(y.transpose(1, 2).contiguous().view(batch, length, width))


MODELS = {
    "cnn": (Cnn(), torch.randn(2, 2, 8, 8), {0: "batch"}),
    "mlp": (Mlp(), torch.randn(3, 4), {0: "batch"}),
    "attention": (Attention(), torch.randn(2, 4, 6), {0: "batch", 1: "length"}),
}


def export(name, model, example, axes, dynamo):
    path = FOLDER / f"{name}-{'dynamo' if dynamo else 'script'}.onnx"
    if dynamo:
        shapes = ({axis: torch.export.Dim(symbol) for axis, symbol in axes.items()},)
        torch.onnx.export(model, (example,), str(path), dynamo=True, dynamic_shapes=shapes, external_data=False)
    else:
        options = dict(opset_version=17, input_names=["x"], dynamic_axes={"x": axes})
        torch.onnx.export(model, (example,), str(path), dynamo=False, **options)
    stored = onnx.load(path)
    for part in [stored, stored.graph, *stored.graph.node, *stored.graph.input, *stored.graph.output]:
        part.doc_string = ""
        del part.metadata_props[:]
    for value in stored.graph.initializer:
        del value.metadata_props[:]
    del stored.graph.value_info[:]
    onnx.save(stored, path)
    return path.name, {i.name: numpy_helper.to_array(i) for i in stored.graph.initializer}


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
    files = [export(name, model, example, axes, dynamo) for dynamo in (False, True)]
    x, y = reference(model, example)
    for file, initializers in files:
        found = {key: gradient_of(array, model) for key, array in initializers.items() if array.dtype == np.float32}
        gradients = {key: numbers(gradient) for key, gradient in found.items() if gradient is not None}
        assert len(gradients) == len(list(model.parameters())), (file, sorted(gradients))
        cases.append({
            "file": file, "shape": list(x.shape), "x": numbers(x.detach()), "y": numbers(y.detach()),
            "gradients": {"x": numbers(x.grad), **gradients},
        })  # fmt: skip
(FOLDER / "gradients.json").write_text(json.dumps({"pytorch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
