"""ONE message a job: from "queued, 2 ahead" over previews with a bar to what came of it.

Edits to a chat stay some seconds apart; of what happens in between only the latest is shown. Whoever touches a job's
message holds the job's turn and reads its row first, so that no progress ever comes after the end.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from structlog.contextvars import bind_contextvars
from telegram.error import Forbidden, TelegramError
from telegram.ext import ExtBot

from bot import keyboards, texts
from bot.agenda import Agenda
from bot.errors import JOB_FAILED_OTHERWISE, JOB_SENTENCES, MessageGone, ProgressSkipped, is_unknown
from bot.messages import Look, change, send
from bot.naming import style_name
from bot.pacing import Pacing, Priority
from bot.papers import printed_cm
from bot.people import People
from bot.places import Place
from bot.studies import done_words
from bot.turns import Turns
from bot.variations import keeps_colours
from bot.waiting import let_finish, wait_for_any
from jobs.desk import Desk
from jobs.events import JobChanged, JobEvent, JobHeldUp, JobProgress
from jobs.ports import Events
from jobs.values import JobSpec, JobView
from models.states import OPEN_STATES, JobState, Lane

log = logging.getLogger(__name__)

# A group's budget is 20 messages a minute for all of the bot's work there: at most 12 go into edits.
GROUP_EDIT_EVERY_S = 5.0
ANNOUNCE_WITHIN = timedelta(seconds=5)
# While there is no room for progress on the way to Telegram.
TICK_S = 0.2
IDLE_S = 60.0
SHORTEST_WAIT_S = 0.001
EDITS_AT_ONCE = 8
# One of those who wait hears of their place so often: each, where they are few, a tenth of a processor at most.
ROUND_EVERY_S = 0.1
UNKNOWN_FOR_S = 1.0
MAX_KEPT_CHATS = 1000
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
    # Whether it stands among those who wait, and how much had moved when its place was last read.
    in_line: bool = False
    moves: int = 0

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
        pacing: Pacing,
        *,
        every_s: float,
        quiet_s: float,
        clock: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._events = events
        self._people = people
        self._pacing = pacing
        self._every_s = every_s
        self._quiet = timedelta(seconds=quiet_s)
        self._clock = clock
        self._turns = Turns()
        self.turn_of = self._turns.of
        self._shown: dict[int, _Shown] = {}
        self._agenda = Agenda()
        self._news = asyncio.Event()
        # Jobs that wait, who was told longest ago first; how much has moved before them since.
        self._waiting: deque[int] = deque()
        self._moves = 0
        self._next_round_at = 0.0
        self._chat_free_at: dict[int, float] = {}
        self._forget_beyond = MAX_KEPT_CHATS
        self._edits: set[asyncio.Task[None]] = set()

    async def announce(self, job_id: int) -> None:
        """Show where an accepted job stands: change its status message, or send the first one.

        A job that has ended meanwhile is left to its delivery; an instant one gets a moment to end first.
        """
        async with self.turn_of(job_id):
            view = await self._desk.view(job_id, in_line=False)
            if view is None or view.state not in OPEN_STATES:
                return
            shown = self._meet(view)
            if self._quiet_until(view) > _now():
                self._look_at(job_id, self._quiet_until(view))
            elif (view := await self._read(job_id, shown)) is not None:
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
        self._agenda.drop(view.id)
        shown = self._shown.pop(view.id, None)
        return shown.message_of(view) if shown is not None else view.status_message_id

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the news and edit, until stop is set."""
        listener = asyncio.create_task(self._listen())
        while not stop.is_set():
            self._news.clear()
            self._call_up_waiting()
            await wait_for_any(self._news, stop, seconds=self._start_edits())
        listener.cancel()
        await let_finish([listener, *self._edits], STOP_GRACE_S)

    async def _listen(self) -> None:
        async for event in self._events.subscribe():
            self._hear(event)

    def _hear(self, event: JobEvent) -> None:
        """Note what has happened to a job. That others stand further ahead by it is told them in rounds."""
        shown = self._shown.get(event.job_id)
        if shown is not None:
            shown.held_up = isinstance(event, JobHeldUp)
        if isinstance(event, JobProgress) and shown is not None:
            shown.progress = _newer(shown.progress, event)
        if isinstance(event, JobChanged):
            self._moves += 1
        if isinstance(event, JobChanged) and event.ended:
            self._agenda.drop(event.job_id)  # the rest is its delivery's
        elif isinstance(event, JobChanged) and shown is None:
            # Whoever took it is about to announce it; after a restart nobody is.
            self._look_at(event.job_id, _now() + UNKNOWN_FOR_S)
        else:
            self._look_at(event.job_id)
        self._news.set()

    def _look_at(self, job_id: int, at: float | None = None) -> None:
        """Bring its message up to date then, or as soon as may be."""
        self._agenda.put(job_id, _now() if at is None else at)
        self._news.set()

    def _call_up_waiting(self) -> None:
        """Let one of those who wait hear how far they have come, whoever has heard nothing for longest.

        Each costs a look at the whole line and an edit: that they are many must not cost those who are painted.
        """
        while self._waiting and _now() >= self._next_round_at:
            shown = self._shown.get(self._waiting[0])
            if shown is not None and not shown.lost and shown.moves == self._moves:
                return  # and so have all behind
            job_id = self._waiting.popleft()
            if shown is not None and not shown.lost:
                shown.in_line = False
                self._agenda.put(job_id, _now())
                self._next_round_at = _now() + ROUND_EVERY_S

    def _start_edits(self) -> float:
        """Begin the edits that are due, as far as there is room; after how many seconds to look again."""
        while len(self._edits) < EDITS_AT_ONCE:
            if not self._pacing.has_room():
                return TICK_S  # without an edit there is no need for what it would say
            if (job_id := self._agenda.take(_now())) is None:
                break
            self._start_edit(job_id)
        else:
            return IDLE_S  # the end of one is news
        moments = [at for at in (self._agenda.next_at(), self._next_round_at if self._waiting else None) if at]
        return min((max(at - _now(), SHORTEST_WAIT_S) for at in moments), default=IDLE_S)

    def _start_edit(self, job_id: int) -> None:
        """Begin an edit, or put it off until its chat has rested."""
        shown = self._shown.get(job_id)
        if shown is not None and shown.lost:
            return
        if shown is not None and (not_before := self._not_before(shown)) > _now():
            # Nobody knows how long an edit takes that is under way there.
            self._agenda.put(job_id, min(not_before, _now() + self._every_s))
            return
        if shown is not None:
            self._chat_free_at[shown.chat_id] = float("inf")
        task = asyncio.create_task(self._edit(job_id))
        self._edits.add(task)
        task.add_done_callback(self._end_edit)

    def _end_edit(self, task: asyncio.Task[None]) -> None:
        self._edits.discard(task)
        self._news.set()

    def _not_before(self, shown: _Shown) -> float:
        """An instant picture may still come without a word, and a chat has to rest."""
        quiet_until = self._quiet_until(shown.view) if shown.view is not None else 0.0
        return max(quiet_until, self._chat_free_at.get(shown.chat_id, 0.0))

    def _meet(self, view: JobView) -> _Shown:
        """What is known of an open job; at first that is its row."""
        shown = self._shown.setdefault(view.id, _Shown(chat_id=view.chat_id))
        shown.view = view
        return shown

    async def _edit(self, job_id: int) -> None:
        bind_contextvars(job_id=job_id, attempt=None)  # on every line of this task
        try:
            async with self.turn_of(job_id):
                shown = self._shown.get(job_id)
                if shown is None:
                    await self._learn(job_id)
                else:
                    await self._update(job_id, shown)
        except Exception:
            log.exception("a job cannot be read")

    async def _learn(self, job_id: int) -> None:
        """A job that nobody has announced in this process: what is known of it stands in its row."""
        view = await self._desk.view(job_id, in_line=False)
        if view is not None and view.state in OPEN_STATES:
            self._meet(view)
            self._look_at(job_id)

    async def _update(self, job_id: int, shown: _Shown) -> None:
        view: JobView | None = None
        try:
            view = await self._read(job_id, shown)
            if view is not None:
                bind_contextvars(attempt=view.attempt)
            if view is not None and view.state in OPEN_STATES and not self._is_being_announced(view):
                await self._show(view, shown, Priority.PROGRESS)
        except ProgressSkipped:
            # The next one shows more anyway. A person who has seen nothing so far has no next one to wait for.
            if shown.words is None:
                self._look_at(job_id)
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
        shown.moves = self._moves  # before: what moves meanwhile may be missing in what is read
        try:
            shown.view = await self._desk.view(job_id)
        except Exception:
            # The database is away, and that is what is to be shown: by the row as it was last read.
            if not (shown.held_up and shown.view is not None and shown.view.status_message_id is not None):
                raise
        if shown.view is not None and shown.view.state == JobState.QUEUED and not shown.in_line:
            shown.in_line = True
            self._waiting.append(job_id)
        return shown.view

    async def _language(self, view: JobView, shown: _Shown) -> str | None:
        try:
            shown.language = await self._people.language(view.user_id, view.chat_id)
        except Exception:
            if not shown.held_up:  # otherwise the outage is told in the language known so far
                raise
        return shown.language

    def _quiet_until(self, view: JobView) -> float:
        """When the picture is no longer probably here before any word about it could be read."""
        if view.lane is not Lane.INSTANT:
            return 0.0
        return _now() + (view.created_at + self._quiet - self._clock()).total_seconds()

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
        self._chat_free_at[chat_id] = now + pause_s
        if len(self._chat_free_at) >= self._forget_beyond:
            self._chat_free_at = {chat: free_at for chat, free_at in self._chat_free_at.items() if free_at > now}
            self._forget_beyond = max(MAX_KEPT_CHATS, 2 * len(self._chat_free_at))


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
