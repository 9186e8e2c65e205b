"""The queue inside one process: a line in which people take turns, filled again from the rows at start."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from jobs.fairness import Line, Queued
from jobs.ports import Carried, DispatchStats, Handler
from models.database import after_commit
from models.queries import LANE_RANK
from models.states import Lane

log = logging.getLogger(__name__)

# After a handler has failed, so that an outage is not met with a busy loop.
PAUSE_AFTER_FAILURE_S = 1.0


class LocalDispatcher:
    """Ids wait for their turn: a job that comes back keeps its place."""

    def __init__(self, running: int | None = None) -> None:
        """running: so many jobs of one person may be in hand at a time"""
        self._line = Line(running)
        self._in_hand: dict[int, Carried] = {}
        # Whose they are, and how many: counted apart, for an id that comes back is in hand twice for a moment.
        self._running: Counter[int] = Counter()
        self._changed = asyncio.Event()

    async def enqueue(self, session: AsyncSession, queued: Queued) -> None:
        """Carry this id once the session's transaction commits; not at all if it rolls back.

        An id that waits already takes its new place.
        """
        after_commit(session, lambda: self._add(queued))

    async def cancel(self, session: AsyncSession, job_id: int) -> None:
        """Once the transaction commits: drop the id, or tell the handler that has it."""
        after_commit(session, lambda: self._drop(job_id))

    async def find_uncarried(self, waiting: Iterable[int]) -> set[int]:
        """Those of the queued jobs that are neither in the line nor in a handler's hands."""
        return {job_id for job_id in waiting if job_id not in self._line and job_id not in self._in_hand}

    async def run(self, handler: Handler, lanes: Collection[Lane], stop: asyncio.Event, at_once: int = 1) -> None:
        """Hand over one id after another, as their turns come, until stop is set and the last handler has ended.

        at_once: so many ids may be in the handler's hands at a time
        """
        ranked = sorted(lanes, key=LANE_RANK.__getitem__)
        waker = asyncio.create_task(self._wake_at(stop))
        try:
            async with asyncio.TaskGroup() as hands:
                await self._hand_out(ranked, stop, handler, at_once, hands)
        finally:
            waker.cancel()

    def stats(self) -> DispatchStats:
        """How much is under way."""
        return DispatchStats(waiting=self._line.count(), in_hand=len(self._in_hand))

    async def _hand_out(
        self, lanes: list[Lane], stop: asyncio.Event, handler: Handler, at_once: int, hands: asyncio.TaskGroup
    ) -> None:
        free = asyncio.Semaphore(at_once)
        while True:
            await free.acquire()
            queued = await self._take(lanes, stop)
            if queued is None:
                return
            carried = Carried(job_id=queued.job_id, lane=queued.lane)
            # At once, not when the task begins: whoever looks meanwhile must not think the id lost.
            self._in_hand[carried.job_id] = carried
            self._running[queued.user_id] += 1
            task = hands.create_task(self._hand_over(carried, handler, queued.user_id))
            task.add_done_callback(lambda _: free.release())

    def _add(self, queued: Queued) -> None:
        self._line.add(queued)
        self._changed.set()

    def _drop(self, job_id: int) -> None:
        self._line.drop(job_id)
        if job_id in self._in_hand:
            self._in_hand[job_id].abort.set()

    async def _take(self, lanes: list[Lane], stop: asyncio.Event) -> Queued | None:
        while not stop.is_set():
            if (queued := self._line.take(lanes, self._running)) is not None:
                return queued
            self._changed.clear()
            await self._changed.wait()  # set() wakes every runner that waits, each looks for itself
        return None

    async def _hand_over(self, carried: Carried, handler: Handler, user_id: int) -> None:
        try:
            # On every line from here on; the attempt is known once the job is claimed.
            with bound_contextvars(job_id=carried.job_id, attempt=None):
                await self._try(carried, handler)
        finally:
            if self._in_hand.get(carried.job_id) is carried:
                del self._in_hand[carried.job_id]
            self._running[user_id] -= 1
            if not self._running[user_id]:
                del self._running[user_id]
            self._changed.set()  # another of this person's may run now

    async def _try(self, carried: Carried, handler: Handler) -> None:
        try:
            await handler(carried)
        except Exception:
            # The row is the truth: a sweep finds it, queued or with a lease that runs out.
            log.exception("job handler failed")
            await asyncio.sleep(PAUSE_AFTER_FAILURE_S)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._changed.set()
