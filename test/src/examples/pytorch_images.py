"""The twin of a training job in PyTorch: prints {"accuracy": of the test rows, "seconds": per epoch}.

Run: python pytorch_images.py WORK.json

The work has the rows and the resolved components of the job. The network is architectures/resnet.ts with the same
initialization (He et al. 2015, uniform), the optimizer is Adam, the schedule OneCycleLR without cycled momentum, and the
augmentations are flip and crop, as services/training/src/augmentations defines them. Random numbers are PyTorch's own.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional


def he_uniform(layer):
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def convolved(inputs, outputs, size, stride):
    convolution = he_uniform(nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False))
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.main = nn.Sequential(
            convolved(inputs, outputs, 3, stride), nn.ReLU(), convolved(outputs, outputs, 3, 1)
        )
        projected = stride > 1 or inputs != outputs
        self.shortcut = convolved(inputs, outputs, 1, stride) if projected else nn.Identity()

    def forward(self, x):
        return torch.relu(self.main(x) + self.shortcut(x))


def resnet(image_channels, classes, blocks, channels):
    layers, depth = [convolved(image_channels, channels, 3, 1), nn.ReLU()], channels
    for stage in range(3):
        for block in range(blocks):
            outputs = channels * 2**stage
            layers.append(Residual(depth, outputs, 2 if stage > 0 and block == 0 else 1))
            depth = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), he_uniform(nn.Linear(depth, classes)))


def flip(x, horizontal, vertical):
    for axis, probability in ((3, horizontal), (2, vertical)):
        chosen = torch.rand(len(x), 1, 1, 1) < probability
        x = torch.where(chosen, x.flip(axis), x)
    return x


def crop(x, padding):
    n, channels, height, width = x.shape
    padded = functional.pad(x, (padding,) * 4)
    down, right = torch.randint(0, 2 * padding + 1, (2, n, 1))
    rows, columns = down + torch.arange(height), right + torch.arange(width)
    picked = padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]]
    return picked.permute(0, 3, 1, 2)


AUGMENTATIONS = {"flip": flip, "crop": crop}


def read(split, shape):
    with open(split["images"], "rb") as images, open(split["labels"], "rb") as labels:
        x = torch.frombuffer(bytearray(images.read()), dtype=torch.uint8).reshape(-1, *shape).permute(0, 3, 1, 2)
        return x.contiguous(), torch.frombuffer(bytearray(labels.read()), dtype=torch.uint8).long()


def only(component, kind):
    if component["kind"] != kind:
        raise SystemExit(f"expected {kind}, received {component['kind']}")
    return component["parameters"]


def main(work):
    # The accuracy does not depend on it, and threads of several programs on few cores wait for each other.
    torch.set_num_threads(1)
    torch.manual_seed(work["seed"])
    (images, labels), (test_images, test_labels) = (read(work[split], work["shape"]) for split in ("train", "test"))
    pixels = images.double() / 255
    means = pixels.mean((0, 2, 3), keepdim=True).float()
    deviations = pixels.std((0, 2, 3), keepdim=True, correction=0).float()

    def normalized(x):
        return (x.float() / 255 - means) / deviations

    model = resnet(images.shape[1], work["classes"], **only(work["model"], "resnet"))
    adam, cycle = only(work["optimizer"], "adam"), only(work["schedule"], "one-cycle")
    batches = -(-len(images) // work["batch"])
    optimizer = torch.optim.AdamW(
        model.parameters(), adam["learningRate"], (adam["beta1"], adam["beta2"]), adam["epsilon"],
        weight_decay=adam["weightDecay"],
    )  # fmt: skip
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, adam["learningRate"], total_steps=work["epochs"] * batches, pct_start=cycle["warmup"],
        div_factor=1 / cycle["start"], final_div_factor=cycle["start"] / cycle["end"], cycle_momentum=False,
    )  # fmt: skip
    began = time.perf_counter()
    for _ in range(work["epochs"]):
        for rows in torch.randperm(len(images)).split(work["batch"]):
            x = normalized(images[rows])
            for augmentation in work["augmentations"]:
                x = AUGMENTATIONS[augmentation["kind"]](x, **augmentation["parameters"])
            optimizer.zero_grad()
            functional.cross_entropy(model(x), labels[rows]).backward()
            optimizer.step()
            schedule.step()
    seconds = (time.perf_counter() - began) / work["epochs"]
    model.eval()
    with torch.no_grad():
        predicted = torch.cat([model(normalized(part)).argmax(1) for part in test_images.split(500)])
    accuracy = (predicted == test_labels).double().mean().item()
    print(json.dumps({"accuracy": accuracy, "seconds": seconds}))


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file))
