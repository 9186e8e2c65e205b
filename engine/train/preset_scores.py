"""How much of each preset arrives on photographs that nothing was trained on, and how much of the photographs stays."""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.instant import InstantNet
from engine.judge import Judge, distance, ssim
from engine.pictures import to_tensor
from engine.presets.fitted import load_vector
from engine.scales import fit
from engine.train.pictures import Pictures
from engine.train.presets import read_picture
from engine.train.validation import whole

SIDE_PX = 256


@dataclass(frozen=True, kw_only=True)
class PresetScore:
    """Medians over the photographs; see engine.judge for what they mean."""

    name: str
    ratio: float
    ssim: float


@dataclass(frozen=True)
class _Photo:
    pixels: Tensor
    grams: list[Tensor]


def score_presets(
    net: InstantNet, judge: Judge, photos: Pictures, pictures: Mapping[str, Path]
) -> Iterator[PresetScore]:
    """One preset after another, painted with its vector of the middle brush; pictures: where each one's style lies."""
    seen = [_Photo(pixels, judge.grams(pixels)) for pixels in (whole(levels) for levels in photos.levels)]
    for name, path in pictures.items():
        picture = read_picture(path)
        style = to_tensor(picture, fit(picture.size, SIDE_PX), torch.device("cpu"))
        vector = load_vector(name, 1.0, net.network, net.style_length)
        rows = vector[None] if vector is not None else net.read([picture])
        judged = [_judge(net, judge, photo, rows, judge.grams(style)) for photo in seen]
        ratio, similarity = (statistics.median(column) for column in zip(*judged, strict=True))
        yield PresetScore(name=name, ratio=ratio, ssim=similarity)


def _judge(net: InstantNet, judge: Judge, photo: _Photo, vector: Tensor, target: list[Tensor]) -> tuple[float, float]:
    painted = net.paint_pixels(photo.pixels, vector)
    ratio = distance(judge.grams(painted), target) / distance(photo.grams, target)
    return ratio, ssim(painted, photo.pixels)


def medians(scores: list[PresetScore]) -> tuple[float, float]:
    """Of ratio and SSIM over all presets."""
    return statistics.median(each.ratio for each in scores), statistics.median(each.ssim for each in scores)
