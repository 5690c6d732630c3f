"""Writes the models beside this file: small networks as PyTorch exports them, with a symbolic batch.

Run: python exports.gen.py (torch 2.15, onnx, onnxscript). The weights are random, which typing does not read.
"""

import pathlib

import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.GELU(), nn.Dropout(0.1), nn.Linear(8, 3))

    def forward(self, x):
        return torch.softmax(self.layers(x), dim=-1)


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 4, 3),
            nn.SiLU(),
            nn.AvgPool2d(2),
        )
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        y = self.features(x)
        return self.head(y.mean(dim=(2, 3))), self.head(nn.functional.adaptive_avg_pool2d(y, 1).flatten(1))


class Attention(nn.Module):
    """Causal self-attention of two heads, written with reshapes that depend on the batch and the length."""

    def __init__(self, width=8, heads=2):
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
        scores = scores.masked_fill(mask, float("-inf"))
        y = torch.softmax(scores, dim=-1) @ v
        return x + self.out(y.transpose(1, 2).contiguous().view(batch, length, width))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 4)
        self.lstm = nn.LSTM(4, 3, num_layers=1, batch_first=True, bidirectional=True)
        self.head = nn.Linear(6, 2)

    def forward(self, tokens):
        y, (h, c) = self.lstm(self.embed(tokens))
        return self.head(y[:, -1]), h, c


MODELS = {
    "mlp": (Mlp(), torch.randn(2, 4), {0: "batch"}),
    "cnn": (Cnn(), torch.randn(2, 1, 12, 12), {0: "batch"}),
    "attention": (Attention(), torch.randn(2, 5, 8), {0: "batch", 1: "length"}),
    "lstm": (Lstm(), torch.randint(0, 11, (2, 5)), {0: "batch", 1: "length"}),
}


def strip(path):
    """Without what depends on the machine: names of files and of Python's functions, and types that are inferred."""
    import onnx

    model = onnx.load(path)
    model.doc_string = ""
    del model.graph.value_info[:]
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    onnx.save(model, path)


torch.manual_seed(0)
for name, (model, example, axes) in MODELS.items():
    model.eval()
    for dynamo in (False, True):
        path = FOLDER / f"{name}-{'dynamo' if dynamo else 'script'}.onnx"
        try:
            if dynamo:
                shapes = ({axis: torch.export.Dim(symbol) for axis, symbol in axes.items()},)
                torch.onnx.export(model, (example,), str(path), dynamo=True, dynamic_shapes=shapes, external_data=False)
            else:
                torch.onnx.export(
                    model, (example,), str(path), dynamo=False, opset_version=17, input_names=["x"], dynamic_axes={"x": axes}
                )
            strip(path)
            print(path.name, path.stat().st_size)
        except Exception as problem:
            print(path.name, "not exported:", str(problem)[:300])
