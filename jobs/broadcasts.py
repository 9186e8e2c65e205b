"""Saying something to everybody, one person after another: how far it got is known after each of them."""

from dataclasses import dataclass
from typing import Literal

from jobs.clock import Clock, now
from models import broadcasts, standings
from models.database import Database
from models.tables import Broadcast

Reached = Literal["sent", "blocked", "failed"]


@dataclass(frozen=True, kw_only=True)
class Errand:
    """The next piece of work: these words to this person; nobody: everybody has been reached."""

    broadcast_id: int
    admin_id: int
    words: str
    user_id: int | None


class Broadcasts:
    """One transaction a method. The start and the end by hand are on record, as all acts of admins."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database = database
        self._clock = clock

    async def draft(self, admin_id: int, words: str) -> int:
        """Keep the words; nobody but the admin has seen them yet. Returns their number."""
        async with self._database.write() as session:
            row = Broadcast(admin_id=admin_id, words=words, state="draft", created_at=self._clock())
            session.add(row)
            await session.flush()
            return row.id

    async def find(self, broadcast_id: int) -> tuple[Broadcast, int] | None:
        """One as it stands, and how many are or would be reached in all."""
        async with self._database.read() as session:
            row = await session.get(Broadcast, broadcast_id)
            if row is None:
                return None
            return row, await broadcasts.count_recipients(session, row.created_at) + row.blocked

    async def start(self, admin_id: int, broadcast_id: int) -> bool:
        """Begin to send a draft; False where it is none (any more)."""
        return await self._move(admin_id, "broadcast", broadcast_id, "draft", "running")

    async def stop(self, admin_id: int, broadcast_id: int) -> bool:
        """Send it to nobody else, or not at all; False where it is through."""
        if await self._move(admin_id, "stop broadcast", broadcast_id, "running", "cancelled"):
            return True
        return await self._move(admin_id, "drop broadcast", broadcast_id, "draft", "cancelled")

    async def next_errand(self) -> Errand | None:
        """What is to be sent next; None where nothing is."""
        async with self._database.read() as session:
            row = await broadcasts.find_running(session)
            if row is None:
                return None
            user_id = await broadcasts.find_next_person(session, row)
        return Errand(broadcast_id=row.id, admin_id=row.admin_id, words=row.words, user_id=user_id)

    async def reached(self, errand: Errand, outcome: Reached) -> None:
        """Note what became of an errand: a restart goes on behind it."""
        assert errand.user_id is not None
        async with self._database.write() as session:
            await broadcasts.count_reached(session, errand.broadcast_id, errand.user_id, outcome)

    async def finish(self, errand: Errand) -> bool:
        """Everybody has been reached; False where it was stopped at the last moment."""
        async with self._database.write() as session:
            return await broadcasts.move_broadcast(
                session, errand.broadcast_id, from_state="running", state="done", finished_at=self._clock()
            )

    async def _move(self, admin_id: int, act: str, broadcast_id: int, from_state: str, to: str) -> bool:
        values = {"state": to} | ({"finished_at": self._clock()} if to == "cancelled" else {})
        async with self._database.write() as session:
            moved = await broadcasts.move_broadcast(session, broadcast_id, from_state=from_state, **values)
            if moved:
                await standings.add_act(session, admin_id, act, str(broadcast_id), self._clock())
        return moved
