"""Styles that people saved, and those who may use them. Like all queries these never commit."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.copies import copy_of
from models.tables import Job, StyleGuest, UserStyle
from models.trips import Trip


async def list_own_styles(session: AsyncSession, user_id: int) -> Sequence[UserStyle]:
    """What a person saved, newest first."""
    own = select(UserStyle).where(UserStyle.user_id == user_id).order_by(UserStyle.id.desc())
    return (await session.scalars(own)).all()


async def list_usable_styles(session: AsyncSession, user_id: int, limit: int) -> Sequence[UserStyle]:
    """What a person may paint with: their own, and what others share with them; newest first, their own before."""
    usable = select(UserStyle).where(_may_use(user_id), UserStyle.blob_key.is_not(None))
    own_first = usable.order_by(UserStyle.user_id != user_id, UserStyle.id.desc())
    return (await session.scalars(own_first.limit(limit))).all()


async def find_usable_style(session: AsyncSession, style_id: int, user_id: int) -> UserStyle | None:
    """A style, where the person may paint with it."""
    usable = select(UserStyle).where(UserStyle.id == style_id, _may_use(user_id), UserStyle.blob_key.is_not(None))
    return cast(UserStyle | None, await session.scalar(usable))


async def find_shared_style(session: AsyncSession, share_hash: str) -> UserStyle | None:
    """The style whose link is made of the token with that hash."""
    return cast(UserStyle | None, await session.scalar(select(UserStyle).where(UserStyle.share_hash == share_hash)))


async def count_own_styles(session: AsyncSession, user_id: int) -> int:
    """How many a person saved."""
    return await session.scalar(select(func.count()).where(UserStyle.user_id == user_id)) or 0


async def find_styles(session: AsyncSession, jobs: Collection[Job]) -> Mapping[int, UserStyle]:
    """The saved styles that jobs are painted in, as far as they are still there."""
    ids = {part["style"] for job in jobs for part in _parts(job) if "style" in part}
    if not ids:
        return {}
    return {style.id: style for style in await session.scalars(select(UserStyle).where(UserStyle.id.in_(ids)))}


def find_styles_of(trip: Trip, job: Job) -> Mapping[int, UserStyle]:
    """The same for one job, where a whole transaction is one trip."""
    found = [copy_of(trip, UserStyle, id=part["style"]) for part in _parts(job) if "style" in part]
    return {style.id: style for style in found if style is not None}


def _parts(job: Job) -> list[dict[str, Any]]:
    return job.mix or []


def _may_use(user_id: int) -> ColumnElement[bool]:
    shared = select(StyleGuest.style_id).where(StyleGuest.user_id == user_id)
    return or_(UserStyle.user_id == user_id, UserStyle.id.in_(shared))
