"""The painter child: warm nets, one order after another, a sign of life at every step.

It never opens the database. When the pipe to its parent closes it ends at once, whatever it is doing.
"""

import argparse
import importlib
import io
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from engine import EngineError, OutOfMemory, Painter, Painting, Progress, Stopped, Style, StyleRequest, open_painter
from jobs import faults
from jobs.child_logs import concerning, set_up_child_logs
from jobs.frames import Frame, ParentPipe, add_pipe_arguments, meet_parent

log = logging.getLogger(__name__)

PREVIEW_EVERY_STEPS = 10
PREVIEW_SIDE_PX = 512
PREVIEW_QUALITY = 85
RESULT_QUALITY = 95
NO_SUBSAMPLING = 0  # 4:4:4: strokes are made of edges between colours
# Signs of life cost the parent a wake-up each, progress a write, previews bandwidth.
BEAT_EVERY_S = 0.1
PROGRESS_EVERY_S = 1.0
TELLING_STEPS = 3


def main() -> None:
    """Load the nets, then paint what is ordered until the pipe closes."""
    arguments = _parse()
    set_up_child_logs()
    pipe = meet_parent(arguments)
    mailbox, voice = Mailbox(pipe), Voice(pipe)
    voice.enter("load")
    try:
        painter = _open_painter(arguments, voice.enter)
    except (EngineError, ImportError) as error:
        voice.say({"unusable": str(error)})
        return
    faults.hit("painter_loaded")
    voice.say({"ready": True})
    while _take_next(painter, mailbox, voice):
        pass


def _take_next(painter: Painter, mailbox: "Mailbox", voice: "Voice") -> bool:
    order = Order.read(mailbox.next_order())
    with concerning(job_id=order.names["job"], attempt=order.names["attempt"]):
        return _fulfil(order, painter, mailbox, voice)


@dataclass(frozen=True)
class Order:
    """What is to be painted, and the names to use when talking about it."""

    names: dict[str, int]
    spec: dict[str, Any]
    content: bytes
    style: bytes

    @classmethod
    def read(cls, frame: Frame) -> "Order":
        """From what the parent said."""
        order = frame.body["paint"]
        content, style = frame.attachments
        return cls({"job": order["job"], "attempt": order["attempt"]}, order["spec"], content, style)

    def request(self) -> StyleRequest:
        """The order in the engine's words."""
        return StyleRequest(
            content=_read_picture(self.content),
            styles=(Style(picture=_read_picture(self.style)),),
            preview_every=PREVIEW_EVERY_STEPS,
            **{name: value for name, value in self.spec.items() if name != "dpi"},
        )


class Mailbox:
    """What the parent said, heard at once by a thread of its own: a stop must be known in the middle of a painting."""

    def __init__(self, pipe: ParentPipe) -> None:
        self._pipe = pipe
        self._orders: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._stop: dict[str, int] | None = None
        threading.Thread(target=self._listen, name="mailbox", daemon=True).start()

    def next_order(self) -> Frame:
        """Waits for it."""
        return self._orders.get()

    def is_stopped(self, names: dict[str, int]) -> bool:
        """Whether the parent wants that painting stopped."""
        return self._stop == names

    def _listen(self) -> None:
        while (frame := self._pipe.receive()) is not None:
            if "stop" in frame.body:
                self._stop = frame.body["stop"]
            else:
                self._orders.put(frame)
        # Nobody waits for the picture any more. The main thread may be deep in a computation: end without it.
        os._exit(0)


class Voice:
    """What the parent hears: in nobody's name while the painter loads, then in the name of the job in hand."""

    def __init__(self, pipe: ParentPipe) -> None:
        self._pipe = pipe
        self._names: dict[str, int] = {}
        self._phase = ""
        self._beat_at = 0.0

    def speak_of(self, names: dict[str, int]) -> None:
        """Everything said from now on is about this job."""
        self._names, self._phase = names, ""

    def say(self, body: dict[str, Any], *attachments: bytes) -> None:
        """Say something."""
        self._pipe.send(self._names | body, *attachments)

    def enter(self, phase: str) -> None:
        """Announce what comes next; again and again for steps, which is what keeps the job alive."""
        now = time.monotonic()
        if phase != self._phase or now - self._beat_at >= BEAT_EVERY_S:
            self._phase, self._beat_at = phase, now
            self.say({"phase": phase})


class Reporter:
    """Tells the parent where one painting stands, once a second."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._progress_at = self._preview_at = -PROGRESS_EVERY_S
        self._first: tuple[int, float] | None = None

    def on_step(self, progress: Progress) -> None:
        """Pass progress on, at most once a second, and previews likewise."""
        now = time.monotonic()
        self._first = self._first or (progress.step, now)
        preview = progress.preview if now - self._preview_at >= PROGRESS_EVERY_S else None
        if preview is None and now - self._progress_at < PROGRESS_EVERY_S and progress.step < progress.steps:
            return
        self._progress_at = now
        said = {
            "step": progress.step,
            "steps": progress.steps,
            "stage": progress.stage,
            "eta_s": self._estimate_s(progress, now),
        }
        if preview is None:
            self._voice.say({"progress": said})
        else:
            self._preview_at = now
            self._voice.say({"progress": said}, _preview_jpeg(preview))

    def _estimate_s(self, progress: Progress, now: float) -> float | None:
        """By the pace since the first step, which alone pays for preparations; None before that tells."""
        assert self._first is not None
        first_step, first_at = self._first
        steps = progress.step - first_step
        return round((now - first_at) / steps * (progress.steps - progress.step), 1) if steps >= TELLING_STEPS else None


def _fulfil(order: Order, painter: Painter, mailbox: Mailbox, voice: Voice) -> bool:
    """Paint one order and say how it ended; False where this painter had better be replaced."""
    faults.hit("painter_ordered")
    started = time.monotonic()

    def should_stop() -> bool:
        voice.enter("step")
        faults.hit("painter_step")
        return mailbox.is_stopped(order.names)

    voice.speak_of(order.names)
    voice.enter("prepare")
    try:
        painting = painter.paint(order.request(), Reporter(voice).on_step, should_stop)
        voice.enter("encode")
        jpeg = _result_jpeg(painting, order.spec["dpi"])
    except Stopped as error:
        voice.say({"ended": "stopped", "message": str(error)})
    except (OutOfMemory, MemoryError) as error:
        voice.say({"ended": "out-of-memory", "message": str(error)})
    except EngineError as error:
        log.warning("the engine gave up: %s", error)
        voice.say({"ended": "failed", "message": str(error)})
    except ConnectionError:
        raise  # the pipe: nobody is left to tell
    except Exception as error:
        log.exception("the engine broke")
        voice.say({"ended": "broken", "message": type(error).__name__})
        return False  # a device in an unknown state fails every later painting too
    else:
        done = {"report": dict(painting.report), "paint_s": round(time.monotonic() - started, 3)}
        faults.hit("painter_done")
        voice.say({"done": done}, jpeg)
        faults.hit("painter_told")
    return True


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_pipe_arguments(parser)
    parser.add_argument("--backbone", default="auto")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--weights-dir", type=Path)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--painter", help="package.module:function that makes another painter, given announce")
    return parser.parse_args()


def _open_painter(arguments: argparse.Namespace, announce: Callable[[str], None]) -> Painter:
    if arguments.painter:
        module, _, name = arguments.painter.partition(":")
        make: Callable[[Callable[[str], None]], Painter] = getattr(importlib.import_module(module), name)
        return make(announce)
    return open_painter(
        backbone=arguments.backbone,
        weights=arguments.weights,
        weights_dir=arguments.weights_dir,
        device=arguments.device,
        threads=arguments.threads,
        announce=announce,
    )


def _read_picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]).convert("RGB")


def _preview_jpeg(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((PREVIEW_SIDE_PX, PREVIEW_SIDE_PX))
    return _jpeg(small, quality=PREVIEW_QUALITY)


def _result_jpeg(painting: Painting, dpi: int | None) -> bytes:
    print_size = {} if dpi is None else {"dpi": (dpi, dpi)}
    return _jpeg(painting.picture, quality=RESULT_QUALITY, subsampling=NO_SUBSAMPLING, **print_size)


def _jpeg(picture: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", **options)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
