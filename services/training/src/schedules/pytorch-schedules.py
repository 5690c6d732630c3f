"""Writes pytorch-schedules.json beside this file: factors of the learning rate by torch.optim.lr_scheduler.

Run: python pytorch-schedules.py   (PyTorch 2.15)
"""

import json
import pathlib

import torch
from torch.optim import lr_scheduler

STEPS, PER_EPOCH = 20, 4
LOSSES = [1.0, 0.5, 0.49999, 0.51, 0.52, 0.4, 0.41, 0.42, 0.43, 0.44]


def factors(make_scheduler, losses=None):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make_scheduler(optimizer)
    values = []
    for step in range(len(losses) + 1 if losses else STEPS):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*([losses[step]] if losses and step < len(losses) else [0] if losses else []))
    return values


cases = [
    ["step", {"every": 2, "factor": 0.5}, factors(lambda o: lr_scheduler.StepLR(o, 2 * PER_EPOCH, 0.5))],
    ["linear", {"end": 0.25}, factors(lambda o: lr_scheduler.LinearLR(o, 1.0, 0.25, STEPS))],
    ["cosine", {}, factors(lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS))],
    ["cosine", {"end": 0.1}, factors(lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0.1))],
    ["one-cycle", {}, factors(lambda o: lr_scheduler.OneCycleLR(o, 1.0, STEPS, cycle_momentum=False))],
    ["one-cycle", {"warmup": 0.5, "start": 0.1, "end": 0.01}, factors(
        lambda o: lr_scheduler.OneCycleLR(o, 1.0, STEPS, pct_start=0.5, div_factor=10, final_div_factor=10, cycle_momentum=False)
    )],
    ["reduce-on-plateau", {"patience": 1, "factor": 0.5}, factors(
        lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=1), LOSSES
    )],
]  # fmt: skip
fixture = {"pytorch": torch.__version__, "steps": STEPS, "stepsPerEpoch": PER_EPOCH, "losses": LOSSES, "cases": cases}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
