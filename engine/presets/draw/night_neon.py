"""A harbour city at night: neon tubes in violet dusk, and all of it once more in the wet quay.

Each colour of light has a sheet; a sheet glows by being blurred at several widths and added to the dark.
"""

import numpy as np
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Colour,
    Floats,
    Random,
    blur,
    flow,
    follow,
    grid,
    lookup,
    mix,
    noise,
    ramp,
    reduced,
    scattered,
    smoothstep,
    to_picture,
)

SUPERSAMPLED = 2
QUAY = 0.665
DUSK: list[Colour] = [(10, 6, 34), (34, 12, 74), (92, 22, 110), (188, 44, 110), (255, 122, 84)]
LIGHTS: tuple[Colour, ...] = ((255, 40, 140), (40, 220, 255), (255, 168, 50), (150, 84, 255), (90, 255, 176))
PINK, CYAN, AMBER, VIOLET, MINT = range(len(LIGHTS))
TUBE = 0.0042
SUN = (0.52, 0.455, 0.215)
# Houses from far to near: left, right, top, how light the wall is.
ROWS = (
    ((0.00, 0.46), (0.10, 0.53), (0.22, 0.42), (0.31, 0.55), (0.60, 0.54), (0.72, 0.44), (0.83, 0.52), (0.92, 0.40)),
    ((-0.04, 0.30), (0.13, 0.44), (0.25, 0.56), (0.68, 0.57), (0.76, 0.36), (0.90, 0.25)),
)


def draw(size_px: int, seed: int) -> Image.Image:
    """The picture, size_px square."""
    random = np.random.default_rng(seed)
    sheets = [Image.new("L", (size_px * SUPERSAMPLED,) * 2) for _ in LIGHTS]
    dark = _sky(random, size_px)
    _aurora(sheets, random, size_px)
    dark = _sun(dark, sheets)
    for near, row in enumerate(ROWS):
        dark = _houses(dark, sheets, random, row, near)
    _signs(sheets, random)
    night = _glowing(dark, sheets, size_px)
    return to_picture(_wet(random, night, size_px))


def _sky(random: Random, size_px: int) -> Array:
    """Dusk from night above to embers at the water, with drifting cloud."""
    _, y = grid(size_px)
    cloud = noise(random, size_px, 4, stretch=2.5, octaves=5) - 0.5
    return ramp(DUSK, 0.02 + 0.85 * (y / QUAY) ** 1.6 + 0.45 * cloud)


def _tube(sheet: Image.Image, points: Floats, width: float = TUBE, light: int = 255) -> None:
    pen = ImageDraw.Draw(sheet)
    pen.line(
        (points * sheet.width).ravel().tolist(), fill=light, width=max(1, round(width * sheet.width)), joint="curve"
    )


def _aurora(sheets: list[Image.Image], random: Random, size_px: int) -> None:
    """Ribbons of light that the wind draws through the sky."""
    _, y = grid(size_px)
    wind = flow(0.75 * noise(random, size_px, 3, octaves=2) - 0.55 * y)
    starts = scattered(random, 22) * (1.3, 0.62) - (0.25, 0.04)
    steps = random.uniform(0.004, 0.013, len(starts)).astype(np.float32)
    for path in follow(wind, starts.astype(np.float32), steps, 22):
        sheet = sheets[int(random.choice(len(sheets), p=[0.30, 0.24, 0.08, 0.32, 0.06]))]
        _tube(sheet, path, random.uniform(0.35, 1.2) * TUBE, int(random.integers(80, 230)))
    for x, y in random.random((240, 2)).tolist():
        _tube(sheets[CYAN], np.array([[x, y * 0.5], [x + 0.0015, y * 0.5]]), 0.0022, int(random.integers(90, 255)))


def _sun(dark: Array, sheets: list[Image.Image]) -> Array:
    """A huge low sun, sliced by haze, rimmed by a tube."""
    size_px = dark.shape[0]
    x, y = grid(size_px)
    centre_x, centre_y, radius = SUN
    disc = smoothstep(radius, radius - 0.004, np.hypot(x - centre_x, y - centre_y).astype(np.float32))
    down = (y - centre_y + radius) / (2 * radius)
    bars = smoothstep(0.02, 0.10, (down * 11) % 1.0 - 0.62 * (down - 0.30))
    disc = disc * np.where(down > 0.36, bars, 1.0).astype(np.float32)
    for sheet in sheets:
        _wipe(sheet, _ring(centre_x, centre_y, radius))
    _tube(sheets[PINK], _ring(centre_x, centre_y, radius * 1.05), TUBE)
    return mix(dark, ramp([(255, 220, 60), (255, 120, 40), (250, 30, 100), (150, 10, 130)], down), disc)


def _ring(x: float, y: float, radius: float) -> Floats:
    t = np.linspace(0, 2 * np.pi, 90)
    return np.asarray(np.array([x, y]) + radius * np.stack([np.cos(t), np.sin(t)], axis=1))


def _wipe(sheet: Image.Image, outline: Floats) -> None:
    ImageDraw.Draw(sheet).polygon((outline * sheet.width).ravel().tolist(), fill=0)


def _houses(
    dark: Array, sheets: list[Image.Image], random: Random, row: tuple[tuple[float, float], ...], near: int
) -> Array:
    """Towers against the glow: dark walls, a tube along the roof and the corners, rows of lit windows."""
    size_px = dark.shape[0]
    x, y = grid(size_px)
    for number, (left, top) in enumerate(row):
        right = left + random.uniform(0.10, 0.15) * (1.1 if near else 1.0)
        box = np.array([[left, QUAY], [left, top], [right, top], [right, QUAY]])
        for sheet in sheets:
            _wipe(sheet, box)
        inside = ((x > left) & (x < right) & (y > top) & (y < QUAY)).astype(np.float32)
        wall = ramp([(64, 24, 104), (30, 12, 66), (12, 6, 36)], (x - left) / (right - left) * 0.8 + 0.25 * near)
        dark = mix(dark, wall, inside)
        colour = (CYAN, PINK, VIOLET, AMBER, MINT, PINK, CYAN, VIOLET)[(number + 3 * near) % 8]
        _tube(sheets[colour], box[[0, 1, 2, 3]], TUBE * (0.8 + 0.3 * near))
        _windows(sheets, random, (left, right, top), colour)
        _crown(sheets[colour], random, (left, right, top))
    return dark


def _windows(sheets: list[Image.Image], random: Random, box: tuple[float, float, float], colour: int) -> None:
    """Floors of windows, most in the warm light of lamps, some in the colour of the house."""
    left, right, top = box
    style, columns = int(random.integers(3)), max(3, round((right - left) / 0.021))
    step = (right - left) / columns
    for floor in np.arange(top + 0.022, QUAY - 0.02, 0.023).tolist():
        if style == 0:
            _tube(sheets[colour], np.array([[left + 0.3 * step, floor], [right - 0.3 * step, floor]]), TUBE * 0.7, 150)
            continue
        for column in range(columns):
            if random.random() < 0.62:
                x = left + (column + 0.5) * step
                pane = np.array([[x, floor], [x, floor + (0.011 if style == 1 else 0.006)]])
                _tube(
                    sheets[AMBER if random.random() < 0.7 else colour], pane, step * 0.42, int(random.integers(70, 235))
                )


def _crown(sheet: Image.Image, random: Random, box: tuple[float, float, float]) -> None:
    """What stands on a roof: a mast, steps or an arch of tubes."""
    left, right, top = box
    middle, width = (left + right) / 2, right - left
    kind = int(random.integers(3))
    if kind == 0:
        _tube(sheet, np.array([[middle, top], [middle, top - 0.10]]), TUBE * 0.7)
        for share in (0.3, 0.6):
            _tube(sheet, np.array([[middle - 0.02, top - 0.1 * share], [middle + 0.02, top - 0.1 * share]]), TUBE * 0.6)
    for share in (0.42, 0.30, 0.18):
        if kind == 1:
            t = np.linspace(np.pi, 2 * np.pi, 20)
            _tube(
                sheet,
                np.stack([middle + width * share * np.cos(t), top + width * share * np.sin(t)], axis=1),
                TUBE * 0.8,
            )
        if kind == 2:
            peak = np.array(
                [[middle - width * share, top], [middle, top - width * share * 1.3], [middle + width * share, top]]
            )
            _tube(sheet, peak, TUBE * 0.8)


def _signs(sheets: list[Image.Image], random: Random) -> None:
    """Signs on the walls: rings, bolts, arrows, waves, stars and bars, each in two colours."""
    places = (
        (0.045, 0.40),
        (0.045, 0.56),
        (0.20, 0.52),
        (0.83, 0.46),
        (0.965, 0.36),
        (0.965, 0.54),
        (0.31, 0.61),
        (0.74, 0.62),
        (0.82, 0.60),
    )
    for number, place in enumerate(places):
        first, second = random.permutation(len(sheets))[:2].tolist()
        for turn, sheet in ((0, sheets[first]), (1, sheets[second])):
            for line in _sign(number % 5):
                _tube(sheet, np.array(place) + line * (0.040 - 0.014 * turn), TUBE * (1.15 - 0.3 * turn))


def _sign(kind: int) -> list[Floats]:
    """The tubes of a sign, one side long."""
    t = np.linspace(0, 2 * np.pi, 40)
    if kind == 0:
        return [np.stack([np.cos(t), np.sin(t)], axis=1), np.stack([np.cos(t), np.sin(t)], axis=1) * 0.75]
    if kind == 1:
        return [np.array([[0.3, -1.2], [-0.5, 0.1], [0.1, 0.1], [-0.3, 1.2], [0.6, -0.3], [0.0, -0.3], [0.3, -1.2]])]
    if kind == 2:
        around = np.arange(11) * 2 * np.pi / 10 - np.pi / 2
        reach = np.where(np.arange(11) % 2, 0.45, 1.1)
        return [reach[:, None] * np.stack([np.cos(around), np.sin(around)], axis=1)]
    if kind == 3:
        return [np.stack([(t - np.pi) / np.pi, 0.35 * np.sin(2 * t) + shift], axis=1) for shift in (-0.7, 0.0, 0.7)]
    return [np.array([[-0.7, y], [0.0, y - 0.6], [0.7, y]]) for y in (-0.4, 0.3, 1.0)]


def _glowing(dark: Array, sheets: list[Image.Image], size_px: int) -> Array:
    """Add every colour: a nearly white core, the tube's colour around it, and a wide halo in the haze."""
    night = dark.copy()
    for sheet, colour in zip(sheets, LIGHTS, strict=True):
        tube = reduced(sheet, size_px)
        hue = np.asarray(colour, dtype=np.float32) / 255.0
        halo = 1.5 * blur(tube, size_px / 230) + 1.1 * blur(tube, size_px / 80) + 0.8 * blur(tube, size_px / 26)
        night += (0.55 * halo + 0.65 * tube)[..., None] * hue
        night += (0.36 * tube**2)[..., None]
    return np.asarray(1.0 - np.exp(-2.1 * night.clip(0.0) ** 1.15), dtype=np.float32)


def _wet(random: Random, night: Array, size_px: int) -> Array:
    """The quay: the city upside down, drawn out and broken by ripples, joints between the slabs."""
    x, y = grid(size_px)
    depth = ((y - QUAY) / (1 - QUAY)).clip(0.0, 1.0)
    ripple = noise(random, size_px, 34, stretch=6, octaves=2) - 0.5
    swell = np.sin((1 / (0.12 + depth)) * 34 + 6 * noise(random, size_px, 6, octaves=2))
    mirrored_y = QUAY - (y - QUAY) * 1.75 + 0.030 * ripple * (0.2 + depth) + 0.010 * swell * (0.3 + depth)
    mirrored_x = x + (0.085 * ripple + 0.012 * swell) * (0.15 + depth)
    mirrored = lookup(night, mirrored_x, mirrored_y.clip(0.0, 1.0))
    soft = np.stack([blur(mirrored[..., channel], size_px / 700) for channel in range(3)], axis=-1)
    shine = 0.95 + 1.5 * ripple + 0.22 * swell
    wet = mix(soft * shine[..., None], (10, 6, 34), 0.12 * depth)
    return mix(night, wet, smoothstep(0.0, 0.004, y - QUAY))
