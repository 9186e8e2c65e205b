"""What is said to everybody, and how far it got. Like all queries these never commit."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.tables import Broadcast, Standing, User


async def find_running(session: AsyncSession) -> Broadcast | None:
    """The one that is on its way; the earliest where there are several."""
    running = select(Broadcast).where(Broadcast.state == "running").order_by(Broadcast.id).limit(1)
    return (await session.scalars(running)).one_or_none()


async def find_next_person(session: AsyncSession, broadcast: Broadcast) -> int | None:
    """Whom it goes to next; None where everybody has been reached."""
    after = _recipients(broadcast.created_at)
    if broadcast.reached_id is not None:
        after = after.where(User.id > broadcast.reached_id)
    return cast(int | None, await session.scalar(after.order_by(User.id).limit(1)))


async def count_recipients(session: AsyncSession, asked_at: datetime) -> int:
    """How many would be reached who were there at that moment, blocked and banned people apart."""
    return await session.scalar(select(func.count()).select_from(_recipients(asked_at).subquery())) or 0


async def move_broadcast(session: AsyncSession, broadcast_id: int, *, from_state: str, **values: Any) -> bool:
    """Change one if it stands there; False where it does not."""
    statement = update(Broadcast).where(Broadcast.id == broadcast_id, Broadcast.state == from_state).values(values)
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount == 1


async def count_reached(session: AsyncSession, broadcast_id: int, user_id: int, outcome: str) -> None:
    """Note what became of it at a person, whatever state it is in by now. outcome: sent, blocked or failed."""
    column = getattr(Broadcast, outcome)
    values = {"reached_id": user_id, outcome: column + 1}
    await session.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(values))


def _recipients(asked_at: datetime) -> Select[int]:
    banned = select(Standing.user_id).where(Standing.banned_at.is_not(None))
    people = select(User.id).where(User.blocked_at.is_(None), User.created_at <= asked_at)
    return people.where(User.id.not_in(banned))
