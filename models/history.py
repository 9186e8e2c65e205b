"""What somebody has asked for so far. Like all queries these never commit."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.states import JobState
from models.tables import Delivery, Job


async def count_jobs_of(session: AsyncSession, user_id: int, chat_id: int) -> int:
    """How many jobs a person has had in a chat."""
    mine = select(func.count()).select_from(Job).where(Job.user_id == user_id, Job.chat_id == chat_id)
    return await session.scalar(mine) or 0


async def list_jobs_of(session: AsyncSession, user_id: int, chat_id: int, *, skip: int, limit: int) -> Sequence[Job]:
    """A person's jobs in a chat, newest first."""
    mine = select(Job).where(Job.user_id == user_id, Job.chat_id == chat_id).order_by(Job.id.desc())
    return (await session.scalars(mine.offset(skip).limit(limit))).all()


async def find_sent(session: AsyncSession, job_id: int) -> str | None:
    """The id under which Telegram holds the result as it was delivered."""
    return cast(str | None, await session.scalar(select(Delivery.file_id).where(Delivery.job_id == job_id)))


async def list_sent(session: AsyncSession, user_id: int, limit: int) -> Sequence[tuple[Job, str]]:
    """A person's pictures that Telegram holds, of all chats, newest first, each with its id there."""
    mine = (
        select(Job, Delivery.file_id)
        .join(Delivery, Delivery.job_id == Job.id)
        .where(Job.user_id == user_id, Job.state == JobState.DONE, Delivery.file_id.is_not(None))
        .order_by(Job.id.desc())
        .limit(limit)
    )
    return [(job, file_id) for job, file_id in await session.execute(mine) if file_id is not None]


async def list_favourites(session: AsyncSession, user_id: int, limit: int) -> Sequence[str]:
    """The presets a person had painted most, in all chats; of equals the latest first."""
    counted = (
        select(Job.preset)
        .where(Job.user_id == user_id, Job.preset.is_not(None))
        .group_by(Job.preset)
        .order_by(func.count().desc(), func.max(Job.id).desc())
        .limit(limit)
    )
    return [preset for preset in await session.scalars(counted) if preset is not None]
