"""A result as a file: a photo on Telegram is smaller than what was painted, and pressed once more."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.errors import Refused, is_file_forgotten
from bot.messages import send_file
from bot.orders import VARY
from bot.pacing import Priority
from bot.places import Place
from bot.preferences import preferences_of
from jobs.desk import Desk
from jobs.errors import BlobMissing, ResultGone
from jobs.values import JobView
from models import queries
from models.database import Database

log = logging.getLogger(__name__)

NAME_OF_OWN_STYLE = "own-style"
NAME_OF_MIX = "mix"


@dataclass(frozen=True, kw_only=True)
class ResultFile:
    """A result ready to be sent. held: its bytes, or the id under which Telegram holds it."""

    job_id: int
    name: str
    held: bytes | str


class Files:
    """Hands results out as files: uploaded when first wanted, then sent again by the id Telegram gave them."""

    def __init__(self, bot: ExtBot[Priority], database: Database, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._database = database
        self._desk = desk
        self._clock = clock

    async def find(self, view: JobView) -> ResultFile:
        """The result of a finished job. Raises Refused where it has expired."""
        async with self._database.read() as session:
            file_id = await queries.find_document(session, view.id)
        return ResultFile(job_id=view.id, name=name_of(view), held=file_id or await self._bytes_of(view))

    async def send(self, view: JobView, file: ResultFile, place: Place, priority: Priority = Priority.REPLY) -> None:
        """Send it. Raises Refused where neither Telegram nor we have it any more."""
        try:
            await self._send(file, place, priority)
        except BadRequest as error:
            if isinstance(file.held, bytes) or not is_file_forgotten(error):
                raise
            afresh = ResultFile(job_id=view.id, name=file.name, held=await self._bytes_of(view))
            await self._send(afresh, place, priority)

    async def send_unasked(self, view: JobView, place: Place) -> None:
        """Give who sent a file, or set so, a file. Once only: its fate may be unknown, and the button stays.

        A poster is a file already, and who tries other settings presses for the one they like.
        """
        if view.spec.method == "poster" or view.idem_key.startswith(f"{VARY}:"):
            return
        async with self._database.read() as session:
            wanted = (await preferences_of(session, view.chat_id)).as_file
            if not wanted and not await queries.came_as_file(session, view.id):
                return
        async with self._database.write() as session:
            if not await queries.note_document(session, view.id, self._clock()):
                return
        try:
            await self.send(view, await self.find(view), place, Priority.FINAL)
        except (TelegramError, Refused, OSError) as error:
            log.warning(
                "a file was not sent", extra={"job_id": view.id, "attempt": view.attempt, "error": type(error).__name__}
            )

    async def _bytes_of(self, view: JobView) -> bytes:
        try:
            return await self._desk.result_bytes(view.id)
        except (ResultGone, BlobMissing) as error:
            raise Refused("press-result-gone") from error

    async def _send(self, file: ResultFile, place: Place, priority: Priority) -> None:
        message = await send_file(self._bot, place, file.held, file.name, priority)
        if message.document is not None and isinstance(file.held, bytes):
            async with self._database.write() as session:
                await queries.set_document(session, file.job_id, message.document.file_id)


def name_of(view: JobView) -> str:
    """What the file is called where it is saved."""
    ending = PurePath(view.result_key or "").suffix or ".jpg"
    style = view.spec.study or (NAME_OF_MIX if view.mix else view.preset or NAME_OF_OWN_STYLE)
    return f"pastiche-{style}-{view.id}{ending}"
