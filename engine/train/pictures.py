"""The pictures a training sees: decoded once into memory as bytes, cut out at random, some held out by name."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from engine.errors import InvalidRequest
from engine.scales import fit

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True)
class Pictures:
    """Pictures by name (the file's stem), each (3, height, width) of bytes."""

    names: tuple[str, ...]
    levels: tuple[Tensor, ...]

    def __len__(self) -> int:
        return len(self.names)

    def without(self, names: set[str]) -> "Pictures":
        """All but these."""
        return self._chosen([name not in names for name in self.names])

    def only(self, names: set[str]) -> "Pictures":
        """These alone."""
        return self._chosen([name in names for name in self.names])

    def on(self, device: torch.device) -> "Pictures":
        """The same on another device."""
        return Pictures(self.names, tuple(levels.to(device) for levels in self.levels))

    def _chosen(self, wanted: Sequence[bool]) -> "Pictures":
        kept = [index for index, chosen in enumerate(wanted) if chosen]
        return Pictures(tuple(self.names[k] for k in kept), tuple(self.levels[k] for k in kept))


def read_folders(folders: Sequence[Path], *, shortest_side_px: int) -> Pictures:
    """Every picture in these folders and below, shrunk so that its shorter side is at most shortest_side_px.

    Raises InvalidRequest where a folder is missing or holds none.
    """
    names, levels = [], []
    for folder in folders:
        # A preset's preview shows a photograph in its style, and would be taken for a style itself.
        files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.stem != "preview")
        if not files:
            raise InvalidRequest(f"there are no pictures in {folder}")
        for file in files:
            # Presets call every picture style.jpg: the folder's name tells them apart.
            names.append(file.stem if file.stem != "style" else file.parent.name)
            levels.append(_read(file, shortest_side_px))
    return Pictures(tuple(names), tuple(levels))


def _read(file: Path, shortest_side_px: int) -> Tensor:
    try:
        with Image.open(file) as opened:
            picture = opened.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise InvalidRequest(f"{file} is no readable picture") from error
    if min(picture.size) > shortest_side_px:
        shape = fit(picture.size, round(max(picture.size) * shortest_side_px / min(picture.size)))
        picture = picture.resize(shape, Image.Resampling.LANCZOS)
    return levels_of(picture)


def levels_of(picture: Image.Image) -> Tensor:
    """An RGB picture as (3, height, width) of bytes."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous()


def hold_out(names: Sequence[str], count: int, seed: int, always: Sequence[str] = ()) -> set[str]:
    """Names kept for validation: those that begin with one of `always`, then others at random, never all of them."""
    fixed = [name for name in names if name.startswith(tuple(always))] if always else []
    others = sorted(set(names) - set(fixed))
    random.Random(seed).shuffle(others)  # noqa: S311 - a choice to be repeated, not a secret
    wanted = max(0, min(count - len(fixed), len(others) - 1))
    return {*fixed, *others[:wanted]}


def crop(levels: Tensor, side: int, generator: torch.Generator, *, smallest: float = 0.6) -> Tensor:
    """A random square of this side, (3, side, side) in [0, 1], from the picture at a random scale up to its own."""
    shorter = min(levels.shape[-2:])
    least = min(1.0, max(side / shorter, smallest))
    scale = least + (1 - least) * _uniform(generator)
    taken = min(shorter, round(side / scale))
    top = int(_uniform(generator) * (levels.shape[-2] - taken + 1))
    left = int(_uniform(generator) * (levels.shape[-1] - taken + 1))
    cut = levels[:, top : top + taken, left : left + taken].float()[None] / 255
    if _uniform(generator) < 0.5:
        cut = cut.flip(-1)
    return resized(cut, (side, side))[0]


def resized(pixels: Tensor, shape: tuple[int, int]) -> Tensor:
    """(batch, 3, height, width) at (height, width), without aliasing."""
    if tuple(pixels.shape[-2:]) == shape:
        return pixels
    return functional.interpolate(pixels, shape, mode="bilinear", antialias=True, align_corners=False)


def _uniform(generator: torch.Generator) -> float:
    return float(torch.rand((), generator=generator))
