"""A hill town in facets: the picture is cut along a few shared directions until every piece is one plane of colour.

Each cut is the one that parts light from dark or warm from cold best, so that the planes find walls and roofs by
themselves; then every plane is shaded from one edge to the other and passes into its neighbours.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Colour,
    Random,
    blur,
    grid,
    lookup,
    mix,
    noise,
    ramp,
    relief,
    smoothstep,
    to_picture,
)

Ints = npt.NDArray[np.int64]
SUPERSAMPLED = 2
SKY: list[Colour] = [(30, 62, 116), (70, 116, 160), (140, 172, 184), (236, 214, 166), (222, 156, 96)]
FAR: list[Colour] = [(66, 82, 140), (120, 112, 156), (190, 150, 150)]
LAND: list[Colour] = [(34, 48, 52), (50, 84, 62), (110, 124, 62), (200, 152, 74), (236, 198, 124)]
WALLS: tuple[Colour, ...] = ((252, 234, 192), (240, 200, 132), (222, 166, 98), (246, 216, 164))
SHADES: tuple[Colour, ...] = ((52, 62, 96), (92, 72, 84), (70, 88, 112), (120, 86, 66))
ROOFS: tuple[Colour, ...] = ((196, 78, 36), (156, 50, 36), (218, 110, 52), (108, 40, 46))
TREES: tuple[Colour, ...] = ((20, 56, 52), (44, 92, 66), (18, 38, 54), (92, 122, 62))
INK: Colour = (20, 20, 40)
# The church and the houses from the top of the hill down: x and y of the foot, width, height of wall, of roof.
HOUSES = (
    (0.60, 0.40, 0.085, 0.20, 0.16), (0.46, 0.42, 0.12, 0.09, 0.06), (0.71, 0.45, 0.13, 0.09, 0.06),
    (0.34, 0.50, 0.14, 0.10, 0.07), (0.58, 0.53, 0.14, 0.10, 0.07), (0.85, 0.55, 0.15, 0.11, 0.07),
    (0.18, 0.60, 0.16, 0.11, 0.08), (0.44, 0.63, 0.16, 0.11, 0.08), (0.71, 0.66, 0.17, 0.12, 0.08),
    (0.29, 0.76, 0.18, 0.12, 0.09), (0.95, 0.71, 0.16, 0.13, 0.09), (0.57, 0.80, 0.19, 0.13, 0.09),
    (0.07, 0.84, 0.19, 0.13, 0.09), (0.83, 0.88, 0.20, 0.14, 0.10), (0.40, 0.96, 0.21, 0.14, 0.10),
)  # fmt: skip
TREE = ((-0.22, 0.0), (-0.26, 0.5), (0.0, 1.0), (0.28, 0.4), (0.20, 0.0))
LEANINGS = tuple(np.deg2rad(angle) for angle in (0.0, 32.0, 58.0, 90.0, 122.0, 148.0))  # of the cuts
OFFSETS = (-0.5, -0.25, 0.0, 0.25, 0.5)
SMALLEST = 0.00075  # of the canvas: pieces are not cut further
LOOKED_AT = 128  # pixels of a piece that decide where it is cut


@dataclass(frozen=True, kw_only=True)
class Cuts:
    """The canvas cut up, per pixel: the number of the piece, and how far it is to the nearest inked cut, in pixels."""

    piece: Ints
    edge: Array
    count: int


def draw(size_px: int, seed: int) -> Image.Image:
    """The painting, size_px square."""
    random = np.random.default_rng(seed)
    scene = _town(random, _ground(random, size_px))
    cuts = _cut_up(random, scene, size_px)
    painted = _shaded(random, cuts, scene, size_px)
    return to_picture(_varnished(random, painted, size_px))


def _ground(random: Random, size_px: int) -> Array:
    """Sky, a far mountain and the hill."""
    x, y = grid(size_px)
    tone = noise(random, size_px, 4, octaves=2) - 0.5
    beam = np.sin(11 * (x + 0.55 * y)) * np.sin(7 * (x - 1.2 * y))
    sky = ramp(SKY, 0.12 + 1.25 * y + 0.9 * tone + 0.16 * beam)
    peak = y - 0.26 - 0.42 * np.abs(x - 0.22) ** 0.85
    sky = mix(sky, ramp(FAR, 0.4 + 1.5 * (x - 0.22) + 1.2 * tone), smoothstep(0.0, 0.01, peak))
    hill = y - 0.38 - 0.8 * (x - 0.58) ** 2
    return mix(sky, ramp(LAND, 0.52 + 1.6 * tone + 0.25 * beam), smoothstep(0.0, 0.01, hill))


def _town(random: Random, ground: Array) -> Array:
    """The ground with houses and trees on it, in flat colours."""
    picture = to_picture(ground)
    pen = ImageDraw.Draw(picture)
    for x, y, width, wall, roof in HOUSES:
        for _ in range(4):
            foot_x, foot_y = x + random.uniform(-1.0, 1.0) * width, y + random.uniform(-0.02, 0.04)
            _fill(pen, picture.width, random, TREES, _tree(foot_x, foot_y, random.uniform(0.05, 0.11)))
        _house(pen, picture.width, random, (x, y, width, wall, roof))
    return np.asarray(picture, dtype=np.float32) / 255.0


def _tree(x: float, y: float, height: float) -> list[tuple[float, float]]:
    return [(x + right * height, y - up * height) for right, up in TREE]


def _house(
    pen: ImageDraw.ImageDraw, side: int, random: Random, house: tuple[float, float, float, float, float]
) -> None:
    """A lit gable, a shaded wall, a roof, windows."""
    x, y, width, wall, roof = house
    left, fold, right = x - width / 2, x - width * 0.08, x + width / 2
    middle, top = (left + fold) / 2, y - wall
    _fill(pen, side, random, WALLS, [(left, y), (left, top), (middle, top - roof), (fold, top), (fold, y + 0.02)])
    _fill(pen, side, random, SHADES, [(fold, y + 0.02), (fold, top), (right, top - 0.01), (right, y - 0.01)])
    slope = [
        (middle, top - roof),
        (right - width * 0.12, top - roof),
        (right + 0.01, top + 0.005),
        (fold - 0.005, top + 0.015),
    ]
    _fill(pen, side, random, ROOFS, slope)
    for at_x, at_y, dark in (
        (0.18, 0.30, True),
        (0.18, 0.68, True),
        (0.58, 0.35, False),
        (0.80, 0.35, False),
        (0.70, 0.72, False),
    ):
        window_x, window_y = left + at_x * width, top + at_y * wall
        right, bottom = window_x + 0.09 * width, window_y + 0.24 * wall
        pane = [(window_x, window_y), (right, window_y), (right, bottom), (window_x, bottom)]
        _fill(pen, side, random, (INK,) if dark else (WALLS[1], INK), pane)


def _fill(
    pen: ImageDraw.ImageDraw, side: int, random: Random, colours: tuple[Colour, ...], outline: list[tuple[float, float]]
) -> None:
    pen.polygon([(x * side, y * side) for x, y in outline], fill=colours[random.integers(len(colours))])


def _cut_up(random: Random, scene: Array, size_px: int) -> Cuts:
    """Cut pieces in two until they are small; a cut counts as inked where it parts different colours."""
    side = size_px * SUPERSAMPLED
    x, y = (field.ravel() for field in grid(side))
    piece = np.zeros(side * side, dtype=np.int64)
    edge = np.full(side * side, 99.0, dtype=np.float32)
    waiting, count = [np.arange(side * side)], 0
    while waiting:
        pixels = waiting.pop()
        if len(pixels) < SMALLEST * random.uniform(0.6, 3.2) * side * side:
            piece[pixels] = count
            count += 1
            continue
        looked = pixels[random.integers(0, len(pixels), LOOKED_AT)]
        angle, offset, contrast = _best_cut(random, x[looked], y[looked], lookup(scene, x[looked], y[looked]))
        beyond = x[pixels] * np.cos(angle) + y[pixels] * np.sin(angle) - offset
        if contrast > 0.16:
            edge[pixels] = np.minimum(edge[pixels], np.abs(beyond) * size_px * (0.6 + 0.10 / contrast))
        waiting += [part for part in (pixels[beyond < 0], pixels[beyond >= 0]) if len(part)]
    return Cuts(piece=piece.reshape(side, side), edge=edge.reshape(side, side), count=count)


def _best_cut(random: Random, x: Array, y: Array, colours: Array) -> tuple[float, float, float]:
    """Angle and offset of the cut whose sides differ most in colour, and by how much."""
    turned = np.array(LEANINGS) + random.normal(0.0, 0.05, len(LEANINGS))
    along = np.cos(turned)[:, None] * x + np.sin(turned)[:, None] * y
    spread = along.std(axis=1) + 1e-6
    shares = np.array(OFFSETS) + random.normal(0.0, 0.1, (len(LEANINGS), len(OFFSETS)))
    offsets = along.mean(axis=1)[:, None] + spread[:, None] * shares
    beyond = along[:, None] > offsets[..., None]  # (directions, offsets, pixels)
    weight = beyond.mean(axis=2)
    there = beyond @ colours / len(x)
    here = colours.mean(axis=0) - there
    apart = there / (weight + 1e-6)[..., None] - here / (1 - weight + 1e-6)[..., None]
    contrast = np.abs(apart).mean(axis=2)
    # Long pieces are cut across, so that no splinters are left.
    worth = contrast * np.sqrt(weight * (1 - weight)) + 0.35 * spread[:, None]
    worth[(weight <= 0.12) | (weight >= 0.88)] = -1.0
    way, at = np.unravel_index(worth.argmax(), worth.shape)
    return float(turned[way]), float(offsets[way, at]), float(contrast[way, at])


def _shaded(random: Random, cuts: Cuts, scene: Array, size_px: int) -> Array:
    """Every plane its own colour, darker towards one edge, thin towards the other; brush strokes; broken outlines."""
    side = cuts.piece.shape[0]
    x, y = grid(side)
    piece, count = cuts.piece, cuts.count
    below = lookup(scene, x, y)
    size = np.bincount(piece.ravel(), minlength=count).astype(np.float32)

    def mean(field: Array) -> Array:
        return (np.bincount(piece.ravel(), field.ravel(), count) / size).astype(np.float32)

    colour = np.stack([mean(below[..., channel]) for channel in range(3)], axis=-1)
    colour = colour + 0.30 * (colour - colour.mean(axis=1, keepdims=True)) + random.normal(0.0, 0.07, (count, 1))
    angle = np.array(LEANINGS)[random.integers(0, len(LEANINGS), count)] + np.pi * random.integers(0, 2, count)
    along = (x - mean(x)[piece]) * np.cos(angle)[piece] + (y - mean(y)[piece]) * np.sin(angle)[piece]
    along = (along / (0.62 * np.sqrt(size)[piece] / side)).astype(np.float32)
    stroke = _brushwork(random, size_px, side)[random.integers(0, 4, count)[piece], *np.indices(piece.shape)]
    shade = 1 + 0.30 * along.clip(-1.3, 1.3) + 0.55 * stroke
    plane = colour.astype(np.float32)[piece] * shade[..., None]
    veil = np.stack([blur(below[..., channel], side / 26) for channel in range(3)], axis=-1)
    plane = mix(plane, veil * (1.1 + 0.4 * stroke)[..., None], 0.55 * smoothstep(0.1, 1.2, along))
    broken = smoothstep(0.34, 0.55, noise(random, side, 9, octaves=2))
    plane = mix(plane, INK, 0.85 * broken * smoothstep(1.7, 0.5, cuts.edge * (1.35 - 0.6 * broken)))
    whole = plane.reshape(size_px, SUPERSAMPLED, size_px, SUPERSAMPLED, 3)
    return np.asarray(whole.mean(axis=(1, 3)), dtype=np.float32)


def _brushwork(random: Random, size_px: int, side: int) -> Array:
    """Parallel strokes of a flat brush in four directions, around 0. (4, side, side)"""
    level = noise(random, size_px, 62, stretch=5, octaves=2, roughness=0.7) - 0.5
    x, y = grid(side)
    turned = [lookup(level, (0.71 * x + sign * 0.71 * y) % 1.0, (0.71 * y - sign * 0.71 * x) % 1.0) for sign in (1, -1)]
    plain = lookup(level, x, y)
    return np.stack([plain, plain.T, *turned])


def _varnished(random: Random, painted: Array, size_px: int) -> Array:
    """The weave of the canvas and the ridges of the brush under a lamp."""
    weave = 0.05 * noise(random, size_px, size_px / 5, octaves=1)
    height = blur(painted.mean(axis=2) * 0.5 + weave, size_px / 1000)
    slope = relief(height * size_px / 120)[..., None].clip(-0.5, 0.5)
    return np.asarray(painted * (1 + 0.35 * slope), dtype=np.float32)
