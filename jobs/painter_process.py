"""The parent's side of the painter: a child with warm nets, watched while it paints, replaced when it is lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobs.children import Child
from jobs.errors import (
    ChildError,
    ChildGone,
    LossCause,
    PainterLost,
    PainterUnusable,
    PaintingFailed,
    PaintingStopped,
    ProtocolError,
)
from jobs.frames import Frame
from jobs.values import JobSpec, PaintProgress

log = logging.getLogger(__name__)

# A step costs by the area: up to this side the plain limit holds, beyond it the limit grows as the area does.
STEP_LIMIT_SIDE_PX = 1024


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
            "prepare": 20.0,
            "step": 20.0,
            "encode": 20.0,
        }
    )
    grace_s: float = 5.0
    stop_grace_s: float = 8.0


@dataclass(frozen=True, kw_only=True)
class PaintOrder:
    """A picture to paint: content and style as encoded pictures that the decoder wrote, or that are ours."""

    job_id: int
    attempt: int
    spec: JobSpec
    content: bytes
    style: bytes


@dataclass(frozen=True, kw_only=True)
class Beat:
    """The painter lives, and may now be silent for silence_s at most; progress where there is any to tell."""

    silence_s: float
    progress: PaintProgress | None = None


@dataclass(frozen=True, kw_only=True)
class Painted:
    """A finished picture as JPEG, how it came about, and what it cost."""

    jpeg: bytes
    report: dict[str, Any]
    paint_s: float


OnBeat = Callable[[Beat], Awaitable[bool]]


class PainterProcess:
    """One painter child, one picture at a time."""

    def __init__(self, options: PainterOptions, limits: PainterLimits | None = None) -> None:
        self._options = options
        self._limits = limits or PainterLimits()
        self._child: Child | None = None
        self._watch: _Watch | None = None

    async def start(self) -> None:
        """Have a painter with warm nets; nothing happens where there is one.

        Raises PainterUnusable where it says why it cannot start, PainterLost where it does not get so far.
        """
        if self._child is not None and self._child.returncode is None:
            return
        await self.kill()
        self._child = await Child.spawn("jobs.painter_main", *_arguments(self._options))
        watch = _Watch(self._child, self._limits, side_px=0)
        try:
            while True:
                body = (await watch.hear()).body
                if "unusable" in body:
                    raise PainterUnusable(str(body["unusable"]))
                if body.get("ready"):
                    break
                watch.allow(body.get("phase"))
        except BaseException:
            await asyncio.shield(self.kill())
            raise
        log.info("painter ready", extra={"pid": self._child.pid})

    @property
    def pid(self) -> int | None:
        """Process id of the child, where there is one."""
        return None if self._child is None else self._child.pid

    async def paint(self, order: PaintOrder, on_beat: OnBeat) -> Painted:
        """Paint and call on_beat at every sign of life; where it answers False the painting is stopped.

        Raises PaintingStopped, PaintingFailed, or PainterLost; after the last start() brings a new painter.
        """
        if self._child is None:
            raise PainterLost("died", in_step=False)
        self._watch = _Watch(self._child, self._limits, side_px=order.spec.longest_side_px)
        try:
            return await self._watch.follow(order, on_beat)
        except (PaintingFailed, PaintingStopped):
            if self._watch.spent:
                await asyncio.shield(self.kill())
            raise
        except BaseException:  # also where our caller is cancelled: nobody listens to this child any more
            await asyncio.shield(self.kill())
            raise
        finally:
            self._watch = None

    async def request_stop(self) -> None:
        """Ask for an end of the present painting within a step; the child is killed where that takes too long."""
        if self._watch is not None:
            await self._watch.request_stop()

    async def close(self, grace_s: float = 2.0) -> None:
        """Hang up, and kill the child if it is still there after the grace."""
        child, self._child = self._child, None
        if child is not None:
            await child.close(grace_s)

    async def kill(self) -> None:
        """End the child at once; start() brings another."""
        child, self._child = self._child, None
        if child is not None:
            returncode = await child.kill()
            log.warning("painter ended", extra={"pid": child.pid, "returncode": returncode})


class _Watch:
    """Listens to a painter and knows for how long it may be silent."""

    def __init__(self, child: Child, limits: PainterLimits, side_px: int) -> None:
        self._child = child
        self._limits = limits
        self._room = max(1.0, (side_px / STEP_LIMIT_SIDE_PX) ** 2)
        self._phase = "load"
        self._order: PaintOrder | None = None
        self._named = False  # the painter has said that it works on this job
        self._stop_at: float | None = None
        self._timer: asyncio.Timeout | None = None
        self.spent = False  # it did not stop within its grace, or is in an unknown state: not to be used again

    @property
    def silence_s(self) -> float:
        """How long it may be silent now, the grace included."""
        limit_s = self._limits.phases_s[self._phase]
        return (limit_s if self._phase == "load" else limit_s * self._room) + self._limits.grace_s

    def allow(self, phase: object) -> None:
        """It has announced what it does next."""
        if phase not in self._limits.phases_s:
            raise ProtocolError(f"no such phase: {phase!r}")
        self._phase = str(phase)

    async def hear(self) -> Frame:
        """The next thing the painter says. Raises PainterLost, or PaintingStopped where it ought to have stopped."""
        try:
            async with asyncio.timeout_at(self._deadline()) as self._timer:
                return await self._child.receive()
        except TimeoutError as error:
            if self._stop_at is not None and asyncio.get_running_loop().time() >= self._stop_at:
                self.spent = True
                raise PaintingStopped("killed: it did not stop") from error
            raise self._lost("hung") from error
        except ChildError as error:
            raise self._lost("died") from error
        finally:
            self._timer = None

    async def follow(self, order: PaintOrder, on_beat: OnBeat) -> Painted:
        """Hand the order over and listen until it is done."""
        self._order = order
        self._phase = "prepare"
        body = {"paint": {"job": order.job_id, "attempt": order.attempt, "spec": order.spec.to_json()}}
        try:
            await self._child.send(body, order.content, order.style)
        except ChildGone as error:
            raise self._lost("died") from error
        while True:
            frame = await self.hear()
            try:
                done_or_beat = self._understand(frame)
            except (KeyError, TypeError, ValueError, ProtocolError) as error:
                log.exception("painter talks nonsense")
                raise self._lost("died") from error
            if isinstance(done_or_beat, Painted):
                return done_or_beat
            if not await on_beat(done_or_beat):
                await self.request_stop()

    async def request_stop(self) -> None:
        """Start the grace, once, and tell the child."""
        if self._stop_at is not None or self._order is None:
            return
        self._stop_at = asyncio.get_running_loop().time() + self._limits.stop_grace_s
        if self._timer is not None:
            self._timer.reschedule(self._deadline())
        try:
            await self._child.send({"stop": {"job": self._order.job_id, "attempt": self._order.attempt}})
        except ChildGone:
            log.info(
                "painter ended before it could be stopped",
                extra={"job_id": self._order.job_id, "attempt": self._order.attempt},
            )

    def _deadline(self) -> float:
        silent_until = asyncio.get_running_loop().time() + self.silence_s
        return silent_until if self._stop_at is None else min(silent_until, self._stop_at)

    def _understand(self, frame: Frame) -> Painted | Beat:
        body, order = frame.body, self._order
        assert order is not None
        if (body["job"], body["attempt"]) != (order.job_id, order.attempt):
            raise ProtocolError("it speaks of another job")
        self._named = True
        if "done" in body:
            [jpeg] = frame.attachments
            return Painted(jpeg=jpeg, report=dict(body["done"]["report"]), paint_s=float(body["done"]["paint_s"]))
        if "ended" in body:
            raise self._ending(body["ended"], str(body.get("message", "")))
        if "progress" in body:
            return Beat(silence_s=self.silence_s, progress=_progress(body["progress"], frame.attachments))
        self.allow(body["phase"])
        return Beat(silence_s=self.silence_s)

    def _ending(self, how: object, message: str) -> Exception:
        if how == "stopped":
            return PaintingStopped(message)
        if how == "out-of-memory":
            return self._lost("out-of-memory")
        self.spent = how == "broken"
        return PaintingFailed(message)

    def _lost(self, cause: LossCause) -> PainterLost:
        return PainterLost(cause, in_step=self._named)


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
