"""ONE message a job: from "queued, 2 ahead" over previews with a bar to what came of it.

Edits to a chat stay some seconds apart; of what happens in between only the latest is shown. Whoever touches a job's
message holds the job's turn and reads its row first, so that no progress ever comes after the end.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from structlog.contextvars import bind_contextvars
from telegram.error import Forbidden, TelegramError
from telegram.ext import ExtBot

from bot import keyboards, texts
from bot.errors import JOB_FAILED_OTHERWISE, JOB_SENTENCES, MessageGone, ProgressSkipped, is_unknown
from bot.messages import Look, change, send
from bot.naming import style_name
from bot.pacing import Priority
from bot.papers import printed_cm
from bot.people import People
from bot.places import Place
from bot.studies import done_words
from bot.turns import Turns
from bot.variations import keeps_colours
from bot.waiting import let_finish, wait_for_any
from jobs.desk import Desk
from jobs.events import JobEvent, JobHeldUp, JobProgress
from jobs.ports import Events
from jobs.values import JobSpec, JobView
from models.states import OPEN_STATES, JobState, Lane

log = logging.getLogger(__name__)

# A group's budget is 20 messages a minute for all of the bot's work there: at most 12 go into edits.
GROUP_EDIT_EVERY_S = 5.0
ANNOUNCE_WITHIN = timedelta(seconds=5)
TICK_S = 0.2
IDLE_S = 60.0
STOP_GRACE_S = 5.0
BAR_CELLS = 12


@dataclass
class _Shown:
    """What this process knows about the status message of an open job."""

    chat_id: int
    words: str | None = None
    # What the message is believed to be; after a restart, and for a preset's sheet of styles, a photo.
    is_text: bool = False
    progress: JobProgress | None = None
    # Nothing can be stored just now. What was read last is all there is to go by where the database is away.
    held_up: bool = False
    view: JobView | None = None
    message_id: int | None = None
    language: str | None = None
    # The person deleted the message, or blocked the bot: silence until there is a result.
    lost: bool = False

    def message_of(self, view: JobView) -> int | None:
        """The status message: as recorded, or as only we know it. A group that moved has left it behind."""
        return view.status_message_id or (self.message_id if self.chat_id == view.chat_id else None)


class StatusBoard:
    """Keeps the status messages of open jobs up to date."""

    def __init__(
        self,
        bot: ExtBot[Priority],
        desk: Desk,
        events: Events,
        people: People,
        *,
        every_s: float,
        quiet_s: float,
        clock: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._events = events
        self._people = people
        self._every_s = every_s
        self._quiet = timedelta(seconds=quiet_s)
        self._clock = clock
        self._turns = Turns()
        self.turn_of = self._turns.of
        self._shown: dict[int, _Shown] = {}
        self._wanted: set[int] = set()
        self._news = asyncio.Event()
        self._chat_free_at: dict[int, float] = {}
        self._edits: set[asyncio.Task[None]] = set()

    async def announce(self, job_id: int) -> None:
        """Show where an accepted job stands: change its status message, or send the first one.

        A job that has ended meanwhile is left to its delivery; an instant one gets a moment to end first.
        """
        async with self.turn_of(job_id):
            view = await self._desk.view(job_id)
            if view is not None and view.state in OPEN_STATES:
                shown = self._shown.setdefault(job_id, _Shown(chat_id=view.chat_id))
                shown.view = view
                if self._is_quiet(view):
                    self._wanted.add(job_id)
                    self._news.set()
                else:
                    await self._announce(view, shown)

    async def _announce(self, view: JobView, shown: _Shown) -> None:
        try:
            await self._show(view, shown, Priority.REPLY)
        except TelegramError as error:
            if not is_unknown(error):
                raise
            # The job is accepted, so nothing is said of it. A message that may have arrived is not sent again: the
            # result comes by itself. A changed one will be changed again.
            shown.lost = view.status_message_id is None
            log.warning(
                "no answer to an announcement",
                extra={"job_id": view.id, "attempt": view.attempt, "error": type(error).__name__},
            )

    def forget(self, view: JobView) -> int | None:
        """The job has ended: nothing more is shown from here. Returns its status message, which may not be recorded."""
        self._wanted.discard(view.id)
        shown = self._shown.pop(view.id, None)
        return shown.message_of(view) if shown is not None else view.status_message_id

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the news and edit, until stop is set."""
        listener = asyncio.create_task(self._listen())
        while not stop.is_set():
            self._news.clear()
            for job_id in tuple(self._wanted):
                await self._start_edit(job_id)
            # What is wanted now and has to rest for a while brings no news when it may go.
            await wait_for_any(self._news, stop, seconds=min(TICK_S, self._every_s) if self._wanted else IDLE_S)
        listener.cancel()
        await let_finish([listener, *self._edits], STOP_GRACE_S)

    async def _listen(self) -> None:
        async for event in self._events.subscribe():
            self._hear(event)

    def _hear(self, event: JobEvent) -> None:
        if event.job_id in self._shown:
            self._shown[event.job_id].held_up = isinstance(event, JobHeldUp)
        if isinstance(event, JobHeldUp):
            self._wanted.add(event.job_id)
        elif isinstance(event, JobProgress):
            self._wanted.add(event.job_id)
            if event.job_id in self._shown:
                self._shown[event.job_id].progress = _newer(self._shown[event.job_id].progress, event)
        else:
            # Whoever waits behind this job may have moved up.
            self._wanted.update({event.job_id, *self._shown})
        self._news.set()

    async def _start_edit(self, job_id: int) -> None:
        """Begin an edit if its chat has rested for long enough; it stays wanted otherwise."""
        try:
            shown = await self._known(job_id)
        except Exception:
            log.exception("a job cannot be read", extra={"job_id": job_id, "attempt": None})
            shown = None
        if shown is None or shown.lost:
            self._wanted.discard(job_id)
        elif shown.view is not None and self._is_quiet(shown.view):
            pass  # an instant picture may still come without a word: it stays wanted
        elif self._chat_free_at.get(shown.chat_id, 0.0) <= _now():
            self._wanted.discard(job_id)
            self._chat_free_at[shown.chat_id] = float("inf")
            task = asyncio.create_task(self._edit(job_id, shown))
            self._edits.add(task)
            task.add_done_callback(self._edits.discard)

    async def _known(self, job_id: int) -> _Shown | None:
        """What is known of a job; after a restart that is learnt from its row. None where it is no longer open."""
        if job_id not in self._shown:
            view = await self._desk.view(job_id)
            if view is None or view.state not in OPEN_STATES:
                return None
            self._shown.setdefault(job_id, _Shown(chat_id=view.chat_id, view=view))
        return self._shown[job_id]

    async def _edit(self, job_id: int, shown: _Shown) -> None:
        bind_contextvars(job_id=job_id, attempt=None)  # on every line of this task
        try:
            async with self.turn_of(job_id):
                view = await self._read(job_id, shown)
                if view is not None:
                    bind_contextvars(attempt=view.attempt)
                if view is not None and view.state in OPEN_STATES and not self._is_being_announced(view):
                    await self._show(view, shown, Priority.PROGRESS)
        except ProgressSkipped:
            # The next one shows more anyway. A person who has seen nothing so far has no next one to wait for.
            if shown.words is None:
                self._wanted.add(job_id)
                self._news.set()  # or nobody looks for as long as nothing else happens
        except Forbidden:
            shown.lost = True
            if view is not None:
                await self._people.mark_blocked(view.user_id, view.chat_id)
        except MessageGone:
            shown.lost = True
        except TelegramError as error:
            # Progress without a message to change was sent as a new one: where that may have arrived, it was the last.
            shown.lost = is_unknown(error) and view is not None and view.status_message_id is None
            log.warning("progress could not be shown", extra={"error": f"{type(error).__name__}: {error}"})
        except Exception:
            log.exception("progress could not be shown")
        finally:
            self._free(shown.chat_id)

    async def _read(self, job_id: int, shown: _Shown) -> JobView | None:
        try:
            shown.view = await self._desk.view(job_id)
        except Exception:
            # The database is away, and that is what is to be shown: by the row as it was last read.
            if not (shown.held_up and shown.view is not None and shown.view.status_message_id is not None):
                raise
        return shown.view

    async def _language(self, view: JobView, shown: _Shown) -> str | None:
        try:
            shown.language = await self._people.language(view.user_id, view.chat_id)
        except Exception:
            if not shown.held_up:  # otherwise the outage is told in the language known so far
                raise
        return shown.language

    def _is_quiet(self, view: JobView) -> bool:
        """Whether the picture is probably here before any word about it could be read."""
        return view.lane is Lane.INSTANT and self._clock() - view.created_at < self._quiet

    def _is_being_announced(self, view: JobView) -> bool:
        """Whether the handler that took the job is probably about to send its first message."""
        announced_at_once = view.lane is not Lane.INSTANT and view.status_message_id is None
        return announced_at_once and self._clock() - view.created_at < ANNOUNCE_WITHIN

    async def _show(self, view: JobView, shown: _Shown, priority: Priority) -> None:
        """Bring the message up to date; nothing is said where nothing has changed. The caller holds the turn."""
        language = await self._language(view, shown)
        progress = shown.progress if view.state == JobState.RUNNING else None
        picture = progress.preview_jpeg if progress is not None else None
        words = held_up_words(view, language) if shown.held_up else _announcing_film(view, progress, language)
        look = Look(words=words, markup=keyboards.job(view, language), picture=picture)
        if look.words == shown.words and picture is None:
            return
        shown.progress = None
        message_id = shown.message_of(view)
        if message_id is None:
            await self._send(view, shown, look, priority)
        else:
            try:
                await change(self._bot, view.chat_id, message_id, look, priority, is_text=shown.is_text)
            except MessageGone:
                if priority is Priority.PROGRESS:
                    raise
                await self._send(view, shown, look, priority)
        shown.words = look.words
        shown.is_text = shown.is_text and picture is None
        self._free(view.chat_id)

    async def _send(self, view: JobView, shown: _Shown, look: Look, priority: Priority) -> None:
        message = await send(self._bot, place_of(view), look, priority)
        shown.chat_id, shown.message_id, shown.is_text = view.chat_id, message.message_id, look.picture is None
        try:
            await self._desk.set_status_message(view.id, message.message_id)
        except Exception:
            # Known here all the same: this process goes on with it, and sends no second one.
            log.exception("a status message could not be recorded", extra={"job_id": view.id, "attempt": view.attempt})

    def _free(self, chat_id: int) -> None:
        """The next edit in this chat may come after its pause."""
        pause_s = max(GROUP_EDIT_EVERY_S, self._every_s) if chat_id < 0 else self._every_s
        now = _now()
        self._chat_free_at = {chat: free_at for chat, free_at in self._chat_free_at.items() if free_at > now}
        self._chat_free_at[chat_id] = now + pause_s


def place_of(view: JobView) -> Place:
    """Where the messages of a job go: its topic, and in a group as an answer to the asker."""
    reply_to = view.reply_to_message_id if view.chat_id < 0 else None
    return Place(chat_id=view.chat_id, thread_id=view.thread_id, reply_to=reply_to)


def held_up_words(view: JobView, language: str | None) -> str:
    """What the status message of a job says that waits for room on the disk or for the database."""
    return texts.render(language, "held-up", style=style_name(view, language))


def open_words(view: JobView, progress: JobProgress | None, language: str | None) -> str:
    """What the status message of an open job says."""
    style = style_name(view, language)
    if view.cancel_requested:
        return texts.render(language, "stopping", style=style)
    if view.state == JobState.QUEUED:
        return _queued_words(view, style, language)
    step, steps, eta_s = (
        (progress.step, progress.steps, progress.eta_s) if progress is not None else (view.step, view.steps, view.eta_s)
    )
    if not step or not steps:
        return texts.render(language, "starting", style=style)
    facts: dict[str, texts.Fact] = {"style": style, "bar": bar(step, steps), "percent": percent(step, steps)}
    if eta_s is None:
        return texts.render(language, "painting", **facts)
    return texts.render(language, "painting-eta", eta=texts.about(language, eta_s), **facts)


def _announcing_film(view: JobView, progress: JobProgress | None, language: str | None) -> str:
    """The same for a job whose film was asked for: it comes after the picture."""
    words = open_words(view, progress, language)
    if not view.spec.film or view.cancel_requested:
        return words
    return words + "\n" + texts.render(language, "film-coming")


def final_words(view: JobView, language: str | None) -> str:
    """What the status message of a finished job says."""
    style = style_name(view, language)
    if view.state == JobState.DONE:
        return _done_words(view, style, language)
    if view.state == JobState.CANCELLED:
        return texts.render(language, "cancelled", style=style)
    return texts.render(language, JOB_SENTENCES.get(view.error or "", JOB_FAILED_OTHERWISE), style=style)


def bar(step: int, steps: int) -> str:
    """How far a painting is, drawn."""
    full = min(BAR_CELLS, BAR_CELLS * step // max(1, steps))
    return "▓" * full + "░" * (BAR_CELLS - full)


def percent(step: int, steps: int) -> int:
    """How far a painting is, of a hundred."""
    return min(100, 100 * step // max(1, steps))


def _done_words(view: JobView, style: str, language: str | None) -> str:
    spec = view.spec
    if spec.study is not None:
        return done_words(view, language)
    if spec.method == "poster" and spec.dpi is not None:
        length_cm = printed_cm(spec.longest_side_px, spec.dpi)
        return texts.render(language, "done-poster", style=style, length=length_cm, dpi=spec.dpi)
    if spec.method == "instant":
        told = texts.render(language, "done", style=style)
    else:
        told = texts.render(language, "done-hq", style=style)
    settings = " · ".join(_settings(spec, language))
    return f"{told}\n<i>{settings}</i>" if settings else told


def _settings(spec: JobSpec, language: str | None) -> Iterator[str]:
    """What differs from how a picture is painted at first."""
    if spec.strength != 1.0:
        yield texts.render(language, "setting-strength", percent=round(100 * spec.strength))
    if keeps_colours(spec):
        yield texts.render(language, "setting-colours")
    if spec.brush != 1.0:
        yield texts.render(language, "setting-finer" if spec.brush < 1.0 else "setting-broader")


def _queued_words(view: JobView, style: str, language: str | None) -> str:
    facts: dict[str, texts.Fact] = {"style": style}
    if view.eta_s is not None:
        facts["eta"] = texts.about(language, view.eta_s)
    if view.ahead == 0:
        return texts.render(language, "queued-next-eta" if "eta" in facts else "queued-next", **facts)
    facts["ahead"] = view.ahead
    return texts.render(language, "queued-behind-eta" if "eta" in facts else "queued-behind", **facts)


def _newer(older: JobProgress | None, newer: JobProgress) -> JobProgress:
    """The newer numbers, with the older picture where the newer brings none."""
    if newer.preview_jpeg is not None or older is None or older.preview_jpeg is None:
        return newer
    return JobProgress(
        job_id=newer.job_id,
        step=newer.step,
        steps=newer.steps,
        stage=newer.stage,
        preview_jpeg=older.preview_jpeg,
        eta_s=newer.eta_s,
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
