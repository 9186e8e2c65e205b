"""A Roman floor: fishes under a golden sun, in tesserae that run along every outline and the sea's waves.

The stones settle like people in a crowd: each moves to the middle of what lies nearest to it, measured with a
square turned along the outline, so that rows form (Hausner's decorative mosaics).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.presets.draw.common import (
    Array,
    Colour,
    Random,
    blur,
    grid,
    lookup,
    mix,
    noise,
    relief,
    scattered,
    smoothstep,
    to_picture,
)

Ints = npt.NDArray[np.int64]
ACROSS = 50  # stones along each side
ROUNDS = 9  # in which the stones settle
MAP_PX = 400  # they settle on a map of this size, whatever the picture's
REACH = 1.9 / ACROSS
GROUT = 0.0016  # half width
FAR = 9.0
SUN = (0.69, 0.225)
FISHES = ((0.40, 0.545, 0.25, -0.22), (0.64, 0.835, 0.215, 2.98))  # x, y, half length, turn
WAVES = ((0.40, 0.020), (0.475, 0.024), (0.56, 0.026), (0.655, 0.028), (0.755, 0.030), (0.86, 0.032), (0.96, 0.03))

# The stones of each part, in the order of the parts' numbers.
STONES: tuple[tuple[Colour, ...], ...] = (
    ((236, 206, 140), (226, 180, 96), (244, 224, 176), (214, 160, 90), (240, 214, 150)),
    ((232, 120, 46), (206, 70, 40), (244, 160, 60)),
    ((252, 232, 150), (246, 206, 84), (255, 242, 190)),
    ((20, 60, 120), (14, 44, 96), (30, 84, 146)),
    ((28, 116, 158), (40, 140, 170), (20, 96, 146)),
    ((84, 186, 186), (120, 206, 196), (60, 164, 176)),
    ((236, 240, 226), (206, 232, 226)),
    ((196, 48, 40), (222, 84, 44), (170, 34, 44)),
    ((246, 176, 60), (250, 206, 110), (236, 146, 50)),
    ((250, 236, 206), (240, 216, 180)),
    ((40, 22, 30), (60, 28, 34)),
    ((150, 186, 196), (118, 164, 186), (186, 204, 200)),
)
SKY, RAY, DISC, DEEP, BLUE, TURQUOISE, FOAM, SCALE, GOLD, BELLY, DARK, AIR = range(len(STONES))


@dataclass(frozen=True, kw_only=True)
class Stones:
    """Where the stones lie (n, 2) and how each is turned (n,)."""

    place: Array
    turn: Array


def draw(size_px: int, seed: int) -> Image.Image:
    """The floor, size_px square."""
    random = np.random.default_rng(seed)
    outline, _ = _scene(*grid(MAP_PX))
    stones = _settled(random, outline)
    stone, border = _laid(stones, size_px)
    _, part = _scene(stones.place[:, 0], stones.place[:, 1])
    return to_picture(_polished(random, stones, part, stone, border, size_px))


def _scene(x: Array, y: Array) -> tuple[Array, Ints]:
    """Distance to the nearest outline, and the number of the part, at points of any shape."""
    away = np.hypot(x - SUN[0], y - SUN[1])
    around = np.arctan2(y - SUN[1], x - SUN[0])
    rays = np.where(np.sin(around * 8 + 9 * away) > 0, RAY, DISC)
    rings = np.where((away - 0.235) % 0.17 < 0.09, SKY, AIR)
    part = np.where(away < 0.105, DISC, np.where(away < 0.128, RAY, np.where(away < 0.235, rays, rings)))
    outline = np.minimum(np.abs(away - 0.117), np.abs(away - 0.235))
    part, outline = _sea(x, y, part, outline)
    for fish in FISHES:
        part, outline = _fish(x, y, part, outline, fish)
    return outline.astype(np.float32), part.astype(np.int64)


def _sea(x: Array, y: Array, part: Ints, outline: Array) -> tuple[Ints, Array]:
    """Rows of waves, a line of foam on each, darker towards the bottom."""
    tones = (TURQUOISE, BLUE, TURQUOISE, BLUE, DEEP, BLUE, DEEP)
    for row, ((level, swing), tone) in enumerate(zip(WAVES, tones, strict=True)):
        turn = x * 2 * np.pi * (2.6 - 0.12 * row) + row * 2.1
        below = y - level - swing * (np.sin(turn) + 0.35 * np.sin(2 * turn + 0.8))
        part = np.where(below > 0, np.where(below < 0.022, FOAM, tone), part)
        outline = np.where(below > 0, np.abs(below), np.minimum(outline, np.abs(below)))
    return part, outline


def _fish(
    x: Array, y: Array, part: Ints, outline: Array, fish: tuple[float, float, float, float]
) -> tuple[Ints, Array]:
    """A fish made of two arcs, a forked tail and fins; bands of scales on its body."""
    centre_x, centre_y, half, turn = fish
    right, down = (x - centre_x) / half, (y - centre_y) / half
    u = right * np.cos(turn) + down * np.sin(turn)
    v = (down * np.cos(turn) - right * np.sin(turn)) * (-1 if np.cos(turn) < 0 else 1)
    body = 1.42 - np.hypot(u, np.abs(v) + 0.97)
    tail = np.minimum(np.minimum(-0.72 - u, u + 1.38), 0.62 * (-0.62 - u) - np.abs(v) + 0.06)
    tail = np.minimum(tail, np.abs(v) + 0.30 * (u + 1.75) - 0.10)
    fins = np.minimum(0.66 - np.hypot(u - 0.10, np.abs(v) - 0.10) * 1.0, 0.55 * (u + 0.55) - (np.abs(v) - 0.36))
    fins = np.minimum(fins, 0.42 - u)
    shape = np.maximum(np.maximum(body, tail), fins)
    skin = np.where(v > 0.20 - 0.1 * u, BELLY, np.where(np.sin(u * 15 + 3.2 * v * v) > 0.1, SCALE, GOLD))
    skin = np.where(body > 0, np.where(u > 0.62, GOLD, skin), np.where(np.sin(18 * v) > 0, SCALE, GOLD))
    eye = np.hypot(u - 0.76, v + 0.06)
    skin = np.where(eye < 0.13, np.where(eye < 0.075, DARK, BELLY), skin)
    skin = np.where((np.abs(shape) < 0.055) & (eye > 0.13), DARK, skin)
    nearest = half * np.minimum(np.abs(shape), np.abs(body))
    return np.where(shape > 0, skin, part), np.where(shape > -0.35, nearest, np.minimum(outline, nearest))


def _settled(random: Random, outline: Array) -> Stones:
    """Stones thrown evenly, then settled; each turned along the outline nearest to it."""
    soft = blur(outline, MAP_PX / 150)
    place = scattered(random, ACROSS)
    stones = Stones(place=place, turn=_turned(soft, place))
    x, y = grid(MAP_PX)
    for _ in range(ROUNDS):
        stone, _ = _laid(stones, MAP_PX)
        weight = np.where(outline < 0.0035, 0.02, 1.0).ravel()
        count = np.bincount(stone.ravel(), weight, len(place)) + 1e-6
        middle = [np.bincount(stone.ravel(), weight * axis.ravel(), len(place)) / count for axis in (x, y)]
        place = np.stack(middle, axis=1).astype(np.float32)
        stones = Stones(place=place, turn=_turned(soft, place))
    return stones


def _turned(outline: Array, place: Array) -> Array:
    """The direction in which the distance to the outline grows, at every place. (n,)"""
    down, right = (np.asarray(axis, dtype=np.float32) for axis in np.gradient(outline))
    x, y = place[:, 0], place[:, 1]
    return np.asarray(np.arctan2(lookup(down, x, y), lookup(right, x, y)), dtype=np.float32)


def _laid(stones: Stones, size_px: int) -> tuple[Ints, Array]:
    """The stone every pixel belongs to, and how far it is to the edge of that stone."""
    stone = np.zeros((size_px, size_px), dtype=np.int64)
    nearest, second = (np.full((size_px, size_px), FAR, dtype=np.float32) for _ in range(2))
    for index, here, distance in _around(stones, size_px):
        best, other = nearest[here], second[here]  # windows: what is written there is written on the whole
        np.minimum(other, np.maximum(best, distance), out=other)
        stone[here][distance < best] = index
        np.minimum(best, distance, out=best)
    return stone, np.asarray((second - nearest) / 2, dtype=np.float32)


def _around(stones: Stones, size_px: int) -> Iterator[tuple[int, tuple[slice, slice], Array]]:
    """For every stone the pixels it may reach and its distance to them, in turned squares."""
    axis = grid(size_px)[0][0]
    cosines, sines = np.cos(stones.turn).tolist(), np.sin(stones.turn).tolist()
    for index, (place_x, place_y) in enumerate(stones.place.tolist()):
        rows, columns = _window(place_y, size_px), _window(place_x, size_px)
        right, down = axis[columns] - place_x, (axis[rows] - place_y)[:, None]
        along = np.abs(right * cosines[index] + down * sines[index])
        across = np.abs(down * cosines[index] - right * sines[index])
        yield index, (rows, columns), np.maximum(along, across) + 0.15 * np.minimum(along, across)


def _window(centre: float, size_px: int) -> slice:
    return slice(max(0, int((centre - REACH) * size_px)), max(0, int((centre + REACH) * size_px) + 1))


def _polished(random: Random, stones: Stones, part: Ints, stone: Ints, border: Array, size_px: int) -> Array:
    """Every stone its own colour, tilt and veins; rounded edges, sandy grout, light from the upper left."""
    count = len(part)
    chosen = np.array([STONES[number][random.integers(len(STONES[number]))] for number in part]) / 255.0
    chosen = chosen * random.normal(1.0, 0.09, (count, 1)) + random.normal(0.0, 0.018, (count, 3))
    x, y = grid(size_px)
    home = stones.place[stone]
    lean = random.normal(0.0, 4.5, (count, 2)).astype(np.float32)[stone]
    tilt = lean[..., 0] * (x - home[..., 0]) + lean[..., 1] * (y - home[..., 1])
    vein = noise(random, size_px, 45, octaves=2) - 0.5
    face = chosen.astype(np.float32)[stone] * (1 + tilt + 0.22 * vein)[..., None]
    uneven = 0.7 + 0.6 * noise(random, size_px, 70, octaves=2)
    inside = smoothstep(0.6 * GROUT, 1.7 * GROUT, border / uneven)
    sand = 0.20 + 0.08 * (noise(random, size_px, size_px / 4, octaves=1) - 0.5)
    grout = sand[..., None] * np.array([1.0, 0.90, 0.78], dtype=np.float32)
    height = blur(smoothstep(0.0, 4.2 * GROUT, border), size_px / 900)
    slope = relief(height * size_px / 300)[..., None].clip(-0.8, 0.8)
    floor = mix(grout, face, inside)
    return np.asarray(floor * (1 + 0.45 * slope) + 0.10 * slope.clip(0.0), dtype=np.float32)
