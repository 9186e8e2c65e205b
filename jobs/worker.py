"""The worker: takes jobs in hand one by one, drives the painter, and tells the desk how each ended."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from jobs.desk import LEASE_S, Desk
from jobs.errors import (
    BlobMissing,
    ChildError,
    PainterError,
    PainterLost,
    PainterUnusable,
    PaintingFailed,
    PaintingStopped,
)
from jobs.painter_process import Beat, Painted, PainterProcess, PaintOrder
from jobs.ports import Blobs, Carried, Dispatcher
from jobs.presets import find_preset
from jobs.values import ClaimedJob, JobFailure, Outcome
from models.states import JobState, Lane

log = logging.getLogger(__name__)

RENEW_EVERY_S = 1.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


class PicturesGone(Exception):
    """A picture that the job needs is there no more."""


class Worker:
    """One painter, one job at a time. Jobs are claimed only while the painter is ready."""

    def __init__(
        self,
        desk: Desk,
        dispatcher: Dispatcher,
        painter: PainterProcess,
        blobs: Blobs,
        *,
        name: str = "worker",
        lanes: Collection[Lane] = tuple(Lane),
    ) -> None:
        self._desk = desk
        self._dispatcher = dispatcher
        self._painter = painter
        self._blobs = blobs
        self._name = name
        self._lanes = lanes
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until stop is set; a job in hand is then given back within the painter's grace, counting nothing.

        Raises PainterUnusable where the painter says at the start that it can never work.
        """
        self._stop = stop
        try:
            if await self._ready_painter(hopeful=False):
                await self._dispatcher.run(self._take_in_hand, self._lanes, stop)
        finally:
            await self._painter.close()

    async def _take_in_hand(self, carried: Carried) -> None:
        """Handler of the dispatcher: see the job through to a word at the desk."""
        if not await self._ready_painter():
            return  # we stop: the row is still queued
        job = await self._desk.claim(carried.job_id, self._name)
        if job is None:
            return
        try:
            await self._see_through(job, carried.abort)
        except asyncio.CancelledError:
            await self._desk.requeue(job.id, job.attempt, "worker cancelled")
            raise

    async def _see_through(self, job: ClaimedJob, abort: asyncio.Event) -> None:
        try:
            order = await self._read_order(job)
            async with self._stopping_at(abort):
                painted = await self._painter.paint(order, _LeaseKeeper(self._desk, job))
            await self._desk.finish(job.id, job.attempt, await self._keep(painted))
        except PicturesGone:
            await self._fail(job, JobFailure.PICTURES_GONE)
        except PaintingFailed as error:
            log.error("painting failed", extra={"job_id": job.id, "attempt": job.attempt, "reason": str(error)})
            await self._fail(job, JobFailure.ENGINE_FAILED)
        except PaintingStopped:
            await self._end_stopped(job)
        except PainterLost as loss:
            await self._record_loss(job, loss)

    async def _read_order(self, job: ClaimedJob) -> PaintOrder:
        if job.content_key is None:
            raise PicturesGone
        try:
            content = await self._blobs.get(job.content_key)
            style = await self._read_style(job)
        except (BlobMissing, FileNotFoundError) as error:
            raise PicturesGone from error
        return PaintOrder(job_id=job.id, attempt=job.attempt, spec=job.spec, content=content, style=style)

    async def _read_style(self, job: ClaimedJob) -> bytes:
        if job.preset is None and job.style_key is not None:
            return await self._blobs.get(job.style_key)
        preset = find_preset(job.preset or "")
        if preset is None:  # or the style picture has expired
            raise PicturesGone
        return await asyncio.to_thread(preset.style_path.read_bytes)

    async def _keep(self, painted: Painted) -> Outcome:
        # The blob before the row: a crash in between leaves a file too many, never a row without its file.
        key = await self._blobs.put(painted.jpeg, ".jpg")
        return Outcome(state=JobState.DONE, result_key=key, report=painted.report, paint_s=painted.paint_s)

    async def _fail(self, job: ClaimedJob, failure: JobFailure) -> None:
        await self._desk.finish(job.id, job.attempt, Outcome(state=JobState.FAILED, error=failure))

    async def _end_stopped(self, job: ClaimedJob) -> None:
        if self._stop.is_set():  # a job that was cancelled as well ends as cancelled there
            await self._desk.requeue(job.id, job.attempt, "worker stops")
        else:  # where the lease was lost instead, the old attempt changes nothing
            await self._desk.finish(job.id, job.attempt, Outcome(state=JobState.CANCELLED))

    async def _record_loss(self, job: ClaimedJob, loss: PainterLost) -> None:
        log.error("painter lost", extra={"job_id": job.id, "attempt": job.attempt, "cause": loss.cause})
        if loss.in_step:
            await self._desk.record_death(job.id, job.attempt, loss.cause)
        else:
            await self._desk.requeue(job.id, job.attempt, f"painter {loss.cause} before this job")

    @asynccontextmanager
    async def _stopping_at(self, abort: asyncio.Event) -> AsyncIterator[None]:
        """While inside, ask the painter to stop as soon as the job is cancelled or we are."""

        async def wait_and_stop(reason: asyncio.Event) -> None:
            await reason.wait()
            await self._painter.request_stop()

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


class _LeaseKeeper:
    """Renews a job's lease at the painter's signs of life, at most once a second, and passes progress on."""

    def __init__(self, desk: Desk, job: ClaimedJob) -> None:
        self._desk = desk
        self._job = job
        self._renew_at = 0.0
        self._lease_end = 0.0

    async def __call__(self, beat: Beat) -> bool:
        """Whether the painting goes on."""
        moment = asyncio.get_running_loop().time()
        covered = moment < self._renew_at and moment + beat.silence_s <= self._lease_end
        if covered and beat.progress is None:
            return True
        lease_s = max(LEASE_S, beat.silence_s)
        self._renew_at, self._lease_end = moment + RENEW_EVERY_S, moment + lease_s
        try:
            return await self._desk.report(self._job.id, self._job.attempt, beat.progress, lease_s=lease_s)
        except SQLAlchemyError:
            # The database is away: paint on. Should the lease run out meanwhile, finish() will find it gone.
            log.exception("lease not renewed", extra={"job_id": self._job.id})
            return True
