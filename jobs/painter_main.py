"""The painter child: warm nets, a sign of life at every step.

Long orders are painted one after another, instant ones in batches, also between two steps of a long one.
It never opens the database. When the pipe to its parent closes it ends at once, whatever it is doing.
"""

import argparse
import importlib
import io
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from engine import (
    EngineError,
    Laboratory,
    OutOfMemory,
    Progress,
    Stopped,
    Style,
    StyleRequest,
    give_memory_back,
    open_painter,
)
from engine.animation import Mp4, animate
from engine.lab import LabRequest
from jobs import faults
from jobs.camera import FILM_SIDE_PX, Camera
from jobs.child_logs import concerning, set_up_child_logs
from jobs.frames import Frame, Name, ParentPipe, add_pipe_arguments, meet_parent
from jobs.studies import lab_request
from jobs.values import Study

log = logging.getLogger(__name__)

FIT = "fit"
PREVIEW_EVERY_STEPS = 10
# An optimisation is filmed: it begins with the instant picture, so that it has few steps and each shows.
FILMED_EVERY_STEPS = 1
PREVIEW_SIDE_PX = 512
PREVIEW_QUALITY = 85
RESULT_QUALITY = 95
NO_SUBSAMPLING = 0  # 4:4:4: strokes are made of edges between colours
# Signs of life cost the parent a wake-up each, progress a write, previews bandwidth.
BEAT_EVERY_S = 0.1
PROGRESS_EVERY_S = 1.0
TELLING_STEPS = 3
# Instant pictures that go into one pass: so many, so large in all, and so long is waited for a second one.
BATCH = 8
BATCH_AREA_PX = BATCH * 512 * 512
GATHER_S = 0.01
WARM_UP_SIDE_PX = 256
# What is said of the files, and what of studies: no painting's business.
NOT_OF_PAINTINGS = frozenset({"dpi", "film", "layer", "channel"})


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
    _warm_up(painter, voice)
    faults.hit("painter_loaded")
    voice.say({"ready": True})
    Studio(painter, mailbox, voice).work()


def _warm_up(painter: Laboratory, voice: "Voice") -> None:
    """What an instant picture needs is loaded at its first use: nobody is to wait for that."""
    voice.enter("warm-up")
    picture = Image.new("RGB", (WARM_UP_SIDE_PX, WARM_UP_SIDE_PX), "grey")
    request = StyleRequest(
        content=picture, styles=(Style(picture=picture),), method="instant", longest_side_px=WARM_UP_SIDE_PX
    )
    try:
        painter.paint_instant([request])
    except (EngineError, MemoryError) as error:  # an order will find the same, and its job will say so
        log.warning("instant pictures cannot be painted: %s", error)


@dataclass(frozen=True)
class Order:
    """What is to be painted, and the job and attempt that it goes by."""

    name: Name
    spec: dict[str, Any]
    pictures: tuple[bytes, ...]  # content, and those of the styles that have one; of a study all that it looks at
    styles: list[dict[str, Any]]

    @classmethod
    def read(cls, frame: Frame) -> "Order":
        """From what the parent said."""
        if "fit" in frame.body:
            order = frame.body["fit"]
            spec = {"method": FIT, "steps": order["steps"], "piece": order["piece"]}
            return cls((order["job"], order["attempt"]), spec, frame.attachments, [])
        order = frame.body["paint"]
        return cls((order["job"], order["attempt"]), order["spec"], frame.attachments, order["styles"])

    @property
    def is_instant(self) -> bool:
        """Whether it is painted in one pass, together with others."""
        return bool(self.spec["method"] == "instant")

    @property
    def is_study(self) -> bool:
        """Whether the lab is asked."""
        return self.spec["method"] in set(Study)

    @property
    def is_fit(self) -> bool:
        """Whether it is work for when there is nothing else to do."""
        return bool(self.spec["method"] == FIT)

    @property
    def is_first_try(self) -> bool:
        """Whether the job was never in a painter's hands before."""
        return self.name[1] == 1

    @property
    def area_px(self) -> int:
        """What it costs."""
        return int(self.spec["longest_side_px"]) ** 2

    def study(self) -> LabRequest:
        """What is asked of the lab, in the engine's words. Raises EngineError."""
        return lab_request(self.spec, [_read_picture(data) for data in self.pictures], PREVIEW_EVERY_STEPS)

    def request(self) -> StyleRequest:
        """The same of a painting. Raises EngineError."""
        content, *pictures = [_read_picture(data) for data in self.pictures]
        of_styles = iter(pictures)
        styles = [
            Style(picture=next(of_styles) if style["picture"] else None, weight=style["weight"], preset=style["preset"])
            for style in self.styles
        ]
        options = {name: value for name, value in self.spec.items() if name not in NOT_OF_PAINTINGS}
        return StyleRequest(
            content=content,
            styles=tuple(styles),
            preview_every=FILMED_EVERY_STEPS if self.spec["method"] == "gatys" else PREVIEW_EVERY_STEPS,
            **options,
        )


def take_batch(waiting: deque[Order]) -> list[Order]:
    """Take from the front what goes into one pass.

    An order that comes back is alone in its pass: should it have been lost with others, it is seen who is to blame.
    """
    batch: list[Order] = []
    while waiting and len(batch) < BATCH:
        following = [*batch, waiting[0]]
        too_much = sum(order.area_px for order in following) > BATCH_AREA_PX
        if batch and (too_much or not all(order.is_first_try for order in following)):
            break
        batch.append(waiting.popleft())
    return batch


class Mailbox:
    """What the parent said, heard at once by a thread of its own: a stop must be known in the middle of a painting."""

    def __init__(self, pipe: ParentPipe) -> None:
        self._pipe = pipe
        self._instant: deque[Order] = deque()
        self._long: deque[Order] = deque()
        self._fits: deque[Order] = deque()
        self._stopped: set[Name] = set()
        self._changed = threading.Condition()
        threading.Thread(target=self._listen, name="mailbox", daemon=True).start()

    def wait(self) -> None:
        """Until there is something to paint; where that is an instant picture, a moment for others to join it."""
        with self._changed:
            self._changed.wait_for(lambda: self._instant or self._long or self._fits)
            if self._instant:
                self._changed.wait_for(lambda: len(self._instant) >= BATCH, timeout=GATHER_S)

    def take_batch(self) -> list[Order]:
        """The instant orders that go into the next pass; does not wait."""
        with self._changed:
            return take_batch(self._instant)

    def take_long(self) -> Order | None:
        """The next order of another kind; does not wait."""
        with self._changed:
            return self._long.popleft() if self._long else None

    def take_fit(self) -> Order | None:
        """The next order that waits for all others; does not wait."""
        with self._changed:
            return self._fits.popleft() if self._fits and not self._long else None

    def has_long(self) -> bool:
        """Whether somebody waits for a long order."""
        return bool(self._long)

    def is_stopped(self, name: Name) -> bool:
        """Whether the parent wants no such painting any more."""
        return name in self._stopped

    def forget(self, name: Name) -> None:
        """That painting is over."""
        self._stopped.discard(name)

    def _listen(self) -> None:
        while (frame := self._pipe.receive()) is not None:
            if "stop" in frame.body:
                self._stopped.add((frame.body["stop"]["job"], frame.body["stop"]["attempt"]))
                continue
            order = Order.read(frame)
            with self._changed:
                kind = self._fits if order.is_fit else self._instant if order.is_instant else self._long
                kind.append(order)
                self._changed.notify()
        # Nobody waits for the picture any more. The main thread may be deep in a computation: end without it.
        os._exit(0)


class Voice:
    """What the parent hears: before each piece of work for whom it is, then how that goes."""

    def __init__(self, pipe: ParentPipe) -> None:
        self._pipe = pipe
        self._names: tuple[Name, ...] = ()
        self._phase = ""
        self._beat_at = 0.0

    @contextmanager
    def working_for(self, *names: Name) -> Iterator[None]:
        """What is announced inside is for these jobs; afterwards for those of before."""
        before, phase = self._names, self._phase
        self._names, self._phase = names, ""
        yield  # an error that comes through here ends the process
        self._names, self._phase = before, ""
        if before:
            self.enter(phase)

    def say(self, body: dict[str, Any], *attachments: bytes) -> None:
        """Say something."""
        self._pipe.send(body, *attachments)

    def tell(self, name: Name, body: dict[str, Any], *attachments: bytes) -> None:
        """Say something about one job."""
        self.say({"job": name[0], "attempt": name[1], **body}, *attachments)

    def enter(self, phase: str) -> None:
        """Announce what comes next; again and again for steps, which is what keeps the jobs alive."""
        now = time.monotonic()
        if phase != self._phase or now - self._beat_at >= BEAT_EVERY_S:
            self._phase, self._beat_at = phase, now
            self.say({"phase": phase, "of": self._names})


class Reporter:
    """Tells the parent where one painting stands, once a second."""

    def __init__(self, name: Name, voice: Voice) -> None:
        self._name = name
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
            self._voice.tell(self._name, {"progress": said})
        else:
            self._preview_at = now
            self._voice.tell(self._name, {"progress": said}, _preview_jpeg(preview))

    def _estimate_s(self, progress: Progress, now: float) -> float | None:
        """By the pace since the first step, which alone pays for preparations; None before that tells."""
        assert self._first is not None
        first_step, first_at = self._first
        steps = progress.step - first_step
        return round((now - first_at) / steps * (progress.steps - progress.step), 1) if steps >= TELLING_STEPS else None


@dataclass(frozen=True)
class Work:
    """What came of an order: a picture, or bytes that are no picture. film: where something moves."""

    picture: Image.Image | bytes
    report: Mapping[str, Any]
    film: bytes | None = None


class Studio:
    """Fulfils orders: instant ones together and as soon as there is a moment, all others one after another."""

    def __init__(self, painter: Laboratory, mailbox: Mailbox, voice: Voice) -> None:
        self._painter = painter
        self._mailbox = mailbox
        self._voice = voice
        self._slipped_in_s = 0.0  # spent on instant pictures

    def work(self) -> None:
        """For ever. One batch at most before each long order, and before each of its steps: neither kind starves."""
        while True:
            self._mailbox.wait()
            self._paint_instant()
            order = self._mailbox.take_long()
            if order is not None:
                self._fulfil(order, self._study if order.is_study else self._paint_long)
                give_memory_back()
            elif (fit := self._mailbox.take_fit()) is not None:
                self._fulfil(fit, self._fit)
                give_memory_back()

    def _paint_long(self, order: Order) -> Work:
        request, reporter = order.request(), Reporter(order.name, self._voice)
        with Camera(request.content, request.longest_side_px) as camera:

            def on_step(progress: Progress) -> None:
                camera.take(progress)
                reporter.on_step(progress)

            painting = self._painter.paint(request, on_step, partial(self._before_step, order))
            film = self._filmed(partial(camera.film, painting.picture))
        return Work(painting.picture, painting.report, film)

    def _study(self, order: Order) -> Work:
        reporter = Reporter(order.name, self._voice)
        study = self._painter.study(order.study(), reporter.on_step, partial(self._before_step, order))
        film = partial(animate, study.frames, ".mp4", longest_side_px=FILM_SIDE_PX)
        return Work(study.picture, study.report, self._filmed(film) if study.frames else None)

    def _filmed(self, film: Callable[[], bytes | None]) -> bytes | None:
        """The film, or None where it failed."""
        self._voice.enter("encode")
        try:
            return film()
        except Exception:  # a film is an extra: its failure must not cost the painting
            log.exception("no film")
            return None

    def _fit(self, order: Order) -> Work:
        """A piece of a fit; it ends early where somebody waits."""

        def should_stop() -> bool:
            return self._before_step(order) or self._mailbox.has_long()

        picture, *state = order.pictures
        steps, piece = order.spec["steps"], order.spec["piece"]
        done, data = self._painter.fit(_read_picture(picture), state[0] if state else None, steps, piece, should_stop)
        return Work(data, {"done": done})

    def _before_step(self, order: Order) -> bool:
        """Slip in what is instant; True where the order is to end."""
        self._voice.enter("step")
        faults.hit("painter_step")
        self._paint_instant()
        return self._mailbox.is_stopped(order.name)

    def _paint_instant(self) -> None:
        """A batch of what waits, if anything does."""
        batch = [order for order in self._mailbox.take_batch() if not self._is_dropped(order)]
        if batch:
            started = time.monotonic()
            faults.hit("batch_taken")
            if len(batch) == 1 or not self._paint_together(batch):
                for order in batch:
                    self._fulfil(order, self._paint_alone)
            faults.hit("batch_told")
            self._slipped_in_s += time.monotonic() - started

    def _is_dropped(self, order: Order) -> bool:
        """Whether nobody wants it any more, which is then confirmed."""
        dropped = self._mailbox.is_stopped(order.name)
        if dropped:
            self._end(order, "stopped", "nobody wants it any more")
        return dropped

    def _paint_together(self, orders: list[Order]) -> bool:
        """In one pass; False where that fails: whose fault it is will be seen one by one."""
        started = time.monotonic()
        with self._voice.working_for(*(order.name for order in orders)):
            self._voice.enter("prepare")
            try:
                requests = [order.request() for order in orders]
                self._voice.enter("step")
                faults.hit("batch_step")
                paintings = self._painter.paint_instant(requests)
            except Exception as error:
                log.warning("one by one instead of together: %s", error)
                return False
            per_px_s = (time.monotonic() - started) / sum(order.area_px for order in orders)
            for order, painting in zip(orders, paintings, strict=True):
                self._hand_out(order, Work(painting.picture, painting.report), per_px_s * order.area_px)
        return True

    def _paint_alone(self, order: Order) -> Work:
        request = order.request()
        self._voice.enter("step")
        faults.hit("batch_step")
        [painting] = self._painter.paint_instant([request])
        return Work(painting.picture, painting.report)

    def _fulfil(self, order: Order, work: Callable[[Order], Work]) -> None:
        """Paint one order and say how it ended."""
        if self._is_dropped(order):
            return
        faults.hit("painter_ordered")
        started = time.monotonic() - self._slipped_in_s
        with concerning(job_id=order.name[0], attempt=order.name[1]), self._voice.working_for(order.name):
            self._voice.enter("prepare")
            try:
                made = work(order)
                self._hand_out(order, made, time.monotonic() - self._slipped_in_s - started)
            except Stopped as error:
                self._end(order, "stopped", str(error))
            except (OutOfMemory, MemoryError) as error:
                self._end(order, "out-of-memory", str(error))
            except EngineError as error:
                log.warning("the engine gave up: %s", error)
                self._end(order, "failed", str(error))
            except ConnectionError:
                raise  # the pipe: nobody is left to tell
            except Exception as error:
                log.exception("the engine broke")
                self._end(order, "broken", type(error).__name__)
                raise SystemExit from error  # a device in an unknown state fails every later painting too

    def _hand_out(self, order: Order, work: Work, paint_s: float) -> None:
        self._voice.enter("encode")
        if isinstance(work.picture, bytes):
            files = [work.picture]
        else:
            files = [_result_jpeg(work.picture, order.spec["dpi"]), *filter(None, [work.film])]
        faults.hit("painter_done")
        done = {"report": dict(work.report), "paint_s": round(paint_s, 3)}
        self._voice.tell(order.name, {"done": done}, *files)
        self._mailbox.forget(order.name)
        faults.hit("painter_told")

    def _end(self, order: Order, how: str, message: str) -> None:
        self._voice.tell(order.name, {"ended": how, "message": message})
        self._mailbox.forget(order.name)


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


def _open_painter(arguments: argparse.Namespace, announce: Callable[[str], None]) -> Laboratory:
    if arguments.painter:
        module, _, name = arguments.painter.partition(":")
        make: Callable[[Callable[[str], None]], Laboratory] = getattr(importlib.import_module(module), name)
        return make(announce)
    _load_films()
    return open_painter(
        backbone=arguments.backbone,
        weights=arguments.weights,
        weights_dir=arguments.weights_dir,
        device=arguments.device,
        threads=arguments.threads,
        announce=announce,
    )


def _load_films() -> None:
    """The encoder is loaded at its first use, which would cost a painting two tenths of a second."""
    try:
        Mp4((WARM_UP_SIDE_PX, WARM_UP_SIDE_PX))
    except Exception as error:  # an extra: pictures are painted without it
        log.warning("there will be no films: %s", error)


def _read_picture(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]).convert("RGB")
    except OSError as error:
        raise EngineError("a picture cannot be read") from error


def _small(picture: Image.Image, side_px: int) -> Image.Image:
    small = picture.copy()
    small.thumbnail((side_px, side_px))
    return small


def _preview_jpeg(picture: Image.Image) -> bytes:
    return _jpeg(_small(picture, PREVIEW_SIDE_PX), quality=PREVIEW_QUALITY)


def _result_jpeg(picture: Image.Image, dpi: int | None) -> bytes:
    printed: dict[str, Any] = {} if dpi is None else {"dpi": (dpi, dpi)}
    return _jpeg(picture, quality=RESULT_QUALITY, subsampling=NO_SUBSAMPLING, **printed)


def _jpeg(picture: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", **options)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
