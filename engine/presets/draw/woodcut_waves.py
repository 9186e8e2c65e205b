"""A woodblock print: a breaking wave under an evening sky, every form carved as lines that swell and taper.

The drawing holds the number of an ink in every pixel; each ink is then printed with its own gradation and wear.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Colour,
    Floats,
    Random,
    flow,
    follow,
    grid,
    mix,
    noise,
    normals,
    ramp,
    scattered,
    smoothstep,
    swell,
    swelling_line,
    to_picture,
)

SUPERSAMPLED = 3
SKY, PAPER, PALE, BLUE, KEY, RED = range(6)
Curve = npt.NDArray[np.float64]

DUSK: list[Colour] = [(44, 84, 120), (120, 160, 160), (236, 214, 160), (240, 178, 96), (224, 110, 70), (196, 74, 62)]
CREST = ((-0.12, 1.05), (-0.10, 0.62), (-0.02, 0.34), (0.12, 0.17), (0.30, 0.105), (0.46, 0.14), (0.56, 0.25))
FACE = ((0.92, 1.0), (0.66, 0.86), (0.46, 0.74), (0.34, 0.60), (0.30, 0.45), (0.34, 0.33), (0.44, 0.265), (0.56, 0.25))
# Rows of smaller waves, far to near: water line, height, waves across, shift.
FAR_ROWS = ((0.63, 0.020, 7.0, 0.1), (0.67, 0.035, 4.5, 0.6))
NEAR_ROWS = ((0.80, 0.070, 2.6, 0.55), (0.90, 0.085, 1.9, 0.05), (1.00, 0.070, 2.3, 0.4))


def draw(size_px: int, seed: int) -> Image.Image:
    """The print, size_px square."""
    random = np.random.default_rng(seed)
    block = Image.new("L", (size_px * SUPERSAMPLED,) * 2, SKY)
    _carve_sky(block, random, size_px)
    for row in FAR_ROWS:
        _row_of_waves(block, random, row)
    _great_wave(block, random)
    for row in NEAR_ROWS:
        _row_of_waves(block, random, row)
    _spray(block, random)
    return to_picture(_printed(block, random, size_px))


def _spline(points: tuple[tuple[float, float], ...], count: int) -> Curve:
    """A smooth curve (Catmull–Rom) through the points. (count, 2)"""
    knots = np.array([points[0], *points, points[-1]])
    at = np.linspace(0, len(points) - 1 - 1e-9, count)
    i, t = at.astype(int), (at % 1.0)[:, None]
    a, b, c, d = (knots[i + k] for k in range(4))
    cubic = (3 * b - a - 3 * c + d) * t**3 + (2 * a - 5 * b + 4 * c - d) * t**2 + (c - a) * t
    return np.asarray(b + cubic / 2)


def _cut(block: Image.Image, path: Floats, widths: Floats, ink: int) -> None:
    """One line of the gouge, in fractions of the side."""
    pen = ImageDraw.Draw(block)
    swelling_line(pen, path * block.width, widths * block.width, fill=ink)


def _fill(block: Image.Image, outline: Curve, ink: int) -> None:
    ImageDraw.Draw(block).polygon((outline * block.width).ravel().tolist(), fill=ink)


def _carve_sky(block: Image.Image, random: Random, size_px: int) -> None:
    """A low sun and long lines of wind, cut where the clouds are."""
    pen, side = ImageDraw.Draw(block), block.width
    pen.ellipse(tuple(side * v for v in (0.69, 0.34, 0.87, 0.52)), fill=RED)
    _, y = grid(size_px)
    wind = flow(0.16 * noise(random, size_px, 3, stretch=1.5, octaves=2) - y)
    starts = scattered(random, 27) * (1.3, 0.72) - (0.25, 0.05)
    lengths = random.uniform(0.006, 0.022, len(starts)).astype(np.float32)
    for path in follow(wind, starts, lengths, 14):
        ink = random.choice([PAPER, KEY, SKY, PALE, RED], p=[0.44, 0.05, 0.28, 0.13, 0.10])
        _cut(block, path, random.uniform(0.003, 0.0085) * swell(14), int(ink))


def _great_wave(block: Image.Image, random: Random) -> None:
    """Stripes run from the foot to the tip between crest and face; foam breaks along the crest."""
    crest, face = _spline(CREST, 90), _spline(FACE, 90)
    _fill(block, np.concatenate([crest, face[::-1]]), BLUE)
    for share in np.linspace(0.03, 0.97, 34):
        stripe = crest + (face - crest) * (share + 0.012 * np.sin(np.linspace(0, 9, 90) + share * 20))[:, None]
        _stripe(block, random, stripe, share)
    _cut(block, face, np.full(90, 0.0075), KEY)
    _cut(block, crest, np.full(90, 0.0075), KEY)
    _foam(block, random, crest[36:], depth=0.085, claw=0.062)


def _stripe(block: Image.Image, random: Random, path: Curve, share: float) -> None:
    """A stripe of the wave, cut in several pulls; towards the face it turns light."""
    ink = random.choice([KEY, PALE, PAPER], p=[0.62 - 0.2 * share, 0.18, 0.20 + 0.2 * share])
    first = 0
    while first < len(path) - 12:
        last = min(len(path), first + int(random.integers(22, 60)))
        pull = path[first:last]
        narrowing = np.linspace(1.0, 0.45, len(path))[first:last]
        _cut(block, pull, random.uniform(0.006, 0.013) * swell(len(pull)) * narrowing, int(ink))
        first = last - 3


def _row_of_waves(block: Image.Image, random: Random, row: tuple[float, float, float, float]) -> None:
    """A row across the whole print: leaning crests, lines that repeat them downwards and flatten, foam on top."""
    base, height, across, shift = row
    t = np.linspace(-0.15, 1.15, 260)
    turn = 2 * np.pi * (t * across + shift)
    swing = height * (1 + 0.35 * np.sin(turn * 0.37 + shift * 9))
    crest = np.stack([t + 0.55 * swing * np.sin(turn + 0.9), base - swing * np.cos(turn)], axis=1)
    _fill(block, np.concatenate([crest, [(1.2, 1.2), (-0.2, 1.2)]]), BLUE)
    for depth in np.arange(0.010, 0.20, 0.0105 if height > 0.05 else 0.0085):
        flattened = crest + np.array([0.0, depth])
        flattened[:, 1] += (base - crest[:, 1]) * min(1.0, depth * 3.2)
        _broken_line(block, random, flattened, depth)
    _cut(block, crest, np.full(len(crest), 0.10 * height + 0.001), KEY)
    for peak in np.flatnonzero(np.diff(np.sign(np.diff(crest[:, 1]))) > 0):
        cap = crest[max(0, peak - 14) : peak + 22]
        _foam(block, random, cap, depth=height * 0.60, claw=height * 0.48)


def _broken_line(block: Image.Image, random: Random, path: Curve, depth: float) -> None:
    """A line cut in pulls of uneven length, with bridges of wood left between them."""
    first = int(random.integers(0, 10))
    while first < len(path) - 6:
        last = first + int(random.integers(12, 60))
        ink = random.choice([KEY, PALE, PAPER], p=[0.55 + 0.8 * depth, 0.25 - 0.5 * depth, 0.20 - 0.3 * depth])
        pull = path[first:last]
        _cut(block, pull, random.uniform(0.0035, 0.0080) * swell(len(pull)), int(ink))
        first = last + int(random.integers(-2, 8))


def _foam(block: Image.Image, random: Random, edge: Curve, depth: float, claw: float) -> None:
    """A white cap with a scalloped rim, and claws that reach ahead of it."""
    count = len(edge)
    inward = normals(edge)
    grown = swell(count, 0.7) ** 0.6
    lobes = 0.65 + 0.35 * np.abs(np.sin(np.linspace(0, count / 5.5, count) * np.pi))
    rim = edge + inward * (depth * grown * lobes)[:, None]
    _fill(block, np.concatenate([edge - inward * 0.003, rim[::-1]]), KEY)
    _fill(block, np.concatenate([edge - inward * 0.001, (rim - inward * 0.006)[::-1]]), PAPER)
    for share in (0.3, 0.55, 0.78):
        vein = edge + (rim - edge) * share
        _broken_foam(block, random, vein)
    for at in range(count // 4, count, max(2, round(count / 10))):
        _claw(block, random, edge, at, claw * (0.5 + 0.7 * grown[at]))


def _broken_foam(block: Image.Image, random: Random, vein: Curve) -> None:
    """Short shadows inside the foam."""
    for first in range(0, len(vein) - 6, 8):
        pull = vein[first : first + int(random.integers(4, 8))]
        _cut(block, pull, random.uniform(0.002, 0.0045) * swell(len(pull)), int(random.choice([PALE, BLUE, PALE])))


def _claw(block: Image.Image, random: Random, edge: Curve, at: int, length: float) -> None:
    """Two or three fingers of foam that curl over, each outlined by the key block."""
    ahead = edge[min(at + 1, len(edge) - 1)] - edge[max(0, at - 1)]
    heading = float(np.arctan2(ahead[1], ahead[0]))
    for spread in random.uniform(-1.3, 0.5, int(random.integers(2, 4))):
        t = np.linspace(0.0, 1.0, 12)
        angle = heading + spread + 2.2 * t
        reach = length * random.uniform(0.6, 1.1) / 12
        path = edge[at] + np.cumsum(np.stack([np.cos(angle), np.sin(angle)], axis=1), axis=0) * reach
        width = length * 0.42 * (1 - 0.75 * t)
        _cut(block, path, width + 0.006, KEY)
        _cut(block, path, width, PAPER)


def _spray(block: Image.Image, random: Random) -> None:
    """Drops thrown ahead of the great wave, dense at the crest, thin far out."""
    pen, side = ImageDraw.Draw(block), block.width
    crest = _spline(CREST, 90)[30:]
    for _ in range(330):
        x, y = crest[random.integers(len(crest))] + np.abs(random.normal(0.0, 0.085, 2)) * (1.3, -0.7)
        x, y = np.array([x, y]) + random.normal(0.0, 0.035, 2)
        radius = min(0.010, 0.0016 + 0.0012 * random.pareto(2.2))
        box = np.array([x - radius, y - radius, x + radius, y + radius]) * side
        pen.ellipse(tuple(box.tolist()), fill=PAPER)


def _printed(block: Image.Image, random: Random, size_px: int) -> Array:
    """Pull the print: each ink's gradation, the wood's grain in the flat areas, paper where ink is thin."""
    numbers = np.asarray(block).reshape(size_px, SUPERSAMPLED, size_px, SUPERSAMPLED)
    wood = _wood_grain(random, size_px)
    wear = noise(random, size_px, size_px / 5, octaves=2)
    paper = np.array([0.955, 0.915, 0.825], dtype=np.float32) * (0.97 + 0.06 * wear)[..., None]
    sheet = np.zeros((size_px, size_px, 3), dtype=np.float32)
    for ink, colour in enumerate(_inks(random, size_px)):
        cover = (numbers == ink).mean(axis=(1, 3), dtype=np.float32)
        hold = 1.0 if ink == PAPER else (0.95 - 0.36 * wood - 0.16 * smoothstep(0.60, 0.95, wear))
        sheet += cover[..., None] * mix(paper, colour, hold)
    return sheet


def _inks(random: Random, size_px: int) -> list[Array]:
    """The colour of every ink in every place, wiped on the block by hand (bokashi)."""
    _, y = grid(size_px)
    wiped = 0.25 * (noise(random, size_px, 2) - 0.5)
    flat = np.ones((size_px, size_px, 3), dtype=np.float32)
    return [
        ramp(DUSK, y * 1.45 + wiped - 0.02),
        flat * np.array([0.965, 0.93, 0.85], dtype=np.float32),
        ramp([(176, 206, 196), (132, 182, 196)], y + wiped),
        ramp([(70, 140, 170), (40, 100, 158), (26, 70, 130)], 1.2 * (y - 0.15) + wiped),
        ramp([(22, 36, 76), (12, 20, 48)], y + wiped),
        ramp([(214, 60, 40), (236, 110, 60)], 2.2 * (y - 0.3) + wiped),
    ]


def _wood_grain(random: Random, size_px: int) -> Array:
    """Growth rings of a plank cut along the trunk: long bands that bend round knots."""
    _, y = grid(size_px)
    bent = y + 0.10 * noise(random, size_px, 3, stretch=3, octaves=3)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * 46 * bent + 3 * noise(random, size_px, 6, stretch=4))
    return np.asarray(rings * noise(random, size_px, 70, stretch=12, octaves=2), dtype=np.float32)
