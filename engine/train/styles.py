"""The styles a training sees: paintings at many scales and in other colours, photographs, textures out of arithmetic.

A style enters the training as its moments in `slim` alone, and those are linear: a blend of two styles is one more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.instant import STYLE_SIDE_PX
from engine.losses import Moments, stack
from engine.train.pictures import Pictures, resized

# Shares of what is looked at: paintings, photographs, textures. A hundred paintings alone would be learned by heart.
PHOTO_SHARE, TEXTURE_SHARE, BLEND_SHARE = 0.14, 0.14, 0.15

See = Callable[[Tensor], dict[str, Moments]]


@dataclass
class StyleBank:
    """Views of the styles, each looked at once: view k is the same for ever, so a training resumes exactly.

    size: how many views there are; each costs about 0.2 MB and one pass through the encoder when it is first drawn
    """

    styles: Pictures
    photos: Pictures
    see: See
    seed: int
    size: int
    _seen: dict[int, dict[str, Moments]] = field(default_factory=dict)

    def draw(self, count: int, generator: torch.Generator) -> dict[str, Moments]:
        """Moments of this many styles, some of them blends of two."""
        rows = [self._draw_one(generator) for _ in range(count)]
        return {layer: stack([row[layer] for row in rows]) for layer in rows[0]}

    def _draw_one(self, generator: torch.Generator) -> dict[str, Moments]:
        first, second = torch.randint(self.size, (2,), generator=generator).tolist()
        blended, share = torch.rand(2, generator=generator).tolist()
        if blended >= BLEND_SHARE:
            return self._view(first)
        one, other = self._view(first), self._view(second)
        return {layer: _blend(one[layer], other[layer], share) for layer in one}

    def _view(self, index: int) -> dict[str, Moments]:
        if index not in self._seen:
            with torch.no_grad():
                self._seen[index] = self.see(self.picture(index))
        return self._seen[index]

    def picture(self, index: int) -> Tensor:
        """View `index` as (1, 3, height, width)."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + index)
        kind = float(torch.rand((), generator=generator))
        if kind < TEXTURE_SHARE:
            return _texture(generator).to(self.styles.levels[0].device)
        source = self.photos if kind < TEXTURE_SHARE + PHOTO_SHARE else self.styles
        levels = source.levels[int(torch.randint(len(source), (), generator=generator))]
        return _recoloured(_reframed(levels.float()[None] / 255, generator), generator)


def _blend(one: Moments, other: Moments, share: float) -> Moments:
    mean = torch.lerp(one.mean, other.mean, share)
    second = torch.lerp(one.covariance + _outer(one.mean), other.covariance + _outer(other.mean), share)
    return Moments(mean, second - _outer(mean))


def _outer(mean: Tensor) -> Tensor:
    return torch.outer(mean, mean)


def _reframed(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Half of all views show the whole picture; the others a part, at another brush size."""
    part, scale, top, left, flipped, turned = torch.rand(6, generator=generator).tolist()
    height, width = pixels.shape[-2:]
    longest = STYLE_SIDE_PX if part < 0.5 else STYLE_SIDE_PX * 0.7 * (2.6 / 0.7) ** scale
    factor = min(longest / max(height, width), 1.5)
    pixels = resized(pixels, (max(32, round(height * factor)), max(32, round(width * factor))))
    height, width = pixels.shape[-2:]
    top, left = int(top * max(1, height - STYLE_SIDE_PX + 1)), int(left * max(1, width - STYLE_SIDE_PX + 1))
    pixels = pixels[..., top : top + STYLE_SIDE_PX, left : left + STYLE_SIDE_PX]
    if flipped < 0.5:
        pixels = pixels.flip(-1)
    return pixels.transpose(-1, -2) if turned < 0.15 else pixels


def _recoloured(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Half keep their colours; the others get new ones, since a hundred paintings have few."""
    kind, amount = torch.rand(2, generator=generator).tolist()
    if kind < 0.5:
        return pixels
    if kind < 0.62:
        return pixels[:, torch.randperm(3, generator=generator)]
    if kind < 0.85:
        return _hue_turned(pixels, 360 * amount, 0.5 + 1.2 * float(torch.rand((), generator=generator)))
    if kind < 0.95:
        return pixels.clamp(0, 1).pow(2 ** (2.4 * amount - 1.2))
    return 1 - pixels


def _hue_turned(pixels: Tensor, degrees: float, saturation: float) -> Tensor:
    """Turned about the grey axis, and drawn towards it or away."""
    angle = torch.tensor(degrees).deg2rad()
    grey = torch.full((3, 3), 1 / 3)
    turn = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / 3**0.5
    matrix = grey + saturation * (angle.cos() * (torch.eye(3) - grey) + angle.sin() * turn)
    return torch.einsum("ij,bjhw->bihw", matrix.to(pixels), pixels).clamp(0, 1)


def _texture(generator: torch.Generator) -> Tensor:
    """Bands of a random palette over a bent, grainy field: from soft clouds to hard stripes and contours."""
    colours, bands, bend, stripes, hardness, grain, outline = torch.rand(7, generator=generator).tolist()
    count = 2 + int(5 * colours)
    palette = torch.rand(count, 3, generator=generator)
    field_ = sum(_clouds(2 ** (k + 2), generator) * 0.55**k for k in range(4 + int(2 * grain)))
    assert isinstance(field_, Tensor)
    y, x = torch.meshgrid(torch.linspace(0, 1, STYLE_SIDE_PX), torch.linspace(0, 1, STYLE_SIDE_PX), indexing="ij")
    if stripes < 0.5:
        angle = 6.2832 * float(torch.rand((), generator=generator))
        field_ = (x * torch.tensor(angle).cos() + y * torch.tensor(angle).sin()) * (4 + 20 * bands) + bend * 3 * field_
    else:
        field_ = field_ * (1 + 6 * bands)
    place = field_ * count
    low = place.floor()
    soft = ((place - low - 0.5) * (1 + 30 * hardness**2) + 0.5).clamp(0, 1)
    first, second = palette[low.long() % count], palette[(low.long() + 1) % count]
    pixels = torch.lerp(first, second, soft[..., None]).permute(2, 0, 1)[None]
    if outline < 0.3:
        edge = (soft - 0.5).abs()[None, None]
        pixels = pixels * (0.15 + 0.85 * (edge * 2).clamp(0, 1))
    noise = torch.randn(1, 3 if grain < 0.3 else 1, STYLE_SIDE_PX, STYLE_SIDE_PX, generator=generator)
    return pixels.add(noise, alpha=0.12 * grain**2).clamp(0, 1)


def _clouds(cells: int, generator: torch.Generator) -> Tensor:
    coarse = torch.randn(1, 1, cells, cells, generator=generator)
    return functional.interpolate(coarse, (STYLE_SIDE_PX, STYLE_SIDE_PX), mode="bicubic", align_corners=False)[0, 0]
