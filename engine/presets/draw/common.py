"""What the drawn styles share: noise, flow, light, and lines that swell and taper.

Lengths are fractions of the picture's side unless a name says px, so that a drawing looks alike at every size.
Fields are float32 arrays of (size, size); painted arrays are (size, size, 3) with values in [0, 1].
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Array = npt.NDArray[np.float32]
Floats = npt.NDArray[np.floating[Any]]  # where either precision will do
Colour = tuple[int, int, int]
Random = np.random.Generator


def grid(size_px: int) -> tuple[Array, Array]:
    """x and y of every pixel's centre, 0 to 1."""
    along = (np.arange(size_px, dtype=np.float32) + 0.5) / size_px
    x, y = np.meshgrid(along, along)
    return x.astype(np.float32), y.astype(np.float32)


def noise(
    random: Random, size_px: int, cells: float, *, stretch: float = 1.0, octaves: int = 4, roughness: float = 0.55
) -> Array:
    """Smooth fractal noise in 0 to 1 with a mean near 0.5.

    cells: waves across the picture in the coarsest octave; stretch: how many times longer than high they are
    """
    total = np.zeros((size_px, size_px), dtype=np.float32)
    for octave in range(octaves):
        high = max(2, round(cells * 2**octave))
        wide = max(2, round(cells / stretch * 2**octave))
        values = random.standard_normal((high + 2, wide + 2), dtype=np.float32)
        total += roughness**octave * _enlarged(values, size_px)
    return np.asarray(0.5 + total / (5.0 * total.std() + 1e-9), dtype=np.float32).clip(0.0, 1.0)


def _enlarged(values: Array, size_px: int) -> Array:
    """The grid's inside, drawn out to the picture's size; the rim only feeds the interpolation."""
    high, wide = values.shape
    picture = Image.fromarray(values)
    box = (1.0, 1.0, wide - 1.0, high - 1.0)
    return np.asarray(picture.resize((size_px, size_px), Image.Resampling.BICUBIC, box=box), dtype=np.float32)


def blur(field: Floats, sigma_px: float) -> Array:
    """Gaussian blur with mirrored borders (Pillow's cannot take floats)."""
    size_px = field.shape[0]
    pad = min(int(3 * sigma_px) + 1, size_px - 1)
    side = _quick(size_px + 2 * pad)
    padded = np.pad(field, (pad, side - size_px - pad), mode="reflect")
    rows, columns = (
        np.exp(-2 * (np.pi * sigma_px * each) ** 2).astype(np.float32)
        for each in (np.fft.fftfreq(side), np.fft.rfftfreq(side))
    )
    waves = np.fft.rfft2(padded)
    waves *= rows[:, None]
    waves *= columns
    inside = slice(pad, pad + size_px)
    return np.asarray(np.fft.irfft2(waves, s=padded.shape)[inside, inside], dtype=np.float32)


def _quick(length: int) -> int:
    """The next length without a prime factor above five: with a large one a transform takes several times as long."""
    while length > 1 and 30**20 % length:
        length += 1
    return length


def smoothstep(low: float | Floats, high: float | Floats, value: Floats) -> Array:
    """0 below low, 1 above high, a soft S between: the edge of nearly everything here."""
    t = ((value - low) / (high - low)).clip(0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float32)


def lookup(field: npt.NDArray[np.float32], x: Floats, y: Floats) -> Array:
    """The field's values (or colours) at points given in 0 to 1; points outside take the border's."""
    size_px = field.shape[0]
    column = (np.asarray(x) * size_px).astype(np.int64).clip(0, size_px - 1)
    row = (np.asarray(y) * size_px).astype(np.int64).clip(0, size_px - 1)
    return np.asarray(field[row, column], dtype=np.float32)


def ramp(colours: Sequence[Colour], at: Floats) -> Array:
    """Colours blended along a palette: at 0 the first, at 1 the last."""
    stops = np.linspace(0.0, 1.0, len(colours))
    table = np.asarray(colours, dtype=np.float32) / 255.0
    channels = [np.interp(at, stops, table[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def mix(under: Floats, over: Floats | Colour, cover: Floats | float) -> Array:
    """Paint over: cover 0 keeps what is under, 1 hides it."""
    paint = np.asarray(over, dtype=np.float32) / 255.0 if isinstance(over, tuple) else over
    share = cover[..., None] if isinstance(cover, np.ndarray) and cover.ndim == 2 else cover
    return np.asarray(under + (paint - under) * share, dtype=np.float32)


def relief(height: Floats, *, angle_deg: float = 225.0) -> Array:
    """Slope towards a light: above 0 where the surface faces it. Height in pixels of rise."""
    down, right = np.gradient(height)
    angle = np.deg2rad(angle_deg)
    return np.asarray(down * np.sin(angle) + right * np.cos(angle), dtype=np.float32) * -1.0


def flow(potential: Array) -> tuple[Array, Array]:
    """Unit vectors that circle the potential's hills and never run into each other."""
    down, right = np.gradient(potential)
    length = np.hypot(down, right) + 1e-9
    return np.asarray(down / length, dtype=np.float32), np.asarray(-right / length, dtype=np.float32)


def follow(field: tuple[Array, Array], starts: Floats, step: Floats, count: int) -> Array:
    """Paths through a flow: starts (n, 2), step lengths (n,); returns (n, count, 2)."""
    points = [starts]
    for _ in range(count - 1):
        x, y = points[-1][:, 0], points[-1][:, 1]
        heading = np.stack([lookup(field[0], x, y), lookup(field[1], x, y)], axis=-1)
        points.append(points[-1] + heading * step[:, None])
    return np.stack(points, axis=1).astype(np.float32)


def normals(paths: Floats) -> Array:
    """Unit vectors across paths of (…, count, 2)."""
    along = np.gradient(paths, axis=-2)
    across = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    return np.asarray(across / (np.linalg.norm(across, axis=-1, keepdims=True) + 1e-9), dtype=np.float32)


def swelling_line(pen: ImageDraw.ImageDraw, path: Floats, widths: Floats, fill: int | tuple[int, ...]) -> None:
    """A line whose width changes on the way; path (count, 2) and widths (count,) in the pen's pixels."""
    offset = normals(path) * widths[:, None] / 2
    outline = np.concatenate([path + offset, (path - offset)[::-1]])
    pen.polygon(outline.ravel().tolist(), fill=fill)


def swell(count: int, peak: float = 0.5) -> Array:
    """Widths 0 → 1 → 0 along a stroke, widest at `peak`."""
    t = np.linspace(0.0, 1.0, count, dtype=np.float32)
    t = np.where(t < peak, t / peak * 0.5, 0.5 + (t - peak) / (1 - peak) * 0.5)
    return np.asarray(np.sin(np.pi * t).clip(0.0), dtype=np.float32)


def scattered(random: Random, across: int) -> Array:
    """across² points, one somewhere in each cell of a grid, in random order: even but not regular."""
    cells = np.stack(np.meshgrid(np.arange(across), np.arange(across)), axis=-1).reshape(-1, 2)
    points = (cells + random.random(cells.shape)) / across
    return np.asarray(random.permutation(points), dtype=np.float32)


def reduced(mask: Image.Image, size_px: int) -> Array:
    """A supersampled one-channel drawing brought down to size, values 0 to 1."""
    return np.asarray(mask.resize((size_px, size_px), Image.Resampling.BOX), dtype=np.float32) / 255.0


def to_picture(painted: Array) -> Image.Image:
    """The painted array as an RGB picture."""
    return Image.fromarray((painted.clip(0.0, 1.0) * 255.0 + 0.5).astype(np.uint8))
