"""Whom `slim` learns from: VGG19, or its beginning and a smaller student of it for what lies above."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import WeightsError
from engine.instant_weights import read_tensors
from engine.weights import Affine, load_weights

# What recipes, the reader and the lab ask for; relu5_2 only from a teacher that is deep enough.
LAYERS = (
    "relu1_1",
    "relu1_2",
    "relu2_1",
    "relu2_2",
    "relu3_1",
    "relu3_2",
    "relu3_4",
    "relu4_1",
    "relu4_2",
    "relu5_1",
    "relu5_2",
)
# A student's own idea of the true features: 1×1 maps from its ReLU.
_HEAD = re.compile(r"aux\.conv([1-5]_[1-4])\.weight")


@dataclass(frozen=True)
class _Part:
    """An encoder and the layers taken from it, each through a head where there is one."""

    encoder: Encoder
    heads: Mapping[str, Affine | None]

    def on(self, device: torch.device) -> "_Part":
        heads = {
            layer: head and Affine(head.weight.to(device), head.bias.to(device)) for layer, head in self.heads.items()
        }
        return _Part(self.encoder.on(device), heads)

    def __call__(self, pixels: Tensor) -> dict[str, Tensor]:
        features = self.encoder.features(pixels, self.heads)
        return {
            layer: functional.conv2d(features[layer].float(), head.weight, head.bias)
            if head
            else features[layer].float()
            for layer, head in self.heads.items()
        }


@dataclass(frozen=True)
class Teacher:
    """Features of LAYERS, as far as its files reach; each layer from the first file that has it."""

    parts: tuple[_Part, ...]

    @classmethod
    def load(cls, files: Sequence[Path]) -> "Teacher":
        """Raises WeightsError."""
        parts, found = [], set[str]()
        for file in files:
            encoder = Encoder(load_weights(file), name=file.stem, device=torch.device("cpu"))
            heads = _heads(file)
            layers = [layer for layer in LAYERS if layer in encoder.layers and layer not in found]
            found |= set(layers)
            parts.append(_Part(encoder, {layer: heads.get(layer) for layer in layers}))
        return cls(tuple(part for part in parts if part.heads))

    def on(self, device: torch.device) -> "Teacher":
        """The same on another device."""
        return Teacher(tuple(part.on(device) for part in self.parts))

    def __call__(self, pixels: Tensor) -> dict[str, Tensor]:
        """Features by layer, fp32; pixels: (batch, 3, height, width) in [0, 1]."""
        return {layer: features for part in self.parts for layer, features in part(pixels).items()}


def _heads(file: Path) -> dict[str, Affine]:
    _, tensors = read_tensors(file)
    heads = {}
    for name in tensors:
        if found := _HEAD.fullmatch(name):
            weight, bias = tensors[name], tensors.get(name.replace("weight", "bias"))
            if bias is None or weight.shape[2:] != (1, 1) or bias.shape != weight.shape[:1]:
                raise WeightsError(f"{file}: {name} is no 1×1 map with its bias")
            heads[f"relu{found[1]}"] = Affine(weight.float(), bias.float())
    return heads
