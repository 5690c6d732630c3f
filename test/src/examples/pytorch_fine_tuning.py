"""A residual network that is trained in PyTorch on five classes, and its fine-tuning on the other five.

Run: python pytorch_fine_tuning.py base IMAGES.zip FOLDER
     python pytorch_fine_tuning.py tune WORK.json

`base` writes FOLDER/base.onnx, the images of the other classes to FOLDER/all, and to FOLDER/few with the first ten
training images of each class only; it prints {"accuracy": on its own five classes}. `tune` prints {"accuracy": of the
test rows} of the same job in PyTorch; LoRA is PEFT's.
"""

import io
import json
import pathlib
import sys
import zipfile

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from PIL import Image
from torch import nn
from torch.nn import functional

from pytorch_images import AUGMENTATIONS, he_uniform, read, resnet

CLASSES, EPOCHS, BATCH, RATE, FEW = 5, 60, 64, 1e-2, 10
MEAN, DEVIATION = 0.5, 0.25


class Network(nn.Module):
    """ResNet-8, with its last layer apart."""

    def __init__(self):
        super().__init__()
        layers = resnet(image_channels=3, classes=CLASSES, blocks=1, channels=16)
        self.features, self.head = layers[:-1], layers[-1]

    def forward(self, x):
        return self.head(self.features(x))


def normalized(x):
    return (x.float() / 255 - MEAN) / DEVIATION


def accuracy(model, x, labels):
    model.eval()
    with torch.no_grad():
        predicted = torch.cat([model(normalized(part)).argmax(1) for part in x.split(500)])
    return (predicted == labels).double().mean().item()


def fit(model, x, labels, *, epochs, batch, rate, augmentations, keeps_statistics=False):
    parameters = [each for each in model.parameters() if each.requires_grad]
    optimizer = torch.optim.Adam(parameters, rate)
    steps = epochs * -(-len(x) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    model.train(not keeps_statistics)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            images = normalized(x[rows])
            for kind, given in augmentations:
                images = AUGMENTATIONS[kind](images, **given)
            optimizer.zero_grad()
            functional.cross_entropy(model(images), labels[rows]).backward()
            optimizer.step()
            schedule.step()


def base(archive, folder):
    images = {"train": ([], []), "test": ([], [])}
    with zipfile.ZipFile(archive) as file:
        names = [name for name in sorted(file.namelist()) if name.endswith(".jpg")]
        classes = sorted({name.split("/")[1] for name in names})
        for name in names:
            split, label, _ = name.split("/")
            if label in classes[:CLASSES]:
                picture = Image.open(io.BytesIO(file.read(name))).convert("RGB")
                images[split][0].append(np.asarray(picture))
                images[split][1].append(classes.index(label))
                continue
            kept = [each for each in names if each.startswith(f"train/{label}/")][:FEW]
            for part in ("all", "few") if split == "test" or name in kept else ("all",):
                path = folder / part / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.read(name))
    torch.manual_seed(0)
    model = Network()
    tensors = {
        split: (torch.from_numpy(np.stack(x)).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels))
        for split, (x, labels) in images.items()
    }
    augmentations = [("flip", {"horizontal": 0.5, "vertical": 0}), ("crop", {"padding": 4})]
    fit(model, *tensors["train"], epochs=EPOCHS, batch=BATCH, rate=RATE, augmentations=augmentations)
    torch.save(model.state_dict(), folder / "base.pt")
    torch.onnx.export(
        model.eval(), torch.zeros(2, 3, 32, 32), folder / "base.onnx", input_names=["image"], output_names=["scores"],
        dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}}, dynamo=False,
    )  # fmt: skip
    print(json.dumps({"accuracy": accuracy(model, *tensors["test"])}))


def tune(work):
    torch.manual_seed(work["seed"])
    model = Network()
    model.load_state_dict(torch.load(pathlib.Path(work["base"]).with_suffix(".pt")))
    model.head = he_uniform(nn.Linear(model.head.in_features, CLASSES))
    parameters = work["model"]
    if parameters["train"] == "head":
        model.features.requires_grad_(False)
    if parameters["train"] == "lora":
        layers = [name for name, module in model.named_modules() if isinstance(module, nn.Conv2d)]
        config = LoraConfig(
            r=parameters["rank"], lora_alpha=parameters["alpha"], target_modules=layers, modules_to_save=["head"]
        )
        model = get_peft_model(model, config)
    (x, labels), test = (read(work[split], work["shape"]) for split in ("train", "test"))
    augmentations = [(each["kind"], each["parameters"]) for each in work["augmentations"]]
    fit(
        model, x, labels, epochs=work["epochs"], batch=work["batch"], rate=work["rate"], augmentations=augmentations,
        keeps_statistics=True,
    )  # fmt: skip
    print(json.dumps({"accuracy": accuracy(model, *test)}))


if sys.argv[1] == "base":
    base(sys.argv[2], pathlib.Path(sys.argv[3]))
else:
    tune(json.loads(pathlib.Path(sys.argv[2]).read_text()))
