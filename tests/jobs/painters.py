"""Painters without torch, good and bad, made by name inside the real painter child."""

import ctypes
import os
import tempfile
import time
from collections.abc import Callable, Sequence

from PIL import Image

from engine import EngineError, OutOfMemory, Painting, Progress, Stopped, StyleRequest
from engine.lab import LabRequest, MorphRequest, SpotDifferenceRequest, Study
from jobs.painter_main import WARM_UP_SIDE_PX

STEP_S = 0.02
SLOW_STEP_S = 0.3


class QuickPainter:
    """Fills the canvas with the style's colour, step by step."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self.announce = announce

    def paint(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Painting:
        """As many steps as asked, each STEP_S long."""
        steps = request.steps or 3
        canvas = _filled(request)
        for step in range(1, steps + 1):
            if should_stop():
                raise Stopped(f"stopped before step {step} of {steps}")
            self.step(step)
            on_step(Progress(step=step, steps=steps, stage="colour", preview=canvas))
        return Painting(picture=canvas, report={"seed": request.seed})

    def study(self, request: LabRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]) -> Study:
        """Its first photo, or red where it has none; two photos as frames. The report says what was asked."""
        photos = [value for value in vars(request).values() if isinstance(value, Image.Image)]
        canvas = photos[0] if photos else Image.new("RGB", (64, 64), "red")
        steps = request.steps or 3
        for step in range(1, steps + 1):
            if should_stop():
                raise Stopped(f"stopped before step {step} of {steps}")
            self.step(step)
            on_step(Progress(step=step, steps=steps, stage="study", preview=canvas))
        frames = tuple(photos * 4) if isinstance(request, MorphRequest | SpotDifferenceRequest) else ()
        asked = {name: value for name, value in vars(request).items() if name not in ("preview_every", "steps")}
        told = {name: value for name, value in asked.items() if not isinstance(value, Image.Image)}
        return Study(picture=canvas, frames=frames, report={"kind": request.kind} | told)

    def paint_instant(self, requests: Sequence[StyleRequest]) -> list[Painting]:
        """In one step, which is never one of those that go wrong; the report says how many there were."""
        time.sleep(STEP_S)
        for request in requests:
            if request.longest_side_px < WARM_UP_SIDE_PX:
                self.refuse(request.seed)
        return [Painting(picture=_filled(request), report={"batch": len(requests)}) for request in requests]

    def fit(
        self, picture: Image.Image, state: bytes | None, steps: int, piece: int, should_stop: Callable[[], bool]
    ) -> tuple[int, bytes]:
        """Counts; what it leaves are the steps at which it began a piece."""
        begun = (state or b"").decode().split()
        done = first = int(begun[-1]) if begun else 0
        while done < min(steps, first + piece) and not should_stop():
            self.step(done)
            done += 1
        return done, " ".join([*(begun or ["0"]), str(done)]).encode()

    def refuse(self, seed: int) -> None:
        """Here somebody may not like a request."""

    def step(self, number: int) -> None:
        """One step's work."""
        time.sleep(STEP_S)


class SlowPainter(QuickPainter):
    """Takes so long for a step that everything sent meanwhile has arrived at its end."""

    def step(self, number: int) -> None:
        """One step's work."""
        time.sleep(SLOW_STEP_S)


class ThreeStepPainter(QuickPainter):
    """Works hard for three steps, and has no patience for more."""

    def step(self, number: int) -> None:
        if number <= 3:
            super().step(number)


class DyingPainter(QuickPainter):
    """Its process is gone in the second step."""

    def step(self, number: int) -> None:
        if number == 2:
            os._exit(9)


class PoisonedPainter(QuickPainter):
    """Its process is gone as soon as it paints with the number thirteen."""

    def paint(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Painting:
        """As the others, or not at all."""
        self.refuse(request.seed)
        return super().paint(request, on_step, should_stop)

    def refuse(self, seed: int) -> None:
        """Ends everything."""
        if seed == 13:
            os._exit(9)


class SlowlyPoisonedPainter(PoisonedPainter, SlowPainter):
    """The same with long steps."""


class PickyPainter(SlowPainter):
    """Gives up on a batch with the number thirteen in it, as an engine does, and breaks at fourteen."""

    def refuse(self, seed: int) -> None:
        """Not this one."""
        if seed == 13:
            raise EngineError("an unlucky number")
        if seed == 14:
            raise ZeroDivisionError("a mistake")


class DawdlingPainter(QuickPainter):
    """Takes a while for instant pictures, and for ever with the number thirteen."""

    def refuse(self, seed: int) -> None:
        """Not refused, but late."""
        time.sleep(600 if seed == 13 else 0.5)


class CompilingPainter(QuickPainter):
    """Compiles before its first step, which takes longer than a step may."""

    def step(self, number: int) -> None:
        if number == 1:
            self.announce("compile")
            time.sleep(1.0)


class CrashingPainter(QuickPainter):
    """Its process crashes in C in the second step."""

    def step(self, number: int) -> None:
        if number == 2:
            ctypes.string_at(0)


class HangingPainter(QuickPainter):
    """Sleeps for ever in the second step and hears nothing."""

    def step(self, number: int) -> None:
        if number == 2:
            time.sleep(600)


class HungryPainter(QuickPainter):
    """Finds its device too small."""

    def step(self, number: int) -> None:
        raise OutOfMemory("too small")


class HelplessPainter(QuickPainter):
    """Gives up, as an engine does."""

    def step(self, number: int) -> None:
        raise EngineError("the loss is no longer a number")


class FaultyPainter(QuickPainter):
    """Has a mistake in it."""

    def step(self, number: int) -> None:
        raise ZeroDivisionError("a mistake")


class RoomlessPainter(QuickPainter):
    """Its disk takes no files."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        super().__init__(announce)
        tempfile.tempdir = "/proc/nowhere"


def unusable(announce: Callable[[str], None]) -> QuickPainter:
    """A painter whose weights are missing."""
    raise EngineError("weights are missing: get them")


def not_installed(announce: Callable[[str], None]) -> QuickPainter:
    """A painter whose packages are missing."""
    raise ModuleNotFoundError("No module named 'torch'")


def checks_itself_for_ever(announce: Callable[[str], None]) -> QuickPainter:
    """A painter whose self-check hangs."""
    announce("self-check")
    return never_ready(announce)


def never_ready(announce: Callable[[str], None]) -> QuickPainter:
    """A painter that hangs while it loads."""
    time.sleep(600)
    return QuickPainter(announce)


def _filled(request: StyleRequest) -> Image.Image:
    """The style's colour all over; a preset without a picture is called by its colour."""
    [style] = request.styles
    colour = style.picture.resize((1, 1)).getpixel((0, 0)) if style.picture else style.preset
    assert isinstance(colour, tuple | str)
    return Image.new("RGB", request.content.size, colour)
