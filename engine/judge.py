"""How much of the style arrives and how much of the content stays, as numbers.

ratio: the result's distance to the style over the content's distance to it (0: all of it, 1: none);
SSIM: the result's structural similarity to the content, on luminance (Wang et al., 2004).
"""

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.colours import luminance
from engine.encoder import Encoder
from engine.losses import moments
from engine.weights import load_weights

JUDGE_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu3_4")

WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2

CPU = torch.device("cpu")


class Judge:
    """Compares Grams through an encoder; the one that counts is VGG19 itself, `Judge.true`."""

    def __init__(self, encoder: Encoder, layers: Sequence[str] = JUDGE_LAYERS) -> None:
        self._encoder, self._layers = encoder, layers

    @classmethod
    def true(cls, weights: Path, device: torch.device = CPU) -> "Judge":
        """The true VGG19 with its own zero padding: our encoders are distilled from it and must not judge themselves.

        Raises WeightsError.
        """
        return cls(Encoder(load_weights(weights), name="vgg19", device=device, frame="zeros"))

    def ratio(self, result: Tensor, content: Tensor, style: Tensor) -> float:
        """Mean over layers of ‖G − G_style‖² / ‖G_style‖², of the result over that of the content."""
        target = self.grams(style)
        return distance(self.grams(result), target) / distance(self.grams(content), target)

    def grams(self, pixels: Tensor) -> list[Tensor]:
        """The Gram matrix of each layer."""
        with torch.inference_mode():
            features = self._encoder.features(pixels, self._layers)
            return [moments(features[layer]).gram for layer in self._layers]


def distance(grams: list[Tensor], target: list[Tensor]) -> float:
    """Mean over layers of ‖G − G_target‖² / ‖G_target‖²."""
    parts = [(ours - its).square().sum() / its.square().sum() for ours, its in zip(grams, target, strict=True)]
    return float(torch.stack(parts).mean())


def ssim(first: Tensor, second: Tensor) -> float:
    """Mean structural similarity of the luminance of two (1, 3, height, width) in [0, 1], window 11 × 11, σ 1.5."""
    steps = torch.arange(WINDOW, dtype=torch.float32, device=first.device) - WINDOW // 2
    bell = torch.exp(-steps.square() / (2 * SIGMA**2))
    window = torch.outer(bell, bell)[None, None] / bell.sum() ** 2
    x, y = luminance(first), luminance(second)
    planes = torch.cat([x, y, x * x, y * y, x * y])
    mean_x, mean_y, xx, yy, xy = functional.conv2d(planes, window).unbind()
    spread_x, spread_y, common = xx - mean_x**2, yy - mean_y**2, xy - mean_x * mean_y
    structure = (2 * mean_x * mean_y + C1) * (2 * common + C2)
    return float((structure / ((mean_x**2 + mean_y**2 + C1) * (spread_x + spread_y + C2))).mean())
