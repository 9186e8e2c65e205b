"""Takes an admin's words to everybody, slowly enough to be in nobody's way.

A kill between Telegram's answer and our note says them twice to one person; nobody is left out.
"""

import asyncio
import logging

from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.errors import is_unknown
from bot.messages import Look, send
from bot.pacing import Priority
from bot.people import People
from bot.places import Place
from bot.waiting import wait_for_any
from jobs.broadcasts import Broadcasts, Errand, Reached

log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
# While Telegram or the database is away.
PAUSE_S = 5.0
# Of all calls, so many remain for everything else.
SHARE = 1 / 3


class Herald:
    """Goes on by itself wherever it was stopped, also after a restart."""

    def __init__(self, bot: ExtBot[Priority], broadcasts: Broadcasts, people: People, *, calls_a_second: int) -> None:
        self._bot = bot
        self._broadcasts = broadcasts
        self._people = people
        self._every_s = 1 / (calls_a_second * SHARE)
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Something is to be said."""
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Say what is to be said, until stop is set."""
        while not stop.is_set():
            self._news.clear()
            try:
                errand = await self._broadcasts.next_errand()
                if errand is not None:
                    await self.do(errand)
            except Exception as error:
                log.warning("a broadcast has to wait", extra={"error": type(error).__name__})
                await wait_for_any(stop, seconds=PAUSE_S)
            else:
                if errand is None:
                    await wait_for_any(self._news, stop, seconds=LOOK_EVERY_S)
                else:
                    await wait_for_any(stop, seconds=self._every_s)

    async def do(self, errand: Errand) -> None:
        """One person more, or the end. Raises where Telegram or the database is away: it is tried again."""
        if errand.user_id is None:
            await self._end(errand)
            return
        outcome = await self._say(errand.user_id, errand.words)
        await self._broadcasts.reached(errand, outcome)

    async def _say(self, user_id: int, words: str) -> Reached:
        try:
            await send(self._bot, Place(chat_id=user_id), Look(words=words), Priority.BULK)
        except Forbidden:
            await self._people.mark_blocked(user_id, user_id)
            return "blocked"
        except TelegramError as error:
            # What may have arrived is not said twice; what cannot be said will not be possible later either.
            if not (isinstance(error, BadRequest) or is_unknown(error)):
                raise
            log.info("a broadcast did not reach somebody", extra={"error": type(error).__name__})
            return "failed"
        return "sent"

    async def _end(self, errand: Errand) -> None:
        if not await self._broadcasts.finish(errand):
            return
        found = await self._broadcasts.find(errand.broadcast_id)
        assert found is not None  # broadcasts are never deleted
        row, _ = found
        language = await self._people.language(errand.admin_id, errand.admin_id)
        words = texts.render(language, "broadcast-done", sent=row.sent, blocked=row.blocked, failed=row.failed)
        try:
            await send(self._bot, Place(chat_id=errand.admin_id), Look(words=words))
        except TelegramError as error:
            log.warning("an admin was not told", extra={"admin_id": errand.admin_id, "error": type(error).__name__})
