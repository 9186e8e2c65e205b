"""The gradient of an objective by the canvas: at once, or in pieces, with the same result and flat memory.

A style loss sees moments of the whole canvas, a piece only its own. So a first pass over the pieces gathers the
moments, which say how each feature should change; a second one takes that back to the pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.losses import Moments, blend, moments, total_variation
from engine.memory import memory_kept
from engine.objective import Objective, Region
from engine.pieces import Piece, fits, pieces, size_of

Parts = dict[str, Tensor]


def gradient_of(objective: Objective, pixels: Tensor) -> tuple[Parts, Tensor]:
    """The weighted parts of the loss, and the gradient of their sum. pixels: (1, 3, height, width)"""
    return _at_once(objective, pixels) if fits(pixels) else _in_pieces(objective, pixels)


def _at_once(objective: Objective, pixels: Tensor) -> tuple[Parts, Tensor]:
    canvas = pixels.detach().requires_grad_(True)
    with torch.enable_grad():
        parts = objective(canvas)
        (gradient,) = torch.autograd.grad(torch.stack(list(parts.values())).sum(), canvas)
    return _detached(parts), gradient


def _in_pieces(objective: Objective, pixels: Tensor) -> tuple[Parts, Tensor]:
    pulls, style = _pulls(objective, pixels)
    tv, gradient = _smoothing(objective, pixels)
    content = torch.zeros_like(style)
    for piece in pieces(objective.encoder, pixels, objective.wanted):
        apart, by_seen = _of_piece(objective, piece, pixels, pulls)
        content += apart.detach()
        piece.of(gradient).add_(by_seen)
    return _detached({"content": content, "style": style, "tv": tv}), gradient


def _smoothing(objective: Objective, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """The part that needs no features, and its gradient."""
    with torch.enable_grad():
        canvas = pixels.detach().requires_grad_(True)
        tv = objective.tv_weight * total_variation(canvas)
        (gradient,) = torch.autograd.grad(tv, canvas)
    return tv.detach(), gradient


@memory_kept()  # of one piece: they differ in size, and what is kept of many would lie scattered
def _of_piece(objective: Objective, piece: Piece, pixels: Tensor, pulls: Sequence["Pull"]) -> tuple[Tensor, Tensor]:
    """The second pass: a piece's share in the content's loss, and the gradient by what is seen of it."""
    seen = piece.of(pixels).detach().clone().requires_grad_(True)
    with torch.enable_grad():
        features = objective.encoder.features(seen, objective.wanted)
        own = {layer: piece.own(features[layer], layer) for layer in objective.wanted}
        apart = objective.content_apart(own, piece)
        pulled = [pull.on(own[pull.layer], piece) for pull in pulls]
        (by_seen,) = torch.autograd.grad(torch.stack([apart, *pulled]).sum(), seen)
    return apart, by_seen


@dataclass(frozen=True)
class Pull:
    """How the features of a layer in a region should change: d = counts · (by_mean + symmetric · (f − mean))."""

    layer: str
    mean: Tensor
    by_mean: Tensor
    symmetric: Tensor
    counts: Tensor  # (1, 1, height, width) of the layer: a position's share in the moments

    def on(self, features: Tensor, piece: Piece) -> Tensor:
        """A number whose gradient by these features is what they should change by."""
        exact = features.float()
        with torch.no_grad():
            away = exact - self.mean[:, None, None]
            change = self.by_mean[:, None, None] + torch.einsum("ij,bjhw->bihw", self.symmetric, away)
            change *= piece.part_of(self.counts, self.layer)
        return (exact * change).sum()


def _pulls(objective: Objective, pixels: Tensor) -> tuple[list[Pull], Tensor]:
    """The first pass: for every region and layer what its moments ask for, and the style's part of the loss."""
    counts = [
        {layer: _counts(objective, region, layer, pixels) for layer in objective.layers.style}
        for region in objective.regions
    ]
    found = _moments(objective, pixels, counts)
    pulls, total = [], pixels.new_zeros(())
    for region, counted, by_layer in zip(objective.regions, counts, found, strict=True):
        for layer, seen in by_layer.items():
            leaf = Moments(seen.mean.requires_grad_(True), seen.covariance.requires_grad_(True))
            with torch.enable_grad():
                loss = objective.style_apart(region, leaf, layer, _area(region, counted[layer]))
                by_mean, by_covariance = torch.autograd.grad(loss, [leaf.mean, leaf.covariance])
            total += loss.detach()
            pulls.append(Pull(layer, leaf.mean.detach(), by_mean, by_covariance + by_covariance.T, counted[layer]))
    return pulls, total


def _counts(objective: Objective, region: Region, layer: str, pixels: Tensor) -> Tensor:
    size = size_of(objective.encoder, pixels, layer)
    inside = region.weights_at(size)
    counts = pixels.new_ones((1, 1, *size)) if inside is None else inside
    return counts / counts.sum().clamp_min(1e-6)


def _area(region: Region, counts: Tensor) -> float:
    inside = region.weights_at((counts.shape[-2], counts.shape[-1]))
    return 1.0 if inside is None else float(inside.mean())


@torch.no_grad()
def _moments(objective: Objective, pixels: Tensor, counts: list[dict[str, Tensor]]) -> list[dict[str, Moments]]:
    """Of every region, by layer."""
    layers = objective.layers.style if objective.regions else {}
    parts: list[dict[str, list[tuple[float, Moments]]]] = [{layer: [] for layer in layers} for _ in counts]
    for piece in pieces(objective.encoder, pixels, layers) if layers else ():
        with memory_kept():
            features = objective.encoder.features(piece.of(pixels), layers)
            for counted, found in zip(counts, parts, strict=True):
                for layer in layers:
                    share = piece.part_of(counted[layer], layer)
                    found[layer].append((float(share.sum()), moments(piece.own(features[layer], layer), share)))
            del features
    return [{layer: blend(found[layer]) for layer in layers} for found in parts]


def _detached(parts: Parts) -> Parts:
    return {name: part.detach() for name, part in parts.items()}
