"""What every training does around its steps: say how it goes, keep a checkpoint, end with one."""

import math
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from torch import Tensor

from engine.errors import Diverged
from engine.train import checkpoints
from engine.train.checkpoints import Learner

TELL_EVERY = 20

Parts = Mapping[str, float | Tensor]


def train(
    learner: Learner,
    checkpoint: Path,
    step: Callable[[], Parts],
    progress: Callable[[], float],
    *,
    save_every_s: float,
    after_step: Callable[[], None] = lambda: None,
) -> None:
    """Take steps until progress() is 1; the checkpoint is also written on the way, and when interrupted.

    step: returns the parts of its loss. Raises Diverged where they are no numbers any more.
    """
    saved = time.monotonic()
    try:
        while progress() < 1:
            parts = step()
            if learner.step % TELL_EVERY == 0:
                _tell(learner, progress(), parts)
            after_step()
            if time.monotonic() - saved > save_every_s:
                checkpoints.save(checkpoint, learner)
                saved = time.monotonic()
    finally:
        checkpoints.save(checkpoint, learner)


def _tell(learner: Learner, progress: float, parts: Parts) -> None:
    values = {name: float(part) for name, part in parts.items()}
    if not all(math.isfinite(value) for value in values.values()):
        raise Diverged("the loss is no longer a number")
    losses = " ".join(f"{name} {value:.4f}" for name, value in values.items())
    speed = learner.seconds / learner.step
    line = f"{100 * progress:5.1f} %  step {learner.step}  {speed:.2f} s/step  {losses}"
    sys.stderr.write(line + ("\r" if sys.stderr.isatty() else "\n"))
    sys.stderr.flush()
