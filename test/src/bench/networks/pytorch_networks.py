"""One round of one work in PyTorch: prints {"ms": milliseconds per step, "mib": peak memory}.

Run: python pytorch_networks.py mlp|cnn|resnet BATCH STEPS THREADS eager|compile HEIGHT WIDTH [CHANNELS]

The networks are those of works.ts: Adam 1e-3 (fused), cross-entropy, pixels scaled to [0, 1]; rows gathered by index.
"""

import json
import resource
import sys
import time

import torch
from torch import nn

ROWS, CLASSES, WARM_UP = 1024, 10, 20


def block(inputs, outputs, stride):
    def conv(i, o, size, s):
        return [nn.Conv2d(i, o, size, s, size // 2, bias=False), nn.BatchNorm2d(o)]

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.main = nn.Sequential(*conv(inputs, outputs, 3, stride), nn.ReLU(), *conv(outputs, outputs, 3, 1))
            projected = stride > 1 or inputs != outputs
            self.shortcut = nn.Sequential(*conv(inputs, outputs, 1, stride)) if projected else nn.Identity()

        def forward(self, x):
            return torch.relu(self.main(x) + self.shortcut(x))

    return Residual()


def network(name, pixels, channels):
    if name == "mlp":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(pixels, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, CLASSES)
        )
    if name == "cnn":
        return nn.Sequential(
            nn.Conv2d(channels, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(64 * 12 * 12, 128), nn.ReLU(), nn.Linear(128, CLASSES),
        )  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(channels, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        block(16, 16, 1), block(16, 32, 2), block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, CLASSES),
    )  # fmt: skip


def main(name, batch, steps, threads, mode, shape):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    height, width, channels = (*shape, 1)[:3]
    images = torch.randint(0, 256, (ROWS, channels, height, width), dtype=torch.uint8)
    labels = torch.randint(0, CLASSES, (ROWS,))
    model = network(name, height * width * channels, channels)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    loss_function = nn.CrossEntropyLoss()

    def loss_of(x, y):
        return loss_function(model(x.float() / 255), y)

    compiled = torch.compile(loss_of) if mode == "compile" else loss_of

    def step(rows):
        optimizer.zero_grad()
        compiled(images[rows], labels[rows]).backward()
        optimizer.step()

    order = torch.randperm(ROWS - ROWS % batch).split(batch)
    for i in range(WARM_UP):
        step(order[i % len(order)])
    began = time.perf_counter()
    for i in range(steps):
        step(order[i % len(order)])
    return (time.perf_counter() - began) / steps * 1000


name, batch, steps, threads, mode, *shape = sys.argv[1:]
ms = main(name, int(batch), int(steps), int(threads), mode, [int(size) for size in shape])
print(json.dumps({"ms": ms, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
