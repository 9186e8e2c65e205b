"""Folk embroidery: a tree of flowers in satin stitch and long-and-short stitch on indigo linen.

Every thread lies along the direction of its shape, is cut where the shape ends, and shines where it bends up.
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
    lookup,
    noise,
    normals,
    reduced,
    relief,
    scattered,
    to_picture,
)

SUPERSAMPLED = 2
MAP_PX = 900  # the pattern is traced on a map of this size, whatever the picture's
STITCHES = 165  # along each side
HALF = 0.017
THREAD = 0.0062
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

# Threads of every colour from shade to light.
YARNS: dict[str, tuple[Colour, Colour, Colour]] = {
    "linen": ((14, 22, 56), (22, 36, 84), (36, 56, 112)),
    "red": ((128, 12, 36), (206, 26, 46), (244, 84, 70)),
    "pink": ((186, 34, 96), (236, 92, 140), (252, 176, 190)),
    "gold": ((196, 112, 18), (244, 176, 40), (255, 226, 120)),
    "leaf": ((16, 78, 56), (52, 138, 66), (158, 196, 84)),
    "sky": ((16, 92, 150), (50, 154, 200), (156, 214, 226)),
    "cream": ((206, 176, 130), (246, 230, 196), (255, 250, 236)),
    "orange": ((176, 54, 14), (236, 108, 36), (255, 178, 92)),
}
# Flowers of the left half and the middle: x, y, radius, petals, yarns of the outer and inner petals and of the eye.
FLOWERS = (
    (0.50, 0.30, 0.180, 12, ("red", "pink", "gold")),
    (0.50, 0.715, 0.130, 9, ("orange", "gold", "red")),
    (0.165, 0.165, 0.130, 8, ("sky", "cream", "orange")),
    (0.190, 0.545, 0.145, 10, ("pink", "red", "gold")),
    (0.150, 0.880, 0.115, 8, ("gold", "orange", "sky")),
    (0.335, 0.925, 0.075, 6, ("sky", "cream", "red")),
    (0.330, 0.060, 0.070, 6, ("gold", "orange", "red")),
    (0.030, 0.360, 0.075, 6, ("orange", "gold", "sky")),
    (0.345, 0.720, 0.055, 6, ("cream", "sky", "red")),
    (0.020, 0.715, 0.055, 6, ("red", "pink", "cream")),
    (0.500, 0.955, 0.070, 7, ("red", "cream", "gold")),
)
# Stems of the left half, three points each; leaves sit on both sides.
STEMS = (
    ((0.50, 1.02), (0.50, 0.60), (0.50, 0.10)),
    ((0.50, 0.62), (0.36, 0.66), (0.24, 0.56)),
    ((0.50, 0.54), (0.30, 0.44), (0.08, 0.40)),
    ((0.50, 0.50), (0.28, 0.34), (0.20, 0.16)),
    ((0.50, 0.90), (0.36, 0.78), (0.16, 0.88)),
    ((0.50, 0.20), (0.42, 0.02), (0.32, 0.06)),
    ((0.24, 0.84), (0.12, 0.66), (0.02, 0.72)),
    ((0.50, 0.85), (0.42, 0.88), (0.335, 0.92)),
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Something filled with stitches: they leave `base` like a fan, or slant from a midrib along `axis`."""

    outline: Floats
    base: tuple[float, float]
    axis: float
    slant: float
    yarn: str
    reach: float


def draw(size_px: int, seed: int) -> Image.Image:
    """The cloth, size_px square."""
    random = np.random.default_rng(seed)
    shapes = _pattern()
    traced = _traced(shapes)
    canvas = Image.new("RGBA", (size_px * SUPERSAMPLED,) * 2, (*YARNS["linen"][0], 0))
    _stitch(canvas, random, shapes, traced)
    return to_picture(_lit(random, canvas, size_px))


def _pattern() -> list[Shape]:
    """The whole tree: stems and leaves below, flowers on top, the right half mirrored."""
    shapes = []
    for stem in STEMS:
        shapes += _stem(np.array(stem))
    for x, y, radius, petals, yarns in FLOWERS:
        shapes += _flower((x, y), radius, petals, yarns)
    return [twin for shape in shapes for twin in (shape, _mirrored(shape))]


def _mirrored(shape: Shape) -> Shape:
    return Shape(
        outline=shape.outline * (-1.0, 1.0) + (1.0, 0.0),
        base=(1.0 - shape.base[0], shape.base[1]),
        axis=np.pi - shape.axis,
        slant=shape.slant,
        yarn=shape.yarn,
        reach=shape.reach,
    )


def _petal(base: tuple[float, float], axis: float, length: float, width: float, yarn: str, slant: float = 0.0) -> Shape:
    """A drop: pointed at its base, round and slightly notched at its end."""
    t = np.linspace(0.0, 1.0, 40)
    half = width * np.sin(np.pi * t**0.75) ** 0.8 * (0.5 + 0.5 * t)
    along = np.concatenate([t, t[::-1]]) * length
    across = np.concatenate([half, -half[::-1]])
    turn = np.array([[np.cos(axis), np.sin(axis)], [-np.sin(axis), np.cos(axis)]])
    outline = np.array(base) + np.stack([along, across], axis=1) @ turn
    return Shape(outline=outline, base=base, axis=axis, slant=slant, yarn=yarn, reach=length)


def _flower(centre: tuple[float, float], radius: float, petals: int, yarns: tuple[str, str, str]) -> list[Shape]:
    """Two rings of petals and a round eye."""
    outer, inner, eye = yarns
    turns = np.arange(petals) * 2 * np.pi / petals + np.pi / 2
    room = 2.5 * radius / petals
    ring = [_petal(centre, turn, radius, room * 1.12, outer) for turn in turns.tolist()]
    ring += [_petal(centre, turn, radius * 0.62, room * 0.70, inner) for turn in (turns + np.pi / petals).tolist()]
    around = np.linspace(0, 2 * np.pi, 40)
    disc = np.array(centre) + radius * 0.24 * np.stack([np.cos(around), np.sin(around)], axis=1)
    return [*ring, Shape(outline=disc, base=centre, axis=0.0, slant=np.pi / 2, yarn=eye, reach=radius * 0.24)]


def _stem(points: Floats) -> list[Shape]:
    """A curved stem with pairs of leaves."""
    t = np.linspace(0.0, 1.0, 40)[:, None]
    path = (1 - t) ** 2 * points[0] + 2 * t * (1 - t) * points[1] + t**2 * points[2]
    side = normals(path) * 0.0085
    rod = np.concatenate([path + side, (path - side)[::-1]])
    heading = np.arctan2(*(points[2] - points[0])[::-1])
    shapes = [Shape(outline=rod, base=(-9.0, -9.0), axis=float(heading), slant=0.45, yarn="leaf", reach=9.0)]
    length = float(np.hypot(*(points[2] - points[0])))
    for at in np.linspace(5, 35, max(2, round(length / 0.09))).astype(int).tolist():
        ahead = path[at + 1] - path[at]
        forward = float(np.arctan2(ahead[1], ahead[0]))
        for turn in (-0.95, 0.95):
            base = (float(path[at, 0]), float(path[at, 1]))
            shapes.append(_petal(base, forward + turn, 0.098, 0.026, "leaf", slant=0.65))
    return shapes


def _traced(shapes: list[Shape]) -> Ints:
    """The number of the uppermost shape in every place of the map; -1 is cloth."""
    sheet = Image.new("I", (MAP_PX, MAP_PX), -1)
    pen = ImageDraw.Draw(sheet)
    for number, shape in enumerate(shapes):
        pen.polygon((shape.outline * MAP_PX).ravel().tolist(), fill=number)
    return np.asarray(sheet, dtype=np.int64)


def _stitch(canvas: Image.Image, random: Random, shapes: list[Shape], traced: Ints) -> None:
    """All threads in the order of their shapes, each a dark side, a body and a light ridge."""
    middle = scattered(random, STITCHES).astype(np.float64)
    owner = _looked_up(traced, middle)
    angle = _angles(random, shapes, middle, owner)
    heading = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    before, after = _cut(random, traced, middle, heading, owner)
    colours = _dyed(random, shapes, middle, owner)
    heights = random.integers(150, 256, len(middle))
    heights[owner < 0] -= 110
    order = np.argsort(owner, kind="stable")
    side = normals(np.stack([middle, middle + heading], axis=1))[:, 0] * THREAD * 0.30
    _draw_threads(
        canvas, middle - heading * before[:, None], middle + heading * after[:, None], side, colours, heights, order
    )


def _looked_up(traced: Ints, points: Floats) -> Ints:
    cell = (points * MAP_PX).astype(np.int64).clip(0, MAP_PX - 1)
    return np.asarray(traced[cell[..., 1], cell[..., 0]])


def _angles(random: Random, shapes: list[Shape], middle: Floats, owner: Ints) -> Floats:
    """The direction of every stitch: a fan from the base in petals, slanting from the midrib in leaves."""
    base = np.array([shape.base for shape in shapes])[owner]
    axis = np.array([shape.axis for shape in shapes])[owner]
    slant = np.array([shape.slant for shape in shapes])[owner]
    away = middle - base
    fan = np.arctan2(away[:, 1], away[:, 0])
    side = np.where(np.sin(fan - axis) >= 0, 1.0, -1.0)
    angle = np.where(
        slant == 0.0, axis + 1.2 * np.sin(fan - axis), np.where(slant > 1.0, fan + slant, axis + side * slant)
    )
    cloth = 4.0 * noise(random, MAP_PX, 3, octaves=2)
    angle = np.where(owner < 0, lookup(cloth, middle[:, 0], middle[:, 1]), angle)
    return np.asarray(angle + random.normal(0.0, 0.06, len(angle)))


def _cut(random: Random, traced: Ints, middle: Floats, heading: Floats, owner: Ints) -> tuple[Floats, Floats]:
    """How far every stitch reaches back and forth before it leaves its shape."""
    steps = np.linspace(0.0, HALF, 12)[1:]
    reaches = []
    for direction in (-1.0, 1.0):
        points = middle[:, None] + direction * heading[:, None] * steps[:, None]
        inside = np.cumprod(_looked_up(traced, points) == owner[:, None], axis=1).sum(axis=1)
        reaches.append(np.minimum(inside / len(steps), random.uniform(0.55, 1.0, len(middle))) * HALF)
    return reaches[0], reaches[1]


def _dyed(random: Random, shapes: list[Shape], middle: Floats, owner: Ints) -> Floats:
    """Shade at the base of a shape, light at its tip, no two threads quite alike. (n, 3)"""
    yarns = np.array([YARNS[shape.yarn] for shape in shapes] + [YARNS["linen"]], dtype=np.float64)[owner]
    base = np.array([shape.base for shape in shapes])[owner]
    reach = np.array([shape.reach for shape in shapes])[owner]
    along = np.hypot(*(middle - base).T) / reach
    at = np.where((owner < 0) | (reach > 1), random.random(len(owner)), along + random.normal(0.0, 0.16, len(owner)))
    at = (at * 2.7 - 0.55).clip(0.0, 2.0)[:, None]
    low, high = (1 - at).clip(0.0), (at - 1).clip(0.0)
    colour = low * yarns[:, 0] + (1 - low - high) * yarns[:, 1] + high * yarns[:, 2]
    return np.asarray(colour * random.normal(1.0, 0.06, (len(owner), 1)))


def _draw_threads(
    canvas: Image.Image, start: Floats, end: Floats, side: Floats, colours: Floats, heights: Ints, order: Ints
) -> None:
    """The alpha channel keeps how high each thread lies."""
    pen, scale = ImageDraw.Draw(canvas), canvas.width
    for shift, share, tone, rise in ((0.0, 1.35, 0.42, 0.45), (0.0, 1.0, 0.95, 0.8), (-0.6, 0.38, 1.22, 1.0)):
        fills = np.concatenate([colours * tone, (heights * rise)[:, None]], axis=1).clip(0, 255).astype(int).tolist()
        lines = (np.concatenate([start + side * shift, end + side * shift], axis=1) * scale).tolist()
        width = max(1, round(THREAD * share * scale))
        for number in order.tolist():
            pen.line(lines[number], fill=tuple(fills[number]), width=width)


def _lit(random: Random, canvas: Image.Image, size_px: int) -> Array:
    """Bring the cloth to size and let light from the upper left graze the threads."""
    colour = canvas.convert("RGB").resize((size_px, size_px), Image.Resampling.BOX)
    painted = np.asarray(colour, dtype=np.float32) / 255.0
    height = blur(reduced(canvas.getchannel("A"), size_px), size_px / 1000)
    slope = relief(height * size_px / 260)[..., None].clip(-0.7, 0.7)
    return np.asarray(painted * (1 + 0.55 * slope), dtype=np.float32)
