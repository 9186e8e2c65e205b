"""A training so small that a step takes milliseconds; as a program, it trains in a folder until it is killed."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import torch

from engine.nets import Shape
from engine.train.net import Settings, Training
from engine.train.pictures import Pictures
from tests.engine.builders import a_photo, a_style

# Who looks at styles at which size. At their true size that takes longer than all else of so small a training.
LOOKING, SMALL_STYLE_PX = (
    ("engine.instant", "engine.train.style", "engine.train.styles", "engine.train.preset_vectors"),
    64,
)
TINY = Shape(width=32, deep_width=32, half_width=32, early=1, deep=1, late=1)
STEPS = 6


def pictures(count: int, *, styles: bool = False) -> Pictures:
    """Distinct photographs, or styles, called 0, 1, …"""
    drawn = [a_style(48, 48, hue=k) if styles else a_photo(48 + 8 * k, 64) for k in range(count)]
    levels = [torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous() for picture in drawn]
    return Pictures(tuple(map(str, range(count))), tuple(levels))


def a_training(out: Path, start: Path | None = None, *, steps: int = STEPS, **changes: object) -> Training:
    """Batches of two crops of 32 px, three views of two styles; saved after every step."""
    plain = {"out": out, "steps": steps, "batch": 2, "side_px": 32, "bank": 3, "device": "cpu", "shape": TINY}
    settings = Settings(**(plain | {"save_every_s": 0.0} | changes))  # type: ignore[arg-type]
    return Training(settings, pictures(3), pictures(2, styles=True), start)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in LOOKING:
        vars(import_module(name))["STYLE_SIDE_PX"] = SMALL_STYLE_PX
    a_training(Path(sys.argv[1]), steps=100_000).run()
