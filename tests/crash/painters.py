"""A painter whose long orders say, by the colour of the content, how long they take."""

import math
import time
from collections.abc import Callable, Sequence

from PIL import Image, ImageColor

from engine import Painting, Progress, Stopped, StyleRequest, open_painter

STEP_S = 0.01
AN_AGE_S = 3600.0
LOOK_EVERY_S = 0.1
QUICK, SOME, LONG = "teal", "blue", "red"
STEPS = {QUICK: 3, SOME: 40, LONG: 12_000}
# People with numbers from here on get instant pictures, all others long paintings.
FIRST_IN_A_HURRY = 10_000


class ColourfulPainter:
    """Takes as many steps as the content's colour is worth."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce

    def paint(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Painting:
        """See Painter.paint."""
        steps = STEPS[_colour_of(request.content)]
        for step in range(1, steps + 1):
            if should_stop():
                raise Stopped("asked to")
            time.sleep(STEP_S)
            on_step(Progress(step=step, steps=steps, stage="colour"))
        return Painting(picture=Image.new("RGB", request.content.size, "gold"), report={})

    def paint_instant(self, requests: Sequence[StyleRequest]) -> list[Painting]:
        """See Painter.paint_instant."""
        time.sleep(STEP_S)
        return [Painting(picture=Image.new("RGB", request.content.size, "gold"), report={}) for request in requests]

    def fit(
        self, picture: Image.Image, state: bytes | None, steps: int, piece: int, should_stop: Callable[[], bool]
    ) -> tuple[int, bytes]:
        """See Laboratory.fit."""
        return steps, b"fitted"


class IdlePainter(ColourfulPainter):
    """Begins whatever it is asked, and ends nothing."""

    def paint(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Painting:
        """See Painter.paint."""
        while not should_stop():
            time.sleep(STEP_S)
        raise Stopped("asked to")

    def paint_instant(self, requests: Sequence[StyleRequest]) -> list[Painting]:
        """See Painter.paint_instant."""
        time.sleep(AN_AGE_S)
        return []


class HeldPainter:
    """The painter that ships, held in mid-run: it shows its first preview again and again until it is to stop."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._painter = open_painter(announce=announce)

    def paint(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Painting:
        """See Painter.paint."""

        def on_step_and_hold(progress: Progress) -> None:
            on_step(progress)
            while progress.preview is not None and not should_stop():
                time.sleep(LOOK_EVERY_S)
                on_step(progress)  # Telegram may have been too busy to show it

        return self._painter.paint(request, on_step_and_hold, should_stop)

    def paint_instant(self, requests: Sequence[StyleRequest]) -> list[Painting]:
        """See Painter.paint_instant."""
        return self._painter.paint_instant(requests)


def _colour_of(picture: Image.Image) -> str:
    colour = picture.getpixel((0, 0))
    assert isinstance(colour, tuple)
    return min(STEPS, key=lambda name: math.dist(colour, ImageColor.getrgb(name)))
