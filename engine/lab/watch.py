"""Between a study's steps: may it go on, and where does it stand?"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import Diverged, Stopped
from engine.pictures import to_preview
from engine.request import Progress

# How often the loss is read: each reading waits for the device.
READ_EVERY = 20


@dataclass
class Watch:
    """Counts the steps of a study, over all its parts."""

    on_step: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    steps: int
    preview_every: int = 0
    done: int = 0

    def count(self, steps: int) -> Iterator[int]:
        """1 to steps; each only if the study may go on. Raises Stopped."""
        for step in range(1, steps + 1):
            if self.should_stop():
                raise Stopped(f"stopped before step {self.done + 1} of {self.steps}")
            yield step

    def tell(self, stage: str, picture: Callable[[], Tensor], loss: Tensor | None = None) -> None:
        """A step is done. picture is asked only where a preview is due, the loss read rarely. Raises Diverged."""
        self.done += 1
        due = self.preview_every and self.done % self.preview_every == 0
        with torch.inference_mode():
            preview = to_preview(picture()) if due else None
        read = loss is not None and (self.done % READ_EVERY == 0 or self.done == self.steps)
        number = _finite(loss) if read and loss is not None else None
        self.on_step(Progress(step=self.done, steps=self.steps, stage=stage, preview=preview, loss=number))


def _finite(loss: Tensor) -> float:
    number = float(loss)
    if not math.isfinite(number):
        raise Diverged("the loss is no longer a number")
    return number
