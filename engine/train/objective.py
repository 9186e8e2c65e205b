"""What a training wants of a painted batch: the style's Grams, the content's features, calm pixels in [0, 1]."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.encoder import Encoder
from engine.losses import Moments, total_variation


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Style layers with weights, the content layer, and the weights of everything else.

    outside: of values beyond [0, 1], which no picture can show
    """

    style: Mapping[str, float]
    content_layer: str
    content: float
    tv: float
    outside: float


# `slim` alone, through its heads in VGG19's own units.
SLIM = Wanted(
    style={"relu1_2": 0.25, "relu2_2": 0.25, "relu3_2": 0.175, "relu3_4": 0.175, "relu4_1": 0.15},
    content_layer="relu3_2",
    content=0.04,
    tv=0.5,
    outside=10.0,
)
# VGG19's first three blocks, and `slim` for what lies above them.
VGG19 = Wanted(
    style={"relu1_2": 0.2125, "relu2_2": 0.2125, "relu3_3": 0.2125, "relu3_4": 0.2125},
    content_layer="relu3_3",
    content=0.036,
    tv=0.5,
    outside=10.0,
)
SLIM_ABOVE_VGG19 = Wanted(style={"relu4_1": 0.15}, content_layer="relu3_2", content=0.0, tv=0.0, outside=0.0)


class Objective:
    """Losses through one encoder, for batches of pictures that each have a style of their own."""

    def __init__(self, encoder: Encoder, wanted: Wanted, prefix: str = "") -> None:
        """prefix: what this encoder's layers are called by in the styles' moments"""
        self._encoder, self._wanted, self._prefix = encoder, wanted, prefix
        self._layers = {*wanted.style, wanted.content_layer}
        self._maps = {layer: _affine(encoder, layer) for layer in wanted.style}

    def __call__(self, painted: Tensor, content: Tensor, style: Mapping[str, Moments]) -> dict[str, Tensor]:
        """The parts of the loss, weighted, as means over the batch: their sum is the total."""
        wanted = self._wanted
        features = self._encoder.features(painted, self._layers)
        with torch.no_grad():
            target = self._encoder.features(content, [wanted.content_layer])[wanted.content_layer].float()
        strokes = [
            weight * _robust(self._distance(layer, features[layer], style[self._prefix + layer]))
            for layer, weight in wanted.style.items()
        ]
        return {
            "style": torch.stack(strokes).sum(dim=0).mean(),
            "content": wanted.content * _apart(features[wanted.content_layer].float(), target),
            "tv": wanted.tv * total_variation(painted),
            "outside": wanted.outside * (painted - 0.5).abs().sub(0.5).relu().square().mean(),
        }

    def _distance(self, layer: str, features: Tensor, style: Moments) -> Tensor:
        """‖G − G_style‖² / ‖G_style‖² for each picture of the batch, in the teacher's units."""
        matrix = self._maps[layer]
        rows = features.permute(0, 2, 3, 1).flatten(1, 2).float()
        ours, its = (matrix @ gram @ matrix.T for gram in (_second(rows), _raised(style)))
        return (ours - its).square().sum(dim=(1, 2)) / its.square().sum(dim=(1, 2)).clamp_min(1e-12)


def _apart(features: Tensor, target: Tensor) -> Tensor:
    """Squared difference, for each picture in units of its own: a flat one would hardly count beside a busy one."""
    size = target.square().mean(dim=(1, 2, 3)).clamp_min(1e-6)
    return ((features - target).square().mean(dim=(1, 2, 3)) / size).mean()


def _robust(distance: Tensor) -> Tensor:
    """As it is where it is small, growing ever slower: a nearly black style must not outweigh the whole batch."""
    return distance.log1p()


def _second(rows: Tensor) -> Tensor:
    """Second raw moments of (batch, positions, channels) with a constant 1 appended: the Gram and the mean at once."""
    ones = torch.ones_like(rows[..., :1])
    extended = torch.cat([rows, ones], dim=-1)
    return extended.transpose(1, 2) @ extended / rows.shape[1]


def _raised(style: Moments) -> Tensor:
    """The same from a batch of moments."""
    gram = style.covariance + style.mean[:, :, None] * style.mean[:, None, :]
    column = style.mean[:, :, None]
    one = torch.ones_like(column[:, :1])
    return torch.cat([torch.cat([gram, column], dim=2), torch.cat([column.transpose(1, 2), one], dim=2)], dim=1)


def _affine(encoder: Encoder, layer: str) -> Tensor:
    """(rows, channels + 1): the map into the teacher's own units, with its shift as the last column.

    With A = Q R, Q's columns orthonormal, R keeps every norm of A G Aᵀ at our number of channels, not the teacher's.
    """
    channels = encoder.widths([layer])[layer]
    raw = encoder.teacher_map(layer)
    if raw is None:
        return torch.eye(channels, channels + 1, device=encoder.device)
    square: Tensor = torch.linalg.qr(raw)[1]
    return square
