"""Who is next, and who has asked for enough.

Inside a lane people take turns: a new job gets the round after its person's last one, but none that has already been
begun, so that nobody who comes later can keep others waiting for ever. Between lanes the earlier rank goes first: a
job of a later lane is ranked as if it had come later, by the time of ageing.
"""

import hashlib
import heapq
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from jobs.errors import Banned, IntakePaused, LimitReached
from models import standings, turns
from models.copies import copy_of
from models.database import at_once
from models.queries import LANE_RANK
from models.states import Lane
from models.tables import Job, Standing
from models.trips import Trip

DAY = timedelta(days=1)
# The switch that says why nothing is taken in just now.
INTAKE = "intake"


@dataclass(frozen=True, kw_only=True)
class FairUse:
    """What one person may have; None is no limit. The owners have none, nor have the admins that they made.

    daily: in any 24 hours; what failed does not count
    ageing: a job of the next lane that has waited for so long is served as if it were of this one
    key: secret, and not in the database: what hides whose it was that people asked for who had themselves deleted
    """

    running: int | None = None
    queued: int | None = None
    daily: int | None = None
    ageing: timedelta = timedelta(minutes=10)
    owners: frozenset[int] = frozenset()
    key: bytes = field(default=b"", repr=False)

    def rank(self, lane: Lane, asked_at: datetime) -> datetime:
        """When a job of the first lane would have had to come to be served as early."""
        return asked_at + LANE_RANK[lane] * self.ageing

    def hidden(self, user_id: int) -> str:
        """A name for a person that says nothing to whoever lacks the key."""
        return hmac.new(self.key, str(user_id).encode(), hashlib.sha256).hexdigest()

    def daily_of(self, standing: Standing | None) -> int | None:
        """How much somebody may ask for in a day: what was decided about them, or as much as everybody."""
        own = standing.daily_limit if standing is not None else None
        return self.daily if own is None else own

    def is_exempt(self, user_id: int, standing: Standing | None) -> bool:
        """Whether a person has no limits."""
        return user_id in self.owners or (standing is not None and standing.is_admin)


UNLIMITED = FairUse()


@dataclass(frozen=True, kw_only=True)
class Queued:
    """A job that waits. limited: it may have to wait for others of the same person."""

    job_id: int
    user_id: int
    lane: Lane
    turn: int
    ranked_at: datetime
    limited: bool = True


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Somebody with a wish: what they have asked for before it, and what was decided about them."""

    user_id: int
    usage: turns.Usage
    standing: Standing | None


class Line:
    """What waits for one process's workers, in the order of its turn."""

    def __init__(self, running: int | None = None) -> None:
        """running: so many jobs of one person may be in hand at a time"""
        self._most_running = running
        self._heaps: dict[Lane, list[tuple[int, int]]] = {lane: [] for lane in Lane}
        # What waits; what a heap holds beyond that was cancelled, taken or given another turn, and is passed over.
        self._waiting: dict[int, Queued] = {}

    def __contains__(self, job_id: int) -> bool:
        return job_id in self._waiting

    def count(self) -> dict[Lane, int]:
        """How much waits in each lane."""
        waiting = dict.fromkeys(Lane, 0)
        for queued in self._waiting.values():
            waiting[queued.lane] += 1
        return waiting

    def add(self, queued: Queued) -> None:
        """Let a job wait; one that waits already takes its new place."""
        if self._waiting.get(queued.job_id) != queued:
            self._waiting[queued.job_id] = queued
            heapq.heappush(self._heaps[queued.lane], (queued.turn, queued.job_id))

    def drop(self, job_id: int) -> None:
        """Nobody waits for this one any more."""
        self._waiting.pop(job_id, None)

    def take(self, lanes: Iterable[Lane], running: Mapping[int, int]) -> Queued | None:
        """The job that is next in these lanes, which waits no longer; None where none may run.

        running: how many jobs each person has in hand
        """
        heads = [head for lane in lanes if (head := self._head(lane, running)) is not None]
        if not heads:
            return None
        first = min(heads, key=lambda head: (head.ranked_at, LANE_RANK[head.lane]))
        del self._waiting[first.job_id]
        return first

    def _head(self, lane: Lane, running: Mapping[int, int]) -> Queued | None:
        """The first of a lane that may run. Those of people who have enough in hand keep their places."""
        heap, kept = self._heaps[lane], []
        try:
            while heap:
                turn, job_id = heap[0]
                queued = self._waiting.get(job_id)
                if queued is None or (queued.turn, queued.lane) != (turn, lane):
                    heapq.heappop(heap)
                elif self._has_enough(queued, running):
                    kept.append(heapq.heappop(heap))
                else:
                    return queued
            return None
        finally:
            for entry in kept:
                heapq.heappush(heap, entry)

    def _has_enough(self, queued: Queued, running: Mapping[int, int]) -> bool:
        return (
            queued.limited and self._most_running is not None and running.get(queued.user_id, 0) >= self._most_running
        )


class Doorkeeper:
    """Says where a new job stands in line, and turns people away who have asked for enough. Works in transactions
    of the desk, so that two wishes at the same time cannot both be the last one."""

    def __init__(self, fair_use: FairUse) -> None:
        self._fair_use = fair_use

    async def place(
        self, session: AsyncSession, user_id: int, lane: Lane, now: datetime
    ) -> tuple[dict[str, object], Applicant]:
        """The columns that say where a new job stands, and whose it is."""
        who = self._fair_use.hidden(user_id)

        def look(trip: Trip) -> tuple[turns.Usage, Standing | None, int]:
            usage = turns.measure_usage(trip, user_id, who, lane, now - DAY)
            return usage, copy_of(trip, Standing, user_id=user_id), turns.find_round(trip, lane)

        usage, standing, present = await at_once(session, look)
        turn = next_turn(present, usage.last_turn)
        columns = {"turn": turn, "ranked_at": self._fair_use.rank(lane, now)}
        return columns, Applicant(user_id=user_id, usage=usage, standing=standing)

    async def judge(self, session: AsyncSession, applicant: Applicant, now: datetime) -> None:
        """Raises Banned, IntakePaused or LimitReached where the person gets nothing more for now."""
        user_id, usage, standing = applicant.user_id, applicant.usage, applicant.standing
        if self._fair_use.is_exempt(user_id, standing):
            return
        if standing is not None and standing.banned_at is not None:
            raise Banned
        if (pause := await self._pause(session)) is not None:
            raise pause
        daily = self._fair_use.daily_of(standing)
        if daily is not None and usage.asked >= daily:
            raise LimitReached("daily", daily, await self._free_in_s(session, user_id, usage.asked, daily, now))
        if self._fair_use.queued is not None and usage.queued >= self._fair_use.queued:
            raise LimitReached("queued", self._fair_use.queued)

    async def pause_for(self, session: AsyncSession, user_id: int) -> IntakePaused | None:
        """Why the person would get nothing at this moment, whatever they ask for; None where intake is not paused."""
        pause = await self._pause(session)
        if pause is None or self._fair_use.is_exempt(user_id, await standings.find_standing(session, user_id)):
            return None
        return pause

    async def _pause(self, session: AsyncSession) -> IntakePaused | None:
        pause = await standings.read_switch(session, INTAKE)
        return IntakePaused(str(pause.get("sentence", ""))) if pause is not None else None

    async def keep_count(self, session: AsyncSession, user_id: int, now: datetime) -> None:
        """Before a person is forgotten: what they have asked for today counts on, under a name that is not theirs."""
        daily = self._fair_use.daily_of(await standings.find_standing(session, user_id))
        if daily is not None:
            await turns.keep_spent(session, user_id, self._fair_use.hidden(user_id), now - DAY, daily)

    async def queued(self, session: AsyncSession, job: Job) -> Queued:
        """A row that waits, as the line has it."""
        return self.queued_of(job, await standings.find_standing(session, job.user_id))

    async def all_queued(self, session: AsyncSession) -> list[Queued]:
        """Every row that waits."""
        return [self.queued_of(job, standing) for job, standing in await turns.list_queued_jobs(session)]

    def queued_of(self, job: Job, standing: Standing | None) -> Queued:
        """The same, where it is known what was decided about the person."""
        return Queued(
            job_id=job.id,
            user_id=job.user_id,
            lane=Lane(job.lane),
            turn=job.turn,
            ranked_at=job.ranked_at,
            limited=not self._fair_use.is_exempt(job.user_id, standing),
        )

    async def _free_in_s(
        self, session: AsyncSession, user_id: int, asked: int, daily: int, now: datetime
    ) -> float | None:
        """Seconds until enough of what was asked for is a day old; None: never, there is no room at all."""
        if daily == 0:
            return None
        who = self._fair_use.hidden(user_id)
        asked_at = await turns.find_asked_at(session, user_id, who, now - DAY, asked - daily)
        return None if asked_at is None else (asked_at + DAY - now).total_seconds()


def next_turn(present: int, last: int | None) -> int:
    """The turn of a new job: after the round that has been begun, and after the last one of the same person."""
    return max(present, last or 0) + 1
