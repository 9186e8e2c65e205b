"""Features of pictures too large for the memory, piece by piece: what is seen overlaps by the encoder's reach."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.encoder import Encoder
from engine.losses import Moments, blend, moments
from engine.poster import GRID_PX, Tile, tiles

# In one piece a step of `slim` in bfloat16 takes some three quarters of a kilobyte a pixel; a card likes larger ones.
WHOLE_PX = {"cpu": 1_800_000, "mps": 4_000_000, "cuda": 16_000_000}
PIECE_PX = 768


def fits(pixels: Tensor) -> bool:
    """Whether a step can be taken in one piece."""
    return is_whole((pixels.shape[-1], pixels.shape[-2]), pixels.device)


def is_whole(size: tuple[int, int], device: torch.device) -> bool:
    """The same of a canvas of that (width, height)."""
    return math.prod(size) <= WHOLE_PX[device.type]


@dataclass(frozen=True)
class Piece:
    """A rectangle of the picture with what must be seen around it."""

    tile: Tile
    encoder: Encoder

    def of(self, pixels: Tensor) -> Tensor:
        """What is seen of the picture, a view."""
        left, upper, right, lower = self.tile.seen
        return pixels[..., upper:lower, left:right]

    def own(self, seen: Tensor, layer: str) -> Tensor:
        """Of a layer's features of what is seen: those of the piece alone, each belonging to exactly one piece."""
        stride = self.encoder.layout.stride_px(layer)
        left, upper = self.tile.seen[:2]
        return self._cut(seen, stride, left // stride, upper // stride)

    def part_of(self, whole: Tensor, layer: str) -> Tensor:
        """The same of a layer's features of the whole picture."""
        return self._cut(whole, self.encoder.layout.stride_px(layer), 0, 0)

    def _cut(self, features: Tensor, stride: int, left: int, upper: int) -> Tensor:
        """A piece that ends within the picture ends on the grid; the last one also has what pooling leaves over."""
        begin_x, begin_y, end_x, end_y = (edge // stride for edge in self.tile.painted)
        return features[..., begin_y - upper : end_y - upper, begin_x - left : end_x - left]


def pieces(encoder: Encoder, pixels: Tensor, layers: Collection[str]) -> list[Piece]:
    """Of (1, 3, height, width): so large that these layers are seen as in the whole; one alone where that fits."""
    size = pixels.shape[-1], pixels.shape[-2]
    if fits(pixels):
        return [Piece(Tile(painted=(0, 0, *size), seen=(0, 0, *size)), encoder)]
    reach = max(encoder.layout.reach_px(layer) for layer in layers)
    halo_px = math.ceil(reach / GRID_PX) * GRID_PX
    return [Piece(tile, encoder) for tile in tiles(size, halo_px, PIECE_PX)]


def size_of(encoder: Encoder, pixels: Tensor, layer: str) -> tuple[int, int]:
    """Height and width of a layer's features of the whole picture."""
    stride = encoder.layout.stride_px(layer)
    return pixels.shape[-2] // stride, pixels.shape[-1] // stride


@torch.no_grad()
def moments_of(encoder: Encoder, pixels: Tensor, layers: Collection[str]) -> dict[str, Moments]:
    """Moments of these layers over the whole picture."""
    if fits(pixels):
        features = encoder.features(pixels, layers)
        return {layer: moments(features[layer]) for layer in layers}
    parts: dict[str, list[tuple[float, Moments]]] = {layer: [] for layer in layers}
    for piece in pieces(encoder, pixels, layers):
        features = encoder.features(piece.of(pixels), layers)
        for layer in layers:
            own = piece.own(features[layer], layer)
            share = own.shape[-2:].numel() / math.prod(size_of(encoder, pixels, layer))
            parts[layer].append((share, moments(own)))
    return {layer: blend(found) for layer, found in parts.items()}


@torch.no_grad()
def features_of(encoder: Encoder, pixels: Tensor, layers: Collection[str]) -> Mapping[str, Tensor]:
    """Features of the whole picture, where they are few enough to be kept: those of deep layers."""
    if fits(pixels):
        return encoder.features(pixels, layers)
    whole: dict[str, Tensor] = {}
    for piece in pieces(encoder, pixels, layers):
        features = encoder.features(piece.of(pixels), layers)
        for layer in layers:
            own = piece.own(features[layer], layer)
            if layer not in whole:
                whole[layer] = own.new_empty((1, own.shape[1], *size_of(encoder, pixels, layer)))
            piece.part_of(whole[layer], layer).copy_(own)
    return whole
