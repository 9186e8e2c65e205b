"""A person wants everything deleted: their jobs are stopped, then their rows go, then their files."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.errors import MessageGone
from bot.messages import Look, change
from bot.naming import style_name
from bot.pacing import Priority
from bot.status import StatusBoard
from jobs.clock import Clock
from jobs.desk import Desk
from jobs.ports import Blobs
from jobs.values import JobView
from models.database import Database
from models.forgetting import forget_person, forget_words
from models.states import OPEN_STATES
from models.tables import Job

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """How much went."""

    rows: int
    files: int
    stopped: int


NOTHING = Deleted(rows=0, files=0, stopped=0)


class Forgetting:
    """Deletes what is kept of a person. A crash in between leaves files that the sweep finds, never rows without."""

    def __init__(
        self,
        bot: ExtBot[Priority],
        database: Database,
        desk: Desk,
        blobs: Blobs,
        status: StatusBoard,
        clock: Clock,
        *,
        bot_id: int,
    ) -> None:
        self._bot = bot
        self._database = database
        self._desk = desk
        self._blobs = blobs
        self._status = status
        self._clock = clock
        self._bot_id = bot_id

    async def forget(self, user_id: int, language: str | None, update_id: int) -> Deleted:
        """Stop and delete everything; update_id: the update that asks for it, which is emptied as well.

        A painter that is stopped in the middle may still leave a file behind, which belongs to no row: it is swept.
        """
        stopped = await self._stop_jobs(user_id)
        async with self._database.write() as session:
            await self._desk.keep_count(session, user_id)
            forgotten = await forget_person(session, user_id)
            await forget_words(session, user_id, self._bot_id, update_id, self._clock())
        for view in stopped:
            await self._say_stopped(view, language)
        for key in forgotten.blob_keys:
            await self._delete(key)
        return Deleted(rows=forgotten.rows, files=len(forgotten.blob_keys), stopped=len(stopped))

    async def _stop_jobs(self, user_id: int) -> Sequence[JobView]:
        mine = select(Job.id).where(Job.user_id == user_id, Job.state.in_(OPEN_STATES))
        async with self._database.read() as session:
            job_ids = (await session.scalars(mine)).all()
        views = [await self._desk.view(job_id) for job_id in job_ids]
        for job_id in job_ids:
            await self._desk.cancel(job_id, user_id=user_id)
        return [view for view in views if view is not None]

    async def _say_stopped(self, view: JobView, language: str | None) -> None:
        """No delivery will come any more: the message must not promise one for ever."""
        async with self._status.turn_of(view.id):
            message_id = self._status.forget(view)
            if message_id is None:
                return
            look = Look(words=texts.render(language, "cancelled", style=style_name(view, language)))
            try:
                await change(self._bot, view.chat_id, message_id, look, Priority.REPLY)
            except (TelegramError, MessageGone) as error:
                facts = {"job_id": view.id, "attempt": view.attempt, "error": type(error).__name__}
                log.info("an end was not shown", extra=facts)

    async def _delete(self, key: str) -> None:
        try:
            await self._blobs.delete(key)
        except OSError as error:  # no row knows it any more: it is swept within hours
            log.warning("a blob could not be deleted yet", extra={"error": type(error).__name__})
