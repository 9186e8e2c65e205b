"""How a worker keeps a job its own: at the painter's signs of life, in announced silence, and through an outage."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from jobs.desk import LEASE_S, Desk
from jobs.painter_process import Beat
from jobs.values import ClaimedJob, PaintProgress

log = logging.getLogger(__name__)

RENEW_EVERY_S = 1.0
RENEW_QUIETLY_EVERY_S = LEASE_S / 3
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
# A hiccup is not worth a word to anybody.
TOLD_FROM_S = 0.8
# A worker that is to stop waits so long for a database that is away; the job then counts as interrupted.
STOP_PATIENCE_S = 5.0
# The database or the disk is away, or full: nothing is wrong with what was asked.
OUTAGES = (OperationalError, InterfaceError, NoConnection, OSError)

T = TypeVar("T")


class Lease:
    """One attempt's hold on its job."""

    def __init__(self, desk: Desk, job: ClaimedJob) -> None:
        self._desk = desk
        self._job = job
        self._renew_at = asyncio.get_running_loop().time() + RENEW_EVERY_S  # a claim is as good as a renewal
        self._silent_until = 0.0

    async def on_beat(self, beat: Beat) -> bool:
        """Renew, at most once a second, and pass progress on. False: the painting is to stop."""
        moment = asyncio.get_running_loop().time()
        self._silent_until = moment + beat.silence_s
        if beat.progress is None and moment < self._renew_at:
            return True
        return await self._renew(beat.progress)

    @asynccontextmanager
    async def kept(self, on_loss: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
        """While inside, renew without a beat too, but only for as long as the painter said that it may be silent."""
        left = asyncio.Event()
        keeping = asyncio.create_task(self._keep(left, on_loss))
        try:
            yield
        finally:
            left.set()  # not cancelled: a renewal under way is carried through
            await keeping

    async def insist(
        self, word: Callable[[], Awaitable[T]], stop: asyncio.Event, *, while_wanted: bool = False
    ) -> T | None:
        """Do it until it succeeds: what was painted is not painted again for an outage of some seconds.

        while_wanted: give up, with None, once the job is cancelled or no longer ours.
        Raises the trouble where we are to stop and it lasts.
        """
        loop = asyncio.get_running_loop()
        patient_until, pause_s = loop.time() + STOP_PATIENCE_S, FIRST_PAUSE_S
        while True:
            try:
                return await word()
            except OUTAGES as error:
                if stop.is_set() and loop.time() >= patient_until:
                    raise
                log.warning("trying once more", extra={**self._names(), "error": type(error).__name__})
                if pause_s >= TOLD_FROM_S:
                    self._desk.tell_held_up(self._job.id)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            if not await self._renew() and while_wanted:
                return None

    async def _keep(self, left: asyncio.Event, on_loss: Callable[[], Awaitable[object]]) -> None:
        while not left.is_set():
            try:
                async with asyncio.timeout(RENEW_QUIETLY_EVERY_S):
                    await left.wait()
            except TimeoutError:
                silence_is_fine = asyncio.get_running_loop().time() < self._silent_until
                if silence_is_fine and not await self._renew():
                    await on_loss()

    async def _renew(self, progress: PaintProgress | None = None) -> bool:
        self._renew_at = asyncio.get_running_loop().time() + RENEW_EVERY_S
        try:
            return await self._desk.report(self._job.id, self._job.attempt, progress)
        except OUTAGES as error:
            # Paint on. Should the lease run out meanwhile, whoever ends the job will find it gone.
            log.warning("lease not renewed", extra={**self._names(), "error": type(error).__name__})
            self._desk.tell_held_up(self._job.id)
            return True

    def _names(self) -> dict[str, int]:
        return {"job_id": self._job.id, "attempt": self._job.attempt}
