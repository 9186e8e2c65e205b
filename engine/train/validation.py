"""Judges a network on photographs and styles that its training never saw, and shows them on a sheet."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from engine.encoder import Encoder
from engine.instant import STYLE_SIDE_PX, look
from engine.judge import Judge, distance, ssim
from engine.losses import Moments, stack
from engine.nets import READER_LAYERS, StyleReader, Transformer
from engine.pictures import to_picture
from engine.train.pictures import Pictures, resized

# Below this similarity the content is hardly recognised, and a better ratio is worth nothing.
WANTED_SSIM = 0.38
SHEET_PAIRS = 16


@dataclass(frozen=True)
class Pair:
    """A photo and a style at the size they are judged at, what the reader sees, and where the judge wants to go."""

    content: Tensor
    style: Tensor
    seen: dict[str, Moments]
    target: list[Tensor]
    distance: float


class Validation:
    """Photo k is painted in style k mod the number of styles, and in preset k likewise where presets are learned."""

    def __init__(
        self,
        photos: Pictures,
        styles: Pictures,
        slim: Encoder,
        judge: Judge,
        count: int = 20,
        presets: Mapping[str, Tensor] | None = None,
    ) -> None:
        """presets: pictures by name, (3, height, width) of bytes"""
        self._slim, self._judge = slim, judge
        self._pairs = [
            self._pair(photos.levels[index], styles.levels[index % len(styles)])
            for index in range(min(count, len(photos)))
        ]
        self._presets = {
            name: self._pair(photos.levels[index % len(photos)], levels)
            for index, (name, levels) in enumerate((presets or {}).items())
        }

    @property
    def presets(self) -> tuple[str, ...]:
        """Names of the presets that are judged too."""
        return tuple(self._presets)

    def score(
        self, painter: Transformer, reader: StyleReader, vectors: Mapping[str, Tensor] | None = None
    ) -> dict[str, float]:
        """Medians of ratio and SSIM over the pairs, and one number of both, `score`: the lower, the better.

        vectors: those of the presets, by name; their medians stand beside the others', and `score` is the sum
        """
        found = self._medians(painter, [(pair, reader(pair.seen)) for pair in self._pairs])
        if not vectors:
            return found
        own = self._medians(painter, [(pair, vectors[name][None]) for name, pair in self._presets.items()])
        total = round(found.pop("score") + own.pop("score"), 4)
        return found | {f"preset {name}": value for name, value in own.items()} | {"score": total}

    def _medians(self, painter: Transformer, pairs: Sequence[tuple[Pair, Tensor]]) -> dict[str, float]:
        ratios, similarities = [], []
        for pair, vector in pairs:
            painted = _paint(painter, vector, pair)
            ratios.append(distance(self._judge.grams(painted), pair.target) / pair.distance)
            similarities.append(ssim(painted, pair.content))
        ratio, similarity = statistics.median(ratios), statistics.median(similarities)
        total = ratio + max(0.0, WANTED_SSIM - similarity)
        return {"ratio": round(ratio, 4), "ssim": round(similarity, 4), "score": round(total, 4)}

    def _pair(self, photo: Tensor, picture: Tensor) -> Pair:
        content, style = (whole(levels.to(self._slim.device)) for levels in (photo, picture))
        with torch.inference_mode():
            seen = {layer: stack([moments]) for layer, moments in look(self._slim, style, READER_LAYERS).items()}
        target = self._judge.grams(style)
        return Pair(content, style, seen, target, distance(self._judge.grams(content), target))

    def sheet(self, painter: Transformer, reader: StyleReader, path: Path) -> None:
        """Content, style and result of some pairs side by side, two pairs in a row."""
        side, pairs = STYLE_SIDE_PX, self._pairs[:SHEET_PAIRS]
        sheet = Image.new("RGB", (6 * side, side * ((len(pairs) + 1) // 2)), "white")
        for index, pair in enumerate(pairs):
            for column, pixels in enumerate((pair.content, pair.style, _paint(painter, reader(pair.seen), pair))):
                sheet.paste(to_picture(pixels), (side * (3 * (index % 2) + column), side * (index // 2)))
        sheet.save(path)


def whole(levels: Tensor, longest_side_px: int = STYLE_SIDE_PX) -> Tensor:
    """A picture as it is seen outside trainings: all of it, its longest side at this size."""
    height, width = levels.shape[-2:]
    factor = longest_side_px / max(height, width)
    return resized(levels.float()[None] / 255, (max(1, round(height * factor)), max(1, round(width * factor))))


@torch.inference_mode()
def _paint(painter: Transformer, vector: Tensor, pair: Pair) -> Tensor:
    with torch.autocast(pair.content.device.type, torch.bfloat16):
        painted: Tensor = painter(pair.content, vector)
    return painted.float().clamp(0, 1)
