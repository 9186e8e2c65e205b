"""Painters that cost nothing, made by name inside the real painter child: what is left is the product around them."""

import os
import time
from collections.abc import Callable, Sequence

from PIL import Image

from engine import Painting, Progress, Stopped, StyleRequest

# The processor the painter is to stay on, so that it takes none of the bot's time.
CORE_VARIABLE = "BENCH_PAINTER_CORE"
SIDE_PX = 64
STEPS = 20
STEP_S = 0.1


class PainterAtOnce:
    """An instant picture is there at once; one in high quality takes two seconds, with previews on its way."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        if core := os.environ.get(CORE_VARIABLE):
            os.sched_setaffinity(0, {int(core)})

    def paint(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Painting:
        """See Painter.paint."""
        canvas = _small()
        for step in range(1, STEPS + 1):
            if should_stop():
                raise Stopped("asked to")
            time.sleep(STEP_S)
            on_step(Progress(step=step, steps=STEPS, stage="colour", preview=canvas))
        return Painting(picture=canvas, report={})

    def paint_instant(self, requests: Sequence[StyleRequest]) -> list[Painting]:
        """See Painter.paint_instant."""
        return [Painting(picture=_small(), report={}) for _ in requests]


def _small() -> Image.Image:
    return Image.new("RGB", (SIDE_PX, SIDE_PX), "gold")
