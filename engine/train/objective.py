"""What a training wants of a painted batch: the style's Grams, the content's features, calm pixels in [0, 1]."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.encoder import Encoder
from engine.losses import Moments, total_variation
from engine.nets import READER_LAYERS


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Layers and weights. `vgg19` has no head and stops at relu3_4; `slim` follows it through its heads."""

    style: Mapping[str, float]
    content_layer: str
    content: float
    tv: float = 0.5
    outside: float = 10.0


SLIM = Wanted(
    style={"relu1_2": 1.0, "relu2_2": 1.0, "relu3_2": 0.7, "relu3_4": 0.7, "relu4_1": 0.6},
    content_layer="relu3_2",
    content=0.06,
)
VGG19 = Wanted(
    style={"relu1_2": 1.0, "relu2_2": 1.0, "relu3_3": 1.0, "relu3_4": 1.0},
    content_layer="relu3_3",
    content=0.06,
)


class Objective:
    """Losses through one encoder, for batches of pictures that each have a style of their own."""

    def __init__(self, encoder: Encoder, wanted: Wanted) -> None:
        self._encoder, self._wanted = encoder, wanted
        self._layers = {*wanted.style, wanted.content_layer}
        self._maps = {layer: _affine(encoder, layer) for layer in self._layers}

    def __call__(self, painted: Tensor, content: Tensor, style: Mapping[str, Moments]) -> dict[str, Tensor]:
        """The parts of the loss, weighted, as means over the batch: their sum is the total."""
        wanted = self._wanted
        features = self._encoder.features(painted, self._layers)
        with torch.no_grad():
            target = self._encoder.features(content, [wanted.content_layer])[wanted.content_layer].float()
        now = features[wanted.content_layer].float()
        # Each picture by its own size: a flat one would hardly count beside a busy one.
        apart = (now - target).square().mean(dim=(1, 2, 3)) / target.square().mean(dim=(1, 2, 3)).clamp_min(1e-6)
        strokes = [
            weight * _robust(self._distance(layer, features[layer], style[layer]))
            for layer, weight in wanted.style.items()
        ]
        beyond = (painted - 0.5).abs().sub(0.5).relu()
        return {
            "style": torch.stack(strokes).sum(dim=0).mean() / sum(wanted.style.values()),
            "content": wanted.content * apart.mean(),
            "tv": wanted.tv * total_variation(painted),
            "outside": wanted.outside * beyond.square().mean(),
        }

    def _distance(self, layer: str, features: Tensor, style: Moments) -> Tensor:
        """‖G − G_style‖² / ‖G_style‖² for each picture of the batch, in the teacher's units."""
        matrix = self._maps[layer]
        rows = features.permute(0, 2, 3, 1).flatten(1, 2).float()
        grams = _second(rows)
        target = _raised(style)
        ours, its = (matrix @ gram @ matrix.T for gram in (grams, target))
        return (ours - its).square().sum(dim=(1, 2)) / its.square().sum(dim=(1, 2)).clamp_min(1e-12)


def see(encoder: Encoder, layers: tuple[str, ...]) -> Callable[[Tensor], dict[str, Moments]]:
    """A function that gives one picture's moments by layer, fp32."""

    def look(pixels: Tensor) -> dict[str, Moments]:
        found = {}
        for layer, features in encoder.features(pixels, layers).items():
            rows = features[0].permute(1, 2, 0).flatten(0, 1).float()
            mean = rows.mean(dim=0)
            centred = rows - mean
            found[layer] = Moments(mean, centred.T @ centred / len(rows))
        return found

    return look


def layers_needed(wanted: Wanted) -> tuple[str, ...]:
    """Layers of `slim` whose moments the reader and this objective look at."""
    return tuple(dict.fromkeys([*READER_LAYERS, *wanted.style]))


def _robust(distance: Tensor) -> Tensor:
    """As it is where it is small, its root where it is large: one odd style must not outweigh a whole batch."""
    return 2 * ((1 + distance).sqrt() - 1)


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
    return torch.linalg.qr(raw)[1]
