"""The queue inside one process: a heap by lane and number, filled again from the rows at start."""

import asyncio
import heapq
import logging
from collections.abc import Callable, Collection, Iterable

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from jobs.ports import Carried, DispatchStats, Handler
from models.queries import LANE_RANK
from models.states import Lane

log = logging.getLogger(__name__)

# After a handler has failed, so that an outage is not met with a busy loop.
PAUSE_AFTER_FAILURE_S = 1.0


class LocalDispatcher:
    """Ids wait by lane, then by number: a job that comes back keeps its place."""

    def __init__(self) -> None:
        self._heaps: dict[Lane, list[int]] = {lane: [] for lane in Lane}
        # What waits; an id in a heap but not here was cancelled and is passed over.
        self._waiting: dict[int, Lane] = {}
        self._in_hand: dict[int, Carried] = {}
        self._changed = asyncio.Event()

    async def enqueue(self, session: AsyncSession, job_id: int, lane: Lane) -> None:
        """Carry this id once the session's transaction commits; not at all if it rolls back."""
        _after_commit(session, lambda: self._add(job_id, lane))

    async def cancel(self, session: AsyncSession, job_id: int) -> None:
        """Once the transaction commits: drop the id, or tell the handler that has it."""
        _after_commit(session, lambda: self._drop(job_id))

    async def find_uncarried(self, waiting: Iterable[int]) -> set[int]:
        """Those of the queued jobs that are neither in the heap nor in a handler's hands."""
        return {job_id for job_id in waiting if job_id not in self._waiting and job_id not in self._in_hand}

    async def run(self, handler: Handler, lanes: Collection[Lane], stop: asyncio.Event, at_once: int = 1) -> None:
        """Hand over one id after another, earlier lanes first, until stop is set and the last handler has ended.

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
        waiting = dict.fromkeys(Lane, 0)
        for lane in self._waiting.values():
            waiting[lane] += 1
        return DispatchStats(waiting=waiting, in_hand=len(self._in_hand))

    async def _hand_out(
        self, lanes: list[Lane], stop: asyncio.Event, handler: Handler, at_once: int, hands: asyncio.TaskGroup
    ) -> None:
        free = asyncio.Semaphore(at_once)
        while True:
            await free.acquire()
            carried = await self._take(lanes, stop)
            if carried is None:
                return
            # At once, not when the task begins: whoever looks meanwhile must not think the id lost.
            self._in_hand[carried.job_id] = carried
            task = hands.create_task(self._hand_over(carried, handler))
            task.add_done_callback(lambda _: free.release())

    def _add(self, job_id: int, lane: Lane) -> None:
        if job_id in self._waiting:
            return
        self._waiting[job_id] = lane
        heapq.heappush(self._heaps[lane], job_id)
        self._changed.set()

    def _drop(self, job_id: int) -> None:
        self._waiting.pop(job_id, None)
        if job_id in self._in_hand:
            self._in_hand[job_id].abort.set()

    async def _take(self, lanes: list[Lane], stop: asyncio.Event) -> Carried | None:
        while not stop.is_set():
            for lane in lanes:
                job_id = self._pop(lane)
                if job_id is not None:
                    return Carried(job_id=job_id, lane=lane)
            self._changed.clear()
            await self._changed.wait()  # set() wakes every runner that waits, each looks for itself
        return None

    def _pop(self, lane: Lane) -> int | None:
        heap = self._heaps[lane]
        while heap:
            job_id = heapq.heappop(heap)
            if self._waiting.pop(job_id, None) is not None:
                return job_id
        return None

    async def _hand_over(self, carried: Carried, handler: Handler) -> None:
        try:
            # On every line from here on; the attempt is known once the job is claimed.
            with bound_contextvars(job_id=carried.job_id, attempt=None):
                await self._try(carried, handler)
        finally:
            if self._in_hand.get(carried.job_id) is carried:
                del self._in_hand[carried.job_id]

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


def _after_commit(session: AsyncSession, act: Callable[[], None]) -> None:
    """Act when the session's transaction has committed. A session of ours lives for one transaction."""
    event.listen(session.sync_session, "after_commit", lambda _: act(), once=True)
