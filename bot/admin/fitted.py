"""Tells admins that the style they added has been fitted, once."""

import asyncio
import logging

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.messages import Look, send
from bot.pacing import Priority
from bot.people import People
from bot.places import Place
from bot.waiting import wait_for_any
from jobs.fitting import FitBook, FitEnd

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0


class Fitted:
    """Looks for what has ended: whoever fits may be another process."""

    def __init__(self, bot: ExtBot[Priority], book: FitBook, people: People) -> None:
        self._bot = bot
        self._book = book
        self._people = people

    async def run(self, stop: asyncio.Event) -> None:
        """Tell what has to be told, until stop is set."""
        while not stop.is_set():
            try:
                await self.tell()
            except Exception as error:
                log.warning("nobody could look for fitted styles", extra={"error": type(error).__name__})
            await wait_for_any(stop, seconds=LOOK_EVERY_S)

    async def tell(self) -> None:
        """Tell what has ended since the last time."""
        for end in await self._book.take_ends():
            try:
                await self._tell(end)
            except TelegramError as error:
                log.warning("an admin was not told", extra={"admin_id": end.admin_id, "error": type(error).__name__})

    async def _tell(self, end: FitEnd) -> None:
        language = await self._people.language(end.admin_id, end.admin_id)
        key = "style-fitted" if end.fitted else "style-not-fitted"
        await send(self._bot, Place(chat_id=end.admin_id), Look(words=texts.render(language, key, name=end.name)))
