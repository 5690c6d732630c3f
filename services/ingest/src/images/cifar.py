"""Every 16th pixel of some images of CIFAR-10's sample as Pillow decodes them: writes cifar.json.

Usage: python cifar.py path/to/cifar10_images.zip
"""

import io
import json
import sys
import zipfile
from pathlib import Path

import PIL
from PIL import Image

STEP = 16


def main(path: str) -> None:
    archive = zipfile.ZipFile(path)
    names = [name for name in archive.namelist() if name.endswith(".jpg")]
    chosen = [names[0], names[len(names) // 2], names[-1]]
    images = {}
    for name in chosen:
        image = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
        pixels = image.tobytes()
        images[name] = b"".join(pixels[at : at + 3] for at in range(0, len(pixels), 3 * STEP)).hex()
    content = json.dumps({"pillow": PIL.__version__, "images": images}, indent=2)
    Path(__file__).with_suffix(".json").write_text(content + "\n")


main(sys.argv[1])
