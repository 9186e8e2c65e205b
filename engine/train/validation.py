"""Judges a network on photographs and styles that its training never saw, and shows them on a sheet."""

import statistics
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.encoder import Encoder
from engine.judge import Judge, distance, ssim
from engine.losses import Moments
from engine.nets import READER_LAYERS, StyleReader, Transformer
from engine.train.objective import see
from engine.train.pictures import Pictures
from engine.train.styles import stacked, whole

# Below this similarity the content is no longer recognised, and a better ratio is worth nothing.
WANTED_SSIM = 0.38


@dataclass(frozen=True)
class Pair:
    """A photo and a style, both at the size they are judged at."""

    content: Tensor
    style: Tensor
    seen: dict[str, Moments]
    target: list[Tensor]
    distance: float


class Validation:
    """Photo k is painted in style k mod the number of styles."""

    def __init__(self, photos: Pictures, styles: Pictures, slim: Encoder, judge: Judge, count: int = 20) -> None:
        look = see(slim, READER_LAYERS)
        self._pairs = []
        for index in range(min(count, len(photos))):
            content, style = whole(photos.levels[index]), whole(styles.levels[index % len(styles)])
            content, style = content.to(slim.device), style.to(slim.device)
            with torch.no_grad():
                seen = {layer: stacked([moments]) for layer, moments in look(style).items()}
                target = judge.grams(style)
                apart = distance(judge.grams(content), target)
            self._pairs.append(Pair(content, style, seen, target, apart))
        self._judge = judge

    def score(self, painter: Transformer, reader: StyleReader) -> dict[str, float]:
        """Medians of ratio and SSIM over the pairs, and one number of both: the lower, the better."""
        ratios, similarities = [], []
        for pair in self._pairs:
            painted = self._paint(painter, reader, pair)
            ratios.append(distance(self._judge.grams(painted), pair.target) / pair.distance)
            similarities.append(ssim(painted, pair.content))
        ratio, similarity = statistics.median(ratios), statistics.median(similarities)
        total = ratio + max(0.0, WANTED_SSIM - similarity)
        return {"ratio": round(ratio, 4), "ssim": round(similarity, 4), "score": round(total, 4)}

    def sheet(self, painter: Transformer, reader: StyleReader, path: Path, rows: int = 8) -> None:
        """Content, style, result, side by side."""
        sheet = Image.new("RGB", (6 * 256, 256 * ((min(rows * 2, len(self._pairs)) + 1) // 2)), "white")
        for index, pair in enumerate(self._pairs[: 2 * rows]):
            for column, pixels in enumerate((pair.content, pair.style, self._paint(painter, reader, pair))):
                levels = (pixels[0].clamp(0, 1) * 255).round().to("cpu", torch.uint8).permute(1, 2, 0)
                sheet.paste(Image.fromarray(np.asarray(levels)), (256 * (3 * (index % 2) + column), 256 * (index // 2)))
        sheet.save(path)

    @staticmethod
    @torch.no_grad()
    def _paint(painter: Transformer, reader: StyleReader, pair: Pair) -> Tensor:
        with torch.autocast(pair.content.device.type, torch.bfloat16):
            vector = _vector(reader, pair)
            return painter(pair.content, vector).float().clamp(0, 1)


def _vector(reader: StyleReader, pair: Pair) -> Tensor:
    with torch.autocast(pair.content.device.type, enabled=False):
        vector: Tensor = reader(pair.seen)
        return vector
