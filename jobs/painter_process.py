"""The parent's side of the painter: a child with warm nets, watched while it paints, replaced when it is lost.

Several orders may be under way. The child paints instant ones together, also between two steps of another, and says
before each piece of work for whom it is: only who was worked for alone when the child was lost is to blame.
"""

import asyncio
import contextlib
import contextvars
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jobs.children import Child
from jobs.errors import (
    ChildError,
    ChildGone,
    LossCause,
    PainterError,
    PainterLost,
    PainterUnusable,
    PaintingFailed,
    PaintingStopped,
    ProtocolError,
)
from jobs.frames import Frame, Name
from jobs.values import JobSpec, PaintProgress

log = logging.getLogger(__name__)

# A step costs by the area: up to this side the plain limit holds, beyond it the limit grows as the area does.
STEP_LIMIT_SIDE_PX = 1024
NO_JOB = 0  # jobs are numbered from 1


@dataclass(frozen=True, kw_only=True)
class PainterOptions:
    """What to paint with; painter names another factory, package.module:function, in place of the engine's."""

    backbone: str = "auto"
    weights: Path | None = None
    weights_dir: Path | None = None
    device: str = "auto"
    threads: int | None = None
    painter: str | None = None


@dataclass(frozen=True, kw_only=True)
class PainterLimits:
    """How long the painter may be silent, by what it says it is doing, and how long it may take to stop.

    A step has so much room because styles are measured before the first step of each scale, in one go.
    """

    phases_s: Mapping[str, float] = field(
        default_factory=lambda: {
            "load": 60.0,
            "compile": 180.0,
            "self-check": 20.0,
            "warm-up": 60.0,
            "prepare": 20.0,
            "step": 20.0,
            "encode": 60.0,  # a film of a hundred pictures, on a processor that others use as well
        }
    )
    grace_s: float = 5.0
    stop_grace_s: float = 8.0


@dataclass(frozen=True, kw_only=True)
class OrderedPart:
    """One style of a mix: an encoded picture, a preset by its name, or a preset with its picture."""

    weight: int
    picture: bytes | None
    preset: str | None


@dataclass(frozen=True, kw_only=True)
class PaintOrder:
    """A picture to paint: photos and style as encoded pictures that the decoder wrote, or that are ours.

    photos: the content, or whatever a study looks at
    preset: the style by its name, with or without its picture
    mix: several styles, in place of style and preset
    """

    job_id: int
    attempt: int
    spec: JobSpec
    photos: tuple[bytes, ...]
    style: bytes | None = None
    preset: str | None = None
    mix: tuple[OrderedPart, ...] = ()

    @property
    def parts(self) -> tuple[OrderedPart, ...]:
        """All styles, be it one or several; a study has none."""
        if self.spec.study is not None:
            return ()
        return self.mix or (OrderedPart(weight=1, picture=self.style, preset=self.preset),)

    @property
    def name(self) -> Name:
        """What it goes by."""
        return self.job_id, self.attempt


@dataclass(frozen=True, kw_only=True)
class FitOrder:
    """A piece of work for when there is nothing else to do: steps of fitting the network to a style.

    number: of this order; it belongs to no job
    state: what the last piece left to go on from; steps: in all; piece: at most in this go
    """

    number: int
    picture: bytes
    state: bytes | None
    steps: int
    piece: int

    @property
    def spec(self) -> JobSpec:
        """What its silences are measured by."""
        return JobSpec()

    @property
    def name(self) -> Name:
        """What it goes by."""
        return NO_JOB, self.number


@dataclass(frozen=True, kw_only=True)
class Beat:
    """The painter lives, and may now be silent for silence_s at most; progress where there is any to tell."""

    silence_s: float
    progress: PaintProgress | None = None


@dataclass(frozen=True, kw_only=True)
class Painted:
    """A finished picture as JPEG, how it came about, and what it cost. film: an MP4, where something moves.

    Of a fit jpeg is what it left, and the report says how many steps are done.
    """

    jpeg: bytes
    report: dict[str, Any]
    paint_s: float
    film: bytes | None = None


OnBeat = Callable[[Beat], Awaitable[bool]]


class PainterProcess:
    """One painter child; it says itself which of the orders under way it works on."""

    def __init__(self, options: PainterOptions, limits: PainterLimits | None = None) -> None:
        self._options = options
        self._limits = limits or PainterLimits()
        self._line: _Line | None = None

    async def start(self) -> None:
        """Have a painter with warm nets; nothing happens where there is one. One caller at a time.

        Raises PainterUnusable where it says why it cannot start, PainterLost where it does not get so far.
        """
        if self._line is not None and self._line.is_open:
            return
        await self.kill()
        line = _Line(await Child.spawn("jobs.painter_main", *_arguments(self._options)), self._limits)
        try:
            await line.open()
        except BaseException:
            await asyncio.shield(line.end())
            raise
        self._line = line
        log.info("painter ready", extra={"pid": self.pid})

    @property
    def pid(self) -> int | None:
        """Process id of the child, where there is one."""
        return self._line.pid if self._line is not None and self._line.is_open else None

    async def paint(self, order: PaintOrder | FitOrder, on_beat: OnBeat) -> Painted:
        """Paint and call on_beat at every sign of life; where it answers False the painting is stopped.

        Several orders may be under way: instant ones are painted together, and between the steps of another.
        Raises PaintingStopped, PaintingFailed, or PainterLost; after the last start() brings a new painter.
        """
        if self._line is None:
            raise PainterLost("died", in_step=False)
        try:
            return await self._line.paint(order, on_beat)
        except PainterError:
            raise
        except BaseException:  # also where our caller is cancelled: nobody listens to this child any more
            await asyncio.shield(self.kill())
            raise

    async def request_stop(self, name: Name) -> None:
        """Ask for an end of that painting.

        One that is not begun, or is a matter of one pass, is given up at once. Any other ends within a step; the child
        is killed where that takes too long.
        """
        if self._line is not None:
            await self._line.request_stop(name)

    async def close(self, grace_s: float = 2.0) -> None:
        """Hang up, and kill the child if it is still there after the grace."""
        line, self._line = self._line, None
        if line is not None:
            await line.end(grace_s)

    async def kill(self) -> None:
        """End the child at once; start() brings another."""
        line, self._line = self._line, None
        if line is not None:
            await line.end()


class _Errand:
    """An order under way, and what its caller has yet to hear of it."""

    def __init__(self, order: PaintOrder | FitOrder) -> None:
        self.order = order
        self.stop_at: float | None = None
        self._beat: Beat | None = None
        self._end: Painted | PainterError | None = None
        self._news = asyncio.Event()

    def hear(self, beat: Beat) -> None:
        """A sign of life. To a slow caller only the newest is passed on, with all that was told before."""
        progress, before = beat.progress, self._beat.progress if self._beat else None
        if progress and before and progress.preview_jpeg is None:
            progress = replace(progress, preview_jpeg=before.preview_jpeg)
        self._beat = replace(beat, progress=progress or before)
        self._news.set()

    def settle(self, end: Painted | PainterError) -> None:
        """It is over; the first end stands."""
        self._end = self._end or end
        self._news.set()

    async def follow(self, on_beat: OnBeat, on_unwanted: Callable[[], Awaitable[None]]) -> Painted:
        """Pass on what is heard until it is over. Raises how it ended where there is no picture."""
        while self._end is None or self._beat is not None:
            await self._news.wait()
            self._news.clear()
            beat, self._beat = self._beat, None
            if beat is not None and not await on_beat(beat):
                await on_unwanted()
        if isinstance(self._end, Painted):
            return self._end
        raise self._end


class _Line:
    """The way to one child: passes on what it says, and knows for how long it may be silent."""

    def __init__(self, child: Child, limits: PainterLimits) -> None:
        self._child = child
        self._limits = limits
        self._phase = "load"
        # An errand stays until the child has said how it ended, even if its caller is long gone.
        self._errands: dict[Name, _Errand] = {}
        self._at_work: frozenset[Name] = frozenset()  # what the child has named last
        self._heard_at = asyncio.get_running_loop().time()
        self._timer: asyncio.Timeout | None = None
        self._listening: asyncio.Task[None] | None = None
        self._lost = self._hung_up = False

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._child.pid

    @property
    def is_open(self) -> bool:
        """Whether it takes orders."""
        return self._listening is not None and not self._lost and self._child.returncode is None

    async def open(self) -> None:
        """Wait until the nets are warm, then listen for good. Raises PainterUnusable or PainterLost."""
        while not (body := (await self._hear()).body).get("ready"):
            if "unusable" in body:
                raise PainterUnusable(str(body["unusable"]))
            self._enter(body.get("phase"))
        self._listening = asyncio.create_task(self._listen(), context=contextvars.Context())

    async def paint(self, order: PaintOrder | FitOrder, on_beat: OnBeat) -> Painted:
        """Hand the order over and follow it to its end."""
        if not self.is_open:
            raise PainterLost("died", in_step=False)
        if not self._errands:  # it was idle, and owed us nothing until now
            self._phase, self._heard_at = "prepare", asyncio.get_running_loop().time()
        errand = _Errand(order)
        self._errands[order.name] = errand
        self._set_timer()
        with contextlib.suppress(ChildGone):  # the listener hears of that as well
            await self._child.send(*spoken(order))
        return await errand.follow(on_beat, lambda: self.request_stop(order.name))

    async def request_stop(self, name: Name) -> None:
        """Start the grace, once, and tell the child."""
        errand = self._errands.get(name)
        if errand is None or errand.stop_at is not None:
            return
        if errand.order.spec.method == "instant" or name not in self._at_work:
            errand.stop_at = math.inf
            errand.settle(PaintingStopped("given up"))
        else:
            errand.stop_at = asyncio.get_running_loop().time() + self._limits.stop_grace_s
            self._set_timer()
        with contextlib.suppress(ChildGone):  # who is gone paints no more, and the listener tells why
            await self._child.send({"stop": {"job": name[0], "attempt": name[1]}})

    async def end(self, grace_s: float = 0.0) -> None:
        """Hang up, and kill the child if it is still there after the grace; what is under way is lost."""
        self._hung_up = True
        await (self._child.close(grace_s) if grace_s else self._child.kill())
        if self._listening is not None:
            await self._listening

    async def _listen(self) -> None:
        """Pass on what the child says until it is lost. Its orders hear of that when it is no more."""
        loss = await self._until_lost()
        guilty = self._at_work if loss.in_step else frozenset()
        self._lost = True
        returncode = await self._child.kill()
        if not self._hung_up:
            log.warning("painter lost", extra={"pid": self.pid, "returncode": returncode, "cause": loss.cause})
        errands, self._errands = self._errands, {}
        now = asyncio.get_running_loop().time()
        for name, errand in errands.items():
            if errand.stop_at is not None and errand.stop_at <= now:
                errand.settle(PaintingStopped("killed: it did not stop"))
            errand.settle(PainterLost(loss.cause, in_step=name in guilty))

    async def _until_lost(self) -> PainterLost:
        try:
            while True:
                self._understand(await self._hear())
        except PainterLost as loss:
            return loss
        except (KeyError, TypeError, ValueError, ProtocolError):
            log.exception("painter talks nonsense")
            return self._loss("died")

    async def _hear(self) -> Frame:
        """The next thing the child says. Raises PainterLost."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(self._deadline()) as self._timer:
                frame = await self._child.receive()
        except TimeoutError as error:
            hung = loop.time() >= self._heard_at + self._silence_s()
            # Or it did not stop in time: we end it ourselves, and that is nobody's fault.
            raise (self._loss("hung") if hung else PainterLost("died", in_step=False)) from error
        except ChildError as error:
            raise self._loss("died") from error
        finally:
            self._timer = None
        self._heard_at = loop.time()
        return frame

    def _understand(self, frame: Frame) -> None:
        body = frame.body
        if "phase" in body:
            self._enter(body["phase"])
            self._at_work = frozenset((int(job_id), int(attempt)) for job_id, attempt in body["of"])
            self._keep_alive()
            return
        errand = self._errands[int(body["job"]), int(body["attempt"])]
        if "progress" in body:
            self._keep_alive()
            errand.hear(Beat(silence_s=self._silence_s(), progress=_progress(body["progress"], frame.attachments)))
            return
        how = body.get("ended")
        if how == "out-of-memory":
            raise self._loss("out-of-memory")
        del self._errands[errand.order.name]
        self._at_work -= {errand.order.name}
        errand.settle(_end(body, frame.attachments))
        if how == "broken":
            raise PainterLost("died", in_step=False)

    def _loss(self, cause: LossCause) -> PainterLost:
        """Of several that it worked for together nobody is known to be to blame: each comes back on its own."""
        return PainterLost(cause, in_step=len(self._at_work) == 1)

    def _keep_alive(self) -> None:
        """The child works for one order after another: a sign of life is one for all that wait."""
        for errand in self._errands.values():
            errand.hear(Beat(silence_s=self._silence_s()))

    def _enter(self, phase: object) -> None:
        if phase not in self._limits.phases_s:
            raise ProtocolError(f"no such phase: {phase!r}")
        self._phase = str(phase)

    def _set_timer(self) -> None:
        if self._timer is not None and not self._timer.expired():
            self._timer.reschedule(self._deadline())

    def _deadline(self) -> float | None:
        """When its silence, or its failure to stop, has lasted too long; None while it owes us nothing."""
        if self._listening is not None and not self._errands:
            return None
        stops = [errand.stop_at for errand in self._errands.values() if errand.stop_at is not None]
        return min([self._heard_at + self._silence_s(), *stops])

    def _silence_s(self) -> float:
        """How long it may be silent in its present phase, the grace included."""
        concerned = [self._errands[name].order.spec for name in self._at_work if name in self._errands]
        all_of_them = concerned or [errand.order.spec for errand in self._errands.values()]
        room = sum(_room(spec, self._phase) for spec in all_of_them)
        return self._limits.phases_s[self._phase] * max(1.0, room) + self._limits.grace_s


def _room(spec: JobSpec, phase: str) -> float:
    """How much longer than the limit the phase may take."""
    tiled = spec.method == "poster" and phase == "step"
    return 1.0 if tiled else (spec.longest_side_px / STEP_LIMIT_SIDE_PX) ** 2


def spoken(order: PaintOrder | FitOrder) -> tuple[Any, ...]:
    """The order in the child's words: a body, the photos, and the pictures of those styles that have one."""
    if isinstance(order, FitOrder):
        fit = {"job": NO_JOB, "attempt": order.number, "steps": order.steps, "piece": order.piece}
        return {"fit": fit}, order.picture, *([order.state] if order.state is not None else [])
    styles = [
        {"weight": part.weight, "preset": part.preset, "picture": part.picture is not None} for part in order.parts
    ]
    body = {"job": order.job_id, "attempt": order.attempt, "spec": order.spec.to_json(), "styles": styles}
    return {"paint": body}, *order.photos, *(part.picture for part in order.parts if part.picture is not None)


def _end(body: Mapping[str, Any], attachments: tuple[bytes, ...]) -> Painted | PainterError:
    if "done" in body:
        jpeg, *films = attachments
        film = films[0] if films else None
        report, paint_s = dict(body["done"]["report"]), float(body["done"]["paint_s"])
        return Painted(jpeg=jpeg, report=report, paint_s=paint_s, film=film)
    message = str(body["message"])
    return PaintingStopped(message) if body["ended"] == "stopped" else PaintingFailed(message)


def _progress(said: Mapping[str, Any], attachments: tuple[bytes, ...]) -> PaintProgress:
    return PaintProgress(
        step=int(said["step"]),
        steps=int(said["steps"]),
        stage=str(said["stage"]),
        preview_jpeg=attachments[0] if attachments else None,
        eta_s=None if said["eta_s"] is None else float(said["eta_s"]),
    )


def _arguments(options: PainterOptions) -> list[str]:
    given = {
        "--backbone": options.backbone,
        "--weights": options.weights,
        "--weights-dir": options.weights_dir,
        "--device": options.device,
        "--threads": options.threads,
        "--painter": options.painter,
    }
    return [str(word) for name, value in given.items() if value is not None for word in (name, value)]
