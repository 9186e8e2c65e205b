"""What admins decided: about people, about everybody, and who decided it. Like all queries these never commit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.copies import copy_of
from models.database import at_once
from models.tables import AdminAct, Standing, Switch


async def find_standing(session: AsyncSession, user_id: int) -> Standing | None:
    """What was decided about a person; None where nothing was."""
    return await at_once(session, lambda trip: copy_of(trip, Standing, user_id=user_id))


async def set_standing(session: AsyncSession, user_id: int, **values: Any) -> None:
    """Decide something about a person."""
    standing = await session.get(Standing, user_id)
    if standing is None:
        standing = Standing(user_id=user_id)
        session.add(standing)
    for name, value in values.items():
        setattr(standing, name, value)
    await session.flush()


async def list_admins(session: AsyncSession) -> Sequence[Standing]:
    """Whom an owner made an admin."""
    return (await session.scalars(select(Standing).where(Standing.is_admin).order_by(Standing.user_id))).all()


async def list_quiet(session: AsyncSession) -> set[int]:
    """The admins who want no alerts."""
    return set(await session.scalars(select(Standing.user_id).where(Standing.quiet)))


async def read_switch(session: AsyncSession, name: str) -> dict[str, Any] | None:
    """What is set under a name; None where nothing is."""
    switch = await at_once(session, lambda trip: copy_of(trip, Switch, name=name))
    return switch.value if switch is not None else None


async def set_switch(session: AsyncSession, name: str, value: dict[str, Any] | None) -> None:
    """Set something under a name, or nothing any more."""
    await session.execute(delete(Switch).where(Switch.name == name))
    if value is not None:
        session.add(Switch(name=name, value=value))
        await session.flush()


async def add_act(
    session: AsyncSession, admin_id: int, act: str, subject: str, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    """Put an admin's act on record."""
    session.add(AdminAct(admin_id=admin_id, act=act, subject=subject[:64], at=at, detail=detail))
    await session.flush()


async def list_acts(session: AsyncSession, limit: int) -> Sequence[AdminAct]:
    """The latest acts, newest first."""
    return (await session.scalars(select(AdminAct).order_by(AdminAct.id.desc()).limit(limit))).all()
