"""The torch-free front of the engine: values, errors, the Painter protocol and the presets.

Everything else in this package may import torch; only the painter process and the command line go there,
through open_painter.
"""

import os
from collections.abc import Callable
from pathlib import Path

from engine.errors import (
    Diverged,
    EngineError,
    InvalidRequest,
    OutOfMemory,
    Stopped,
    UnknownLayer,
    WeightsError,
)
from engine.lab import Laboratory
from engine.memory import give_memory_back
from engine.presets import Preset, find_preset, load_presets
from engine.request import MAX_SIDE_PX, MIN_SIDE_PX, Optimisation, Painter, Painting, Progress, Style, StyleRequest

__all__ = [
    "MAX_SIDE_PX",
    "MIN_SIDE_PX",
    "Diverged",
    "EngineError",
    "InvalidRequest",
    "Laboratory",
    "Optimisation",
    "OutOfMemory",
    "Painter",
    "Painting",
    "Preset",
    "Progress",
    "Stopped",
    "Style",
    "StyleRequest",
    "UnknownLayer",
    "WeightsError",
    "find_preset",
    "give_memory_back",
    "load_presets",
    "open_painter",
]


def open_painter(
    *,
    backbone: str = "auto",
    weights: Path | None = None,
    weights_dir: Path | None = None,
    device: str = "auto",
    threads: int | None = None,
    announce: Callable[[str], None] = lambda phase: None,
) -> Laboratory:
    """Load the nets and return a painter that keeps them warm. Imports torch: call it in the painter process only.

    weights: a file to use as the backbone; weights_dir: where published backbones are installed
    announce is told what takes long and gives no sign of life meanwhile: "self-check", "compile".
    Raises WeightsError where the weights cannot be used.
    """
    # Read when torch is loaded. OpenMP's threads spin while they wait for each other: for ever, and on a busy machine
    # they starve the very thread they wait for (100 s instead of 20); not at all, and every small operation pays for
    # waking one up (76 ms a step instead of 36). So: about a tenth of a millisecond, then sleep.
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
    from engine.painter import TorchPainter

    return TorchPainter(
        backbone=backbone, weights=weights, weights_dir=weights_dir, device=device, threads=threads, announce=announce
    )
