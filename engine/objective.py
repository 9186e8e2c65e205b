"""What the canvas should resemble at one scale: the layers looked at, the styles' moments, the parts of the loss."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.colours import recoloured
from engine.encoder import Encoder
from engine.errors import InvalidRequest
from engine.losses import (
    STYLE_LOSSES,
    Moments,
    blend,
    content_loss,
    mean_square,
    moments,
    total_variation,
    transform,
)
from engine.masks import flat_colours
from engine.pictures import to_regions, to_tensor
from engine.pieces import Piece, features_of, moments_of
from engine.presets.fitted import load_moments, picture_of
from engine.recipes import Recipe, Roles
from engine.request import Optimisation, Style, StyleRequest
from engine.scales import fit

log = logging.getLogger(__name__)

Distance = Callable[[Moments], Tensor]


@dataclass(frozen=True)
class Layers:
    """What a backbone offers for a recipe: layers with weights that sum to 1, and what stands in for what it lacks."""

    style: Mapping[str, float]
    content: Mapping[str, float]
    replaced: Mapping[str, str]


def choose_layers(recipe: Recipe, encoder: Encoder, asked: Optimisation | None = None) -> Layers:
    """The layers asked for expressly, else the recipe's, as the backbone has them; one log line names replacements.

    Raises UnknownLayer where one that was asked for does not exist.
    """
    replaced: dict[str, str] = {}
    style = _named(encoder, asked.style_layers if asked else None) or _preferred(encoder, recipe.style_layers, replaced)
    content = _named(encoder, asked.content_layers if asked else None) or _preferred(
        encoder, recipe.content_layers, replaced
    )
    if replaced:
        log.info("layers replaced", extra={"backbone": encoder.name, "replaced": replaced})
    return Layers(_shares(style), _shares(content), replaced)


def _named(encoder: Encoder, layers: tuple[tuple[str, float], ...] | None) -> list[tuple[str, float]]:
    return [(encoder.require(name), weight) for name, weight in layers or ()]


def _preferred(encoder: Encoder, roles: Roles, replaced: dict[str, str]) -> list[tuple[str, float]]:
    found = [(encoder.prefer(preferences), weight) for preferences, weight in roles]
    replaced |= {role[0][0]: layer for role, (layer, _) in zip(roles, found, strict=True) if layer != role[0][0]}
    return found


def _shares(layers: list[tuple[str, float]]) -> dict[str, float]:
    """Two roles may fall back to one layer, which then carries both weights."""
    total = sum(weight for _, weight in layers)
    shares: dict[str, float] = {}
    for layer, weight in layers:
        shares[layer] = shares.get(layer, 0.0) + weight / total
    return shares


@dataclass(frozen=True)
class Region:
    """Where certain styles go. inside: (1, 1, height, width), 1 within; None: everywhere."""

    distances: Mapping[str, Distance]
    inside: Tensor | None = None

    def weights_at(self, size: tuple[int, int]) -> Tensor | None:
        """How much each position of a layer of that (height, width) counts, (1, 1, height, width)."""
        return None if self.inside is None else functional.adaptive_avg_pool2d(self.inside, size)


class Objective:
    """What the canvas should resemble at one scale. wanted: the layers that are looked at"""

    def __init__(
        self, request: StyleRequest, recipe: Recipe, layers: Layers, encoder: Encoder, content: Tensor
    ) -> None:
        self.encoder, self.layers = encoder, layers
        self._style_weight = recipe.style_weight * request.strength
        self._content_weight = recipe.content_weight
        # Smoothing belongs to the look: at strength 0 the content stays as sharp as it was.
        self.tv_weight = recipe.tv_weight * min(1.0, request.strength)
        # A part without weight is not even computed.
        self.wanted = {*(layers.style if self._style_weight else ()), *(layers.content if self._content_weight else ())}
        with torch.no_grad():  # not inference mode: what is made here takes part in gradients later
            self._content = self._content_of(content) if self._content_weight else {}
            looks = Looks(request, recipe, layers, encoder, content)
            self.regions = _regions(request, recipe, looks, content) if self._style_weight else []

    def __call__(self, pixels: Tensor) -> dict[str, Tensor]:
        """The parts of the loss, weighted: their sum is the total."""
        features = self.encoder.features(pixels, self.wanted) if self.wanted else {}
        content = [
            self.layers.content[layer] * content_loss(self._seen(features[layer], layer), target)
            for layer, target in self._content.items()
        ]
        style = [
            weight * self._distance(region, features[layer], layer)
            for region in self.regions
            for layer, weight in self.layers.style.items()
        ]
        return {
            "content": self._content_weight * _sum(content, pixels),
            "style": self._style_weight * _sum(style, pixels),
            "tv": self.tv_weight * total_variation(pixels),
        }

    def content_apart(self, features: Mapping[str, Tensor], piece: Piece) -> Tensor:
        """A piece's share in the content's part of the loss, from its own features."""
        apart = [
            self.layers.content[layer]
            * (self._seen(features[layer], layer) - piece.part_of(target, layer)).square().sum()
            / (target.numel() * mean_square(target))
            for layer, target in self._content.items()
        ]
        return self._content_weight * _sum(apart, next(iter(features.values())).float())

    def style_apart(self, region: Region, seen: Moments, layer: str, area: float) -> Tensor:
        """A region's and layer's share in the style's part of the loss. area: of the region in the canvas, 0 to 1"""
        distance = region.distances[layer](through_head(self.encoder, seen, layer))
        return self._style_weight * self.layers.style[layer] * area * distance

    def _distance(self, region: Region, features: Tensor, layer: str) -> Tensor:
        inside = region.weights_at((features.shape[-2], features.shape[-1]))
        distance = region.distances[layer](through_head(self.encoder, moments(features, inside), layer))
        # By its area, or else every pixel of a small region would be pulled harder than one of a large region.
        return distance if inside is None else inside.mean() * distance

    def _content_of(self, content: Tensor) -> dict[str, Tensor]:
        features = features_of(self.encoder, content, self.layers.content)
        return {layer: self._seen(features[layer], layer) for layer in self.layers.content}

    def _seen(self, features: Tensor, layer: str) -> Tensor:
        """Content features in fp32, in the teacher's space where a head leads there."""
        head = self.encoder.head(layer)
        if head is None:
            return features.float()
        return torch.einsum("ij,bjhw->bihw", head.matrix, features.float()) + head.shift[:, None, None]


def _regions(request: StyleRequest, recipe: Recipe, looks: "Looks", content: Tensor) -> list[Region]:
    """One for all styles together, or one for each style where a mask says so."""
    loss = STYLE_LOSSES[recipe.style_loss]

    def distances(styles: Sequence[Style]) -> dict[str, Distance]:
        return {layer: loss(target) for layer, target in looks.blended(styles).items()}

    if request.mask is None:
        return [Region(distances(request.styles))]
    size = content.shape[-1], content.shape[-2]
    insides = to_regions(request.mask, flat_colours(request.mask, len(request.styles)), size, content.device)
    return [Region(distances([style]), inside) for style, inside in zip(request.styles, insides, strict=True)]


class Looks:
    """What styles look like at the size of a content: their moments by layer, in the teacher's space."""

    def __init__(
        self, request: StyleRequest, recipe: Recipe, layers: Layers, encoder: Encoder, content: Tensor
    ) -> None:
        self._recipe, self._layers, self._encoder = recipe, layers, encoder
        self._side_px = max(1, round(max(content.shape[-2:]) * recipe.style_scale * request.brush))
        self._colours = moments(content) if request.keep_colours == "match" else None

    def blended(self, styles: Sequence[Style]) -> dict[str, Moments]:
        """Of several styles at once: the weighted mean of what each looks like."""
        total = sum(style.weight for style in styles)
        looks = [(style.weight / total, self._look(style)) for style in styles]
        return {layer: blend([(share, look[layer]) for share, look in looks]) for layer in self._layers.style}

    def _look(self, style: Style) -> dict[str, Moments]:
        picture = picture_of(style)
        if picture is None:
            seen = self._remembered(style.preset or "")
        else:
            tiles = self._recipe.tiles
            size = fit(picture.size, max(1, self._side_px // tiles))
            pixels = to_tensor(picture, size, self._encoder.device)
            if self._colours is not None:
                pixels = recoloured(pixels, self._colours)
            seen = moments_of(self._encoder, pixels.repeat(1, 1, tiles, tiles), self._layers.style)
        return {layer: through_head(self._encoder, seen[layer], layer) for layer in self._layers.style}

    def _remembered(self, preset: str) -> Mapping[str, Moments]:
        """What is kept of a preset's picture. Raises InvalidRequest where that does not suffice."""
        seen = load_moments(preset).moments_at(self._side_px // self._recipe.tiles)
        lacking = [layer for layer in self._layers.style if layer not in seen]
        if lacking or self._colours is not None or self._recipe.pooling != "max":
            what = lacking[0] if lacking else "its colours" if self._colours is not None else "another pooling"
            raise InvalidRequest(f"the preset {preset} has no picture here, and what is kept of it lacks {what}")
        return {layer: seen[layer].on(self._encoder.device) for layer in self._layers.style}


def through_head(encoder: Encoder, raw: Moments, layer: str) -> Moments:
    """Moments of a layer in the teacher's space, where a head leads there."""
    head = encoder.head(layer)
    return transform(raw, head.matrix, head.shift) if head else raw


def _sum(parts: list[Tensor], like: Tensor) -> Tensor:
    return torch.stack(parts).sum() if parts else like.new_zeros(())
