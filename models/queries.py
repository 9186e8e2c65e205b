"""Named questions and changes, each one statement or two. They never commit: the use case owns the transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from statistics import median
from typing import Any, NamedTuple, Self, cast

from sqlalchemy import ColumnElement, CursorResult, Select, and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models.copies import copy_of
from models.database import at_once
from models.states import ALLOWED_NEXT, OPEN_STATES, WAITS_FOR, JobState, Lane
from models.tables import Base, Delivery, Job, JobEvent, Picture, UpdateSeen, User, UserStyle
from models.trips import Prepared, Trip

LANE_RANK: dict[Lane, int] = {lane: rank for rank, lane in enumerate(Lane)}
# So many of a lane's latest jobs are looked through for the speeds of its kinds: enough to meet what is painted now and
# then among many studies. It takes 0.1 ms.
LOOKED_BACK = 60
# Every column that names a blob: what none of them names is swept, and is in no backup.
NEW = "new_"
_THIS_JOB = Job.id == bindparam("job")
BLOB_COLUMNS = (Picture.blob_key, Job.result_key, Job.film_key, UserStyle.blob_key)


# Updates: what each of them asks is in updates.py.


async def list_unhandled_updates(session: AsyncSession, bot_id: int, since: datetime) -> Sequence[UpdateSeen]:
    """Updates received since then that nobody has dealt with, in Telegram's order."""
    statement = (
        select(UpdateSeen)
        .where(UpdateSeen.bot_id == bot_id, UpdateSeen.handled_at.is_(None), UpdateSeen.received_at >= since)
        .order_by(UpdateSeen.update_id)
    )
    return (await session.scalars(statement)).all()


async def delete_old_updates(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget at most so many updates that were dealt with before then, or came before then and never were."""
    never = and_(UpdateSeen.handled_at.is_(None), UpdateSeen.received_at < before)
    old = select(UpdateSeen.bot_id, UpdateSeen.update_id).where(or_(UpdateSeen.handled_at < before, never)).limit(limit)
    rows = (await session.execute(old)).all()
    for bot_id, update_id in rows:
        await session.execute(
            delete(UpdateSeen).where(UpdateSeen.bot_id == bot_id, UpdateSeen.update_id == update_id),
        )
    return len(rows)


# Jobs: made once, then moved.


async def insert_job(session: AsyncSession, **values: Any) -> bool:
    """Add a queued job; False where its idem_key is taken."""
    fresh = {"state": JobState.QUEUED, "attempt": 0, "deaths": 0, "interruptions": 0, "step": 0, "steps": 0}
    return await _insert_new(session, Job, **fresh, stage="", **values)


async def find_job(session: AsyncSession, job_id: int) -> Job | None:
    """A job as it stands; like all that a trip brings it is a copy, which changes nothing."""
    return await at_once(session, lambda trip: copy_of(trip, Job, id=job_id))


async def find_job_by_key(session: AsyncSession, idem_key: str) -> Job | None:
    """The job that was made under that key."""
    return await at_once(session, lambda trip: copy_of(trip, Job, idem_key=idem_key))


async def move_job(
    session: AsyncSession,
    job_id: int,
    *,
    from_state: JobState,
    to: JobState,
    at_attempt: int | None = None,
    **values: Any,
) -> bool:
    """Compare-and-set: move a job if it stands at from_state (and at_attempt, where given); False where it does not.

    Raises ValueError for a move that ALLOWED_NEXT does not list.
    """
    if to not in ALLOWED_NEXT[from_state]:
        raise ValueError(f"a job cannot go from {from_state} to {to}")
    changes = _new(state=to, **values)
    held = {"job": job_id, "from_state": from_state, "at_attempt": at_attempt}
    statement = _change_held(tuple(changes), at_attempt is not None)
    return await at_once(session, lambda trip: trip.change(statement, **held, **changes)) == 1


@cache
def _change_held(changed: tuple[str, ...], is_fenced: bool) -> Prepared:
    conditions = [_THIS_JOB, Job.state == bindparam("from_state", type_=Job.state.type)]
    if is_fenced:
        conditions.append(Job.attempt == bindparam("at_attempt"))
    return Prepared(update(Job).where(*conditions).values(_bound(Job, changed)))


async def touch_running_job(session: AsyncSession, job_id: int, attempt: int, **values: Any) -> bool:
    """Change columns of a running job; False where it should stop: cancelled, or no longer that attempt's."""

    def touch(trip: Trip) -> bool:
        changes = _new(**values)
        held = {"job": job_id, "from_state": JobState.RUNNING, "at_attempt": attempt}
        if trip.change(_change_held(tuple(changes), True), **held, **changes) != 1:
            return False
        job = copy_of(trip, Job, id=job_id)
        return job is not None and job.cancel_requested_at is None

    return await at_once(session, touch)


@cache
def _touch(changed: tuple[str, ...]) -> Prepared:
    return Prepared(update(Job).where(_THIS_JOB).values(_bound(Job, changed)))


async def request_cancel(session: AsyncSession, job_id: int, now: datetime) -> bool:
    """Raise the cancel flag of a running job; False where it does not run. The first time stands."""
    return await _changed_one(
        session,
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.RUNNING)
        .values(cancel_requested_at=func.coalesce(Job.cancel_requested_at, now)),
    )


async def add_job_event(
    session: AsyncSession, job_id: int, kind: str, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    """Write one line of a job's timeline."""
    await _insert_new(session, JobEvent, job_id=job_id, kind=kind, at=at, detail=detail)


async def list_job_events(session: AsyncSession, job_id: int) -> Sequence[JobEvent]:
    """A job's timeline, oldest first."""
    statement = select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id)
    return (await session.scalars(statement)).all()


async def set_status_message(session: AsyncSession, job_id: int, message_id: int) -> None:
    """Remember which message tells the chat about the job."""
    changes = _new(status_message_id=message_id)
    await at_once(session, lambda trip: trip.change(_touch(tuple(changes)), job=job_id, **changes))


def find_job_with_user(trip: Trip, job_id: int) -> tuple[Job, str] | None:
    """A job and the name of the person who asked for it."""
    job = copy_of(trip, Job, id=job_id)
    user = copy_of(trip, User, id=job.user_id) if job is not None else None
    return (job, user.name) if job is not None and user is not None else None


async def list_open_jobs(session: AsyncSession, limit: int) -> list[tuple[Job, str]]:
    """Running jobs, then queued ones in the order of their turn, each with the person's name."""
    running_first = case((Job.state == JobState.RUNNING, 0), else_=1)
    statement = (
        _jobs_with_users()
        .where(Job.state.in_(OPEN_STATES))
        .order_by(running_first, _lane_rank(), Job.turn, Job.id)
        .limit(limit)
    )
    return [(job, name) for job, name in await session.execute(statement)]


async def list_troubled_jobs(session: AsyncSession, limit: int) -> list[tuple[Job, str]]:
    """The latest jobs that failed or were parked, newest first, each with the person's name."""
    troubled = _jobs_with_users().where(Job.state.in_((JobState.FAILED, JobState.DEAD)))
    return [(job, name) for job, name in await session.execute(troubled.order_by(Job.id.desc()).limit(limit))]


async def count_jobs_by_state(session: AsyncSession) -> dict[JobState, int]:
    """How many jobs stand where; every state has its number."""
    rows = await session.execute(select(Job.state, func.count()).group_by(Job.state))
    return dict.fromkeys(JobState, 0) | {state: count for state, count in rows}


async def list_running_jobs(session: AsyncSession, lease_before: datetime | None = None) -> Sequence[Job]:
    """Jobs that run; with lease_before only those whose lease ended before then."""
    statement = select(Job).where(Job.state == JobState.RUNNING).order_by(Job.id)
    if lease_before is not None:
        statement = statement.where(or_(Job.lease_until.is_(None), Job.lease_until < lease_before))
    return (await session.scalars(statement)).all()


async def list_queued_jobs(session: AsyncSession) -> Sequence[int]:
    """The number of every queued job."""
    return (await session.scalars(select(Job.id).where(Job.state == JobState.QUEUED))).all()


class Kind(NamedTuple):
    """What has a speed of its own: a lane's paintings and each of its studies cost differently for the same area."""

    lane: Lane
    method: str

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(job.lane, job.spec["method"])


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What stands before a job: jobs, and the area in px² that they have yet to paint, by kind."""

    jobs: int
    area_px: dict[Kind, float]


def measure_ahead(trip: Trip, job: Job) -> Waiting:
    """What has to be painted before this queued job has its turn."""
    order = {"job": job.id, "waits_in": job.lane, "its_turn": job.turn, "its_rank": job.ranked_at}
    rows = trip.find_all(_ahead(job.lane), **order)
    area_px = {Kind(lane, method): float(area_px) for lane, method, _, area_px in rows}
    return Waiting(jobs=sum(jobs for _, _, jobs, _ in rows), area_px=area_px)


@cache
def _ahead(lane: Lane) -> Prepared:
    its_turn = bindparam("its_turn", type_=Job.turn.type)
    its_number = bindparam("job", type_=Job.id.type)
    its_rank = bindparam("its_rank", type_=Job.ranked_at.type)
    before_in_lane = or_(Job.turn < its_turn, and_(Job.turn == its_turn, Job.id < its_number))
    waits_in = bindparam("waits_in", type_=Job.lane.type)
    earlier = or_(and_(Job.lane == waits_in, before_in_lane), and_(Job.lane != waits_in, Job.ranked_at < its_rank))
    return Prepared(
        select(Job.lane, _method(), func.count(), func.sum(_area_left()))
        .where(Job.id != its_number, or_(*(Job.lane == other for other in WAITS_FOR[lane])))
        .where(or_(Job.state == JobState.RUNNING, and_(Job.state == JobState.QUEUED, earlier)))
        .group_by(Job.lane, _method())
    )


@dataclass(frozen=True, kw_only=True)
class Speeds:
    """Seconds per px², as measured lately."""

    by_kind: dict[Kind, float]
    by_lane: dict[Lane, float]

    def of(self, kind: Kind) -> float | None:
        """A kind's own speed, or its lane's where it has none yet; None where nothing of the lane was measured."""
        return self.by_kind.get(kind, self.by_lane.get(kind.lane))


def measure_speeds(trip: Trip, lanes: Collection[Lane], last: int) -> Speeds:
    """The medians of the last so many finished jobs of each kind, and of each lane."""
    by_kind, by_lane = defaultdict[Kind, list[float]](list), defaultdict[Lane, list[float]](list)
    for lane in lanes:
        for method, paint_s, area_px in trip.find_all(_lately(), lane=lane):
            by_kind[Kind(lane, method)].append(paint_s / area_px)
            by_lane[lane].append(paint_s / area_px)
    return Speeds(
        by_kind={kind: median(speeds[:last]) for kind, speeds in by_kind.items()},
        by_lane={lane: median(speeds[:last]) for lane, speeds in by_lane.items()},
    )


@cache
def _lately() -> Prepared:
    return Prepared(
        select(_method(), Job.paint_s, _area())
        # In the order of an index that there is: by their end, SQLite would sort all that ever finished.
        .where(Job.state == JobState.DONE, Job.lane == bindparam("lane", type_=Job.lane.type), Job.paint_s.is_not(None))
        .order_by(Job.created_at.desc())
        .limit(LOOKED_BACK)
    )


# Pictures, results and their blobs.


async def forget_picture_blob(session: AsyncSession, picture_id: int) -> None:
    """The picture's blob is about to be deleted."""
    await session.execute(update(Picture).where(Picture.id == picture_id).values(blob_key=None))


async def forget_result(session: AsyncSession, job_id: int) -> None:
    """The blobs of the result and its film are about to be deleted."""
    await session.execute(update(Job).where(Job.id == job_id).values(result_key=None, film_key=None))


def find_blob_keys(trip: Trip, ids: Iterable[int | None]) -> dict[int | None, str | None]:
    """Where the pictures of those ids are kept, as far as they still are."""
    pictures = [copy_of(trip, Picture, id=picture_id) for picture_id in ids if picture_id is not None]
    return {picture.id: picture.blob_key for picture in pictures if picture is not None}


async def list_expired_pictures(session: AsyncSession, now: datetime, limit: int) -> Sequence[Picture]:
    """Pictures whose time is over and that no open job needs."""
    needed = (
        select(Job.id)
        .where(Job.state.in_(OPEN_STATES))
        .where(or_(Job.content_picture_id == Picture.id, Job.style_picture_id == Picture.id))
        .exists()
    )
    statement = select(Picture).where(Picture.blob_key.is_not(None), Picture.expires_at <= now, ~needed).limit(limit)
    return (await session.scalars(statement)).all()


async def list_expired_results(session: AsyncSession, settled_before: datetime, limit: int) -> Sequence[Job]:
    """Jobs with a result whose delivery was made, or given up, before then."""
    statement = (
        select(Job)
        .join(Delivery, Delivery.job_id == Job.id)
        .where(Job.result_key.is_not(None))
        .where(
            or_(
                Delivery.delivered_at < settled_before,
                and_(Delivery.given_up.is_not(None), Job.finished_at < settled_before),
            )
        )
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def list_blob_keys(session: AsyncSession) -> set[str]:
    """Every blob that a row refers to."""
    named = [await session.scalars(select(column).where(column.is_not(None))) for column in BLOB_COLUMNS]
    return {key for keys in named for key in keys if key}


# Deliveries: the answer that a finished job owes its chat.


async def insert_delivery(session: AsyncSession, job_id: int, now: datetime) -> bool:
    """Note that the job's chat is owed its end; False where that was noted before."""
    return await _insert_new(session, Delivery, job_id=job_id, created_at=now, next_try_at=now, attempts=0)


def list_due_deliveries(trip: Trip, now: datetime, limit: int, of_a_chat: int) -> list[tuple[int, int]]:
    """Jobs, each with its attempt, whose chat does not know yet and whose next try is due: so many, the oldest first,
    and no more than that of a chat."""
    return [(job, attempt) for job, attempt in trip.find_all(_due(), now=now, most=limit, of_a_chat=of_a_chat)]


@cache
def _due() -> Prepared:
    place = func.row_number().over(partition_by=Job.chat_id, order_by=(Delivery.next_try_at, Job.id))
    due = (
        select(Job.id, Job.attempt, Delivery.next_try_at, place.label("place"))
        .join(Delivery, Delivery.job_id == Job.id)
        .where(Delivery.delivered_at.is_(None), Delivery.given_up.is_(None))
        .where(Delivery.next_try_at <= bindparam("now", type_=Delivery.next_try_at.type))
        .subquery()
    )
    return Prepared(
        select(due.c.id, due.c.attempt)
        .where(due.c.place <= bindparam("of_a_chat"))
        .order_by(due.c.next_try_at, due.c.id)
        .limit(bindparam("most"))
    )


async def note_sending(session: AsyncSession, job_id: int, now: datetime) -> bool:
    """A new message is about to be sent; False where one was begun before and its fate is not known."""
    begun = update(Delivery).where(Delivery.job_id == job_id, Delivery.sending_at.is_(None))
    return await _changed_one(session, begun.values(sending_at=now))


async def note_not_sent(session: AsyncSession, job_id: int) -> None:
    """The message that was begun did not arrive: Telegram said so."""
    await session.execute(update(Delivery).where(Delivery.job_id == job_id).values(sending_at=None))


async def came_as_file(session: AsyncSession, job_id: int) -> bool:
    """Whether the job's content was sent as a file."""
    content = select(Picture.as_file).join(Job, Job.content_picture_id == Picture.id).where(Job.id == job_id)
    return bool(await session.scalar(content))


async def note_document(session: AsyncSession, job_id: int, now: datetime) -> bool:
    """The result is about to be sent as a file unasked; False where that was begun before."""
    begun = update(Delivery).where(Delivery.job_id == job_id, Delivery.document_at.is_(None))
    return await _changed_one(session, begun.values(document_at=now))


async def find_document(session: AsyncSession, job_id: int) -> str | None:
    """The id under which Telegram holds the result as a file."""
    return cast(str | None, await session.scalar(select(Delivery.document_file_id).where(Delivery.job_id == job_id)))


async def set_document(session: AsyncSession, job_id: int, file_id: str) -> None:
    """Remember under which id Telegram holds the result as a file."""
    await session.execute(update(Delivery).where(Delivery.job_id == job_id).values(document_file_id=file_id))


async def note_extra(session: AsyncSession, job_id: int, now: datetime) -> bool:
    """What goes after the result is about to be sent; False where that was begun before."""
    begun = update(Delivery).where(Delivery.job_id == job_id, Delivery.extra_at.is_(None))
    return await _changed_one(session, begun.values(extra_at=now))


async def find_film(session: AsyncSession, job_id: int) -> str | None:
    """The id under which Telegram holds a job's film."""
    return cast(str | None, await session.scalar(select(Delivery.film_file_id).where(Delivery.job_id == job_id)))


async def set_film(session: AsyncSession, job_id: int, file_id: str) -> None:
    """Remember under which id Telegram holds a job's film."""
    await session.execute(update(Delivery).where(Delivery.job_id == job_id).values(film_file_id=file_id))


async def settle_delivery(session: AsyncSession, job_id: int, **values: Any) -> bool:
    """Change a delivery that is still open; False where it was made or given up before."""
    changes = _new(**values)
    return await at_once(session, lambda trip: trip.change(_settle(tuple(changes)), job=job_id, **changes)) == 1


@cache
def _settle(changed: tuple[str, ...]) -> Prepared:
    still_open = (Delivery.delivered_at.is_(None), Delivery.given_up.is_(None))
    return Prepared(
        update(Delivery).where(Delivery.job_id == bindparam("job"), *still_open).values(_bound(Delivery, changed))
    )


async def postpone_delivery(session: AsyncSession, job_id: int, next_try_at: datetime) -> None:
    """A try has failed; the next one is due then."""
    values = {"attempts": Delivery.attempts + 1, "next_try_at": next_try_at}
    await session.execute(update(Delivery).where(Delivery.job_id == job_id).values(values))


def _jobs_with_users() -> Select[Job, str]:
    return select(Job, User.name).join(User, User.id == Job.user_id)


def _lane_rank() -> ColumnElement[int]:
    return case(LANE_RANK, value=Job.lane)


def _method() -> ColumnElement[str]:
    return cast(ColumnElement[str], Job.spec["method"].as_string())


def _area() -> ColumnElement[int]:
    """A job's size as its cost goes: the square of its longest side."""
    side_px = Job.spec["longest_side_px"].as_integer()
    return cast(ColumnElement[int], side_px * side_px)


def _area_left() -> ColumnElement[float]:
    done = case((and_(Job.state == JobState.RUNNING, Job.steps > 0), 1.0 * Job.step / Job.steps), else_=0.0)
    return cast(ColumnElement[float], _area() * (1.0 - done))


async def _insert_new(session: AsyncSession, table: type[Base], **values: Any) -> bool:
    """Insert unless a unique key is taken; True where a row was made. values: whatever has a default, too."""
    new = _new(**values)
    return await at_once(session, lambda trip: trip.change(_insert(table, tuple(new)), **new)) == 1


@cache
def _insert(table: type[Base], named: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).values(_bound(table, named)).on_conflict_do_nothing())


def _bound(table: type[Base], named: Iterable[str]) -> dict[str, Any]:
    """Columns, each to be given under its name with a sign that it is a new value: SQLAlchemy wants other names."""
    columns = {name: name.removeprefix(NEW) for name in named}
    return {column: bindparam(name, type_=getattr(table, column).type) for name, column in columns.items()}


def _new(**values: Any) -> dict[str, Any]:
    return {NEW + name: value for name, value in values.items()}


async def _changed_one(session: AsyncSession, statement: Any) -> bool:
    # Rows already loaded are not brought up to date: use cases read after they have changed.
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount == 1
