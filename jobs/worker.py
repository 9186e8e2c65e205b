"""The worker: takes jobs in hand, drives the painter, and tells the desk how each ended.

Long jobs go one by one. Instant ones go beside them, several at a time: the painter slips them in between two steps.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from structlog.contextvars import bind_contextvars

from jobs import faults
from jobs.desk import Desk
from jobs.errors import (
    BlobMissing,
    ChildError,
    PainterError,
    PainterLost,
    PainterUnusable,
    PaintingFailed,
    PaintingStopped,
)
from jobs.fitting import Fitter
from jobs.lease import OUTAGES, Lease
from jobs.painter_process import OrderedPart, Painted, PainterProcess, PaintOrder
from jobs.ports import Blobs, Carried, Dispatcher
from jobs.presets import find_preset
from jobs.values import PHOTOS_OF, ClaimedJob, JobFailure, Outcome
from models.states import LONG_LANES, JobState, Lane

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
# Instant jobs in hand: those of one pass, and as many that are read or kept meanwhile.
INSTANT_AT_ONCE = 16

# What is to be said at the desk about a job in hand. Old attempts may say what they like: it changes nothing.
Word = Callable[[], Awaitable[object]]


class PicturesGone(Exception):
    """A picture that the job needs is there no more."""


class Worker:
    """One painter. Jobs are claimed only while it is ready."""

    def __init__(
        self,
        desk: Desk,
        dispatcher: Dispatcher,
        painter: PainterProcess,
        blobs: Blobs,
        *,
        name: str = "worker",
        lanes: Collection[Lane] = tuple(Lane),
        fitter: Fitter | None = None,
    ) -> None:
        """fitter: what to do when nobody wants anything"""
        self._desk = desk
        self._dispatcher = dispatcher
        self._painter = painter
        self._blobs = blobs
        self._name = name
        self._lanes = lanes
        self._fitter = fitter
        self._stop = asyncio.Event()
        self._readying = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until stop is set; a job in hand is then given back within the painter's grace, counting nothing.

        Raises PainterUnusable where the painter says at the start that it can never work.
        """
        self._stop = stop
        try:
            if await self._ready_painter(hopeful=False):
                await self._take_jobs(stop)
        finally:
            await self._painter.close()

    async def _take_jobs(self, stop: asyncio.Event) -> None:
        rounds = (({Lane.INSTANT}, INSTANT_AT_ONCE), (LONG_LANES, 1))
        async with asyncio.TaskGroup() as loops:
            for lanes, at_once in rounds:
                if ours := lanes & set(self._lanes):
                    loops.create_task(self._dispatcher.run(self._take_in_hand, ours, stop, at_once))
            if self._fitter is not None:
                loops.create_task(self._fitter.run(self._painter, self._ready_painter, stop))

    async def _take_in_hand(self, carried: Carried) -> None:
        """Handler of the dispatcher: see the job through to a word at the desk."""
        if not await self._ready_painter():
            return  # we stop: the row is still queued
        try:
            job = await self._desk.claim(carried.job_id, self._name)
        except OUTAGES:
            self._desk.tell_held_up(carried.job_id)
            raise
        if job is None:
            return
        bind_contextvars(attempt=job.attempt)
        try:
            await self._see_through(job, carried.abort)
        except asyncio.CancelledError:
            await self._desk.requeue(job.id, job.attempt, "worker cancelled")
            raise

    async def _see_through(self, job: ClaimedJob, abort: asyncio.Event) -> None:
        lease = Lease(self._desk, job)
        await lease.insist(await self._paint(job, lease, abort), self._stop)

    async def _paint(self, job: ClaimedJob, lease: Lease, abort: asyncio.Event) -> Word:
        """Have it painted; returns what is to be said about how that went."""
        try:
            order = await self._read_order(job)
            faults.hit("order_read")
            stop_painting = partial(self._painter.request_stop, order.name)
            async with self._stopping_at(abort, stop_painting), lease.kept(stop_painting):
                painted = await self._painter.paint(order, lease.on_beat)
        except PicturesGone:
            return self._failing(job, JobFailure.PICTURES_GONE)
        except PaintingFailed as error:
            log.error("painting failed", extra={"job_id": job.id, "attempt": job.attempt, "reason": str(error)})
            return self._failing(job, JobFailure.ENGINE_FAILED)
        except PaintingStopped:
            return self._stopped(job)
        except PainterLost as loss:
            return self._lost(job, loss)
        faults.hit("painted")
        return await self._keep(job, lease, painted)

    async def _read_order(self, job: ClaimedJob) -> PaintOrder:
        if job.spec.study is not None:
            photos = [
                await self._read_photo(key) for key in (job.content_key, job.style_key)[: PHOTOS_OF[job.spec.study]]
            ]
            return PaintOrder(job_id=job.id, attempt=job.attempt, spec=job.spec, photos=tuple(photos))
        content = await self._read_photo(job.content_key)
        try:
            style = await self._read_style(job.preset, job.style_key) if not job.mix else None
            mix = [
                OrderedPart(
                    weight=part.weight, picture=await self._read_style(part.preset, part.key), preset=part.preset
                )
                for part in job.mix
            ]
        except (BlobMissing, FileNotFoundError) as error:
            raise PicturesGone from error
        return PaintOrder(
            job_id=job.id,
            attempt=job.attempt,
            spec=job.spec,
            photos=(content,),
            style=style,
            preset=job.preset,
            mix=tuple(mix),
        )

    async def _read_photo(self, key: str | None) -> bytes:
        try:
            if key is not None:
                return await self._blobs.get(key)
        except BlobMissing as error:
            raise PicturesGone from error
        raise PicturesGone

    async def _read_style(self, name: str | None, key: str | None) -> bytes | None:
        if name is None and key is not None:
            return await self._blobs.get(key)
        preset = find_preset(name or "")
        if preset is None:  # or the style picture has expired
            raise PicturesGone
        if preset.style_path is None:  # the engine knows it by its name
            return None
        return await asyncio.to_thread(preset.style_path.read_bytes)

    async def _keep(self, job: ClaimedJob, lease: Lease, painted: Painted) -> Word:
        # The blob before the row: a crash in between leaves a file too many, never a row without its file.
        key = await lease.insist(lambda: self._blobs.put(painted.jpeg, ".jpg"), self._stop, while_wanted=True)
        faults.hit("result_kept")
        film_key = await self._keep_film(lease, painted.film) if key is not None else None
        if key is None or (painted.film is not None and film_key is None):
            return self._stopped(job)
        done = Outcome(
            state=JobState.DONE, result_key=key, film_key=film_key, report=painted.report, paint_s=painted.paint_s
        )
        return lambda: self._desk.finish(job.id, job.attempt, done)

    async def _keep_film(self, lease: Lease, film: bytes | None) -> str | None:
        if film is None:
            return None
        return await lease.insist(lambda: self._blobs.put(film, ".mp4"), self._stop, while_wanted=True)

    def _failing(self, job: ClaimedJob, failure: JobFailure) -> Word:
        failed = Outcome(state=JobState.FAILED, error=failure)
        return lambda: self._desk.finish(job.id, job.attempt, failed)

    def _stopped(self, job: ClaimedJob) -> Word:
        if self._stop.is_set():  # a job that was cancelled as well ends as cancelled there
            return lambda: self._desk.requeue(job.id, job.attempt, "worker stops")
        # Where the lease was lost instead, the old attempt changes nothing.
        return lambda: self._desk.finish(job.id, job.attempt, Outcome(state=JobState.CANCELLED))

    def _lost(self, job: ClaimedJob, loss: PainterLost) -> Word:
        log.error("painter lost", extra={"job_id": job.id, "attempt": job.attempt, "cause": loss.cause})
        if loss.in_step:
            return lambda: self._desk.record_death(job.id, job.attempt, loss.cause)
        return lambda: self._desk.requeue(job.id, job.attempt, f"painter {loss.cause}, not by this job alone")

    @asynccontextmanager
    async def _stopping_at(self, abort: asyncio.Event, stop_painting: Word) -> AsyncIterator[None]:
        """While inside, ask the painter to stop this job as soon as it is cancelled or we are to stop."""

        async def wait_and_stop(reason: asyncio.Event) -> None:
            await reason.wait()
            await stop_painting()

        watchers = [asyncio.create_task(wait_and_stop(reason)) for reason in (abort, self._stop)]
        try:
            yield
        finally:
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)

    async def _ready_painter(self, *, hopeful: bool = True) -> bool:
        """Have a warm painter, however often that takes; False where we are to stop.

        Not hopeful: PainterUnusable is raised. Later it is taken for an accident and tried again.
        """
        async with self._readying:  # one tries, the others wait for what comes of it
            pause_s = FIRST_PAUSE_S
            while not self._stop.is_set():
                try:
                    if await self._unless_stopped(self._painter.start()):
                        return True
                    continue
                except PainterUnusable as error:
                    if not hopeful:
                        raise
                    log.error("painter unusable", extra={"reason": str(error)})
                except (PainterError, ChildError) as error:
                    log.error("painter did not start", extra={"reason": str(error)})
                await self._unless_stopped(asyncio.sleep(pause_s))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            return False

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Await work, but give it up when we are to stop; True where it was done first."""
        task, stopped = asyncio.create_task(work), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            return task.done() and not self._stop.is_set()
        finally:
            for each in (task, stopped):
                each.cancel()
            await asyncio.gather(task, stopped, return_exceptions=True)
