"""Updates are written down before they are confirmed to Telegram, and ticked off when their handler is through.

A crash in between repeats the update at the next start. What handlers do is safe to repeat: pictures are unique by
message, jobs by what asked for them. Only an answer may be said twice.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from telegram import Bot, Update
from telegram.ext import BaseUpdateProcessor

from bot.turns import Turns
from models.database import Database
from models.tables import UpdateSeen

log = logging.getLogger(__name__)

# Telegram itself keeps updates for about a day; an older one would answer somebody who has long gone.
REPLAY_WITHIN = timedelta(hours=24)
KEEP_HANDLED = timedelta(hours=48)
TIDY_EVERY_S = 3600.0
# An update that takes the process down with it is not tried for ever.
MAX_TRIES = 3
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
AT_ONCE = 256


class Intake(asyncio.Queue[object]):
    """The Application's update queue. `put` returns once the update is committed, and drops one already seen."""

    def __init__(self, database: Database, bot_id: int, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._database = database
        self._bot_id = bot_id
        self._clock = clock

    async def put(self, item: object) -> None:
        """Store an update, then queue it. Waits while the database is away; the Application's own signals pass."""
        if not isinstance(item, Update) or await self._store(item):
            await super().put(item)

    async def replay(self, bot: Bot) -> int:
        """Queue what was stored and never handled, in order; returns how many."""
        rows = await self._unhandled()
        for row in rows:
            await super().put(Update.de_json(json.loads(row.raw), bot))
        return len(rows)

    async def keep_tidy(self) -> None:
        """Delete handled updates that Telegram can no longer repeat, now and then; runs until it is cancelled."""
        while True:
            try:
                async with self._database.write() as session:
                    old = UpdateSeen.handled_at < self._clock() - KEEP_HANDLED
                    await session.execute(delete(UpdateSeen).where(UpdateSeen.bot_id == self._bot_id, old))
            except Exception:
                log.exception("old updates could not be deleted")
            await asyncio.sleep(TIDY_EVERY_S)

    async def count_try(self, update_id: int) -> None:
        """Note that a handler is about to start; never raises."""
        await self._change(update_id, tries=UpdateSeen.tries + 1)

    async def mark_handled(self, update_id: int) -> None:
        """Note that the handler is through; never raises: at worst the update is repeated at the next start."""
        await self._change(update_id, handled_at=self._clock())

    async def _store(self, item: Update) -> bool:
        """Commit the update; False where it was seen before. Tries until it succeeds: put must not raise."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                return await self._insert(item)
            except Exception:
                log.exception("an update cannot be stored yet", extra={"update_id": item.update_id})
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    async def _insert(self, item: Update) -> bool:
        async with self._database.write() as session:
            if await session.get(UpdateSeen, (self._bot_id, item.update_id)) is not None:
                return False
            session.add(
                UpdateSeen(
                    bot_id=self._bot_id, update_id=item.update_id, raw=item.to_json(), received_at=self._clock(), tries=0
                )
            )
        return True

    async def _unhandled(self) -> list[UpdateSeen]:
        open_rows = (
            select(UpdateSeen)
            .where(
                UpdateSeen.bot_id == self._bot_id,
                UpdateSeen.handled_at.is_(None),
                UpdateSeen.received_at > self._clock() - REPLAY_WITHIN,
            )
            .order_by(UpdateSeen.received_at, UpdateSeen.update_id)
        )
        async with self._database.write() as session:
            rows = list(await session.scalars(open_rows))
            for row in rows:
                if row.tries >= MAX_TRIES:
                    log.error("an update was given up", extra={"update_id": row.update_id, "tries": row.tries})
                    row.handled_at = self._clock()
        return [row for row in rows if row.handled_at is None]

    async def _change(self, update_id: int, **values: Any) -> None:
        row = (UpdateSeen.bot_id == self._bot_id) & (UpdateSeen.update_id == update_id)
        try:
            async with self._database.write() as session:
                await session.execute(update(UpdateSeen).where(row).values(**values))
        except Exception:
            log.exception("an update's row could not be changed", extra={"update_id": update_id})


class InTurn(BaseUpdateProcessor):
    """Updates of one person in order, people side by side."""

    def __init__(self, intake: Intake, turns: Turns, at_once: int = AT_ONCE) -> None:
        super().__init__(at_once)
        self._intake = intake
        self._turns = turns

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not isinstance(update, Update):
            await coroutine
            return
        try:
            async with self._turns.of(person_key(update)):
                await self._intake.count_try(update.update_id)
                await coroutine
                await self._intake.mark_handled(update.update_id)
        finally:
            # Cancelled while waiting for the turn: the handler never started and must not complain about it.
            if isinstance(coroutine, Coroutine):
                coroutine.close()


def person_key(update: Update) -> int:
    """Whose turn an update is: the person's, or the chat's where nobody in particular sent it."""
    if update.effective_user is not None:
        return update.effective_user.id
    return update.effective_chat.id if update.effective_chat is not None else 0
