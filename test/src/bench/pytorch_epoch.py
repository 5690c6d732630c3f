"""One epoch of the benchmark's network in PyTorch eager: 784-64-64-10, ReLU, cross-entropy, Adam 1e-3, batch 32, 60,000 rows.

Prints a JSON list: seconds per epoch with 1 and with 2 threads. The rows are random bytes, which does not affect the time.
"""

import json
import time

import torch
from torch import nn

ROWS, BATCH = 60_000, 32


def epoch(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    images = torch.randint(0, 256, (ROWS, 784), dtype=torch.uint8)
    labels = torch.randint(0, 10, (ROWS,))
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_function = nn.CrossEntropyLoss()

    def step(rows):
        optimizer.zero_grad()
        loss = loss_function(model(images[rows].float() / 255), labels[rows])
        loss.backward()
        optimizer.step()

    order = torch.randperm(ROWS).split(BATCH)
    for rows in order[:50]:
        step(rows)
    began = time.perf_counter()
    for rows in order:
        step(rows)
    return time.perf_counter() - began


print(json.dumps([epoch(1), epoch(2)]))
