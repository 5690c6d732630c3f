"""Writes the models beside this file: small networks as PyTorch exports them, with a symbolic batch.

Run: python exports.gen.py (torch 2.15, onnx, onnxscript). The weights are random, which typing does not read.
"""

import pathlib

import torch
from pytorch_export import Attention, export
from torch import nn

FOLDER = pathlib.Path(__file__).parent
torch.manual_seed(0)


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


for name, (model, example, axes) in MODELS.items():
    model.eval()
    for dynamo in (False, True):
        path = FOLDER / f"{name}-{'dynamo' if dynamo else 'script'}.onnx"
        export(path, model, example, axes, dynamo)
        print(path.name, path.stat().st_size)
