"""A comic's panel: a blast over the city at night, in heavy ink and dots of cyan, magenta and yellow on cheap paper.

The four plates are made as a printer made them: three halftone screens at their angles and a line plate on top,
each a little out of place.
"""

from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Floats,
    Random,
    grid,
    noise,
    reduced,
    smoothstep,
    swelling_line,
    to_picture,
)

SUPERSAMPLED = 2
DOTS = 58  # along each side
PAPER = (0.975, 0.945, 0.870)
# What every ink lets through of red, green and blue.
INKS = ((0.08, 0.62, 0.90), (0.90, 0.12, 0.46), (1.0, 0.88, 0.10))
KEY = (0.07, 0.06, 0.10)
ANGLES = (15.0, 75.0, 0.0)
SHIFTS = ((0.0012, -0.0008), (-0.0010, 0.0012), (0.0004, 0.0010))
BLAST = (0.52, 0.40)
# Rings of the blast from outside in: how far its spikes reach, spikes, turn, inks (cyan, magenta, yellow).
RINGS = (
    (0.47, 21, 0.10, (0.0, 1.0, 0.95)),
    (0.36, 17, 0.35, (0.0, 0.52, 1.0)),
    (0.25, 14, 0.20, (0.0, 0.08, 1.0)),
    (0.155, 11, 0.50, (0.0, 0.0, 0.14)),
    (0.090, 9, 0.15, (0.0, 0.42, 1.0)),
    (0.048, 8, 0.35, (0.0, 0.0, 0.10)),
)
CLOUDS = ((0.06, 0.12, 0.15), (0.93, 0.10, 0.17), (0.04, 0.50, 0.11), (0.97, 0.52, 0.12), (0.30, 0.02, 0.10))
# Rows of towers from far to near: foot, least and greatest height, inks of the shaded side and two of the lit one.
ROWS = (
    (0.86, 0.10, 0.27, ((0.97, 0.74, 0.0), (0.72, 0.20, 0.0), (0.40, 0.10, 0.25))),
    (1.02, 0.12, 0.30, ((1.0, 1.0, 0.6), (0.10, 0.85, 0.30), (0.05, 0.50, 0.95))),
)
NIGHT = (0.95, 0.62, 0.0)


def draw(size_px: int, seed: int) -> Image.Image:
    """The panel, size_px square."""
    random = np.random.default_rng(seed)
    side = size_px * SUPERSAMPLED
    tones = [Image.new("L", (side, side), 0) for _ in INKS]
    line = Image.new("L", (side, side), 0)
    _rays(tones, line)
    for cloud in CLOUDS:
        _cloud(tones, line, random, cloud)
    _blast(tones, line, random)
    _city(tones, line, random)
    return to_picture(_printed(random, tones, line, size_px))


def _fill(tones: list[Image.Image], outline: Floats, inks: tuple[float, ...]) -> None:
    """One flat area on all three plates."""
    points = (outline * tones[0].width).ravel().tolist()
    for tone, ink in zip(tones, inks, strict=True):
        ImageDraw.Draw(tone).polygon(points, fill=round(255 * ink))


def _ink(line: Image.Image, outline: Floats, width: float, fill: int = 255) -> None:
    """A contour with the brush: thick below and on the right, thin above and on the left."""
    closed = np.concatenate([outline, outline[:2]])
    ahead = np.gradient(closed, axis=0)
    weight = 0.7 + 0.5 * np.sin(np.arctan2(ahead[:, 1], ahead[:, 0]) + 0.8)
    swelling_line(ImageDraw.Draw(line), closed * line.width, width * weight * line.width, fill)


def _rays(tones: list[Image.Image], line: Image.Image) -> None:
    """Night sky split by beams from the blast; thin speed lines between them."""
    _fill(tones, np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), NIGHT)
    beams = np.linspace(0, 2 * np.pi, 29)[:-1]
    for number, turn in enumerate(beams.tolist()):
        spread = 0.055 + 0.03 * np.sin(number * 2.4)
        ends = [np.array(BLAST) + 1.3 * np.array([np.cos(turn + s), np.sin(turn + s)]) for s in (-spread, spread)]
        _fill(tones, np.array([BLAST, *ends]), ((0.62, 0.06, 0.0), (0.30, 0.0, 0.10))[number % 2])
        for away in (-1.9, 1.9):
            path = np.linspace(0.30 + 0.05 * (number % 3), 1.2, 12)[:, None]
            heading = np.array([np.cos(turn + away * spread), np.sin(turn + away * spread)])
            swelling_line(
                ImageDraw.Draw(line),
                (np.array(BLAST) + path * heading) * line.width,
                np.linspace(0.0, 0.009, 12) * line.width,
                255,
            )


def _cloud(tones: list[Image.Image], line: Image.Image, random: Random, cloud: tuple[float, float, float]) -> None:
    """Smoke: a wreath of puffs, white above, lilac in the shade, hooks of ink inside."""
    x, y, radius = cloud
    turns = np.sort(random.uniform(0, 2 * np.pi, 11))
    puffs = [(x + radius * np.cos(t), y + 0.6 * radius * np.sin(t), radius * random.uniform(0.3, 0.5)) for t in turns]
    puffs.append((x, y, radius * 0.85))
    for grown, inks in ((0.011, None), (0.0, (0.42, 0.52, 0.0)), (-0.22, (0.10, 0.16, 0.02))):
        for puff_x, puff_y, puff in puffs:
            size = puff * (1 + min(0.0, grown)) + max(0.0, grown)
            outline = _circle(puff_x - 0.25 * (puff - size), puff_y - 0.9 * max(0.0, puff - size), size)
            if inks is None:
                ImageDraw.Draw(line).polygon((outline * line.width).ravel().tolist(), fill=255)
            else:
                ImageDraw.Draw(line).polygon((outline * line.width).ravel().tolist(), fill=0)
                _fill(tones, outline, inks)
    for puff_x, puff_y, puff in puffs[:-1]:
        hook = _circle(puff_x, puff_y, puff * 0.72)[4 : 4 + int(random.integers(9, 16))]
        swelling_line(ImageDraw.Draw(line), hook * line.width, np.linspace(0.001, 0.008, len(hook)) * line.width, 255)


def _circle(x: float, y: float, radius: float) -> Floats:
    t = np.linspace(0, 2 * np.pi, 48)
    return np.array([x, y]) + radius * np.stack([np.cos(t), np.sin(t)], axis=1)


def _blast(tones: list[Image.Image], line: Image.Image, random: Random) -> None:
    """Jagged stars in each other, hot towards the middle, thick contours, debris flying out."""
    for reach, spikes, turn, inks in RINGS:
        around = turn + np.arange(2 * spikes) * np.pi / spikes
        far = np.where(np.arange(2 * spikes) % 2 == 0, reach, reach * 0.66) * random.uniform(0.84, 1.16, 2 * spikes)
        star = np.array(BLAST) + far[:, None] * np.stack([np.cos(around), 0.92 * np.sin(around)], axis=1)
        ImageDraw.Draw(line).polygon((star * line.width).ravel().tolist(), fill=0)
        _fill(tones, star, inks)
        corners = np.concatenate([star, star[:1]])
        for one, other in pairwise(corners):
            edge = one + (other - one) * np.linspace(0, 1, 6)[:, None]
            swelling_line(
                ImageDraw.Draw(line), edge * line.width, np.linspace(0.004, 0.012, 6) * reach / 0.33 * line.width, 255
            )
    for _ in range(46):
        _debris(tones, line, random)


def _debris(tones: list[Image.Image], line: Image.Image, random: Random) -> None:
    """A chip with corners, and the streak behind it."""
    turn, away = random.uniform(0, 2 * np.pi), random.uniform(0.30, 0.70)
    heading = np.array([np.cos(turn), np.sin(turn)])
    place, size = np.array(BLAST) + away * heading, random.uniform(0.005, 0.019)
    around = np.sort(random.uniform(0, 2 * np.pi, 5))
    chip = place + size * np.stack([np.cos(around), np.sin(around)], axis=1)
    streak = place - heading * np.linspace(0.0, size * 6, 8)[:, None]
    swelling_line(ImageDraw.Draw(line), streak * line.width, np.linspace(0.5, 0.0, 8) * size * line.width, 255)
    _ink(line, chip, 0.008)
    ImageDraw.Draw(line).polygon((chip * line.width).ravel().tolist(), fill=0)
    _fill(tones, chip, (0.0, float(random.choice([0.0, 0.5, 0.95])), 0.9))


def _city(tones: list[Image.Image], line: Image.Image, random: Random) -> None:
    """Two rows of towers seen against the light: a lit side, a black side, windows."""
    for base, low, high, inks in ROWS:
        left = -0.05
        while left < 1.05:
            width, height = random.uniform(0.07, 0.13), random.uniform(low, high)
            _tower(
                tones, line, random, (left, base - height, left + width), (inks[0], inks[int(random.integers(1, 3))])
            )
            left += width * random.uniform(0.92, 1.02)


def _tower(
    tones: list[Image.Image],
    line: Image.Image,
    random: Random,
    box: tuple[float, float, float],
    inks: tuple[tuple[float, ...], tuple[float, ...]],
) -> None:
    """One house: the side towards the blast is coloured, the other lies in the shade with lit windows."""
    left, top, right = box
    lit_right = (left + right) / 2 < BLAST[0]
    fold = left + (right - left) * (0.52 if lit_right else 0.48)
    for one, other, tops in ((left, fold, (top + 0.012, top)), (fold, right, (top, top + 0.012))):
        lit = (one == fold) == lit_right
        wall = np.array([[one, tops[0]], [other, tops[1]], [other, 1.05], [one, 1.05]])
        ImageDraw.Draw(line).polygon((wall * line.width).ravel().tolist(), fill=0)
        _fill(tones, wall, inks[lit])
        corners = (wall[[0, 1, 2, 3, 0]] * line.width).ravel().tolist()
        ImageDraw.Draw(line).line(corners, fill=255, width=round(0.0055 * line.width), joint="curve")
        _windows(tones, line, random, (one, other, top + 0.022), not lit)


def _windows(
    tones: list[Image.Image], line: Image.Image, random: Random, box: tuple[float, float, float], dark: bool
) -> None:
    left, right, top = box
    columns = max(2, round((right - left) / 0.021))
    step = (right - left) / columns
    for row in range(14):
        for column in range(columns):
            if random.random() < (0.45 if dark else 0.12):
                continue
            x, y = left + (column + 0.28) * step, top + row * 0.026
            pane = np.array([[x, y], [x + step * 0.5, y], [x + step * 0.5, y + 0.014], [x, y + 0.014]])
            ImageDraw.Draw(line).polygon((pane * line.width).ravel().tolist(), fill=0 if dark else 255)
            _fill(tones, pane, (0.0, 0.10, 0.95))


def _printed(random: Random, tones: list[Image.Image], line: Image.Image, size_px: int) -> Array:
    """Paper, then yellow, magenta and cyan dots, then the black plate; ink is thin in places."""
    worn = noise(random, size_px, size_px / 6, octaves=2)
    fibre = 0.975 + 0.03 * (noise(random, size_px, size_px / 4, octaves=1) - 0.5)
    sheet = np.asarray(PAPER, dtype=np.float32) * fibre[..., None]
    for tone, ink, angle, shift in zip(tones, INKS, ANGLES, SHIFTS, strict=True):
        cover = _screened(np.asarray(tone, dtype=np.float32) / 255.0, angle, shift, size_px)
        cover = cover * (1.0 - 0.12 * smoothstep(0.55, 0.9, worn))
        sheet = sheet * (1 + (np.asarray(ink, dtype=np.float32) - 1) * cover[..., None])
    black = reduced(line, size_px) * (1.0 - 0.10 * smoothstep(0.6, 0.95, worn))
    return np.asarray(sheet + (np.asarray(KEY, dtype=np.float32) - sheet) * black[..., None], dtype=np.float32)


def _screened(tone: Array, angle_deg: float, shift: tuple[float, float], size_px: int) -> Array:
    """The tone as round dots on a turned grid, with the light of the blast in it. (size, size)"""
    x, y = grid(tone.shape[0])
    glow = np.hypot(x - BLAST[0], y - BLAST[1])
    tone = np.where(tone < 0.98, tone * (0.55 + 0.75 * glow), tone).clip(0.0, 1.0)
    angle = np.deg2rad(angle_deg)
    u = ((x + shift[0]) * np.cos(angle) + (y + shift[1]) * np.sin(angle)) * DOTS
    v = ((y + shift[1]) * np.cos(angle) - (x + shift[0]) * np.sin(angle)) * DOTS
    peak = 0.5 + 0.25 * (np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v))
    soft = 0.10
    dots = smoothstep(1 - tone - soft, 1 - tone + soft, peak)
    dots = np.where(tone < 0.02, 0.0, np.where(tone > 0.97, 1.0, dots)).astype(np.float32)
    return np.asarray(dots.reshape(size_px, SUPERSAMPLED, size_px, SUPERSAMPLED).mean(axis=(1, 3)), dtype=np.float32)
