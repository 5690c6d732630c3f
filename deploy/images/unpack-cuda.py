"""Lays the shared libraries of wheels out as the image has them: unpack-cuda.py WHEELS OUT.

NVIDIA's go where the loader looks by itself, so that no variable is needed: a runner's child has an empty environment.
ONNX Runtime's provider goes beside the library that loads it. OUT/wheels.json says what came from where, for the SBOM.
"""

import hashlib
import json
import pathlib
import re
import shutil
import sys
import zipfile
from email import message_from_bytes
from email.message import Message

LIBRARIES = "root/usr/lib/x86_64-linux-gnu"
PROVIDERS = (
    "root/app/node_modules/.pnpm/onnxruntime-node@{version}/node_modules/onnxruntime-node/bin/napi-v6/linux/x64"
)
PROVIDER = re.compile(r"onnxruntime/capi/(libonnxruntime_providers_(?:cuda|shared)\.so)")
# Second builds, and wrappers for other interfaces, are left out: 116 MB.
LIBRARY = re.compile(r"nvidia/[^/]+/lib/(?!libnvblas|libcufftw)([^/]+\.so(?:\.\d+)*)")
LICENSE = re.compile(r"(?:[^/]+\.dist-info/licenses|onnxruntime)/(LICENSE|License\.txt)")


def main(wheels: pathlib.Path, out: pathlib.Path) -> None:
    unpacked = [unpack(path, out) for path in sorted(wheels.glob("*.whl"))]
    (out / "wheels.json").write_text(json.dumps(unpacked, indent=2) + "\n")


def unpack(path: pathlib.Path, out: pathlib.Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as wheel:
        metadata = read_metadata(wheel)
        name, version = metadata["Name"], metadata["Version"]
        for member in wheel.namelist():
            if match := PROVIDER.fullmatch(member):
                extract(wheel, member, out / PROVIDERS.format(version=version) / match[1])
            elif (match := LIBRARY.fullmatch(member)) and ".alt." not in member:
                extract(wheel, member, out / LIBRARIES / match[1])
            elif match := LICENSE.fullmatch(member):
                extract(wheel, member, out / "root/usr/share/doc" / name / "copyright")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    licence = metadata["License-Expression"] or metadata["License"]
    return {"name": name, "version": version, "license": licence, "sha256": digest}


def read_metadata(wheel: zipfile.ZipFile) -> Message:
    member = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_bytes(wheel.read(member))


def extract(wheel: zipfile.ZipFile, member: str, target: pathlib.Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with wheel.open(member) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
    target.chmod(0o755 if ".so" in target.name else 0o644)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
