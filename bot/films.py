"""What goes after a result: the film of how it came to be, or the still of a study that moves."""

import logging
from dataclasses import replace

from telegram import Message
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.errors import Refused, is_file_forgotten
from bot.messages import Look, send
from bot.naming import style_name
from bot.pacing import Priority
from bot.places import Place
from jobs.clock import Clock
from jobs.desk import Desk
from jobs.errors import BlobMissing, ResultGone
from jobs.values import JobView, Study
from models import queries
from models.database import Database

log = logging.getLogger(__name__)


class Films:
    """Sends films: uploaded when first wanted, then again by the id Telegram gave them."""

    def __init__(self, bot: ExtBot[Priority], database: Database, desk: Desk, clock: Clock) -> None:
        self._bot = bot
        self._database = database
        self._desk = desk
        self._clock = clock

    async def find(self, view: JobView) -> bytes | str:
        """The film of a job: its bytes, or the id under which Telegram holds it. Raises Refused where it is gone."""
        async with self._database.read() as session:
            held = await queries.find_film(session, view.id)
        return held or await self._bytes_of(view)

    async def send(
        self, view: JobView, film: bytes | str, look: Look, place: Place, priority: Priority = Priority.REPLY
    ) -> None:
        """Send it with the words of the look. Raises Refused where neither Telegram nor we have it any more."""
        try:
            message = await send(self._bot, place, replace(look, picture=film, film=True), priority)
        except BadRequest as error:
            if isinstance(film, bytes) or not is_file_forgotten(error):
                raise
            afresh = replace(look, picture=await self._bytes_of(view), film=True)
            message = await send(self._bot, place, afresh, priority)
        await self._remember(view, message)

    async def send_after(self, view: JobView, place: Place, language: str | None) -> None:
        """What belongs to a result beside it. Once only: its fate may be unknown, and the button stays."""
        if not (view.spec.film or view.spec.study is Study.DIFFERENCES):
            return
        async with self._database.write() as session:
            if not await queries.note_extra(session, view.id, self._clock()):
                return
        try:
            if view.spec.film:
                await self.send(view, await self.find(view), how_it_came(view, language), place, Priority.FINAL)
            elif view.film_key is not None:  # without a film the still has been the result itself
                words = texts.render(language, "differences-still")
                still = Look(words=words, picture=await self._desk.result_bytes(view.id))
                await send(self._bot, place, still, Priority.FINAL)
        except (TelegramError, Refused, BlobMissing, ResultGone, OSError) as error:
            log.warning(
                "what goes after a result was not sent",
                extra={"job_id": view.id, "attempt": view.attempt, "error": type(error).__name__},
            )

    async def _bytes_of(self, view: JobView) -> bytes:
        try:
            return await self._desk.film_bytes(view.id)
        except (ResultGone, BlobMissing) as error:
            raise Refused("press-film-gone") from error

    async def _remember(self, view: JobView, message: Message) -> None:
        if message.animation is not None:
            async with self._database.write() as session:
                await queries.set_film(session, view.id, message.animation.file_id)


def how_it_came(view: JobView, language: str | None) -> Look:
    """The words under the film of a painting."""
    return Look(words=texts.render(language, "film", style=style_name(view, language)))
