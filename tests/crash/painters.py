"""A painter whose orders say, by the colour of the content, how long it takes."""

import time
from collections.abc import Callable

from PIL import Image

from engine import Painting, Progress, Stopped, StyleRequest

STEP_S = 0.01
QUICK, LONG = "teal", "red"
STEPS, MANY_STEPS = 3, 3000


class ColourfulPainter:
    """Three steps; three thousand where the content is red."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce

    def paint(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Painting:
        """See Painter.paint."""
        colour = request.content.getpixel((0, 0))
        assert isinstance(colour, tuple)
        steps = MANY_STEPS if colour[0] > 2 * colour[1] else STEPS
        for step in range(1, steps + 1):
            if should_stop():
                raise Stopped("asked to")
            time.sleep(STEP_S)
            on_step(Progress(step=step, steps=steps, stage="colour"))
        return Painting(picture=Image.new("RGB", request.content.size, "gold"), report={})
