"""Judges a network on photographs and styles that its training never saw, and shows them on a sheet."""

import statistics
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
    """Photo k is painted in style k mod the number of styles."""

    def __init__(self, photos: Pictures, styles: Pictures, slim: Encoder, judge: Judge, count: int = 20) -> None:
        self._judge = judge
        self._pairs = []
        for index in range(min(count, len(photos))):
            content, style = (
                whole(each.to(slim.device)) for each in (photos.levels[index], styles.levels[index % len(styles)])
            )
            with torch.inference_mode():
                seen = {layer: stack([moments]) for layer, moments in look(slim, style, READER_LAYERS).items()}
            target = judge.grams(style)
            self._pairs.append(Pair(content, style, seen, target, distance(judge.grams(content), target)))

    def score(self, painter: Transformer, reader: StyleReader) -> dict[str, float]:
        """Medians of ratio and SSIM over the pairs, and one number of both, `score`: the lower, the better."""
        ratios, similarities = [], []
        for pair in self._pairs:
            painted = _paint(painter, reader, pair)
            ratios.append(distance(self._judge.grams(painted), pair.target) / pair.distance)
            similarities.append(ssim(painted, pair.content))
        ratio, similarity = statistics.median(ratios), statistics.median(similarities)
        total = ratio + max(0.0, WANTED_SSIM - similarity)
        return {"ratio": round(ratio, 4), "ssim": round(similarity, 4), "score": round(total, 4)}

    def sheet(self, painter: Transformer, reader: StyleReader, path: Path) -> None:
        """Content, style and result of some pairs side by side, two pairs in a row."""
        side, pairs = STYLE_SIDE_PX, self._pairs[:SHEET_PAIRS]
        sheet = Image.new("RGB", (6 * side, side * ((len(pairs) + 1) // 2)), "white")
        for index, pair in enumerate(pairs):
            for column, pixels in enumerate((pair.content, pair.style, _paint(painter, reader, pair))):
                sheet.paste(to_picture(pixels), (side * (3 * (index % 2) + column), side * (index // 2)))
        sheet.save(path)


def whole(levels: Tensor, longest_side_px: int = STYLE_SIDE_PX) -> Tensor:
    """A picture as it is seen outside trainings: all of it, its longest side at this size."""
    height, width = levels.shape[-2:]
    factor = longest_side_px / max(height, width)
    return resized(levels.float()[None] / 255, (max(1, round(height * factor)), max(1, round(width * factor))))


@torch.inference_mode()
def _paint(painter: Transformer, reader: StyleReader, pair: Pair) -> Tensor:
    vector = reader(pair.seen)
    with torch.autocast(pair.content.device.type, torch.bfloat16):
        painted: Tensor = painter(pair.content, vector)
    return painted.float().clamp(0, 1)
