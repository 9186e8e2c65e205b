"""Marbled paper: paints dropped on a bath of size, raked, combed and curled, then lifted off on a sheet.

Everything the marbler does moves the paint without mixing it, and each move has an exact inverse (Jaffer's
mathematical marbling). So every point of the sheet is followed back through all moves to the drop it came from.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.presets.draw.common import Array, Colour, Random, blur, grid, noise, scattered, to_picture

SUPERSAMPLED = 2
BATH = 0  # the paint that was thrown first and lies under all drops
PAINTS: tuple[Colour, ...] = (
    (24, 38, 84),
    (246, 236, 212),
    (172, 32, 40),
    (222, 158, 52),
    (36, 118, 130),
    (250, 244, 228),
    (18, 20, 34),
    (214, 92, 60),
)
WEIGHTS = (0.14, 0.19, 0.15, 0.14, 0.13, 0.07, 0.10, 0.08)
PARTS = 64
THROWS = (6, 7, 8)  # drops along each side, one throw after another
CURLS = ((0.24, 0.27, 0.30, 3.6), (0.77, 0.20, 0.22, -3.4), (0.66, 0.70, 0.34, 3.9), (0.17, 0.80, 0.22, -3.2))


@dataclass(frozen=True, kw_only=True)
class Drop:
    """A drop of paint: it pushes everything before it outwards."""

    x: float
    y: float
    radius: float
    paint: int


def draw(size_px: int, seed: int) -> Image.Image:
    """The sheet, size_px square."""
    random = np.random.default_rng(seed)
    x, y = grid(size_px * SUPERSAMPLED)
    x, y = _uncurled(*_trembled(random, x, y))
    x, y = _uncombed(x, y)
    paint, depth = _dropped(x, y, _drops(random))
    return to_picture(_lifted(random, paint, depth, size_px))


def _trembled(random: Random, x: Array, y: Array) -> tuple[Array, Array]:
    """The bath never lies quite still."""
    side = x.shape[0]
    return x + 0.022 * (noise(random, side, 5, octaves=3) - 0.5), y + 0.022 * (noise(random, side, 5, octaves=3) - 0.5)


def _uncurled(x: Array, y: Array) -> tuple[Array, Array]:
    """Undo the curls that a single stick drew at the end: a turn that fades with the distance."""
    for centre_x, centre_y, reach, turns in CURLS:
        right, down = x - centre_x, y - centre_y
        angle = -turns * np.exp(-((np.hypot(right, down) / reach * 2.1) ** 2))
        x = np.asarray(centre_x + right * np.cos(angle) - down * np.sin(angle), dtype=np.float32)
        y = np.asarray(centre_y + right * np.sin(angle) + down * np.cos(angle), dtype=np.float32)
    return x, y


def _uncombed(x: Array, y: Array) -> tuple[Array, Array]:
    """Undo the fine comb, then the wide rake that went to and fro before it."""
    y = y - 0.060 * _teeth(x, 1 / 17)
    x = x - 0.16 * (_teeth(y, 1 / 3.0) - _teeth(y + 0.5 / 3.0, 1 / 3.0))
    y = y - 0.10 * (_teeth(x, 1 / 2.5) - _teeth(x + 0.5 / 2.5, 1 / 2.5))
    return x, y


def _teeth(across: Array, spacing: float) -> Array:
    """How far paint is dragged by teeth that stand `spacing` apart: fully at a tooth, little between."""
    away = np.abs((across / spacing) % 1.0 - 0.5) * 2
    return np.asarray(0.10 ** (1.0 - away), dtype=np.float32)


def _drops(random: Random) -> list[Drop]:
    """Large drops first, then ever smaller ones, some as rings in rings."""
    places = np.concatenate([scattered(random, across) * 1.3 - 0.15 for across in THROWS]).tolist()
    drops = []
    for number, (x, y) in enumerate(places):
        radius = (0.088 - 0.058 * number / len(places)) * random.uniform(0.7, 1.25)
        for ring in range(int(random.integers(1, 4))):
            paint = int(random.choice(len(PAINTS), p=WEIGHTS))
            drops.append(Drop(x=x, y=y, radius=float(radius * 0.74**ring), paint=paint))
    return drops


def _dropped(x: Array, y: Array, drops: list[Drop]) -> tuple[npt.NDArray[np.uint8], Array]:
    """The paint at every point, and how near to its drop's rim it lay (0 in the middle, 1 at the rim)."""
    across, down = (np.array_split(axis.ravel(), PARTS) for axis in (x, y))
    traced = [_traced_back(*place, drops) for place in zip(across, down, strict=True)]
    paint, depth = (np.concatenate(parts).reshape(x.shape) for parts in zip(*traced, strict=True))
    return paint, depth


def _traced_back(x: Array, y: Array, drops: list[Drop]) -> tuple[npt.NDArray[np.uint8], Array]:
    """The same for a few points: so few that they stay in the processor's cache from drop to drop."""
    paint, depth = np.full(x.size, BATH, dtype=np.uint8), np.zeros(x.size, dtype=np.float32)
    left = np.arange(x.size)
    for drop in reversed(drops):
        right, down = x - drop.x, y - drop.y
        share = drop.radius**2 / (right * right + down * down + 1e-12)
        inside = share > 1.0
        if inside.any():  # most drops lie nowhere near
            paint[left[inside]], depth[left[inside]] = drop.paint, 1 / np.sqrt(share[inside])
            left, right, down, share = left[~inside], right[~inside], down[~inside], share[~inside]
        pull = np.sqrt(1.0 - share)
        x, y = drop.x + right * pull, drop.y + down * pull
    return paint, depth


def _lifted(random: Random, paint: npt.NDArray[np.uint8], depth: Array, size_px: int) -> Array:
    """The sheet with the paint on it: each paint a little thinner in its middle, on laid paper."""
    colours = np.asarray(PAINTS, dtype=np.float32) / 255.0
    body = colours[paint] * (0.90 + 0.16 * depth**2)[..., None]
    body = body.reshape(size_px, SUPERSAMPLED, size_px, SUPERSAMPLED, 3).mean(axis=(1, 3), dtype=np.float32)
    soaked = np.stack([blur(body[..., channel], size_px / 1300) for channel in range(3)], axis=-1)
    cloud = noise(random, size_px, 5, octaves=4) - 0.5
    laid = noise(random, size_px, size_px / 7, stretch=9, octaves=1) - 0.5
    return np.asarray(soaked * (1 + 0.42 * cloud + 0.07 * laid)[..., None], dtype=np.float32)
