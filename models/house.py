"""The whole of it in numbers, for those who look after it. Like all queries these never commit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models.states import OPEN_STATES, JobState, Lane
from models.tables import Job, JobEvent, Standing, User

BAD_ENDS = (JobState.FAILED, JobState.DEAD)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How jobs have ended since some moment. wait_s: from asking to beginning, on average; people: whose they were."""

    done: int
    failed: int
    people: int
    wait_s: float | None


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """How many people there are."""

    all: int
    blocked: int
    banned: int


async def measure_ended(session: AsyncSession, since: datetime) -> Ended:
    """How jobs have ended since then."""
    wait_s = func.avg(_seconds(session, Job.started_at) - _seconds(session, Job.created_at))
    statement = select(
        func.count().filter(Job.state == JobState.DONE),
        func.count().filter(Job.state.in_(BAD_ENDS)),
        func.count(Job.user_id.distinct()),
        wait_s.filter(Job.state == JobState.DONE),
    ).where(Job.finished_at > since)
    row = (await session.execute(statement)).one()
    return Ended(done=row[0], failed=row[1], people=row[2], wait_s=row[3])


async def count_crowd(session: AsyncSession) -> Crowd:
    """How many people there are."""
    people, blocked = (await session.execute(select(func.count(), func.count(User.blocked_at)).select_from(User))).one()
    banned = await session.scalar(select(func.count(Standing.banned_at)))
    return Crowd(all=people, blocked=blocked, banned=banned or 0)


async def count_open_by_lane(session: AsyncSession) -> dict[Lane, tuple[int, int]]:
    """How many jobs run and wait in each lane."""
    statement = (
        select(Job.lane, Job.state, func.count()).where(Job.state.in_(OPEN_STATES)).group_by(Job.lane, Job.state)
    )
    found = {(lane, state): count for lane, state, count in await session.execute(statement)}
    return {lane: (found.get((lane, JobState.RUNNING), 0), found.get((lane, JobState.QUEUED), 0)) for lane in Lane}


async def find_oldest_queued(session: AsyncSession) -> datetime | None:
    """When what has waited longest was asked for."""
    return await session.scalar(select(func.min(Job.created_at)).where(Job.state == JobState.QUEUED))


async def count_events(session: AsyncSession, kinds: Collection[str], since: datetime) -> int:
    """How often such things have happened to jobs since then."""
    statement = select(func.count()).select_from(JobEvent).where(JobEvent.at > since, JobEvent.kind.in_(kinds))
    return await session.scalar(statement) or 0


async def find_people(session: AsyncSession, said: str, limit: int) -> Sequence[User]:
    """People of that number, or whose names hold what was said; the newest where nothing was said."""
    statement = select(User).order_by(User.created_at.desc(), User.id).limit(limit)
    if said.isascii() and said.isdigit():
        statement = statement.where(User.id == int(said[:18]))
    elif said:
        statement = statement.where(User.name.icontains(said, autoescape=True))
    return (await session.scalars(statement)).all()


async def count_jobs_of(session: AsyncSession, user_id: int, since: datetime) -> tuple[int, int, int]:
    """How many jobs a person ever had, since then, and open ones."""
    statement = select(
        func.count(),
        func.count().filter(Job.created_at > since),
        func.count().filter(Job.state.in_(OPEN_STATES)),
    ).where(Job.user_id == user_id)
    row = (await session.execute(statement)).one()
    return row[0], row[1], row[2]


def _seconds(session: AsyncSession, moment: InstrumentedAttribute[Any]) -> ColumnElement[float]:
    if session.get_bind().dialect.name == "sqlite":  # which keeps moments as words
        return cast(ColumnElement[float], func.julianday(moment) * 86_400.0)
    return cast(ColumnElement[float], func.extract("epoch", moment))
