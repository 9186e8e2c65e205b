"""Frost on a window at night: ferns and stars of ice that grew until they met, lit by the moon.

All branches of one generation grow at once, step by step, and stop where they run into ice of another plant.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Colour,
    Floats,
    Random,
    blur,
    grid,
    mix,
    noise,
    ramp,
    reduced,
    relief,
    scattered,
    smoothstep,
    to_picture,
)

SUPERSAMPLED = 2
FIELD = 440  # cells along the map of what is frozen: the same at every picture size
STEP = 1.25 / FIELD
NIGHT: list[Colour] = [(4, 10, 30), (8, 26, 62), (16, 58, 104), (40, 116, 158), (110, 186, 208)]
ICE: list[Colour] = [(10, 34, 76), (30, 92, 146), (104, 172, 206), (196, 228, 240), (252, 255, 255)]
LET_GO = 2  # steps a shoot needs to get clear of the branch it grows from
FERNS = 22
STARS = ((0.30, 0.36, 0.2), (0.72, 0.60, 0.5))  # x, y, turn
SOWN = ((9, (56, 130)), (16, (36, 90)), (24, (24, 60)))  # ferns along each side, steps they grow
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Shoots:
    """Branches about to grow; the arrays are as long as there are branches."""

    place: Array
    heading: Array
    bend: Array
    steps: Ints


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How a generation branches: every so many steps, at an angle, up to a share of what is left of the parent."""

    every: int
    angle: float
    share: float
    least: int
    width: float
    light: int


HABITS = (
    Habit(every=0, angle=0.0, share=0.0, least=0, width=0.0052, light=255),
    Habit(every=9, angle=1.02, share=0.62, least=4, width=0.0034, light=230),
    Habit(every=5, angle=1.00, share=0.50, least=2, width=0.0028, light=170),
    Habit(every=3, angle=0.95, share=0.55, least=2, width=0.0022, light=105),
)


def draw(size_px: int, seed: int) -> Image.Image:
    """The window pane, size_px square."""
    random = np.random.default_rng(seed)
    frozen = np.zeros((FIELD, FIELD), dtype=np.bool_)
    sheet = Image.new("L", (size_px * SUPERSAMPLED,) * 2)
    for crop in (_stars(random), _tall_ferns(random)):
        _grow_plants(sheet, random, frozen, crop)
    for across, reach in SOWN:
        _grow_plants(sheet, random, frozen, _young_ferns(random, frozen, across, reach))
    return to_picture(_lit(random, reduced(sheet, size_px), size_px))


def _grow_plants(sheet: Image.Image, random: Random, frozen: Bools, shoots: Shoots) -> None:
    """One crop, from its stems to the finest needles."""
    for habit, next_habit in zip(HABITS, (*HABITS[1:], None), strict=True):
        if not len(shoots.steps):
            return
        paths, lengths = _grown(frozen, shoots)
        _draw_ice(sheet, paths, lengths, habit)
        if next_habit:
            shoots = _side_shoots(random, paths, lengths, shoots, next_habit)


def _tall_ferns(random: Random) -> Shoots:
    """Ferns that rise from the frame and bow."""
    place, heading = _frame(random)
    return Shoots(
        place=place.astype(np.float32),
        heading=heading.astype(np.float32),
        bend=random.normal(0.0, 0.0062, FERNS).astype(np.float32),
        steps=random.integers(130, 320, FERNS),
    )


def _stars(random: Random) -> Shoots:
    """Six straight arms each."""
    arms = np.array([(x, y, turn + arm * np.pi / 3) for x, y, turn in STARS for arm in range(6)], dtype=np.float32)
    return Shoots(
        place=arms[:, :2],
        heading=arms[:, 2],
        bend=np.zeros(len(arms), dtype=np.float32),
        steps=np.repeat(random.integers(80, 110, len(STARS)), 6),
    )


def _young_ferns(random: Random, frozen: Bools, across: int, reach: tuple[int, int]) -> Shoots:
    """Smaller ferns sown all over, where the pane is still free."""
    place = scattered(random, across)
    cell = (place * FIELD).astype(np.int64)
    crowd = blur(frozen.astype(np.float32), reach[0] / 4)
    place = place[crowd[cell[:, 1], cell[:, 0]] < 0.02]
    return Shoots(
        place=place,
        heading=random.uniform(0.0, 2 * np.pi, len(place)).astype(np.float32),
        bend=random.normal(0.0, 0.012, len(place)).astype(np.float32),
        steps=random.integers(*reach, len(place)),
    )


def _frame(random: Random) -> tuple[Floats, Floats]:
    """Places along the four edges and headings into the pane. (n, 2) and (n,)"""
    each = np.arange(FERNS)
    t = random.permutation((each + random.random(FERNS)) / FERNS) * 4
    side, along = t.astype(int), t % 1.0
    edge = np.stack([along, np.zeros(FERNS), 1 - along, np.ones(FERNS)])
    place = np.stack([edge[side, each], edge[(side + 3) % 4, each]], axis=1)
    return place, np.arctan2(0.5 - place[:, 1], 0.5 - place[:, 0]) + random.normal(0.0, 0.6, FERNS)


def _grown(frozen: Bools, shoots: Shoots) -> tuple[Array, Ints]:
    """Let all shoots grow together; their paths (n, steps, 2) and how many points of each are ice."""
    count, longest = len(shoots.steps), int(shoots.steps.max())
    place, lengths = shoots.place.copy(), np.ones(count, dtype=np.int64)
    paths, alive = [place.copy()], np.arange(count)
    for step in range(longest):
        angle = shoots.heading[alive] + shoots.bend[alive] * step
        place[alive] += STEP * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        cell = np.floor(place[alive] * FIELD).astype(np.int64).clip(0, FIELD - 1)
        there = frozen[cell[:, 1], cell[:, 0]]
        free = ~there | (step < LET_GO)
        alive, cell = alive[free], cell[free]
        frozen[cell[:, 1], cell[:, 0]] = True
        lengths[alive] = step + 2
        alive = alive[shoots.steps[alive] > step + 1]
        paths.append(place.copy())
    return np.stack(paths, axis=1), lengths


def _side_shoots(random: Random, paths: Array, lengths: Ints, parents: Shoots, habit: Habit) -> Shoots:
    """New shoots on both sides of every branch, shorter towards its tip."""
    knots = [(branch, at) for branch, end in enumerate(lengths.tolist()) for at in range(2, end, habit.every)]
    branch, at = np.array(knots, dtype=np.int64).repeat(2, axis=0).T
    side = np.tile([-1.0, 1.0], len(knots))
    heading = parents.heading[branch] + parents.bend[branch] * at + side * habit.angle
    left = lengths[branch] - at
    steps = (left * habit.share * random.uniform(0.55, 1.0, len(left))).astype(np.int64).clip(0, 90)
    kept = steps >= habit.least
    return Shoots(
        place=paths[branch, at][kept],
        heading=heading[kept].astype(np.float32),
        bend=(-side * 0.35 / (steps + 4))[kept].astype(np.float32),
        steps=steps[kept],
    )


def _draw_ice(sheet: Image.Image, paths: Array, lengths: Ints, habit: Habit) -> None:
    """Needles that thin out towards their tips."""
    pen = ImageDraw.Draw(sheet)
    for path, length in zip(paths * sheet.width, lengths.tolist(), strict=True):
        for share, last in ((1.0, 0.55), (0.7, 0.8), (0.45, 1.0)):
            line = path[: max(2, round(length * last))]
            stout = habit.width * share * min(1.0, 0.3 + length / 120 + habit.share)
            width = max(1, round(stout * sheet.width))
            pen.line(line.ravel().tolist(), fill=habit.light, width=width)


def _lit(random: Random, ice: Array, size_px: int) -> Array:
    """Night behind the pane, breath frozen around the needles, moonlight from the upper left on their ridges."""
    x, y = grid(size_px)
    far = noise(random, size_px, 3, octaves=3) - 0.5
    moon = np.exp(-np.hypot(x - 0.70, y - 0.28) / 0.42)
    night = ramp(NIGHT, 0.75 * moon + 0.6 * far)
    haze = blur(ice, size_px / 70)
    pane = mix(night, ramp(ICE, 0.25 + 0.75 * haze + 0.5 * far), smoothstep(0.05, 0.75, haze))
    facets = noise(random, size_px, size_px / 9, octaves=2)
    body = ice * (0.55 + 0.6 * facets) * (0.45 + 0.85 * moon + 0.9 * far)
    pane = mix(pane, ramp(ICE, 0.35 + 0.85 * body), smoothstep(0.05, 0.55, ice))
    slope = relief(blur(ice, size_px / 900) * size_px / 200)
    shine = smoothstep(0.25, 0.8, slope)
    return np.asarray(pane * (1 + 0.45 * slope[..., None].clip(-0.8, 0.8)) + 0.22 * shine[..., None], dtype=np.float32)
