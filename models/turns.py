"""Whose turn it is: what somebody has asked for, and where a new job stands. Like all queries these never commit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    ScalarSelect,
    Select,
    bindparam,
    delete,
    func,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.states import JobState, Lane
from models.tables import Job, Spent, Standing
from models.trips import Prepared, Trip

A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a person has asked for since some moment. Pictures that failed do not count.

    queued: those that wait; last_turn: the turn of their latest job in a lane
    """

    asked: int
    queued: int
    last_turn: int | None


def measure_usage(trip: Trip, user_id: int, who: str, lane: Lane, since: datetime) -> Usage:
    """What a person has asked for since then; who: under what name it counts that was asked for before a deletion."""
    row = trip.find(_usage(), person=user_id, who_else=who, for_lane=lane, since=since)
    assert row is not None  # a row of counts is always there
    return Usage(asked=row[0], queued=row[1], last_turn=row[2])


@cache
def _usage() -> Prepared:
    since = bindparam("since", type_=Job.created_at.type)
    spent = select(func.count()).where(Spent.who == bindparam("who_else"), Spent.asked_at > since).scalar_subquery()
    counted = func.count().filter(Job.state != JobState.FAILED) + spent
    queued = func.count().filter(Job.state == JobState.QUEUED)
    last_turn = func.max(Job.turn).filter(Job.lane == bindparam("for_lane", type_=Job.lane.type), _counts())
    asked = select(counted, queued, last_turn)
    return Prepared(asked.where(Job.user_id == bindparam("person"), Job.created_at > since))


async def find_asked_at(session: AsyncSession, user_id: int, who: str, since: datetime, skip: int) -> datetime | None:
    """When a person asked for a picture that counts: the first since then, after so many others."""
    spent = select(Spent.asked_at).where(Spent.who == who, Spent.asked_at > since)
    asked = union_all(_asked(user_id, since), spent).subquery()
    moments = select(asked.c[0]).order_by(asked.c[0])
    return cast(datetime | None, await session.scalar(moments.offset(skip).limit(1)))


async def keep_spent(session: AsyncSession, user_id: int, who: str, since: datetime, most: int) -> None:
    """Let what a person has asked for since then count under another name, the latest of it where it is more."""
    latest = _asked(user_id, since).order_by(Job.created_at.desc()).limit(most)
    session.add_all([Spent(who=who, asked_at=asked_at) for asked_at in await session.scalars(latest)])
    await session.flush()


async def drop_spent(session: AsyncSession, before: datetime) -> int:
    """Forget what was asked for before then; returns how much that was."""
    old = delete(Spent).where(Spent.asked_at <= before)
    return cast(CursorResult[Any], await session.execute(old)).rowcount


async def find_first_queued(session: AsyncSession, user_id: int) -> int | None:
    """The person's job that has its turn next."""
    queued = select(Job.id).where(Job.user_id == user_id, Job.state == JobState.QUEUED)
    return await session.scalar(queued.order_by(Job.ranked_at, Job.turn, Job.id).limit(1))


async def list_queued_jobs(session: AsyncSession) -> list[tuple[Job, Standing | None]]:
    """Every queued job, with what was decided about its person."""
    statement = select(Job, Standing).outerjoin(Standing, Standing.user_id == Job.user_id)
    rows = await session.execute(statement.where(Job.state == JobState.QUEUED).order_by(Job.id))
    return [(job, standing) for job, standing in rows]


def find_round(trip: Trip, lane: Lane) -> int:
    """The round that a lane is at: the largest turn of all that were ever begun."""
    begun = trip.find(_last_turns(lane)) or ()
    return max((turn for turn in begun if turn is not None), default=0)


@cache
def _last_turns(lane: Lane) -> Prepared:
    states = [state for state in JobState if state is not JobState.QUEUED]
    return Prepared(select(*(_last_turn(lane, state) for state in states)))


async def bump_job(session: AsyncSession, job: Job) -> None:
    """Let a queued job have the next turn: before those of its lane, and with a rank before every other lane's."""
    waiting = Job.state == JobState.QUEUED
    turn = await session.scalar(select(func.min(Job.turn)).where(waiting, Job.lane == job.lane))
    ranked_at = await session.scalar(select(func.min(Job.ranked_at)).where(waiting))
    first = {"turn": (turn or 0) - 1, "ranked_at": (ranked_at or job.ranked_at) - A_MOMENT}
    await session.execute(update(Job).where(Job.id == job.id, waiting).values(first))


def _last_turn(lane: Lane, state: JobState) -> ScalarSelect[int]:
    # One state each: so the index answers at once, however many jobs there are.
    begun = select(Job.turn).where(Job.lane == lane, Job.state == state, Job.started_at.is_not(None))
    return begun.order_by(Job.turn.desc()).limit(1).scalar_subquery()


def _asked(user_id: int, since: datetime) -> Select[datetime]:
    """When a person asked for what counts."""
    mine = Job.user_id == user_id
    return select(Job.created_at).where(mine, Job.created_at > since, Job.state != JobState.FAILED)


def _counts() -> ColumnElement[bool]:
    """What was cancelled before it was begun costs nobody their turn."""
    return or_(Job.state != JobState.CANCELLED, Job.started_at.is_not(None))
