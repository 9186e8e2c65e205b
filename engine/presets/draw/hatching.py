"""A pen drawing in three inks: clouds, oaks and a village on hills, all tone made of lines that follow the form.

Every surface brings its own ruling: two families of lines as fields whose whole numbers are lines. Where the
surface is darker the lines swell, and where it is darker still the second and third family cross them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.presets.draw.common import Array, Colour, Floats, Random, blur, grid, mix, noise, smoothstep, to_picture

Bools = npt.NDArray[np.bool_]
SUPERSAMPLED = 2
RULING = 96.0  # lines across the picture
PAPER: Colour = (246, 236, 212)
INKS: tuple[Colour, ...] = ((30, 24, 30), (28, 62, 116), (176, 62, 38))
FIELDS = ("x", "y", "dark", "along", "across", "ink", "surface")
BLACK, BLUE, RED = range(len(INKS))
SUN = (0.70, 0.21)
# Clouds: x, y, size. Ridges from far to near: height, swing, waves, shift, ink, how dark.
CLOUDS = ((0.16, 0.13, 0.075), (0.42, 0.30, 0.055), (0.95, 0.37, 0.070), (0.48, 0.055, 0.045), (0.05, 0.36, 0.05))
RIDGES = (
    (0.47, 0.035, 1.3, 0.3, BLUE, 0.42),
    (0.55, 0.050, 1.0, 2.6, BLUE, 0.55),
    (0.64, 0.055, 0.9, 5.0, BLACK, 0.50),
    (0.76, 0.060, 0.8, 1.2, RED, 0.52),
    (0.90, 0.050, 0.9, 3.6, BLACK, 0.62),
)
# Trees by the ridge they stand behind: x, y of the foot, height. Houses: x, y of the foot, width.
OAKS = {
    2: ((0.62, 0.60, 0.07), (0.08, 0.66, 0.10)),
    3: ((0.80, 0.73, 0.16),),
    4: ((0.17, 0.93, 0.30), (0.97, 0.97, 0.22)),
}
CYPRESSES = {
    2: ((0.30, 0.62, 0.10), (0.335, 0.63, 0.13)),
    3: ((0.53, 0.76, 0.19), (0.575, 0.77, 0.15), (0.35, 0.74, 0.12)),
}
HOUSES = {
    2: ((0.42, 0.60, 0.045), (0.47, 0.615, 0.055), (0.375, 0.615, 0.04)),
    3: ((0.665, 0.735, 0.075), (0.43, 0.755, 0.05)),
}


@dataclass(frozen=True, kw_only=True)
class Plate:
    """What is drawn where: darkness 0 to 1, two rulings, the ink and the number of the surface.

    A part of it is a window on the same arrays: what is drawn there is drawn on the whole.
    """

    x: Array
    y: Array
    dark: Array
    along: Array
    across: Array
    ink: Array
    surface: Array
    numbers: Iterator[int]

    def part(self, left: float, top: float, right: float, bottom: float) -> "Plate":
        side = self.x.shape[0]
        rows = slice(max(0, int(top * side)), max(0, int(bottom * side)))
        columns = slice(max(0, int(left * side)), max(0, int(right * side)))
        cut = {name: getattr(self, name)[rows, columns] for name in FIELDS}
        return Plate(numbers=self.numbers, **cut)


def draw(size_px: int, seed: int) -> Image.Image:
    """The sheet, size_px square."""
    random = np.random.default_rng(seed)
    plate = _sky(random, size_px * SUPERSAMPLED)
    for cloud in CLOUDS:
        _clump(plate, random, cloud, BLUE, 0.06, 0.75)
    for row, ridge in enumerate(RIDGES):
        for house in HOUSES.get(row, ()):
            _house(plate, house)
        for foot in CYPRESSES.get(row, ()):
            _cypress(plate, foot)
        for foot in OAKS.get(row, ()):
            _oak(plate, random, foot)
        _hill(plate, random, ridge)
    return to_picture(_drawn(random, plate, size_px))


def _sky(random: Random, side: int) -> Plate:
    """Rings around the sun; the further away, the darker."""
    x, y = grid(side)
    x = x + 0.006 * (noise(random, side, 9, octaves=3) - 0.5)
    y = y + 0.006 * (noise(random, side, 9, octaves=3) - 0.5)
    away = np.hypot(x - SUN[0], y - SUN[1]).astype(np.float32)
    drift = noise(random, side, 4, stretch=2, octaves=3) - 0.5
    disc = away < 0.075
    return Plate(
        x=x,
        y=y,
        dark=np.where(disc, 0.34 + 2.5 * away, 0.08 + 0.85 * away + 0.55 * drift).astype(np.float32).clip(0.08, 0.85),
        along=np.where(disc, x + y, away + 0.05 * drift).astype(np.float32),
        across=(0.8 * x - 0.6 * y).astype(np.float32),
        ink=np.where(disc, RED, BLUE).astype(np.float32),
        surface=disc.astype(np.float32),
        numbers=count(2),
    )


def _cover(plate: Plate, where: Bools, dark: Floats, along: Floats, across: Floats, ink: int) -> None:
    """Put a surface in front of what is there."""
    for field, value in ((plate.dark, dark), (plate.along, along), (plate.across, across)):
        field[where] = value[where]
    plate.ink[where] = ink
    plate.surface[where] = next(plate.numbers)


def _ball(
    plate: Plate, centre: tuple[float, float], size: tuple[float, float], ink: int, tones: tuple[float, float]
) -> None:
    """A round form lit from the upper right, where the sun is: arcs close around its dark side."""
    x, y = centre
    plate = plate.part(x - 1.2 * size[0], y - 1.2 * size[1], x + 1.2 * size[0], y + 1.2 * size[1])
    right, down = (plate.x - centre[0]) / size[0], (plate.y - centre[1]) / size[1]
    fringe = 1 + 0.11 * np.sin(9 * np.arctan2(down, right) + 40 * centre[0])
    inside = right**2 + down**2 < fringe
    light = np.sqrt((1 - right**2 - down**2).clip(0.0)) * 0.62 + 0.50 * right - 0.62 * down
    low, high = tones
    dark = low + (high - low) * (0.72 - 0.72 * light).clip(0.0, 1.0)
    reach = np.hypot(plate.x - centre[0] - 0.8 * size[0], plate.y - centre[1] + 0.9 * size[1])
    sweep = plate.x * 0.75 + plate.y * 0.65 + 0.5 * size[0] * right * down
    _cover(plate, inside, dark, reach, sweep, ink)


def _clump(plate: Plate, random: Random, place: tuple[float, float, float], ink: int, low: float, high: float) -> None:
    """Balls heaped on each other, the biggest in the middle, the last ones in front and below."""
    x, y, size = place
    for row, balls in ((-0.75, 3), (-0.1, 5), (0.5, 4)):
        spots = np.linspace(-1.0, 1.0, balls) * (1.5 - 0.35 * abs(row)) + random.normal(0.0, 0.12, balls)
        for spot in random.permutation(spots).tolist():
            radius = size * random.uniform(0.62, 0.95) * (1.15 - 0.35 * abs(spot))
            centre = (x + spot * size, y + row * size * random.uniform(0.8, 1.1))
            _ball(plate, centre, (radius, radius * 0.88), ink, (low, high))


def _oak(plate: Plate, random: Random, foot: tuple[float, float, float]) -> None:
    """A trunk and a heap of foliage."""
    x, y, height = foot
    whole, plate = plate, plate.part(x - height, y - height, x + height, y + 0.1)
    right, up = plate.x - x, y - plate.y
    half = 0.050 * height + 0.03 * height * (1 - up / (0.5 * height)).clip(0) ** 2
    trunk = (np.abs(right) < half) & (up > -0.02) & (up < 0.6 * height)
    dark = (0.62 - 5.0 * right / height).clip(0.2, 0.95)
    _cover(plate, trunk, dark, right * 1.2 + 0.02 * np.sin(up * 60), plate.y + 3 * right**2, BLACK)
    _clump(whole, random, (x, y - 0.70 * height, 0.27 * height), BLACK, 0.22, 1.15)


def _cypress(plate: Plate, foot: tuple[float, float, float]) -> None:
    """A flame of lines."""
    x, y, height = foot
    plate = plate.part(x - 0.3 * height, y - 1.05 * height, x + 0.3 * height, y)
    up = (y - plate.y) / height
    right = plate.x - x - 0.006 * np.sin(up * 9)
    half = 0.15 * height * np.sqrt(up.clip(0.0, 1.0)) * (1 - up).clip(0.0) ** 0.6 * 1.6
    inside = (np.abs(right) < half) & (up > 0)
    dark = (0.72 - 0.42 * right / (half + 1e-4)).clip(0.2, 1.0)
    _cover(plate, inside, dark, right + 0.35 * plate.y, plate.y - right, BLACK)


def _house(plate: Plate, house: tuple[float, float, float]) -> None:
    """A gabled house from the corner: a shaded front, a lit wall, a red roof, dark windows."""
    x, y, width = house
    plate = plate.part(x - width, y - 1.5 * width, x + 1.5 * width, y + 0.5 * width)
    right, up = (plate.x - x) / width, (y - plate.y) / width
    roof = (up > 0.62) & (up < 1.12) & (right > 0.30 * (up - 0.62) / 0.5) & (right < 1.08 - 0.12 * (up - 0.62))
    gable = (right < 0.02) & (right > -0.55) & (up > -0.3) & (up < 0.62 + 1.0 * (0.28 - np.abs(right + 0.27)))
    wall = (right >= 0.0) & (right < 1.0) & (up > -0.3) & (up <= 0.64)
    window = (np.abs((right * 3) % 1.0 - 0.5) < 0.17) & wall & (np.abs(up - 0.34) < 0.13)
    door = gable & (np.abs(right + 0.27) < 0.08) & (up < 0.25)
    _cover(plate, wall, np.full_like(right, 0.10), plate.y, plate.x, BLACK)
    _cover(plate, gable, np.full_like(right, 0.62), plate.x + 0.3 * plate.y, plate.y, BLACK)
    _cover(plate, roof, 0.45 + 0.25 * np.sin(right * 40), plate.x - 0.55 * plate.y, plate.y, RED)
    _cover(plate, window | door, np.ones_like(right), plate.y, plate.x, BLACK)


def _hill(plate: Plate, random: Random, ridge: tuple[float, float, float, float, int, float]) -> None:
    """A slope whose lines run along it and crowd towards the ridge; hollows and furrows in other directions."""
    height, swing, waves, shift, ink, depth = ridge
    turn = plate.x * waves * 2 * np.pi + shift
    below = plate.y - height - swing * (np.sin(turn) + 0.3 * np.sin(2.3 * turn + 1))
    hollow = noise(random, plate.x.shape[0], 5, stretch=2, octaves=2)
    field = np.sin(plate.x * 11 + 3 * shift + 9 * below) > 0.25
    light = 0.5 + 0.5 * np.sin(turn + 0.9)
    dark = depth * (0.25 + 0.95 * light) + 1.1 * (hollow - 0.5) + 0.9 * smoothstep(0.10, 0.20, below) * 0.4
    furrow = np.arctan2(below + 0.06, plate.x - 0.5 - 0.3 * np.sin(shift)) * 0.30
    along = np.where(field & (below > 0.012), furrow, below * 1.15 + 0.10 * (hollow - 0.5))
    across = plate.x * 0.7 + below * (1.1 + 0.4 * np.cos(turn))
    _cover(plate, below > 0, dark.clip(0.10, 0.95), along, across, ink)


def _drawn(random: Random, plate: Plate, size_px: int) -> Array:
    """Rule the lines, add contours, and bring the sheet to size on toned paper."""
    pressure = 0.75 + 0.5 * noise(random, plate.x.shape[0], 22, octaves=2)
    dark = plate.dark * pressure
    steep = np.asarray(plate.along * 0.6 - plate.across * 0.8)
    lines = _ruled(plate.along, 0.08 + 0.54 * dark)
    lines = np.maximum(lines, _ruled(plate.across, 0.95 * (dark - 0.36)))
    lines = np.maximum(lines, _ruled(steep, 1.2 * (dark - 0.62)))
    lines = np.maximum(lines, _contours(plate, pressure))
    side = plate.x.shape[0] // SUPERSAMPLED
    cloud, grain = noise(random, size_px, 5), noise(random, size_px, size_px / 5, octaves=1)
    tone = 0.93 + 0.06 * cloud + 0.02 * grain
    sheet = mix(np.zeros((side, side, 3)), PAPER, 1.0) * tone[..., None]
    for ink, colour in enumerate(INKS):
        cover = (lines * (plate.ink == ink)).reshape(side, SUPERSAMPLED, side, SUPERSAMPLED).mean(axis=(1, 3))
        sheet = mix(sheet, colour, blur(cover, size_px / 1500))
    return sheet


def _ruled(field: Array, width: Floats) -> Array:
    """Lines where the field is a whole number; width is the share of the space between them that is ink."""
    away = np.abs((field * RULING) % 1.0 - 0.5) * 2
    soft = 1.2 * RULING / field.shape[0]
    return np.where(width > 0.02, smoothstep(1 - width - soft, 1 - width + soft, away), np.float32(0.0))


def _contours(plate: Plate, pressure: Array) -> Array:
    """Ink where one surface ends in front of another."""
    edge = np.zeros_like(plate.surface)
    edge[:, 1:] += plate.surface[:, 1:] != plate.surface[:, :-1]
    edge[1:] += plate.surface[1:] != plate.surface[:-1]
    wide = edge.shape[0] / 900
    return smoothstep(0.30, 0.55, blur(edge.clip(0.0, 1.0), wide) * wide * 2.2 * pressure)
