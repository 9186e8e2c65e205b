"""A person's own jobs in a chat, to be looked through: what they show, and where their pictures are."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot import keyboards, texts
from bot.errors import Refused, is_file_forgotten
from bot.files import name_of
from bot.films import Films
from bot.messages import Look, send
from bot.naming import style_name
from bot.orders import Orders
from bot.pacing import Priority
from bot.people import Person
from bot.places import Place
from bot.sheets import Tile, draw_sheet
from bot.status import final_words, open_words
from jobs.desk import Desk
from jobs.errors import BlobMissing, BlobsAway, ResultGone
from jobs.values import JobView
from models import history
from models.database import Database
from models.states import OPEN_STATES, JobState

log = logging.getLogger(__name__)

JOBS_A_PAGE = 6
LINES: dict[JobState, str] = {
    JobState.QUEUED: "jobs-queued",
    JobState.RUNNING: "jobs-running",
    JobState.DONE: "jobs-done",
    JobState.FAILED: "jobs-failed",
    JobState.CANCELLED: "jobs-cancelled",
    JobState.DEAD: "jobs-failed",
}
# The same photo in the same style may have been painted in several ways: by these methods it has a sign of its own.
DONE_LINES = {"gatys": "jobs-done-hq", "poster": "jobs-done-poster"}


# A caption holds 1024 signs, and a mix can have four long names.
LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Page:
    """A few of a person's jobs, newest first."""

    views: Sequence[JobView]
    page: int
    pages: int


class History:
    """Shows jobs that are the person's and of the chat they ask in. Raises Refused for all others."""

    def __init__(self, bot: ExtBot[Priority], database: Database, desk: Desk, orders: Orders, films: Films) -> None:
        self._bot = bot
        self._database = database
        self._desk = desk
        self._orders = orders
        self._films = films

    async def page(self, person: Person, number: int) -> Page | None:
        """A page of jobs; after the last the first one follows. None where there are no jobs."""
        async with self._database.read() as session:
            jobs = await history.count_jobs_of(session, person.user_id, person.chat_id)
        if not jobs:
            return None
        pages = -(-jobs // JOBS_A_PAGE)
        page = number % pages
        views = await self._desk.history(person.user_id, person.chat_id, skip=page * JOBS_A_PAGE, limit=JOBS_A_PAGE)
        return Page(views=views, page=page, pages=pages)

    async def look_at_page(self, person: Person, page: Page, language: str | None, now: datetime) -> Look:
        """The page as one picture of its results, with a line and a button each."""
        lines, tiles = [texts.render(language, "jobs-title")], []
        for number, view in enumerate(page.views, start=1 + page.page * JOBS_A_PAGE):
            style, age = (
                cut_short(style_name(view, language)),
                texts.age(language, (now - view.created_at).total_seconds()),
            )
            lines.append(texts.render(language, _line_of(view), number=str(number), style=style, age=age))
            title = texts.plain(language, "jobs-tile", number=str(number), style=style)
            tiles.append(Tile(title=title, picture=await self._bytes_of(view)))
        sheet = await asyncio.to_thread(draw_sheet, tiles)
        first = 1 + page.page * JOBS_A_PAGE
        markup = keyboards.history(person.user_id, page.views, first, page.page, page.pages, language)
        return Look(words="\n".join(lines), markup=markup, picture=sheet)

    async def look_at_job(self, person: Person, job_id: int, page: int, language: str | None) -> Look:
        """One job with all that can be done about it; its picture as Telegram holds it, or as we do."""
        view = await self._orders.own_view(person, job_id)
        words = open_words(view, None, language) if view.state in OPEN_STATES else final_words(view, language)
        markup = keyboards.history_job(view, person.user_id, page, language)
        # What was sent as a file cannot be shown as a photo under the same id.
        held = await self._held_by_telegram(view) if view.spec.method != "poster" else None
        return Look(words=words, markup=markup, picture=held or await self._bytes_of(view))

    async def resend(self, person: Person, job_id: int, place: Place, language: str | None) -> None:
        """Send a result once more. Raises Refused where neither Telegram nor we have it any more."""
        view = await self._orders.result_of(person, job_id)
        if view.spec.moves:
            look = Look(words=final_words(view, language), markup=keyboards.job(view, language))
            await self._films.send(view, await self._films.find(view), look, place)
            return
        look = Look(
            words=final_words(view, language),
            markup=keyboards.job(view, language),
            file_name=name_of(view) if view.spec.method == "poster" else None,
        )
        for picture in (await self._held_by_telegram(view), await self._bytes_of(view)):
            if picture is None:
                continue
            try:
                await send(self._bot, place, replace(look, picture=picture))
            except BadRequest as error:
                if isinstance(picture, bytes) or not is_file_forgotten(error):
                    raise
            else:
                return
        raise Refused("press-result-gone")

    async def _held_by_telegram(self, view: JobView) -> str | None:
        async with self._database.read() as session:
            return await history.find_sent(session, view.id)

    async def _bytes_of(self, view: JobView) -> bytes | None:
        if view.result_key is None:
            return None
        try:
            return await self._desk.result_bytes(view.id)
        except (BlobMissing, BlobsAway, ResultGone):
            log.warning("a result cannot be shown", extra={"job_id": view.id, "attempt": view.attempt})
            return None


def _line_of(view: JobView) -> str:
    """The key of a job's line in the list."""
    usual = LINES[view.state]
    return DONE_LINES.get(view.spec.method, usual) if view.state == JobState.DONE else usual


def cut_short(name: str) -> str:
    """A name as a line of the list can hold it."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
