"""The instant network: one painter for all styles, and the reader that writes a style's vector from its moments.

Nothing here knows files. A style is one vector: scales and shifts of every instance norm (Dumoulin et al., 2017), gains
of the noise, and how much of the content itself is kept. Zeros mean a plain instance norm.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.losses import Moments

# Sides are padded to a multiple of this: the deepest features are an eighth of the picture's size.
STRIDE = 8
# Reflected beyond the border before everything else: what the deepest layers see there is picture, not frame.
MARGIN_PX = 8
NOISE_CHANNELS = 16
# Barely more than a camera's own: a louder one is all that a network paints, since texture out of noise is the easiest.
NOISE_LEVEL = 0.04
# Period of the noise, at a quarter of the picture's size: 1024 px, so that no eye finds the repetition.
NOISE_SIDE = 256
# Bounds what instance norm makes of a flat channel: without it, rounding becomes droplets.
NORM_EPS = 1e-3

# Positions below which torch's group norm takes another, twenty times slower path on a CPU (measured, torch 2.15).
SLOW_BELOW = 1024

READER_LAYERS = ("relu1_1", "relu1_2", "relu2_2", "relu3_2", "relu3_4", "relu4_1")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Widths and depths of the painter; widths are multiples of 32, which fill the tiles of matrix units."""

    width: int = 64
    deep_width: int = 96
    half_width: int = 32
    early: int = 2
    deep: int = 3
    late: int = 3


class _Styled(torch.autograd.Function):
    """Instance norm, scale and shift as one step; statistics in fp32.

    torch's own backward of it takes a third of a training step on a CPU; this one is a few passes over the features.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        plain, inverse = _plain_norm(hidden)
        ctx.save_for_backward(plain, inverse, scale)
        return torch.addcmul(shift.to(plain.dtype), plain, (1 + scale).to(plain.dtype))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        (gradient,) = gradients
        plain, inverse, scale = ctx.saved_tensors
        size = plain.shape[-1] * plain.shape[-2]
        by_shift = gradient.sum(dim=(2, 3), keepdim=True, dtype=torch.float32)
        by_scale = (gradient * plain).sum(dim=(2, 3), keepdim=True, dtype=torch.float32)
        gain = (1 + scale.float()) * inverse.float()
        level, slope = (-gain * total / size for total in (by_shift, by_scale))
        kind = plain.dtype
        result = torch.addcmul(level.to(kind), gradient, gain.to(kind)).addcmul_(plain, slope.to(kind))
        return result, by_scale.to(scale.dtype), by_shift.to(scale.dtype)


def _plain_norm(hidden: Tensor) -> tuple[Tensor, Tensor]:
    """Instance norm without a style, and what it multiplied by, (batch, channels, 1, 1) in fp32."""
    batch, channels, height, width = hidden.shape
    if hidden.device.type != "cpu" or height * width >= SLOW_BELOW:
        plain, _, inverse = torch.native_group_norm(
            hidden, None, None, batch, channels, height * width, channels, NORM_EPS
        )
        return plain, inverse.view(batch, channels, 1, 1)
    # A batch of one picture has a batch norm that is its instance norm.
    normed = [torch.native_batch_norm(one, None, None, None, None, True, 0.0, NORM_EPS) for one in hidden.split(1)]
    inverses = torch.stack([inverse for _, _, inverse in normed])
    return torch.cat([plain for plain, _, _ in normed]), inverses[..., None, None]


class StyledNorm(nn.Module):
    """Instance norm whose scale and shift belong to the style. Statistics are fp32 inside the kernel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """hidden: (batch, channels, height, width); style: (batch, 2 · channels)"""
        scale, shift = style[..., None, None].chunk(2, dim=1)
        styled: Tensor = _Styled.apply(hidden, scale, shift)
        return styled


def _conv(inputs: int, outputs: int, *, stride: int = 1) -> nn.Conv2d:
    """Replicate padding: zeros would tell the layers above where the border is, and they would paint it."""
    return nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, padding_mode="replicate", bias=False)


class StyledConv(nn.Module):
    """Convolution, styled norm, ReLU where wanted."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1, relu: bool = True) -> None:
        super().__init__()
        self.conv = _conv(inputs, outputs, stride=stride)
        self.norm = StyledNorm(outputs)
        self._relu = relu

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        normed: Tensor = self.norm(self.conv(hidden), style)
        return functional.relu(normed) if self._relu else normed


class Block(nn.Module):
    """Residual block of two styled convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = StyledConv(channels, channels)
        self.second = StyledConv(channels, channels, relu=False)

    def forward(self, hidden: Tensor, first: Tensor, second: Tensor) -> Tensor:
        changed: Tensor = self.second(self.first(hidden, first), second)
        return hidden + changed


class Transformer(nn.Module):
    """Paints a picture in a style.

    Space-to-depth by 4, residual blocks at a quarter and an eighth of the size, resize-convolutions back to half size,
    pixel shuffle. A style keeps nothing of the content's own pixels; one vector, the identity, keeps all of them and
    silences the rest, and strength leads from it to the style.
    """

    noise: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width, deep, half = shape.width, shape.deep_width, shape.half_width
        self.stem = StyledConv(48 + NOISE_CHANNELS, width)
        self.early = nn.ModuleList(Block(width) for _ in range(shape.early))
        self.down = StyledConv(width, deep, stride=2)
        self.deep = nn.ModuleList(Block(deep) for _ in range(shape.deep))
        self.up = StyledConv(deep, width, relu=False)
        self.late = nn.ModuleList(Block(width) for _ in range(shape.late))
        self.fine = StyledConv(width, half)
        self.end = _conv(half, 12)
        self.register_buffer("noise", noise_tile(), persistent=False)
        self._widths = [norm.channels for norm in self.modules() if isinstance(norm, StyledNorm)]
        _start(self)

    @property
    def style_length(self) -> int:
        """Numbers in a style vector."""
        return 2 * sum(self._widths) + NOISE_CHANNELS + 1

    def identity(self) -> Tensor:
        """The vector that leaves the content exactly as it is: the last norm silent, all of the content kept."""
        vector = torch.zeros(self.style_length)
        end, half = 2 * sum(self._widths), self.shape.half_width
        vector[end - 2 * half : end - half] = -1
        vector[-1] = 1
        return vector

    def strengthened(self, style: Tensor, strength: float) -> Tensor:
        """A style from the identity (strength 0) to itself (1) and beyond, where only the inner layers go on."""
        identity = self.identity().to(style)
        if strength <= 1:
            return identity.lerp(style, strength)
        inner = 2 * (sum(self._widths) - self.shape.half_width)
        # The last norm beyond itself would only be more contrast, and the content would be kept less than not at all.
        return torch.cat([style[..., :inner] * strength, style[..., inner:]], dim=-1)

    def forward(self, content: Tensor, style: Tensor, origin: tuple[int, int] = (0, 0)) -> Tensor:
        """Paint a batch, one style each; fp32, not clamped to [0, 1].

        content: (batch, 3, height, width), values in [0, 1]; style: (batch, style_length), fp32
        origin: where the content's upper left corner lies in the noise, in pixels divided by 4
        """
        *norms, noise_gain, kept = style.split([*(2 * width for width in self._widths), NOISE_CHANNELS, 1], dim=1)
        centred = content.float() - 0.5
        hidden = self._entered(centred, NOISE_LEVEL * (1 + noise_gain), origin)
        height, width = content.shape[-2:]
        change = self._trunk(hidden, iter(norms))[..., MARGIN_PX : MARGIN_PX + height, MARGIN_PX : MARGIN_PX + width]
        return 0.5 + torch.addcmul(change.float(), centred, kept[..., None, None])

    def _entered(self, centred: Tensor, noise_level: Tensor, origin: tuple[int, int]) -> Tensor:
        """What the stem sees. Of a large picture the fp32 parts, some 70 MB, must not outlive this."""
        pixels = functional.pixel_unshuffle(_framed(centred), 4)
        noise = self._noise(pixels.shape[-2:], origin) * noise_level[..., None, None]
        kind = self.stem.conv.weight.dtype
        return torch.cat([pixels, noise], dim=1).to(kind).contiguous(memory_format=torch.channels_last)

    def _trunk(self, hidden: Tensor, norms: Iterator[Tensor]) -> Tensor:
        hidden = self.stem(hidden, next(norms))
        for block in self.early:
            hidden = block(hidden, next(norms), next(norms))
        deep = self.down(hidden, next(norms))
        for block in self.deep:
            deep = block(deep, next(norms), next(norms))
        hidden = hidden + self.up(_twice(deep), next(norms))
        for block in self.late:
            hidden = block(hidden, next(norms), next(norms))
        hidden = self.fine(_twice(hidden), next(norms))
        return functional.pixel_shuffle(self.end(hidden), 2)

    def _noise(self, size: Sequence[int], origin: tuple[int, int]) -> Tensor:
        """Noise gives flat skies something to grow strokes from; fixed by position, so that nothing flickers."""
        tile = self.noise.roll((-origin[0], -origin[1]), dims=(-2, -1)) if any(origin) else self.noise
        if max(size) > NOISE_SIDE:
            tile = tile.repeat([1, 1, *(math.ceil(side / NOISE_SIDE) for side in size)])
        return tile[..., : size[0], : size[1]].float()


class StyleReader(nn.Module):
    """Writes a style's vector from its moments in `slim`, for a picture it has never seen.

    It sees each channel's mean and deviation, and correlations between a few learned directions, all in units of
    what is usual among paintings.
    """

    DIRECTIONS = 12
    HIDDEN = 256

    def __init__(self, widths: Mapping[str, int], style_length: int) -> None:
        """widths: channels of each of READER_LAYERS"""
        super().__init__()
        self._layers = tuple(widths)
        self.usual = nn.ModuleDict({layer: _Usual(channels) for layer, channels in widths.items()})
        self.directions = nn.ParameterDict(
            {layer: _orthonormal(self.DIRECTIONS, channels) for layer, channels in widths.items()}
        )
        pairs = self.DIRECTIONS * (self.DIRECTIONS + 1) // 2
        self.enter = nn.Linear(2 * sum(widths.values()) + pairs * len(widths), self.HIDDEN)
        self.between = nn.Linear(self.HIDDEN, self.HIDDEN)
        self.leave = nn.Linear(self.HIDDEN, style_length - 1)
        with torch.no_grad():
            self.leave.weight.mul_(0.2)
            self.leave.bias.zero_()
        rows, columns = torch.triu_indices(self.DIRECTIONS, self.DIRECTIONS)
        self._pairs = rows * self.DIRECTIONS + columns

    def forward(self, moments: Mapping[str, Moments]) -> Tensor:
        """moments: of a batch of styles, mean (batch, channels), covariance (batch, channels, channels)."""
        seen = torch.cat([self._see(layer, moments[layer]) for layer in self._layers], dim=1)
        hidden = functional.silu(self.enter(seen))
        hidden = hidden + functional.silu(self.between(hidden))
        return functional.pad(self.leave(hidden), (0, 1))  # a style keeps nothing of the content's own pixels

    def learn_what_is_usual(self, moments: Mapping[str, Moments]) -> None:
        """Take the units of all layers from a batch of styles; once, before the training."""
        for layer in self._layers:
            self._usual(layer).learn(moments[layer])

    def _usual(self, layer: str) -> "_Usual":
        usual = self.usual[layer]
        assert isinstance(usual, _Usual)
        return usual

    def _see(self, layer: str, moments: Moments) -> Tensor:
        usual, directions = self._usual(layer), self.directions[layer]
        deviation = moments.covariance.diagonal(dim1=-2, dim2=-1).clamp_min(0).sqrt()
        correlation = moments.covariance / (usual.deviation[:, None] * usual.deviation)
        among = (directions @ correlation @ directions.T).flatten(1)[:, self._pairs.to(directions.device)]
        among = among.sign() * among.abs().log1p()
        mean = (moments.mean - usual.mean) / usual.mean_spread
        spread = (deviation - usual.deviation) / usual.deviation_spread
        # A picture unlike any painting must not drive the vector beyond what the painter knows.
        return torch.cat([mean.clamp(-LIMIT, LIMIT), spread.clamp(-LIMIT, LIMIT), among], dim=1)


LIMIT = 5.0


class _Usual(nn.Module):
    """What is usual in one layer: mean and deviation per channel among paintings, and how far these vary."""

    mean: Tensor
    mean_spread: Tensor
    deviation: Tensor
    deviation_spread: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        for name in ("mean", "mean_spread", "deviation", "deviation_spread"):
            self.register_buffer(name, torch.ones(channels))

    @torch.no_grad()
    def learn(self, moments: Moments) -> None:
        """Take what is usual from a batch of styles."""
        deviation = moments.covariance.diagonal(dim1=-2, dim2=-1).clamp_min(0).sqrt()
        for values, middle, spread in (
            (moments.mean, self.mean, self.mean_spread),
            (deviation, self.deviation, self.deviation_spread),
        ):
            middle.copy_(values.mean(dim=0))
            # A channel that is nearly constant would shout at the first picture where it is not.
            floor = 0.1 * values.std(dim=0, correction=0).mean() + 1e-6
            spread.copy_(values.std(dim=0, correction=0).clamp_min(floor))
        self.deviation.clamp_(min=0.05 * float(self.deviation.mean()) + 1e-6)


def noise_tile() -> Tensor:
    """(1, NOISE_CHANNELS, NOISE_SIDE, NOISE_SIDE) of zero mean and unit variance; half fine grain, half soft clouds.

    From integer arithmetic, so that it is the same for ever and everywhere, whatever torch's generators do.
    """
    half = NOISE_CHANNELS // 2
    fine = _uniform(half, NOISE_SIDE, first=0)
    coarse = _uniform(half, NOISE_SIDE // 4, first=half * NOISE_SIDE**2)
    around = functional.pad(coarse, (1, 1, 1, 1), mode="circular")
    soft = functional.interpolate(around, scale_factor=4, mode="bilinear")[..., 4:-4, 4:-4]
    soft = soft / soft.std()
    return torch.cat([fine, soft], dim=1)


def _uniform(channels: int, side: int, *, first: int) -> Tensor:
    count = channels * side * side
    state = np.arange(first, first + count, dtype=np.uint32)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):  # "lowbias32", a hash of 32 bits (Wellons, 2018)
        state = (state ^ (state >> np.uint32(shift))) * np.uint32(factor)
    state ^= state >> np.uint32(16)
    uniform = torch.from_numpy(state.astype(np.float32) / 2**32)
    return ((uniform - 0.5) * math.sqrt(12)).view(1, channels, side, side)


def _framed(pixels: Tensor) -> Tensor:
    """Reflected by MARGIN_PX on all sides, and on to a multiple of STRIDE at the lower right."""
    height, width = pixels.shape[-2:]
    right, below = (MARGIN_PX + -side % STRIDE for side in (width, height))
    if min(height, width) > MARGIN_PX + STRIDE:
        return functional.pad(pixels, (MARGIN_PX, right, MARGIN_PX, below), mode="reflect")
    return functional.pad(pixels, (MARGIN_PX, right, MARGIN_PX, below), mode="replicate")  # too thin to reflect


def _twice(hidden: Tensor) -> Tensor:
    """Nearest neighbours: a convolution on it leaves no checkerboard, unlike a transposed one."""
    return functional.interpolate(hidden, scale_factor=2, mode="nearest")


def _orthonormal(rows: int, columns: int) -> nn.Parameter:
    matrix = torch.empty(rows, columns)
    nn.init.orthogonal_(matrix)
    return nn.Parameter(matrix)


def _start(net: Transformer) -> None:
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    with torch.no_grad():
        net.end.weight.mul_(0.2)  # the first pictures are greyish, not noise far beyond black and white
