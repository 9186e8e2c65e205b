"""Packs what a training needs into one small folder, for machines that have nothing but this project."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from engine.errors import InvalidRequest
from engine.train.pictures import Pictures, read_folders

LARGEST_MIB = 64
QUALITY = 85
PHOTO_SIDE_PX, STYLE_SIDE_PX = 256, 448


def pack(photos: Sequence[Path], styles: Sequence[Path], teacher: Path | None, out: Path) -> float:
    """Write out/photos, out/styles and out/teacher.safetensors; returns MiB. Raises InvalidRequest where too large."""
    _write(read_folders(photos, shortest_side_px=PHOTO_SIDE_PX), out / "photos")
    _write(read_folders(styles, shortest_side_px=STYLE_SIDE_PX), out / "styles")
    if teacher:
        shutil.copyfile(teacher, out / "teacher.safetensors")
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 2**20
    if size > LARGEST_MIB:
        raise InvalidRequest(f"{out} holds {size:.0f} MiB, more than {LARGEST_MIB}: give fewer pictures")
    return size


def _write(pictures: Pictures, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, levels in zip(pictures.names, pictures.levels, strict=True):
        picture = Image.fromarray(np.ascontiguousarray(levels.permute(1, 2, 0).numpy()))
        picture.save(folder / f"{name}.jpg", quality=QUALITY)
