"""Watercolour: poppies and cornflowers in a meadow, wet washes and sharp glazes on cold-pressed paper.

Pigment is added as density and seen as paper × exp(-density). It gathers at the rim of every wash and in the hollows
of the paper, and is pushed into blooms where water ran back.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Floats,
    Random,
    blur,
    grid,
    noise,
    reduced,
    relief,
    smoothstep,
    swell,
    swelling_line,
    to_picture,
)

SUPERSAMPLED = 2
PAPER = (0.985, 0.970, 0.935)
# How strongly a pigment swallows red, green and blue.
COBALT = (1.25, 0.62, 0.10)
INDIGO = (1.30, 0.95, 0.55)
SAP = (0.90, 0.30, 1.15)
MOSS = (1.10, 0.75, 1.30)
GOLD = (0.05, 0.32, 1.30)
SCARLET = (0.06, 1.20, 1.35)
CRIMSON = (0.22, 1.50, 1.00)
ROSE = (0.03, 0.80, 0.36)
VIOLET = (0.75, 1.10, 0.25)
SEPIA = (0.85, 1.00, 1.10)
# Poppies from far to near: x, y, radius, squash, turn.
POPPIES = (
    ((0.08, 0.46, 0.050, 0.7, 0.3), (0.56, 0.44, 0.045, 0.6, 2.1),
     (0.93, 0.47, 0.055, 0.7, 1.0), (0.38, 0.50, 0.050, 0.6, 4.0)),
    ((0.20, 0.57, 0.085, 0.75, 1.2), (0.82, 0.60, 0.095, 0.7, 0.4),
     (0.51, 0.63, 0.070, 0.65, 3.0), (0.97, 0.76, 0.080, 0.8, 5.0)),
    ((0.33, 0.775, 0.150, 0.82, 0.8), (0.73, 0.83, 0.135, 0.78, 2.4),
     (0.05, 0.86, 0.115, 0.85, 5.2), (0.63, 0.29, 0.090, 0.8, 0.1)),
)  # fmt: skip
CORNFLOWERS = ((0.52, 0.80, 0.055), (0.13, 0.70, 0.050), (0.90, 0.90, 0.060), (0.66, 0.66, 0.042), (0.30, 0.36, 0.040),
               (0.44, 0.93, 0.055), (0.84, 0.42, 0.040), (0.20, 0.94, 0.05), (0.57, 0.52, 0.035))  # fmt: skip
PETALS = 4
Poppy = tuple[float, float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The paper: how rough it is in every place (0 hollow, 1 peak), and the pigment on it."""

    tooth: Array
    pool: Array
    density: Array


def draw(size_px: int, seed: int) -> Image.Image:
    """The sheet, size_px square."""
    random = np.random.default_rng(seed)
    sheet = Sheet(
        tooth=noise(random, size_px, size_px / 5.5, octaves=2),
        pool=noise(random, size_px, 5, octaves=5, roughness=0.6),
        density=np.zeros((size_px, size_px, 3), dtype=np.float32),
    )
    florets = _florets(random, size_px)
    free = 1.0 - blur(np.maximum(_reserved(size_px), florets), size_px / 700)
    _sky(random, sheet, free)
    _meadow(random, sheet, free)
    _stems(random, sheet, free)
    for near, flowers in enumerate(POPPIES):
        _poppies(random, sheet, flowers, 0.62 + 0.24 * near)
    _glaze(random, sheet, florets, COBALT, 1.55)
    _glaze(random, sheet, _eyes(size_px), VIOLET, 1.7)
    _spatter(random, sheet)
    return to_picture(_seen(sheet))


def _glaze(
    random: Random, sheet: Sheet, mask: Array, pigment: tuple[float, float, float], strength: float, edge: float = 1.0
) -> None:
    """A wash as it dries: uneven pools, a dark rim, blooms, pigment settling in the hollows of the paper."""
    size_px = mask.shape[0]
    pool = np.rot90(sheet.pool, int(random.integers(4)))[:, :: random.choice([-1, 1])]
    rim = (mask - blur(mask, size_px / 220)).clip(0.0) * 2.6
    bloom = np.exp(-(((pool - 0.60) / 0.014) ** 2)) - 0.55 * smoothstep(0.60, 0.66, pool)
    body = 0.32 + 1.25 * (pool - 0.30).clip(0.0) + 0.30 * bloom
    grain = 1.0 + 0.85 * (0.5 - sheet.tooth)
    wash = strength * mask * (body + edge * rim) * grain
    sheet.density[...] += wash[..., None] * np.asarray(pigment, dtype=np.float32)


def _blotted(mask: Image.Image, size_px: int) -> Array:
    """A drawn mask with the slightly soft edge of wet paint."""
    return blur(reduced(mask, size_px), size_px / 1000)


def _blank(size_px: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    mask = Image.new("L", (size_px * SUPERSAMPLED,) * 2)
    return mask, ImageDraw.Draw(mask)


def _reserved(size_px: int) -> Array:
    """Where masking fluid keeps the paper white for the flowers."""
    mask, pen = _blank(size_px)
    for flower in (flower for layer in POPPIES for flower in layer):
        for petal in range(PETALS):
            pen.polygon((_petal(flower, petal) * mask.width).ravel().tolist(), fill=255)
    return reduced(mask, size_px)


def _sky(random: Random, sheet: Sheet, free: Array) -> None:
    """Wet in wet: cobalt and violet clouds run into gold over far hills."""
    size_px = free.shape[0]
    _, y = grid(size_px)
    for pigment, strength, cells, low, fall in (
        (COBALT, 1.5, 3, 0.40, 0.40),
        (COBALT, 1.0, 6, 0.52, 0.36),
        (VIOLET, 0.55, 4, 0.52, 0.44),
    ):
        drift = noise(random, size_px, cells, stretch=1.7, octaves=5)
        cloud = smoothstep(low, low + 0.10, drift) * smoothstep(fall, 0.12, y)
        _glaze(random, sheet, cloud * free, pigment, strength)
    glow = smoothstep(0.14, 0.34, y) * smoothstep(0.48, 0.36, y)
    _glaze(random, sheet, glow * free, GOLD, 0.40, 0.2)
    for level, swing, pigment, strength in (
        (0.335, 0.10, VIOLET, 0.75),
        (0.375, 0.08, INDIGO, 0.85),
        (0.41, 0.06, SAP, 0.95),
    ):
        line = level + swing * (noise(random, size_px, 4, octaves=5)[size_px // 2][None, :] - 0.5) * 2
        hill = smoothstep(0.0, 0.004, y - line) * smoothstep(0.19, 0.02, y - line)
        _glaze(random, sheet, hill * free, pigment, strength)


def _meadow(random: Random, sheet: Sheet, free: Array) -> None:
    """Greens and golds dropped into each other, darker and warmer in front, scraped with grass."""
    size_px = free.shape[0]
    _, y = grid(size_px)
    field = smoothstep(0.41, 0.46, y + 0.03 * (sheet.pool - 0.5))
    _glaze(random, sheet, field * free, GOLD, 0.65, 0.3)
    for pigment, strength, cells, low in (
        (SAP, 1.0, 5, 0.42),
        (SAP, 0.9, 9, 0.52),
        (MOSS, 0.85, 6, 0.54),
        (INDIGO, 0.7, 8, 0.58),
    ):
        patch = smoothstep(low, low + 0.05, noise(random, size_px, cells, octaves=4) + 0.22 * (y - 0.6))
        _glaze(random, sheet, patch * field * free, pigment, strength)


def _stems(random: Random, sheet: Sheet, free: Array) -> None:
    """Blades of grass and the flowers' stems, in two tones."""
    size_px = free.shape[0]
    for pigment, strength, blades, width in ((SAP, 1.4, 150, 0.008), (MOSS, 1.5, 110, 0.006), (INDIGO, 1.3, 60, 0.004)):
        mask, pen = _blank(size_px)
        for _ in range(blades):
            root, length = random.uniform((-0.05, 0.62), (1.05, 1.10)), random.uniform(0.08, 0.26)
            _blade(pen, random, root * mask.width, length * mask.width, random.uniform(0.5, 1.2) * width * mask.width)
        _glaze(random, sheet, _blotted(mask, size_px) * free, pigment, strength)
    mask, pen = _blank(size_px)
    for x, y, radius, *_ in (flower for layer in POPPIES for flower in layer):
        t = np.linspace(0.0, 1.0, 14)
        path = np.stack([x + 0.05 * np.sin(2.2 * t + 9 * x), y + t * (0.30 + radius)], axis=1)
        swelling_line(pen, path * mask.width, np.full(14, radius * 0.085 * mask.width), 255)
    _glaze(random, sheet, _blotted(mask, size_px) * free, MOSS, 1.5)


def _blade(pen: ImageDraw.ImageDraw, random: Random, root: Floats, length: float, width: float) -> None:
    """One stroke of a pointed brush, bowed by the wind."""
    t = np.linspace(0.0, 1.0, 12)
    angle = -np.pi / 2 + random.normal(0.0, 0.28) + random.normal(0.1, 0.5) * t
    path = root + np.cumsum(np.stack([np.cos(angle), np.sin(angle)], axis=1), axis=0) * length / 12
    swelling_line(pen, path, width * (swell(12, 0.3) + 0.08), 255)


def _petal(flower: Poppy, petal: int) -> Floats:
    """A broad petal with a crumpled rim, seen from the side. The same every time it is asked for."""
    x, y, radius, squash, turn = flower
    t = np.linspace(-1.0, 1.0, 60)
    around = turn + petal * 2 * np.pi / PETALS + t * 1.02
    frill = 0.05 * np.sin(t * 11 + petal * 2 + 40 * x) + 0.035 * np.sin(t * 23 + 70 * y)
    reach = radius * (1.0 + 0.16 * np.sin(petal * 2.4 + 30 * x) + frill) * (1 - 0.55 * np.abs(t) ** 5)
    rim = np.stack([x + reach * np.cos(around), y + squash * reach * np.sin(around)], axis=1)
    return np.concatenate([[(x, y)], rim])


def _poppies(random: Random, sheet: Sheet, flowers: tuple[Poppy, ...], strength: float) -> None:
    """Two opposite pairs of petals in separate glazes, a deeper red at the heart, veins, a black crown."""
    size_px = sheet.pool.shape[0]
    hearts, veins, crown = (_blank(size_px) for _ in range(3))
    for pair, pigment in ((0, SCARLET), (1, CRIMSON)):
        mask, pen = _blank(size_px)
        for flower in flowers:
            for petal in (pair, pair + 2):
                pen.polygon((_petal(flower, petal) * mask.width).ravel().tolist(), fill=255)
                _veins(veins[1], random, flower, petal, mask.width)
        _glaze(random, sheet, _blotted(mask, size_px), pigment, strength)
    for x, y, radius, squash, _ in flowers:
        for blot, reach in ((hearts, 0.52), (crown, 0.20)):
            around = np.linspace(0, 2 * np.pi, 40)
            far = radius * reach * (1 + 0.22 * np.sin(around * 5 + 9 * x) + 0.12 * np.sin(around * 11))
            outline = np.stack([x + far * np.cos(around), y + squash * far * np.sin(around)], axis=1)
            blot[1].polygon((outline * blot[0].width).ravel().tolist(), fill=255)
        _stamens(crown[1], random, (x, y), radius, crown[0].width)
    _glaze(random, sheet, blur(_blotted(hearts[0], size_px), size_px / 160), CRIMSON, 0.85 * strength, 0.4)
    _glaze(random, sheet, _blotted(veins[0], size_px), CRIMSON, 0.75 * strength)
    _glaze(random, sheet, _blotted(crown[0], size_px), INDIGO, 3.0, 0.6)


def _veins(pen: ImageDraw.ImageDraw, random: Random, flower: Poppy, petal: int, side_px: int) -> None:
    """Creases that fan out from the heart."""
    x, y, radius, squash, turn = flower
    for spread in random.uniform(-0.9, 0.9, 6):
        around = turn + petal * 2 * np.pi / PETALS + spread
        t = np.linspace(0.25, random.uniform(0.6, 0.95), 8)
        path = np.stack(
            [x + radius * t * np.cos(around + 0.2 * t), y + squash * radius * t * np.sin(around + 0.2 * t)], axis=1
        )
        swelling_line(pen, path * side_px, radius * 0.035 * side_px * swell(8, 0.3), 255)


def _stamens(pen: ImageDraw.ImageDraw, random: Random, heart: tuple[float, float], radius: float, side_px: int) -> None:
    """Black dots in a ring around the heart."""
    for around in random.uniform(0, 2 * np.pi, 26):
        reach = radius * random.uniform(0.24, 0.38)
        x, y = (heart[0] + reach * np.cos(around)) * side_px, (heart[1] + 0.8 * reach * np.sin(around)) * side_px
        dot = radius * side_px * random.uniform(0.012, 0.028)
        pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=255)


def _florets(random: Random, size_px: int) -> Array:
    """The ragged blue wheels of the cornflowers."""
    mask, pen = _blank(size_px)
    for x, y, radius in CORNFLOWERS:
        for around in np.linspace(0, 2 * np.pi, 10)[:-1] + random.normal(0.0, 0.16, 9):
            for fork in (-0.20, 0.0, 0.20):
                t = np.linspace(0.15, random.uniform(0.85, 1.1), 8)
                heading = np.stack([np.cos(around + fork * t), 0.85 * np.sin(around + fork * t)], axis=1)
                path = np.array([x, y]) + radius * t[:, None] * heading
                swelling_line(pen, path * mask.width, radius * mask.width * 0.24 * swell(8, 0.8), 255)
    return _blotted(mask, size_px)


def _eyes(size_px: int) -> Array:
    """Their violet middles."""
    mask, pen = _blank(size_px)
    for x, y, radius in CORNFLOWERS:
        reach = 0.30 * radius
        pen.ellipse([mask.width * v for v in (x - reach, y - reach, x + reach, y + reach)], fill=255)
    return _blotted(mask, size_px)


def _spatter(random: Random, sheet: Sheet) -> None:
    """Drops shaken off the brush."""
    size_px = sheet.pool.shape[0]
    for pigment, drops in ((ROSE, 46), (COBALT, 30), (SEPIA, 26)):
        mask, pen = _blank(size_px)
        for x, y in random.random((drops, 2)) * mask.width:
            radius = min(0.010, 0.0014 * (1 + random.pareto(1.5))) * mask.width
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        _glaze(random, sheet, _blotted(mask, size_px), pigment, 1.0)


def _seen(sheet: Sheet) -> Array:
    """Light through the pigment, and the relief of the paper."""
    slope = relief(sheet.tooth * sheet.tooth.shape[0] / 300)[..., None]
    paper = np.asarray(PAPER, dtype=np.float32) * (1 + 0.10 * slope.clip(-0.6, 0.6))
    return np.asarray(paper * np.exp(-sheet.density), dtype=np.float32)
