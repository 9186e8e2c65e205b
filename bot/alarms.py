"""What admins are told without asking."""

import logging
from collections.abc import Collection

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.messages import Look, send
from bot.pacing import Priority
from bot.people import People
from bot.shelf import Place
from jobs.values import JobView

log = logging.getLogger(__name__)


class Alarms:
    """Messages to every admin who ever wrote to the bot; Telegram refuses the others."""

    def __init__(self, bot: ExtBot[Priority], people: People, admin_ids: Collection[int]) -> None:
        self._bot = bot
        self._people = people
        self._admin_ids = admin_ids

    async def job_parked(self, view: JobView) -> None:
        """Say that a job was given up after its third painter; never raises what Telegram raises."""
        for admin_id in sorted(self._admin_ids):
            language = await self._people.language(admin_id)
            facts = {"id": str(view.id), "user": view.user_name, "reason": view.error or ""}
            look = Look(words=texts.render(language, "admin-job-parked", **facts))
            try:
                await send(self._bot, Place(chat_id=admin_id), look)
            except TelegramError as error:
                log.warning("an admin was not told", extra={"job_id": view.id, "error": str(error)})
