"""Oil on canvas: a windy evening over ochre fields, laid down in loaded strokes that catch the light."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Colour,
    Random,
    blur,
    flow,
    follow,
    grid,
    lookup,
    mix,
    noise,
    normals,
    ramp,
    reduced,
    relief,
    scattered,
    smoothstep,
    to_picture,
)

SUPERSAMPLED = 2
POINTS = 11  # along a stroke
SKY: list[Colour] = [(16, 22, 58), (24, 46, 112), (36, 84, 160), (70, 138, 186), (142, 188, 196), (226, 220, 186)]
GLOW: list[Colour] = [(252, 240, 178), (248, 204, 84), (232, 150, 52), (150, 140, 120), (60, 110, 160)]
FIELDS: list[Colour] = [(58, 40, 60), (96, 74, 40), (160, 92, 30), (208, 142, 40), (236, 188, 74), (248, 224, 140)]
SUNS = ((0.73, 0.21, 0.13), (0.20, 0.33, 0.080), (0.45, 0.10, 0.055))  # x, y, radius
VANISHING = (0.36, 0.50)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One pass over the canvas with one brush; count is strokes along each side."""

    count: int
    width: float
    length: float
    jitter: float


LAYERS = (
    Layer(count=20, width=0.080, length=0.27, jitter=0.045),
    Layer(count=30, width=0.050, length=0.22, jitter=0.060),
    Layer(count=32, width=0.028, length=0.16, jitter=0.080),
    Layer(count=16, width=0.014, length=0.12, jitter=0.120),
)


def draw(size_px: int, seed: int) -> Image.Image:
    """The painting, size_px square."""
    random = np.random.default_rng(seed)
    scene = _scene(random, size_px)
    wind = flow(_potential(random, size_px))
    canvas = Image.new("RGBA", (size_px * SUPERSAMPLED,) * 2, (60, 40, 30, 60))
    for layer in LAYERS:
        _lay_strokes(canvas, random, layer, scene, wind)
    return to_picture(_lit(random, canvas, size_px))


def _scene(random: Random, size_px: int) -> Array:
    """What is painted: the colour aimed at in every place."""
    x, y = grid(size_px)
    tone = noise(random, size_px, 4, octaves=3, roughness=0.6)
    sky = ramp(SKY, 0.08 + 1.1 * (tone - 0.5) + 0.95 * y)
    for sun_x, sun_y, radius in SUNS:
        away = np.hypot(x - sun_x, y - sun_y) / radius
        halo = (0.8 + 0.4 * np.cos(away * 5.0)) * np.exp(-0.40 * away)
        sky = mix(sky, ramp(GLOW, away / 3.4), smoothstep(0.14, 0.6, np.asarray(halo, dtype=np.float32)))
    rows = np.arctan2(y - VANISHING[1], x - VANISHING[0])
    land = ramp(FIELDS, 0.52 + 0.9 * (tone - 0.5) + 0.30 * np.sin(rows * 26) - 0.25 * (0.85 - y))
    return mix(sky, land, smoothstep(0.0, 0.02, y - _horizon(x)))


def _horizon(x: Array) -> Array:
    return np.asarray(0.66 + 0.045 * np.sin(x * 5.2 + 0.4) + 0.02 * np.sin(x * 13.0), dtype=np.float32)


def _potential(random: Random, size_px: int) -> Array:
    """Hills of the wind: strokes run along their contour lines, around every sun and along the furrows."""
    x, y = grid(size_px)
    hills = 0.30 * noise(random, size_px, 3, octaves=2) + 0.25 * y
    for sun_x, sun_y, radius in SUNS:
        hills -= 1.9 * radius * np.exp(-np.hypot(x - sun_x, y - sun_y) / (2.2 * radius))
    below = smoothstep(-0.01, 0.03, y - _horizon(x))
    furrows = 0.5 * np.arctan2(y - VANISHING[1], x - VANISHING[0]) + 0.10 * noise(random, size_px, 7, octaves=2)
    return np.asarray(np.where(below > 0.5, furrows, hills), dtype=np.float32)


def _lay_strokes(canvas: Image.Image, random: Random, layer: Layer, scene: Array, wind: tuple[Array, Array]) -> None:
    """Every stroke is a bundle of bristles; the alpha channel keeps how thick the paint lies."""
    starts = np.concatenate([scattered(random, layer.count) * 1.2 - 0.1, _around_suns(random)])
    lengths = layer.length * random.uniform(0.4, 1.2, len(starts)).astype(np.float32)
    paths = follow(wind, starts, lengths / POINTS, POINTS)
    middle = paths[:, POINTS // 2]
    colours = _loaded(random, lookup(scene, middle[:, 0], middle[:, 1]), layer.jitter)
    across = normals(paths) * _pressure()[:, None]
    pen = ImageDraw.Draw(canvas)
    for path, side, colour in zip(paths * canvas.width, across * canvas.width, colours, strict=True):
        _drag_brush(pen, random, path, side * layer.width * random.uniform(0.5, 1.15), colour)


def _around_suns(random: Random) -> Array:
    """A few more strokes in the eye of every swirl, where the flow would leave the canvas bare. (n, 2)"""
    near = [np.array([x, y]) + random.normal(0.0, radius * 0.18, (10, 2)) for x, y, radius in SUNS]
    return np.concatenate(near).astype(np.float32)


def _pressure() -> Array:
    """How wide the brush is pressed along a stroke: it lands round and leaves in a taper."""
    t = np.linspace(0.0, 1.0, POINTS, dtype=np.float32)
    return np.asarray(np.sqrt(smoothstep(-0.12, 0.22, t)) * (1 - 0.75 * smoothstep(0.6, 1.1, t)), dtype=np.float32)


def _loaded(random: Random, aimed: Array, jitter: float) -> Array:
    """The colours on the brush: never quite the one aimed at, now and then a daring one."""
    value = random.normal(0.0, jitter, (len(aimed), 1)) * (0.5 + aimed.mean(axis=1, keepdims=True))
    hue = random.normal(0.0, jitter * 0.5, (len(aimed), 3))
    daring = random.random((len(aimed), 1)) < 0.04
    return np.asarray(np.where(daring, aimed[:, [2, 1, 0]] * 0.8 + 0.1, aimed + value + hue), dtype=np.float32)


def _drag_brush(pen: ImageDraw.ImageDraw, random: Random, path: Array, side: Array, colour: Array) -> None:
    """Drag a bundle of bristles along the path; side spans the brush's full width."""
    width_px = float(np.linalg.norm(side, axis=-1).max())
    count = max(4, round(width_px / 4.0))
    offsets = np.linspace(-0.5, 0.5, count) + random.normal(0.0, 0.2 / count, count)
    streaks = np.convolve(random.normal(0.0, 0.055, count + 2), [0.35, 0.6, 0.35], mode="valid")[:, None]
    tints = colour + streaks * (0.4 + colour.mean()) + random.normal(0.0, 0.014, (count, 3))
    heights = 100 + 80 * (np.abs(offsets) * 2) ** 4 + random.normal(0.0, 22.0, count)
    fills = np.concatenate([tints * 255, heights[:, None]], axis=1).clip(0, 255).astype(int).tolist()
    ends = POINTS - random.integers(0, 3, count)
    for offset, fill, last in zip(offsets, fills, ends, strict=True):
        line = (path + side * offset)[:last]
        pen.line(line.ravel().tolist(), fill=tuple(fill), width=max(2, round(width_px / count * 1.7)))


def _lit(random: Random, canvas: Image.Image, size_px: int) -> Array:
    """Bring the canvas to size and let a lamp from the upper left graze the thick paint."""
    colour = canvas.convert("RGB").resize((size_px, size_px), Image.Resampling.BOX)
    painted = np.asarray(colour, dtype=np.float32) / 255.0
    weave = 0.05 * noise(random, size_px, size_px / 4, octaves=1)
    height = blur(reduced(canvas.getchannel("A"), size_px) + weave, size_px / 1100)
    slope = relief(height * size_px / 210)
    shine = smoothstep(0.12, 0.5, slope)
    return np.asarray(painted * (1 + 0.6 * slope[..., None].clip(-0.7, 0.7)) + 0.14 * shine[..., None])
