"""Everything that is kept of one person, to be deleted. Like all queries these never commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.tables import Chat, Delivery, Draft, Job, JobEvent, Picture, StyleGuest, UpdateSeen, User, UserStyle

# What an update is once its words are forgotten: its number still tells that it was seen.
FORGOTTEN = "{}"


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """How many rows went, and the blobs that are nobody's now: to be deleted after the commit."""

    rows: int
    blob_keys: frozenset[str]


async def forget_person(session: AsyncSession, user_id: int) -> Forgotten:
    """Delete every row that is the person's, in all chats. Groups stay, with their settings."""
    keys = await _blob_keys_of(session, user_id)
    jobs = select(Job.id).where(Job.user_id == user_id)
    styles = select(UserStyle.id).where(UserStyle.user_id == user_id)
    # In this order nothing is left that refers to what goes.
    going = (
        delete(JobEvent).where(JobEvent.job_id.in_(jobs)),
        delete(Delivery).where(Delivery.job_id.in_(jobs)),
        delete(Job).where(Job.user_id == user_id),
        delete(Draft).where(Draft.user_id == user_id),
        delete(Picture).where(Picture.user_id == user_id),
        delete(StyleGuest).where(or_(StyleGuest.user_id == user_id, StyleGuest.style_id.in_(styles))),
        delete(UserStyle).where(UserStyle.user_id == user_id),
        delete(User).where(User.id == user_id),
        delete(Chat).where(Chat.id == user_id),
    )
    return Forgotten(rows=sum([await _change(session, statement) for statement in going]), blob_keys=keys)


async def forget_words(session: AsyncSession, user_id: int, bot_id: int, update_id: int, now: datetime) -> None:
    """Empty the stored updates that tell of the person, this one included; one that is still to be handled stays.

    It cannot be told from a number in the text alone who is meant, so a few handled ones of others may go with them.
    """
    named = or_(*(UpdateSeen.raw.contains(f'"id": {user_id}{end}', autoescape=True) for end in ",}"))
    done = update(UpdateSeen).where(named, UpdateSeen.handled_at.is_not(None))
    await _change(session, done.values(raw=FORGOTTEN))
    await forget_update(session, bot_id, update_id, now)


async def forget_update(session: AsyncSession, bot_id: int, update_id: int, now: datetime) -> None:
    """Empty one stored update; it then counts as handled."""
    this_one = update(UpdateSeen).where(UpdateSeen.bot_id == bot_id, UpdateSeen.update_id == update_id)
    await _change(session, this_one.values(raw=FORGOTTEN, handled_at=func.coalesce(UpdateSeen.handled_at, now)))


async def _blob_keys_of(session: AsyncSession, user_id: int) -> frozenset[str]:
    keys: set[str] = set()
    pictures = {Picture.blob_key: Picture.user_id, UserStyle.blob_key: UserStyle.user_id}
    for column, owner in (pictures | {Job.result_key: Job.user_id, Job.film_key: Job.user_id}).items():
        keys.update(key for key in await session.scalars(select(column).where(owner == user_id)) if key)
    return frozenset(keys)


async def _change(session: AsyncSession, statement: Any) -> int:
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount
