"""A leaded window: sun, rays, hills and a river in mouth-blown glass, lit from behind."""

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
    mix,
    noise,
    relief,
    smoothstep,
    to_picture,
)

Labels = npt.NDArray[np.int16]

SUN = (0.60, 0.34)
RINGS = (0.105, 0.185, 0.275)  # radii that part the sun from its two halos and these from the sky
PANES_AROUND = ((0.07, 8), (0.145, 17), (0.23, 24), (0.33, 27), (0.43, 31), (0.54, 37), (0.66, 42), (0.80, 46))
CELL_LEAD = 0.0042  # half widths
CONTOUR_LEAD = 0.0068
REACH = 0.17  # no pane is wider than twice this
FAR = 9.0

# One palette for each part of the window, in the order of the labels.
GLASS: tuple[tuple[Colour, ...], ...] = (
    ((255, 246, 190), (255, 226, 120), (255, 236, 160)),
    ((255, 190, 40), (250, 150, 30), (255, 210, 90), (240, 110, 40)),
    ((214, 40, 40), (232, 84, 36), (190, 20, 60), (250, 150, 60), (222, 60, 110)),
    ((18, 60, 190), (30, 110, 220), (70, 160, 235), (60, 50, 170), (110, 60, 180), (20, 90, 160), (160, 200, 240)),
    ((40, 60, 150), (90, 60, 150), (150, 70, 150), (60, 100, 170)),
    ((10, 120, 90), (30, 160, 110), (90, 180, 90), (16, 100, 110)),
    ((40, 130, 40), (120, 170, 30), (190, 190, 50), (10, 100, 60), (220, 170, 40)),
    ((120, 220, 230), (40, 170, 210), (200, 240, 240), (20, 120, 190)),
    ((200, 24, 50), (240, 120, 30), (120, 20, 90), (30, 110, 50), (250, 190, 50), (220, 70, 130)),
)


@dataclass(frozen=True, kw_only=True)
class Panes:
    """A window cut to pieces: which pane every pixel belongs to and how far it is to the next, in sides."""

    pane: Labels
    border: Array


def draw(size_px: int, seed: int) -> Image.Image:
    """The window, size_px square."""
    random = np.random.default_rng(seed)
    x, y = _hand_drawn(random, size_px)
    parts = _parts(x, y)
    seeds = _seeds(random)
    panes = _cut(x, y, parts, seeds)
    light = _glass(random, panes, seeds, size_px)
    return to_picture(_leaded(random, light, panes, _contour_distance(parts), size_px))


def _hand_drawn(random: Random, size_px: int) -> tuple[Array, Array]:
    """Coordinates that waver a little: nobody cuts glass with a ruler."""
    x, y = grid(size_px)
    return x + 0.035 * (noise(random, size_px, 4) - 0.5), y + 0.035 * (noise(random, size_px, 4) - 0.5)


def _parts(x: Array, y: Array) -> Labels:
    """The big shapes, from the sun (0) to the flowers in front (8)."""
    away = np.hypot(x - SUN[0], y - SUN[1])
    parts = np.searchsorted(RINGS, away)
    parts = np.where(y > 0.60 + 0.05 * np.sin(x * 6 + 1.0), 4, parts)
    parts = np.where(y > 0.66 + 0.07 * np.sin(x * 5 + 3.6), 5, parts)
    parts = np.where(y > 0.74 + 0.06 * np.sin(x * 4 + 0.5), 6, parts)
    bank = 0.52 - 0.35 * (y - 0.72) + 0.10 * np.sin(y * 14)
    river = (np.abs(x - bank) < 0.05 + 0.34 * (y - 0.68)) & (parts >= 5)
    parts = np.where(river, 7, parts)
    meadow = y > 0.88 + 0.05 * np.cos(x * 7 + 0.5)
    return np.asarray(np.where(meadow, 8, parts), dtype=np.int16)


def _seeds(random: Random) -> Array:
    """Where panes grow from: wheels around the sun, an uneven crowd on the land. (n, 2)"""
    wheels = [np.array([SUN])]
    for radius, count in PANES_AROUND:
        turn = (np.arange(count) + random.uniform(-0.22, 0.22, count)) * 2 * np.pi / count + random.random() * 6
        reach = radius * random.uniform(0.94, 1.06, count)
        wheels.append(np.stack([SUN[0] + reach * np.cos(turn), SUN[1] + reach * np.sin(turn)], axis=1))
    land = random.random((210, 2)) * (1.1, 0.5) + (-0.05, 0.56)
    return np.concatenate([*wheels, _spread(land)]).astype(np.float32)


def _spread(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Push neighbours apart, so that no splinters are left between panes; towards the ground they grow smaller."""
    room = 0.085 - 0.09 * (points[:, 1] - 0.6).clip(0.0, 0.4)
    for _ in range(30):
        apart = points[:, None] - points[None]
        distance = np.linalg.norm(apart, axis=-1) + np.eye(len(points))
        push = (room[:, None] - distance).clip(0.0)[..., None] * apart / distance[..., None]
        points = points + 0.3 * push.sum(axis=1)
    return points


def _cut(x: Array, y: Array, parts: Labels, seeds: Array) -> Panes:
    """Give every pixel to the nearest seed of its own part; lead runs along the bisectors to all the others."""
    nearest, pane = np.full(x.shape, FAR, dtype=np.float32), np.zeros(x.shape, dtype=np.int16)
    for index, here, distance in _around(x, y, parts, seeds):
        closer = distance < nearest[here]
        nearest[here] = np.where(closer, distance, nearest[here])
        pane[here] = np.where(closer, index, pane[here])
    border = np.full(x.shape, FAR, dtype=np.float32)
    for index, here, distance in _around(x, y, parts, seeds):
        between = np.linalg.norm(seeds[index] - seeds[pane[here]], axis=-1)
        bisector = (distance**2 - nearest[here] ** 2) / (2 * between + 1e-6)
        border[here] = np.where(pane[here] == index, border[here], np.minimum(border[here], bisector))
    return Panes(pane=pane, border=border)


def _around(x: Array, y: Array, parts: Labels, seeds: Array) -> Iterator[tuple[int, tuple[slice, slice], Array]]:
    """For every seed the piece of the window it can reach, and its distance there (FAR in another part)."""
    for index, (seed, part) in enumerate(zip(seeds, _parts(seeds[:, 0], seeds[:, 1]), strict=True)):
        here = _window(float(seed[1]), x.shape[0]), _window(float(seed[0]), x.shape[0])
        distance = np.hypot(x[here] - seed[0], y[here] - seed[1])
        yield index, here, np.where(parts[here] == part, distance, np.float32(FAR))


def _window(centre: float, size_px: int) -> slice:
    """The pixels a seed can reach along one axis."""
    return slice(max(0, int((centre - REACH) * size_px)), max(0, int((centre + REACH) * size_px)))


def _contour_distance(parts: Labels) -> Array:
    """Distance in pixels to where two parts meet, right up to a few leads' width.

    A blurred line fades as a Gaussian of the distance, so its logarithm gives the distance back, smoothly.
    """
    edge = np.zeros(parts.shape, dtype=np.float32)
    edge[:, 1:] += parts[:, 1:] != parts[:, :-1]
    edge[1:] += parts[1:] != parts[:-1]
    sigma = max(1.0, parts.shape[0] / 190)
    faded = blur(edge.clip(0.0, 1.0), sigma) * sigma * np.sqrt(2 * np.pi)
    return np.asarray(sigma * np.sqrt(-2 * np.log(faded.clip(1e-6, 1.0))), dtype=np.float32)


def _glass(random: Random, panes: Panes, seeds: Array, size_px: int) -> Array:
    """Light through the panes: each its own colour, streaks, shading and bubbles."""
    x, y = grid(size_px)
    count = len(seeds)
    colours = _choose_colours(random, seeds)
    angle = random.uniform(0, 2 * np.pi, count)[panes.pane]
    home = seeds[panes.pane]
    lean = ((x - home[..., 0]) * np.cos(angle) + (y - home[..., 1]) * np.sin(angle)) * 9
    streaks = _streaks(random, size_px)[random.integers(0, 4, count)[panes.pane], *np.indices(panes.pane.shape)]
    clouds = noise(random, size_px, 3, octaves=3)
    grain = noise(random, size_px, size_px / 7, octaves=2)
    shade = 0.90 + 0.32 * lean.clip(-1, 1) + 1.3 * (streaks - 0.5) + 0.6 * (clouds - 0.5) + 0.45 * (grain - 0.5)
    shade += 0.34 * np.exp(-4.5 * np.hypot(x - SUN[0], y - SUN[1]))
    patina = smoothstep(0.0, 0.028, panes.border)
    lit = colours[panes.pane] * (shade * (0.55 + 0.45 * patina)).clip(0.12, 1.6)[..., None]
    return mix(lit, (255, 250, 235), 0.42 * smoothstep(1.05, 1.6, shade) + 0.35 * _bubbles(random, size_px))


def _choose_colours(random: Random, seeds: Array) -> Array:
    """A colour for every pane out of its part's palette, none exactly like its neighbour. (n, 3)"""
    palettes = [GLASS[part] for part in _parts(seeds[:, 0], seeds[:, 1])]
    chosen = np.array([palette[random.integers(len(palette))] for palette in palettes]) / 255.0
    jitter = random.normal(0.0, 0.035, chosen.shape) + random.normal(0.0, 0.05, (len(chosen), 1))
    return np.asarray((chosen + jitter).clip(0.02, 1.0), dtype=np.float32)


def _streaks(random: Random, size_px: int) -> Array:
    """Four sheets of streaky glass, drawn in different directions. (4, size, size)"""
    level = [noise(random, size_px, 26, stretch=7, octaves=3) for _ in range(2)]
    curly = [noise(random, size_px, 14, stretch=2, octaves=4, roughness=0.7) for _ in range(2)]
    return np.stack([level[0], level[1].T, curly[0], curly[1].T])


def _bubbles(random: Random, size_px: int) -> Array:
    """Tiny air bubbles caught in the melt."""
    sown = (random.random((size_px, size_px)) < 0.0011).astype(np.float32)
    sigma = size_px / 900
    return np.asarray((blur(sown, sigma) * 2 * np.pi * sigma**2).clip(0.0, 1.0), dtype=np.float32)


def _leaded(random: Random, light: Array, panes: Panes, contour_px: Array, size_px: int) -> Array:
    """Set the panes in lead: rounded bars with a dull shine, and light that spills over them."""
    uneven = 0.75 + 0.5 * noise(random, size_px, 14)
    inside = np.minimum(panes.border / CELL_LEAD, contour_px / (CONTOUR_LEAD * size_px)) / uneven
    height = np.sqrt((1.0 - inside**2).clip(0.0))
    soft = 1.6 / (CELL_LEAD * size_px)
    bar = 1.0 - smoothstep(1.0 - soft / 2, 1.0 + soft / 2, inside)
    metal = 0.10 + 0.22 * relief(blur(height, 0.8) * size_px / 256) + 0.16 * (noise(random, size_px, 90) - 0.5)
    lead = metal.clip(0.015, 0.5)[..., None] * np.array([0.92, 0.98, 1.12], dtype=np.float32)
    window = mix(light, np.asarray(lead, dtype=np.float32), bar)
    spill = np.stack([blur(window[..., channel].clip(0.0), size_px / 60) for channel in range(3)], axis=-1)
    return np.asarray(window + 0.20 * spill * (0.35 + window), dtype=np.float32)
