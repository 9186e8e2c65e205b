"""Backbones that do not ship with the project: which file holds each, and where it lies once it is installed.

Free of torch.
"""

from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Published:
    """A file as its authors publish it.

    sha256_begins: what the SHA-256 of the file begins with
    """

    backbone: str
    file: str
    sha256_begins: str
    size_bytes: int
    kept_bytes: int


# PyTorch puts the beginning of the SHA-256 into the name.
PUBLISHED = {
    "vgg19": Published(
        backbone="vgg19",
        file="vgg19-dcbb9e9d.pth",
        sha256_begins="dcbb9e9d",
        size_bytes=548 * MIB,
        kept_bytes=77 * MIB,
    ),
    "vgg16": Published(
        backbone="vgg16",
        file="vgg16-397923af.pth",
        sha256_begins="397923af",
        size_bytes=528 * MIB,
        kept_bytes=57 * MIB,
    ),
}


def installed_path(folder: Path, backbone: str) -> Path:
    """Where the convolutions of a published backbone lie, or are to lie."""
    return folder / f"{backbone}.safetensors"


def is_installed(folder: Path | None, backbone: str) -> bool:
    """Whether that backbone can be used."""
    return folder is not None and installed_path(folder, backbone).is_file()
