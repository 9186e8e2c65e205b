"""A river on a summer evening, in dots of unmixed colour that blend only in the eye.

No dot has the colour of what it shows: each takes the pigment nearest to that colour plus a deliberate error, so
that neighbours differ and their mean is right.
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
    lookup,
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
SKY: list[Colour] = [(28, 74, 166), (58, 124, 204), (120, 178, 220), (240, 206, 150), (250, 164, 92)]
WATER: list[Colour] = [(250, 190, 120), (130, 172, 206), (58, 122, 196), (30, 76, 160), (22, 44, 116)]
LEAVES: list[Colour] = [(22, 40, 84), (24, 84, 76), (56, 130, 62), (132, 176, 58), (232, 214, 92)]
GRASS: list[Colour] = [(30, 60, 96), (34, 112, 70), (112, 168, 56), (206, 206, 84), (250, 226, 130)]
# What lies on the palette, before white is added.
PIGMENTS: tuple[Colour, ...] = (
    (252, 214, 40), (246, 150, 24), (228, 66, 36), (206, 40, 98), (132, 54, 150), (44, 48, 148), (26, 96, 190),
    (40, 156, 206), (16, 130, 108), (70, 160, 60), (166, 194, 44), (24, 28, 70), (120, 50, 36),
)  # fmt: skip
WHITES = (0.0, 0.30, 0.58, 0.80)
SUN = (0.23, 0.24)
SHORE = 0.44
SAILS = ((0.42, 0.50, 0.27, 1), (0.12, 0.465, 0.13, -1), (0.235, 0.452, 0.07, 1))  # x, water line, height, lee
POPLARS = ((0.61, 0.18), (0.655, 0.24), (0.685, 0.20), (0.73, 0.15), (0.05, 0.10), (0.10, 0.13))  # x, height


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One going-over; count is dots along each side, error how far from the aim a dot may be."""

    count: int
    radius: float
    error: float


LAYERS = (
    Layer(count=86, radius=0.0095, error=0.10),
    Layer(count=112, radius=0.0066, error=0.15),
    Layer(count=118, radius=0.0050, error=0.19),
)


def draw(size_px: int, seed: int) -> Image.Image:
    """The painting, size_px square."""
    random = np.random.default_rng(seed)
    scene = _scene(random, size_px)
    canvas = Image.new("RGBA", (size_px * SUPERSAMPLED,) * 2, (224, 206, 164, 40))
    for layer in LAYERS:
        _dot(canvas, random, layer, scene)
    return to_picture(_lit(random, canvas, size_px))


def _scene(random: Random, size_px: int) -> Array:
    """The colour aimed at in every place."""
    x, y = grid(size_px)
    tone = noise(random, size_px, 5, octaves=3) - 0.5
    away = np.hypot(x - SUN[0], (y - SUN[1]) * 1.1)
    picture = mix(ramp(SKY, 0.05 + y / SHORE * 0.85 + 0.5 * tone), (255, 232, 150), np.exp(-((away / 0.13) ** 2)))
    picture = mix(picture, (255, 250, 214), smoothstep(0.070, 0.058, away))
    picture = mix(picture, ramp(LEAVES, 0.45 + tone + 0.3 * x), smoothstep(0.0, 0.006, y - SHORE + 0.035 + 0.05 * tone))
    for place, height in POPLARS:
        picture = _poplar(picture, x, y, tone, place, height)
    picture = _water(random, picture, x, y, tone)
    for sail in SAILS:
        picture = _sail(picture, x, y, sail)
    return _near_bank(random, picture, x, y, tone)


def _poplar(picture: Array, x: Array, y: Array, tone: Array, place: float, height: float) -> Array:
    """A slim tree, lit from the left."""
    up = (SHORE - y) / height
    right = (x - place - 0.02 * tone) / (0.20 * height)
    inside = smoothstep(0.0, 0.15, np.sqrt((up * (1 - up)).clip(0)) * 1.6 - np.abs(right))
    return mix(picture, ramp(LEAVES, 0.42 - 0.42 * right + 0.8 * tone), inside)


def _water(random: Random, picture: Array, x: Array, y: Array, tone: Array) -> Array:
    """The far bank upside down in the river, drawn out and broken by ripples; the sun's path on it."""
    ripple = noise(random, picture.shape[0], 60, stretch=9, octaves=2) - 0.5
    depth = (y - SHORE) / (1 - SHORE)
    mirrored = lookup(picture, x + 0.03 * ripple, (SHORE - (y - SHORE) * 0.85 + 0.05 * ripple).clip(0.0, 1.0))
    water = mix(
        ramp(WATER, 0.10 + 0.9 * depth + 1.1 * ripple + 0.4 * tone), mirrored, 0.50 * (1 - 0.5 * depth.clip(0, 1))
    )
    path = np.exp(-(((x - SUN[0] - 0.10 * ripple) / (0.05 + 0.08 * depth.clip(0))) ** 2))
    water = mix(water, (255, 226, 140), path * smoothstep(-0.08, 0.2, ripple))
    return mix(picture, water, smoothstep(0.0, 0.004, y - SHORE))


def _sail(picture: Array, x: Array, y: Array, sail: tuple[float, float, float, int]) -> Array:
    """A white sail, bluish to the lee, a dark hull, and both again in the water."""
    place, line, height, lee = sail
    for up, strength in (((line - y) / height, 1.0), ((y - line - 0.01) / height, 0.55)):
        right = (x - place) / height * lee
        cloth = np.minimum(np.minimum(right, up - 0.13), 0.62 * (1.0 - up) - right)
        cloth = np.maximum(cloth, np.minimum(np.minimum(-0.04 - right, up - 0.16), 0.42 * (0.8 - up) + right))
        hull = np.minimum(0.10 - np.abs(up - 0.04) - 0.10 * np.abs(right), 0.52 - np.abs(right - 0.05))
        shade = strength * smoothstep(0.0, 0.03, cloth)
        picture = mix(picture, ramp([(255, 250, 226), (236, 220, 210), (150, 160, 214)], right / 0.6), shade)
        picture = mix(picture, (96, 30, 60), strength * smoothstep(0.0, 0.03, hull))
    return picture


def _near_bank(random: Random, picture: Array, x: Array, y: Array, tone: Array) -> Array:
    """Grass in light and shadow, flowers in it, and a big tree that hangs over the river."""
    size_px = picture.shape[0]
    clump = noise(random, size_px, 7, octaves=3)
    bank = y - 0.80 + 0.10 * (x - 0.2) + 0.16 * smoothstep(0.35, 1.0, x) + 0.03 * np.sin(x * 9)
    shadow = smoothstep(
        0.10, -0.02, np.asarray(np.abs(bank - 0.10 + 0.06 * np.sin(x * 5)) - 0.05 * (x > 0.3), dtype=np.float32)
    )
    grass = ramp(GRASS, 0.80 - 0.62 * shadow + 1.3 * (clump - 0.5))
    flowers = smoothstep(0.70, 0.80, noise(random, size_px, 30, octaves=1))
    hues = np.where((noise(random, size_px, 12, octaves=1) > 0.5)[..., None], (0.94, 0.30, 0.36), (0.98, 0.92, 0.80))
    grass = mix(grass, hues, flowers * smoothstep(0.02, 0.06, bank))
    picture = mix(picture, grass, smoothstep(0.0, 0.008, bank))
    lean = 0.86 - 0.10 * (0.8 - y) + 0.02 * np.sin(y * 14)
    trunk = smoothstep(
        0.0, 0.006, np.asarray(0.024 + 0.05 * (y - 0.62).clip(0) ** 1.5 - np.abs(x - lean), dtype=np.float32)
    )
    bark = ramp([(206, 130, 70), (110, 56, 70), (44, 34, 96)], (x - lean + 0.024) / 0.048 + tone)
    picture = mix(picture, bark, trunk * (y > 0.2) * (y < 0.86))
    crown = 0.33 - np.hypot((x - 0.88) * 0.95, (y - 0.16) * 1.15) + 0.10 * (clump - 0.5) + 0.16 * tone
    light = 0.36 + 1.7 * (clump - 0.5) - 0.9 * (x - 0.80) - 0.8 * (y - 0.16)
    return mix(picture, ramp(LEAVES, light), smoothstep(0.0, 0.02, crown))


def _dot(canvas: Image.Image, random: Random, layer: Layer, scene: Array) -> None:
    """Set the dots of one layer; the alpha channel keeps how thick the paint lies."""
    places = scattered(random, layer.count)
    aimed = lookup(scene, places[:, 0], places[:, 1])
    error = random.normal(0.0, layer.error, aimed.shape)
    colours = _pigments(aimed + error - 0.5 * error.mean(axis=1, keepdims=True))
    radii = layer.radius * random.uniform(0.75, 1.2, len(places))
    heights = random.integers(120, 256, (len(places), 1))
    fills = np.concatenate([colours * 255, heights], axis=1).astype(int).tolist()
    squash = random.uniform(0.8, 1.0, (2, len(places)))
    boxes = np.stack([places[:, 0], places[:, 1]] * 2, axis=1) + np.stack(
        [-radii, -radii, radii, radii], axis=1
    ) * np.stack([squash[0], squash[1]] * 2, axis=1)
    pen = ImageDraw.Draw(canvas)
    for box, fill in zip((boxes * canvas.width).tolist(), fills, strict=True):
        pen.ellipse(box, fill=tuple(fill))


def _pigments(wanted: Floats) -> npt.NDArray[np.float64]:
    """For every colour the nearest one on the palette, tints included. (n, 3)"""
    pure = np.array(PIGMENTS) / 255.0
    palette = np.concatenate([pure + (1 - pure) * (0.97 * white) for white in WHITES])
    apart = (wanted**2).sum(axis=1)[:, None] - 2 * wanted @ palette.T + (palette**2).sum(axis=1)
    return np.asarray(palette[apart.argmin(axis=1)])


def _lit(random: Random, canvas: Image.Image, size_px: int) -> Array:
    """Bring the canvas to size; light from the upper left on the thick dots."""
    colour = canvas.convert("RGB").resize((size_px, size_px), Image.Resampling.BOX)
    painted = np.asarray(colour, dtype=np.float32) / 255.0
    weave = 0.04 * noise(random, size_px, size_px / 5, octaves=1)
    height = blur(reduced(canvas.getchannel("A"), size_px) + weave, size_px / 900)
    slope = relief(height * size_px / 300)[..., None].clip(-0.7, 0.7)
    return np.asarray(painted * (1 + 0.42 * slope), dtype=np.float32)
