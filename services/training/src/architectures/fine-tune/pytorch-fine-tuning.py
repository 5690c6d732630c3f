"""Writes pytorch-fine-tuning.json: the losses of fine-tuning exported models in PyTorch, LoRA by PEFT, in float64.

Run: python pytorch-fine-tuning.py && npx biome format --write pytorch-fine-tuning.json   (torch 2.15, onnx, peft 0.21)
"""

import json
import pathlib

import onnx
import torch
from onnx import numpy_helper
from peft import LoraConfig, get_peft_model
from torch import nn
from torch.nn import functional

FOLDER = pathlib.Path(__file__).parent
EXPORTS = FOLDER.parents[4] / "libs/autodiff/src/pytorch-exports"
STEPS, BATCH, CLASSES, RANK, ALPHA, RATE, MOMENTUM = 8, 8, 5, 2, 16, 0.05, 0.9


class Features(nn.Module):
    """The body of exports.gen.py's Cnn, and a new last layer."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
            nn.Conv2d(4, 4, 3, groups=2), nn.SiLU(), nn.AvgPool2d(2, ceil_mode=True),
        )  # fmt: skip
        self.head = nn.Linear(4, CLASSES)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


class Layers(nn.Module):
    """The body of its Mlp, and a new last layer."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 6), nn.LayerNorm(6), nn.GELU())
        self.head = nn.Linear(6, CLASSES)

    def forward(self, x):
        return self.head(self.layers(x))


def loaded(module, file):
    """With the weights of the file, whose names are those of the module's parameters."""
    tensors = onnx.load(EXPORTS / file).graph.initializer
    given = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in tensors}
    state = module.state_dict()
    module.load_state_dict(state | {name: value for name, value in given.items() if name in state and "head" not in name})
    return module.double()


def prepared(module, train, adapted):
    if train == "head":
        for name, parameter in module.named_parameters():
            parameter.requires_grad_("head" in name)
    if train == "lora":
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=[adapted], modules_to_save=["head"])
        module = get_peft_model(module, config).double()
    return module


def started(module, train):
    """The initial values of what is new, by our names; matrices are [inputs, outputs] but those of the adapters of convolutions."""
    named = dict(module.named_parameters())
    find = lambda part: next(value for name, value in named.items() if part in name)  # noqa: E731
    head = "modules_to_save.default." if train == "lora" else "head."
    given = {"head.weight": find(f"{head}weight").T, "head.bias": find(f"{head}bias")}
    if train == "lora":
        given |= {"lora_a": find("lora_A").flatten(1), "lora_b": find("lora_B").flatten(1)}
    return {name: value.detach().clone().float() for name, value in given.items()}


def case(module, file, *, train, adapted, frozen, x, y):
    torch.manual_seed(1)
    model = prepared(loaded(module, file), train, adapted)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.float().double())
    initial = started(model, train)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=RATE, momentum=MOMENTUM)
    losses = []
    for step in range(STEPS):
        loss = functional.cross_entropy(model(x[step]), y[step])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {
        "file": file, "train": train, "freeze": frozen, "losses": losses,
        "initial": {name: {"shape": list(value.shape), "data": value.flatten().tolist()} for name, value in initial.items()},
    }  # fmt: skip


torch.manual_seed(20261129)
pixels = torch.randint(0, 256, (STEPS, BATCH, 2, 8, 8))
rows = torch.randn(STEPS, BATCH, 4).float()
labels = torch.randint(0, CLASSES, (STEPS, BATCH))
images = {"x": pixels.double() / 255, "y": labels}
tables = {"x": rows.double(), "y": labels}
cases = [
    case(Features(), "cnn-script.onnx", train="full", adapted=None, frozen=[], **images),
    case(Features(), "cnn-script.onnx", train="head", adapted=None, frozen=[], **images),
    case(Features(), "cnn-script.onnx", train="lora", adapted="features.0", frozen=["features.3.*"], **images),
    case(Layers(), "mlp-script.onnx", train="full", adapted=None, frozen=[], **tables),
    case(Layers(), "mlp-script.onnx", train="lora", adapted="layers.0", frozen=[], **tables),
]
data = {
    "steps": STEPS, "batch": BATCH, "classes": CLASSES, "rank": RANK, "alpha": ALPHA, "rate": RATE, "momentum": MOMENTUM,
    # [steps, batch, 8, 8, 2]
    "pixels": pixels.permute(0, 1, 3, 4, 2).flatten().tolist(),
    "rows": rows.flatten().tolist(), "labels": labels.flatten().tolist(), "cases": cases,
}  # fmt: skip
(FOLDER / "pytorch-fine-tuning.json").write_text(json.dumps(data) + "\n")
print({(each["file"], each["train"]): [round(loss, 4) for loss in each["losses"]] for each in cases})
