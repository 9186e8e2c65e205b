"""Updates are written down before they are confirmed to Telegram, and ticked off when their handler is through.

A crash in between repeats the update at the next start. What handlers do is safe to repeat: pictures are unique by
message, jobs by what asked for them. Only an answer may be said twice.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, Update
from telegram.ext import BaseUpdateProcessor

from bot.turns import Turns
from models import queries
from models.database import Database
from models.tables import UpdateSeen

log = logging.getLogger(__name__)

# Telegram itself keeps updates for about a day; an older one would answer somebody who has long gone.
REPLAY_WITHIN = timedelta(hours=24)
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

    async def count_try(self, update_id: int) -> None:
        """Note that a handler is about to start; never raises."""
        with self._logged(update_id):
            async with self._database.write() as session:
                await queries.count_update_try(session, self._bot_id, update_id)

    async def mark_handled(self, update_id: int) -> None:
        """Note that the handler is through; never raises: at worst the update is repeated at the next start."""
        with self._logged(update_id):
            async with self._database.write() as session:
                await queries.mark_update_handled(session, self._bot_id, update_id, self._clock())

    async def _store(self, item: Update) -> bool:
        """Commit the update; False where it was seen before. Tries until it succeeds: put must not raise."""
        raw, wait_s = _raw(item), FIRST_WAIT_S
        while True:
            try:
                async with self._database.write() as session:
                    return await queries.store_update(session, self._bot_id, item.update_id, raw, self._clock())
            except Exception:
                log.exception("an update cannot be stored yet", extra={"update_id": item.update_id})
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    async def _unhandled(self) -> list[UpdateSeen]:
        now = self._clock()
        async with self._database.write() as session:
            rows = await queries.list_unhandled_updates(session, self._bot_id, since=now - REPLAY_WITHIN)
            for row in rows:
                if row.tries >= MAX_TRIES:
                    log.error("an update was given up", extra={"update_id": row.update_id, "tries": row.tries})
                    await queries.mark_update_handled(session, self._bot_id, row.update_id, now)
        return [row for row in rows if row.tries < MAX_TRIES]

    @contextmanager
    def _logged(self, update_id: int) -> Iterator[None]:
        try:
            yield
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


def _raw(update: Update) -> str:
    """The update as JSON. The library's own to_json stumbles over dates deep inside, such as a pinned message's."""
    return json.dumps(
        update.to_dict(), default=lambda value: int(value.timestamp()) if isinstance(value, datetime) else None
    )
