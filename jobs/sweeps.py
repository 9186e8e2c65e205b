"""What has to be looked after again and again: lost jobs every few seconds, old files and rows every hour."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from jobs import faults
from jobs.clock import Clock, now
from jobs.desk import Desk
from jobs.fairness import DAY
from jobs.ports import Blobs
from models import queries, turns
from models.database import Database

log = logging.getLogger(__name__)

EVERY_S = 5.0
CHORES_EVERY = timedelta(hours=1)
# A blob is written before its row: younger ones may still be on their way into a transaction.
ORPHANS_KEPT = timedelta(hours=1)
# Telegram may send an update again for a day, and for as long an unhandled one is replayed.
UPDATES_KEPT = timedelta(hours=48)
BATCH = 500


class Sweeps:
    """Finds what crashes and time leave behind. Every part may fail without hindering the others."""

    def __init__(
        self,
        desk: Desk,
        database: Database,
        blobs: Blobs,
        clock: Clock = now,
        *,
        kept: timedelta = timedelta(hours=24),
    ) -> None:
        """kept: results are deleted so long after their delivery; received pictures carry their own expiry."""
        self._desk = desk
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._kept = kept
        self._chores_due_at = clock()

    async def recover_at_start(self) -> None:
        """Take back what ran when the process ended; only for a process that knows it is alone with its database."""
        recovered = await self._desk.recover_at_start()
        faults.hit("taken_back")
        carried = await self._desk.enqueue_uncarried()
        log.info("recovered", extra={"interrupted_jobs": recovered, "queued_jobs": carried})

    async def run(self, stop: asyncio.Event, every_s: float = EVERY_S) -> None:
        """Sweep until stop is set."""
        while not stop.is_set():
            await self.sweep()
            with contextlib.suppress(TimeoutError):  # not stopped: time for the next sweep
                async with asyncio.timeout(every_s):
                    await stop.wait()

    async def sweep(self) -> None:
        """One round: jobs always, chores when an hour has passed."""
        await self._attempt("expired leases", self._desk.expire_leases)
        await self._attempt("queued without a carrier", self._desk.enqueue_uncarried)
        faults.hit("swept_jobs")
        moment = self._clock()
        if moment >= self._chores_due_at:
            self._chores_due_at = moment + CHORES_EVERY
            await self._attempt("expired pictures", lambda: _until_done(lambda: self._drop_pictures(moment)))
            await self._attempt("expired results", lambda: _until_done(lambda: self._drop_results(moment)))
            await self._attempt("orphaned blobs", lambda: self._drop_orphans(moment))
            await self._attempt("old counts", lambda: self._drop_counts(moment))
            await self._attempt("old updates", lambda: _until_done(lambda: self._forget_updates(moment)))

    async def _attempt(self, what: str, part: Callable[[], Awaitable[int]]) -> None:
        try:
            found = await part()
        except Exception:
            log.exception("sweep failed", extra={"what": what})
        else:
            if found:
                log.info("swept", extra={"what": what, "found": found})

    async def _drop_pictures(self, moment: datetime) -> int:
        async with self._database.write() as session:
            pictures = await queries.list_expired_pictures(session, moment, BATCH)
            keys = [picture.blob_key for picture in pictures if picture.blob_key]
            for picture in pictures:
                await queries.forget_picture_blob(session, picture.id)
        return await self._delete(keys)

    async def _drop_results(self, moment: datetime) -> int:
        async with self._database.write() as session:
            jobs = await queries.list_expired_results(session, moment - self._kept, BATCH)
            keys = [key for job in jobs for key in (job.result_key, job.film_key) if key]
            for job in jobs:
                await queries.forget_result(session, job.id)
        await self._delete(keys)
        return len(jobs)

    async def _delete(self, keys: list[str]) -> int:
        """After the rows have let go of them: a crash in between leaves orphans, which are swept, never a gap."""
        faults.hit("blobs_let_go")
        for key in keys:
            await self._blobs.delete(key)
        faults.hit("blobs_deleted")
        return len(keys)

    async def _drop_orphans(self, moment: datetime) -> int:
        async with self._database.read() as session:
            known = await queries.list_blob_keys(session)
        return await self._blobs.sweep(known, moment - ORPHANS_KEPT)

    async def _drop_counts(self, moment: datetime) -> int:
        async with self._database.write() as session:
            return await turns.drop_spent(session, moment - DAY)

    async def _forget_updates(self, moment: datetime) -> int:
        async with self._database.write() as session:
            return await queries.delete_old_updates(session, moment - UPDATES_KEPT, BATCH)


async def _until_done(batch: Callable[[], Awaitable[int]]) -> int:
    """All of it, in batches: the one writer must not be away for long."""
    total = found = await batch()
    while found == BATCH:
        found = await batch()
        total += found
    return total
