"""What a finished job owes its chat: the picture, or the sentence that says why there is none.

At least once: a crash between Telegram's answer and our commit repeats the edit, which changes nothing. Where there is
no message to edit, one line is sent first and then turned into the picture: should nobody know whether a new message
arrived, it is this line that may come twice. An instant picture goes out at once, without a line, the first time.
"""

import asyncio
import logging
from dataclasses import dataclass, replace

from structlog.contextvars import bind_contextvars
from telegram import Message
from telegram.error import ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import keyboards, texts
from bot.alarms import Alarms
from bot.errors import MessageGone, is_chat_gone, is_refusal
from bot.files import Files, name_of
from bot.films import Films
from bot.messages import Look, change, send
from bot.naming import style_name
from bot.pacing import Priority, retry_after_s
from bot.people import People
from bot.status import StatusBoard, final_words, place_of
from bot.waiting import let_finish, wait_for_any
from jobs import faults
from jobs.desk import Desk
from jobs.errors import BlobMissing, ResultGone
from jobs.events import JobChanged
from jobs.ports import Events
from jobs.values import JobView
from models.states import OPEN_STATES, JobState, Lane

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
# Each holds its picture until it may be sent. A chat that has to wait takes no more of them than its share.
AT_ONCE, OF_A_CHAT = 64, 2
READ_AT_ONCE = 4 * AT_ONCE
# Deliveries under way end by themselves when the bot stops, up to here.
STOP_GRACE_S = 5.0
FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 300.0
# After a message whose fate is not known: what is slow now is given time.
UNSURE_RETRY_S = 30.0


class Deliveries:
    """Pays what is owed, one task a job: a chat that has to wait holds nobody else up."""

    def __init__(
        self,
        bot: ExtBot[Priority],
        desk: Desk,
        events: Events,
        people: People,
        status: StatusBoard,
        alarms: Alarms,
        files: Files,
        films: Films,
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._events = events
        self._people = people
        self._status = status
        self._alarms = alarms
        self._files = files
        self._films = films
        self._under_way: dict[int, asyncio.Task[None]] = {}
        # Read and not begun: where many are behind, not each that ends is worth another look at all of them.
        self._due: dict[int, int] = {}
        self._wake = asyncio.Event()
        self._retry_s: dict[int, float] = {}
        # Told, but not recorded: where the disk is full, only that is tried again.
        self._told: dict[int, _Told] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver whenever a job ends, and look every two seconds for what was missed; until stop is set."""
        listener = asyncio.create_task(self._listen())
        while not stop.is_set():
            self._wake.clear()
            try:
                await self.start_due()
            except Exception:
                log.exception("deliveries cannot be read")
            await wait_for_any(self._wake, stop, seconds=LOOK_EVERY_S)
        listener.cancel()
        await let_finish([listener, *self._under_way.values()], STOP_GRACE_S)

    async def start_due(self) -> list[asyncio.Task[None]]:
        """Begin the deliveries that are due, as far as there is room; returns the tasks of all that are under way."""
        if not self._due and len(self._under_way) < AT_ONCE:
            # What ends while the rows are read may look due in them: it is judged by the next look.
            known = set(self._under_way)
            due = await self._desk.due_deliveries(READ_AT_ONCE + len(known), OF_A_CHAT)
            self._due |= {job: attempt for job, attempt in due if job not in known | self._under_way.keys()}
        while self._due and len(self._under_way) < AT_ONCE:
            job_id = next(iter(self._due))
            attempt = self._due.pop(job_id)
            self._under_way[job_id] = asyncio.create_task(self._deliver(job_id, attempt))
        return list(self._under_way.values())

    async def _listen(self) -> None:
        async for event in self._events.subscribe():
            if isinstance(event, JobChanged) and event.ended:
                self._wake.set()

    async def _deliver(self, job_id: int, attempt: int) -> None:
        bind_contextvars(job_id=job_id, attempt=attempt)  # on every line of this task
        try:
            async with self._status.turn_of(job_id):
                # Read once more: the status message may have been sent while we waited for the turn.
                view = await self._desk.view(job_id)
                if view is not None and view.state not in OPEN_STATES:
                    await self._try_delivery(replace(view, status_message_id=self._status.forget(view)))
        except Exception:
            # The database is away: the row still says that the delivery is due.
            log.exception("a delivery could not be recorded")
        finally:
            self._under_way.pop(job_id, None)
            self._wake.set()  # there is room for another

    async def _try_delivery(self, view: JobView) -> None:
        faults.hit("delivery_begun")
        try:
            if view.id not in self._told:
                where = _where(view, await self._hand_over(view))
                faults.hit("answer_sent")
                await self._tell_admins(view)
                self._told[view.id] = where
            if view.state == JobState.DONE:
                beside = replace(place_of(view), reply_to=self._told[view.id].message_id)
                await self._films.send_after(view, beside, await self._people.language(view.user_id, view.chat_id))
                await self._files.send_unasked(view, beside)
        except Forbidden:
            await self._people.mark_blocked(view.user_id, view.chat_id)
            await self._give_up(view, "blocked")
        except ChatMigrated:
            # Its rows have the new number already.
            await self._desk.delivery_failed(view.id, 0.0)
        except RetryAfter as error:
            await self._desk.delivery_failed(view.id, retry_after_s(error))
        except TelegramError as error:
            await self._put_off(view, error)
        except Exception as error:
            log.exception("a delivery failed")
            await self._put_off(view, error)
        else:
            told = self._told[view.id]
            await self._desk.delivered(view.id, told.message_id, told.file_id, told.film_file_id)
            del self._told[view.id]
            self._retry_s.pop(view.id, None)

    async def _put_off(self, view: JobView, error: Exception) -> None:
        if isinstance(error, TelegramError) and is_chat_gone(error):
            await self._give_up(view, "chat-gone")
            return
        # A time-out says nothing about what Telegram did. Changing the status message again is harmless.
        retry_s = self._retry_s.get(view.id, FIRST_RETRY_S)
        self._retry_s[view.id] = min(LONGEST_RETRY_S, retry_s * 2)
        facts = {"error": f"{type(error).__name__}: {error}", "retry_s": retry_s}
        log.warning("a delivery was put off", extra=facts)
        await self._desk.delivery_failed(view.id, retry_s)

    async def _give_up(self, view: JobView, reason: str) -> None:
        await self._tell_admins(view)
        await self._desk.give_up_delivery(view.id, reason)

    async def _tell_admins(self, view: JobView) -> None:
        """Before the delivery is settled: like the answer itself it may be said twice, but not forgotten."""
        if view.state == JobState.DEAD:
            await self._alarms.job_parked(view)

    async def _hand_over(self, view: JobView) -> Message | None:
        """Turn the status message into the result, or send it anew where there is nothing to turn."""
        look = await self._final_look(view)
        if view.status_message_id is not None:
            try:
                return await change(self._bot, view.chat_id, view.status_message_id, look, Priority.FINAL)
            except MessageGone:
                log.info("the status message is gone")
        return await self._say_anew(view, look)

    async def _say_anew(self, view: JobView, look: Look) -> Message | None:
        """Send it with a note before that outlives us: it stays where nobody knows whether the message arrived."""
        is_first = await self._desk.begin_sending(view.id)
        if not is_first:
            log.warning("a message is sent once more: the first may have arrived")
        at_once = view.lane is Lane.INSTANT and view.status_message_id is None and is_first
        if look.picture is None or at_once:
            message = await self._send_noted(view, look)
            await self._desk.set_status_message(view.id, message.message_id)
            return message
        language = await self._people.language(view.user_id, view.chat_id)
        line = texts.render(language, "delivering", style=style_name(view, language))
        message = await self._send_noted(view, Look(words=line))
        await self._desk.set_status_message(view.id, message.message_id)
        return await change(self._bot, message.chat_id, message.message_id, look, Priority.FINAL, is_text=True)

    async def _send_noted(self, view: JobView, look: Look) -> Message:
        try:
            return await send(self._bot, place_of(view), look, Priority.FINAL)
        except TelegramError as error:
            if is_refusal(error):
                await self._desk.not_sent(view.id)
            else:
                self._retry_s[view.id] = max(UNSURE_RETRY_S, self._retry_s.get(view.id, 0.0))
            raise

    async def _final_look(self, view: JobView) -> Look:
        language = await self._people.language(view.user_id, view.chat_id)
        markup = keyboards.job(view, language)
        if view.state != JobState.DONE:
            return Look(words=final_words(view, language), markup=markup)
        words = final_words(view, language)
        try:
            if view.spec.moves and view.film_key is not None:
                return Look(words=words, markup=markup, picture=await self._desk.film_bytes(view.id), film=True)
            picture = await self._desk.result_bytes(view.id)
        except (BlobMissing, ResultGone):
            log.exception("a result is gone")
            return Look(words=texts.render(language, "result-gone", style=style_name(view, language)), markup=markup)
        file_name = name_of(view) if view.spec.method == "poster" else None
        return Look(words=words, markup=markup, picture=picture, file_name=file_name)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """The message that holds the result, and the id under which Telegram holds it, be it still or a film."""

    message_id: int | None
    file_id: str | None = None
    film_file_id: str | None = None


def _where(view: JobView, message: Message | None) -> _Told:
    if message is None:  # it already looked like that
        return _Told(message_id=view.status_message_id)
    if message.animation is not None:  # Telegram names it as a document, too
        return _Told(message_id=message.message_id, film_file_id=message.animation.file_id)
    file = message.photo[-1] if message.photo else message.document
    return _Told(message_id=message.message_id, file_id=file.file_id if file is not None else None)
