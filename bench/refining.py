"""High quality that begins with the instant picture, against the same from the photograph: time and final loss."""

import statistics
from dataclasses import replace

from PIL import Image

from bench.engine import Held
from engine import Painting, Style, StyleRequest, find_preset, open_painter
from tests.conftest import photo_of

SIDE_PX = 512
STYLES = ("brush-strokes", "stained-glass", "ink-wash")


def measure_refining() -> list[Held]:
    """High quality from the instant picture."""
    painter = open_painter()
    seconds, losses = [], []
    for name in STYLES:
        cold = painter.paint(_request(name), lambda step: None, lambda: False)
        warm = painter.paint(replace(_request(name), init="instant"), lambda step: None, lambda: False)
        seconds.append(warm.report["seconds"] / cold.report["seconds"])
        losses.append(_loss(warm) / _loss(cold))
    return [
        Held(work="HQ from the instant picture, its time", value=statistics.median(seconds), unit="of cold", limit=0.5),
        Held(work="HQ from the instant picture, its loss", value=statistics.median(losses), unit="of cold", limit=1.0),
    ]


def _loss(painting: Painting) -> float:
    loss: float = painting.report["scales"][-1]["losses"]["total"]
    return loss


def _request(name: str) -> StyleRequest:
    preset = find_preset(name)
    assert preset is not None
    assert preset.style_path is not None
    with Image.open(preset.style_path) as opened:
        style = Style(picture=opened.convert("RGB"))
    return StyleRequest(content=photo_of("astronaut", SIDE_PX), styles=(style,), longest_side_px=SIDE_PX)
