"""A VGG-shaped encoder: features by layer name, with frozen weights, so that only the picture receives a gradient."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.layers import layout_of
from engine.recipes import Pooling
from engine.weights import Affine, Weights, load_weights

# Input statistics of torchvision's ImageNet models.
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)
# Average and L2 pooling change the magnitude that later layers were trained for.
_AVERAGE_GAIN = 2.0
_L2_GAIN = 0.78


@dataclass(frozen=True)
class Head:
    """An affine map of a layer's features under which distances are those of the teacher's features."""

    matrix: Tensor
    shift: Tensor


class Encoder:
    """Convolutions, ReLUs and pools of a VGG up to the deepest one the weights hold."""

    def __init__(
        self,
        weights: Weights,
        *,
        name: str,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
        pooling: Pooling = "max",
        frame: Literal["replicate", "zeros"] = "replicate",
    ) -> None:
        """frame: what convolutions see beyond the border. Zeros tell deep layers where the border is, and then the
        style's own frame, or a dark one, is painted along it; repeating the border costs a twentieth of a step.
        """
        self.name, self.device, self.dtype = name, device, dtype
        self.pooling, self.frame = pooling, frame
        self.layout = weights.layout
        self.deepest = self.layout.last_index(max(weights.convs))
        self._weights = weights
        # Converted once: autocast would copy frozen weights anew in every step.
        self._convs = {index: _placed(conv, device, dtype) for index, conv in weights.convs.items()}
        self._mean = torch.tensor(_MEAN, device=device).view(1, 3, 1, 1)
        self._std = torch.tensor(_STD, device=device).view(1, 3, 1, 1)
        self._heads = {index: _square(weights, index, device) for index in weights.heads}

    @classmethod
    def load(cls, path: Path, *, name: str, device: torch.device) -> "Encoder":
        """An fp32 encoder from a weights file. Raises WeightsError."""
        return cls(load_weights(path, layout_of(name)), name=name, device=device)

    def with_dtype(self, dtype: torch.dtype) -> "Encoder":
        """The same encoder computing in another dtype."""
        return self._but(dtype=dtype)

    def with_pooling(self, pooling: Pooling) -> "Encoder":
        """The same encoder pooling otherwise."""
        return self if pooling == self.pooling else self._but(pooling=pooling)

    def on(self, device: torch.device) -> "Encoder":
        """The same encoder on another device."""
        return self._but(device=device)

    def _but(self, **changes: Any) -> "Encoder":
        same = {name: getattr(self, name) for name in ("name", "device", "dtype", "pooling", "frame")}
        return Encoder(self._weights, **(same | changes))

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of all layers, shallow to deep."""
        return self.layout.names[: self.deepest + 1]

    def widths(self, layers: Collection[str]) -> dict[str, int]:
        """Channels of each of these ReLU layers. Raises UnknownLayer."""
        return {layer: len(self._convs[self.layout.index_of(self.require(layer)) - 1].bias) for layer in layers}

    def require(self, layer: str | int) -> str:
        """The name of a layer that was asked for expressly. Raises UnknownLayer where it does not exist here."""
        return self.layout.require(layer, self.deepest)

    def prefer(self, preferences: tuple[str, ...]) -> str:
        """What a recipe gets for its preferred layers: the first that exists, else the deepest ReLU at or below."""
        return self.layout.prefer(preferences, self.deepest)

    def head(self, layer: str) -> Head | None:
        """The map into the teacher's space for a ReLU layer, where the weights hold one."""
        return self._heads.get(self.layout.index_of(layer) - 1) if layer.startswith("relu") else None

    def teacher_map(self, layer: str) -> Tensor | None:
        """(teacher's channels, channels + 1): the map to the teacher's features in its own units, shift last."""
        index = self.layout.index_of(layer) - 1
        head = self._weights.heads.get(index) if layer.startswith("relu") else None
        if head is None:
            return None
        raw = torch.cat([head.weight.flatten(1), head.bias[:, None]], dim=1)
        return (raw * self._weights.scales[index][:, None]).to(self.device)

    def features(self, pixels: Tensor, layers: Collection[str]) -> dict[str, Tensor]:
        """Features by layer name, in the encoder's dtype.

        pixels: (batch, 3, height, width), values in [0, 1]; nothing deeper than the deepest layer asked for is computed
        Raises UnknownLayer for a layer beyond the backbone.
        """
        wanted = {self.layout.index_of(self.require(layer)) for layer in layers}
        taken: dict[str, Tensor] = {}
        hidden = ((pixels - self._mean) / self._std).to(self.dtype).contiguous(memory_format=torch.channels_last)
        for index in range(max(wanted) + 1):
            # In place would overwrite a conv value that somebody asked for.
            hidden = self._apply(index, hidden, keep_input=index - 1 in wanted)
            if index in wanted:
                taken[self.layout.names[index]] = hidden
        return taken

    def _apply(self, index: int, hidden: Tensor, keep_input: bool) -> Tensor:
        if self.layout.names[index].startswith("conv"):
            return self._convolve(index, hidden)
        if self.layout.names[index].startswith("relu"):
            return functional.relu(hidden, inplace=not keep_input)
        return self._pool(hidden)

    def _convolve(self, index: int, hidden: Tensor) -> Tensor:
        conv = self._convs[index]
        if self.frame == "replicate":
            hidden = functional.pad(hidden, (1, 1, 1, 1), mode="replicate")
            return functional.conv2d(hidden, conv.weight, conv.bias)
        return functional.conv2d(hidden, conv.weight, conv.bias, padding=1)

    def _pool(self, hidden: Tensor) -> Tensor:
        thin = min(hidden.shape[-2:]) < 2  # a strip of one pixel has no full window, yet must survive
        if self.pooling == "max":
            return functional.max_pool2d(hidden, 2, ceil_mode=thin)
        if self.pooling == "average":
            return functional.avg_pool2d(hidden, 2, ceil_mode=thin) * _AVERAGE_GAIN
        mean_square = functional.avg_pool2d(hidden.square(), 2, ceil_mode=thin)
        return (mean_square * 4 + 1e-8).sqrt() * _L2_GAIN


def _placed(conv: Affine, device: torch.device, dtype: torch.dtype) -> Affine:
    weight = conv.weight.to(device, dtype).contiguous(memory_format=torch.channels_last)
    return Affine(weight, conv.bias.to(device, dtype))


def _square(weights: Weights, index: int, device: torch.device) -> Head:
    """The head with its rows turned into as many dimensions as the encoder has channels.

    With A = Q R, Q's columns orthonormal, R keeps every distance that A keeps (the shift loses only what is constant),
    so the teacher's 512 channels cost no more than our 128.
    """
    head = weights.heads[index]
    orthonormal, square = torch.linalg.qr(head.weight.flatten(1))
    return Head(square.to(device), (orthonormal.T @ head.bias).to(device))
