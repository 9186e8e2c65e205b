"""Sumi-e: bamboo before misty mountains, wet washes under dry brush on fibrous paper, one red seal.

Ink is added as density and seen as paper × exp(-density): washes darken each other as real ones do.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Floats,
    Random,
    blur,
    flow,
    follow,
    grid,
    lookup,
    noise,
    normals,
    reduced,
    scattered,
    smoothstep,
    swell,
    swelling_line,
    to_picture,
)

SUPERSAMPLED = 2
PAPER = (0.955, 0.925, 0.855)
# How strongly an ink swallows red, green and blue.
SOOT = (1.00, 1.00, 0.96)
INDIGO = (1.15, 0.85, 0.52)
SIENNA = (0.30, 0.62, 1.00)
VERMILION = (0.10, 1.45, 1.60)

# Ridges from far to near: height of the line, its swing, roughness, ink, how far the ink runs down.
RIDGES = (
    (0.33, 0.18, 3.0, 0.45, 0.10),
    (0.46, 0.20, 4.0, 0.85, 0.085),
    (0.64, 0.15, 4.0, 1.45, 0.085),
    (0.86, 0.09, 4.0, 2.10, 0.10),
)
STALKS = ((0.135, 0.050, 0.05), (0.255, 0.030, -0.045), (0.030, 0.034, 0.02))  # foot's x, width, lean
BRANCHES = (
    ((0.19, 0.16), (0.52, -0.06), (0.86, 0.20)),
    ((0.18, 0.42), (0.42, 0.22), (0.66, 0.50)),
    ((0.14, 0.74), (0.40, 0.56), (0.62, 0.80)),
)
# Lines left white in the seal, in fractions of its side.
CARVED = (
    ((0.15, 0.22), (0.45, 0.22)), ((0.30, 0.12), (0.30, 0.88)), ((0.14, 0.48), (0.46, 0.48)),
    ((0.30, 0.50), (0.13, 0.82)), ((0.30, 0.50), (0.46, 0.80)), ((0.58, 0.16), (0.86, 0.16)),
    ((0.58, 0.16), (0.58, 0.86)), ((0.86, 0.16), (0.86, 0.86)), ((0.58, 0.50), (0.86, 0.50)),
    ((0.58, 0.86), (0.86, 0.86)), ((0.72, 0.30), (0.72, 0.72)),
)  # fmt: skip


def draw(size_px: int, seed: int) -> Image.Image:
    """The sheet, size_px square."""
    random = np.random.default_rng(seed)
    paper = _fibres(random, size_px)
    ink = np.zeros((size_px, size_px, 3), dtype=np.float32)
    ink += _sky(random, size_px)
    for ridge in RIDGES:
        ink += _mountain(random, size_px, ridge)
    ink += _bamboo(random, size_px)
    ink += _inked(_spatter(random, size_px), SOOT)
    ink += _inked(_seal(random, size_px), VERMILION)
    grain = 0.62 + 0.76 * noise(random, size_px, size_px / 5, octaves=2)
    return to_picture(paper * np.exp(-ink * grain[..., None]))


def _inked(density: Floats, ink: tuple[float, float, float]) -> Array:
    return np.asarray(density[..., None] * np.array(ink, dtype=np.float32))


def _fibres(random: Random, size_px: int) -> Array:
    """Mulberry paper: long fibres lying every way, a cloudy tone."""
    sheet = Image.new("L", (size_px * SUPERSAMPLED,) * 2, 128)
    pen = ImageDraw.Draw(sheet)
    starts = scattered(random, 34)
    curl = flow(noise(random, size_px, 7, octaves=2))
    steps = random.normal(0.0, 0.006, len(starts)).astype(np.float32)
    for path in follow(curl, starts, steps, 9) * sheet.width:
        pen.line(path.ravel().tolist(), fill=int(random.choice([70, 100, 170, 200])), width=2)
    laid = blur(reduced(sheet, size_px), 0.7) - 0.5
    tone = 1.0 + 0.24 * laid + 0.05 * (noise(random, size_px, 3) - 0.5) + 0.05 * (noise(random, size_px, 120) - 0.5)
    return np.asarray(tone[..., None] * np.array(PAPER, dtype=np.float32))


def _wet(mask: Array, random: Random, size_px: int, bleed: float = 0.012) -> Array:
    """A mask as a wash dries: darker rim, pale blooms inside, backruns."""
    rim = (mask - blur(mask, bleed * size_px)).clip(0.0)
    pool = noise(random, size_px, 4, octaves=5, roughness=0.6)
    tide = np.exp(-(((pool - 0.56) / 0.018) ** 2)) + 0.6 * smoothstep(0.57, 0.50, pool)
    return np.asarray(mask * (0.15 + 1.2 * pool + 0.45 * tide) + 1.8 * rim * mask, dtype=np.float32)


def _sky(random: Random, size_px: int) -> Array:
    """Drifting washes of indigo, a breath of sienna over the valley, and a pale red sun."""
    x, y = grid(size_px)
    drift = noise(random, size_px, 4, stretch=2.2, octaves=5)
    cloud = smoothstep(0.47, 0.60, drift) * smoothstep(0.62, 0.05, y)
    glow = np.exp(-(((y - 0.60) / 0.16) ** 2)) * (0.4 + noise(random, size_px, 3, stretch=3))
    sun = smoothstep(0.085, 0.078, np.hypot(x - 0.69, y - 0.17) + 0.01 * (drift - 0.5))
    ink = _inked(0.42 * _wet(cloud, random, size_px), INDIGO)
    ink += _inked(0.24 * np.asarray(glow, dtype=np.float32), SIENNA)
    return ink + _inked(0.55 * _wet(sun, random, size_px), VERMILION)


def _mountain(random: Random, size_px: int, ridge: tuple[float, float, float, float, float]) -> Array:
    """A wash that is dark along its ridge and sinks into mist, scratched with a split, half-dry brush."""
    height, swing, cells, strength, fall = ridge
    _, y = grid(size_px)
    line = height + swing * 2.4 * (_skyline(random, size_px, cells) - 0.5)
    below = y - line[None, :]
    frayed = below + 0.012 * (noise(random, size_px, 24) - 0.5)
    body = smoothstep(0.0, 0.006, frayed) * np.exp(-(below.clip(0.0) / fall))
    wash = strength * 0.62 * _wet(np.asarray(body, dtype=np.float32), random, size_px)
    hue = _inked(wash, INDIGO if strength < 1.0 else SOOT)
    marks = _texture_strokes(random, size_px, below, fall)
    return hue + _inked(strength * 0.9 * marks * smoothstep(0.0, 0.01, below), SOOT)


def _skyline(random: Random, size_px: int, cells: float) -> Array:
    """A ridge line: one row of noise, peaks sharpened. (size,)"""
    row = noise(random, size_px, cells, octaves=6, roughness=0.48)[size_px // 2]
    return np.asarray(row, dtype=np.float32)


def _texture_strokes(random: Random, size_px: int, below: Array, fall: float) -> Array:
    """Short strokes running down the slope from the ridge, dense at its top."""
    sheet = Image.new("L", (size_px * SUPERSAMPLED,) * 2)
    pen = ImageDraw.Draw(sheet)
    starts = scattered(random, 38)
    depth = lookup(below, starts[:, 0], starts[:, 1])
    kept = (depth > 0.0) & (depth < fall * 1.3 * random.random(len(starts)))
    slope = np.gradient(below[0] * -1.0) * size_px
    for start in starts[kept]:
        steep = float(slope[min(size_px - 1, int(start[0] * size_px))])
        _axe_cut(pen, random, start * sheet.width, steep, sheet.width)
    return reduced(sheet, size_px)


def _axe_cut(pen: ImageDraw.ImageDraw, random: Random, start: Array, steep: float, width_px: int) -> None:
    """One stroke that leans with the slope and fades as the brush lifts."""
    angle = np.pi / 2 + np.clip(steep, -1.0, 1.0) * 0.8 + random.normal(0.0, 0.18)
    t = np.linspace(0.0, 1.0, 7)[:, None]
    reach = width_px * random.uniform(0.03, 0.085)
    bow = np.array([np.cos(angle + 0.5), np.sin(angle + 0.5)]) * t**2 * 0.3
    path = start + (np.array([np.cos(angle), np.sin(angle)]) * t + bow) * reach
    widths = width_px * random.uniform(0.004, 0.014) * swell(7, 0.25)
    swelling_line(pen, path, widths, fill=int(random.integers(60, 250)))


def _bamboo(random: Random, size_px: int) -> Array:
    """Three stalks and their leaves: pale ones behind, wet black ones in front."""
    ink = np.zeros((size_px, size_px, 3), dtype=np.float32)
    for tone, blurred, (foot, width, lean) in zip((1.9, 0.9, 0.45), (0.6, 0.8, 1.6), STALKS, strict=True):
        sheet = Image.new("L", (size_px * SUPERSAMPLED,) * 2)
        _stalk(sheet, random, foot, width, lean)
        mask = blur(reduced(sheet, size_px), blurred * size_px / 768)
        ink += _inked(tone * (mask + 0.6 * (mask - blur(mask, size_px / 90)).clip(0.0)), SOOT)
    for tone, blurred, spread, count in ((0.45, 2.2, 0.09, 5), (0.95, 1.0, 0.05, 4), (2.6, 0.5, 0.015, 4)):
        sheet = Image.new("L", (size_px * SUPERSAMPLED,) * 2)
        _foliage(sheet, random, spread, count)
        mask = blur(reduced(sheet, size_px), blurred * size_px / 768)
        load = 0.55 + 0.9 * noise(random, size_px, 9, octaves=2)
        ink += _inked(tone * mask * load, SOOT if tone > 0.5 else INDIGO)
    return ink


def _stalk(sheet: Image.Image, random: Random, foot: float, width: float, lean: float) -> None:
    """Joints pushed upwards one by one, pressed at both ends, a hook of dark ink between them."""
    pen, bottom = ImageDraw.Draw(sheet), 1.03
    while bottom > -0.05:
        top = bottom - random.uniform(0.13, 0.19)
        y = np.linspace(bottom, top + 0.008, 15)
        path = np.stack([foot + lean * (1 - y) + 0.02 * (1 - y) ** 2, y], axis=1)
        pressure = 1.0 + 0.22 * np.abs(np.linspace(-1, 1, 15)) ** 4
        _dry_brush(pen, random, path * sheet.width, width * sheet.width * pressure, 0.75)
        joint = path[-1] + np.linspace(-0.62, 0.62, 7)[:, None] * (width, 0.0) + (0.0, -0.004)
        joint[:, 1] -= 0.010 * np.abs(np.linspace(-1, 1, 7)) ** 2
        swelling_line(pen, joint * sheet.width, 0.011 * sheet.width * swell(7) + 1, fill=255)
        bottom = top


def _foliage(sheet: Image.Image, random: Random, spread: float, count: int) -> None:
    """Leaves along three branches that bow to the right, `spread` strays from where they were first thought of."""
    pen = ImageDraw.Draw(sheet)
    t = np.linspace(0.0, 1.0, 24)[:, None]
    for start, bow, end in np.array(BRANCHES) + random.normal(0.0, spread, (len(BRANCHES), 3, 2)):
        branch = ((1 - t) ** 2 * start + 2 * t * (1 - t) * bow + t**2 * end) * sheet.width
        swelling_line(pen, branch, sheet.width * np.linspace(0.007, 0.002, 24), fill=210)
        for at in np.linspace(6, 23, count).astype(int):
            heading = random.uniform(0.3, 1.5)
            for angle in heading + np.linspace(-0.9, 0.9, random.integers(3, 6)) + random.normal(0.0, 0.15):
                _leaf(pen, random, branch[at], float(angle), sheet.width)


def _leaf(pen: ImageDraw.ImageDraw, random: Random, knot: npt.NDArray[np.float64], angle: float, side_px: int) -> None:
    """Press, drag, lift: a pointed leaf with the brush's hairs in it."""
    t = np.linspace(0.0, 1.0, 15)
    bend = random.normal(0.0, 0.35)
    heading = np.stack([np.cos(angle + bend * t), np.sin(angle + bend * t)], axis=1)
    path = knot + np.cumsum(heading, axis=0) / 15 * side_px * random.uniform(0.10, 0.21)
    width = side_px * random.uniform(0.016, 0.030) * swell(15, 0.35) + 1.0
    _dry_brush(pen, random, path, width, random.uniform(0.6, 1.0))


def _dry_brush(
    pen: ImageDraw.ImageDraw,
    random: Random,
    path: npt.NDArray[np.float64],
    widths: Floats,
    wetness: float,
) -> None:
    """A stroke of single hairs; where the ink runs out they break off and the paper shines through."""
    across = normals(path) * widths[:, None]
    count = max(4, int(widths.max() / 2.2))
    for offset in np.linspace(-0.5, 0.5, count):
        line = path + across * (offset + random.normal(0.0, 0.2 / count))
        runs_out = int(len(path) * min(1.0, random.uniform(0.25, 1.5) * (0.4 + wetness)))
        again = runs_out + random.integers(1, 4)
        fill = int(255 * min(1.0, random.uniform(0.55, 1.1) * (0.5 + 0.5 * wetness)))
        for piece in (line[:runs_out], line[again : again + random.integers(2, 6)]):
            if len(piece) > 1:
                pen.line(piece.ravel().tolist(), fill=fill, width=3)


def _spatter(random: Random, size_px: int) -> Array:
    """Drops flung from the brush, many small and few large."""
    sheet = Image.new("L", (size_px * SUPERSAMPLED,) * 2)
    pen = ImageDraw.Draw(sheet)
    for x, y in random.random((150, 2)) * sheet.width:
        radius = sheet.width * 0.0009 * (1 + random.pareto(1.6))
        radius = min(radius, sheet.width * 0.009)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius * random.uniform(0.8, 1.2)), fill=200)
    return blur(reduced(sheet, size_px), 0.6) * 1.3


def _seal(random: Random, size_px: int) -> Array:
    """A carved stone pressed in cinnabar paste: strokes left white, edges chipped, pressed unevenly."""
    sheet = Image.new("L", (size_px * SUPERSAMPLED,) * 2)
    pen, side, left, top = ImageDraw.Draw(sheet), sheet.width * 0.092, sheet.width * 0.865, sheet.width * 0.455
    pen.rounded_rectangle((left, top, left + side, top + side), radius=side * 0.08, fill=255)
    for (x0, y0), (x1, y1) in CARVED:
        ends = (left + x0 * side, top + y0 * side, left + x1 * side, top + y1 * side)
        pen.line(ends, fill=0, width=max(1, round(side * 0.055)))
    pressed = smoothstep(0.18, 0.42, noise(random, size_px, 60, octaves=3))
    return blur(reduced(sheet, size_px), 0.7) * (0.35 + 0.95 * pressed)
