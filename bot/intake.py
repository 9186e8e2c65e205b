"""Updates are written down before they are confirmed to Telegram, and ticked off when their handler is through.

A crash in between repeats the update at the next start. What handlers do is safe to repeat: pictures are unique by
message, jobs by what asked for them. Only an answer may be said twice.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import BaseUpdateProcessor

from bot import texts
from bot.turns import Turns
from jobs import faults
from models import queries, updates
from models.database import Database, at_once
from models.tables import UpdateSeen
from models.trips import Trip
from models.updates import Greeting

log = logging.getLogger(__name__)

# Telegram itself keeps updates for about a day; an older one would answer somebody who has long gone.
REPLAY_WITHIN = timedelta(hours=24)
# An update that takes the process down with it is not tried for ever.
MAX_TRIES = 3
# A press that waits longer for its turn is answered meanwhile: the clock on the button must not run on.
PATIENCE_S = 2.0
FIRST_WAIT_S = 0.2
# A hiccup of the database is not worth a word.
TOLD_FROM_S = 1.6
LONGEST_WAIT_S = 5.0
AT_ONCE = 256
# Repeated presses that are answered at a time; nobody misses more of them.
MOST_REPEATS = 60
# The library's own limit would count those, too, who only wait for their turn: one person who writes faster than we may
# answer would then keep everybody else waiting. So ours counts, and theirs is out of reach.
NO_LIMIT = 2**31

INLINE_QUERY = "inline_query"

Apologise = Callable[[Update], Awaitable[None]]


class Intake(asyncio.Queue[object]):
    """The Application's update queue. What is put is committed when that returns; an update already seen is dropped."""

    def __init__(self, database: Database, bot_id: int, clock: Callable[[], datetime], apologise: Apologise) -> None:
        """apologise: tells the sender of an update that it cannot be stored yet, once while that lasts"""
        super().__init__()
        self._database = database
        self._bot_id = bot_id
        self._clock = clock
        self._apologise = apologise
        self._told: set[int] = set()
        # Stored by keep() and not yet put: whether each was new.
        self._kept: dict[int, bool] = {}

    async def put(self, item: object) -> None:
        """Store an update, then queue it. Waits while the database is away; the Application's own signals pass."""
        if isinstance(item, Update):
            await self._take_in(item, self._store_at_last)
        else:
            await super().put(item)

    async def keep(self, answer: bytes) -> None:
        """Store all updates that an answer to getUpdates brings. Never raises: put() stores what is not stored here."""
        try:
            found = json.loads(answer).get("result") or ()
            lasting = [raw for raw in found if INLINE_QUERY not in raw]
            if not lasting:
                return
            faults.hit("update_fetched")
            texts_of = {raw["update_id"]: json.dumps(raw) for raw in lasting}
            self._kept |= await self._database.write_at_once(lambda trip: self._store_all(trip, texts_of))
            self._told.clear()
            faults.hit("update_stored")
        except Exception as error:
            self._kept.clear()
            log.warning("updates are stored one by one", extra={"error": type(error).__name__})

    async def accept(self, item: Update) -> None:
        """Store an update, then queue it. Raises what the database raises: whoever brought it shall bring it again."""
        try:
            await self._take_in(item, self._store)
        except Exception:
            await self._tell_sender(item)
            raise

    async def _take_in(self, item: Update, store: Callable[[Update], Awaitable[bool]]) -> None:
        if is_fleeting(item):
            await super().put(item)
            return
        is_new = self._kept.pop(item.update_id, None)
        if await store(item) if is_new is None else is_new:
            await super().put(item)

    async def replay(self, bot: Bot) -> int:
        """Queue what was stored and never handled, in order; returns how many. What was tried too often is answered."""
        rows = await self._unhandled()
        items = [(row, item) for row in rows if (item := _read_back(row, bot)) is not None]
        for row, item in items:
            if row.tries < MAX_TRIES:
                await super().put(item)
            else:
                log.error("an update was given up", extra={"update_id": row.update_id, "tries": row.tries})
                await self._own_up(bot, item)
                await self.mark_handled(row.update_id)
        return sum(row.tries < MAX_TRIES for row, _ in items)

    async def begin(self, item: Update) -> Greeting | None:
        """Note that a handler is about to start, and that who writes no longer blocks us; how to meet them.

        Never raises; None where that is not known.
        """
        with self._logged(item.update_id):
            return await self._database.write_at_once(lambda trip: self._begin(trip, item))
        return None

    def _begin(self, trip: Trip, item: Update) -> Greeting | None:
        updates.count_update_try(trip, self._bot_id, item.update_id)
        user, chat = item.effective_user, item.effective_chat
        if user is None:
            return None
        greeting = updates.greet(trip, user.id, chat.id if chat is not None else user.id)
        if greeting.blocked and writer_of(item) is not None:
            updates.note_unblocked(trip, user.id)
        return greeting

    async def forgive_try(self, update_id: int) -> None:
        """Take back a counted try that we cut off ourselves; never raises."""
        with self._logged(update_id):
            await self._database.write_at_once(lambda trip: updates.forgive_update_try(trip, self._bot_id, update_id))

    async def mark_handled(self, update_id: int) -> None:
        """Note that the handler is through; never raises: at worst the update is repeated at the next start."""
        with self._logged(update_id):
            now = self._clock()
            await self._database.write_at_once(
                lambda trip: updates.mark_update_handled(trip, self._bot_id, update_id, now)
            )

    async def _store(self, item: Update) -> bool:
        """Commit the update; False where it was seen before."""
        texts_of = {item.update_id: _raw(item)}
        is_new = await self._database.write_at_once(lambda trip: self._store_all(trip, texts_of))
        self._told.clear()
        return is_new[item.update_id]

    def _store_all(self, trip: Trip, texts_of: Mapping[int, str]) -> dict[int, bool]:
        """Keep updates by their numbers; which of them are new."""
        now = self._clock()
        return {
            number: updates.store_update(trip, self._bot_id, number, text, now) for number, text in texts_of.items()
        }

    async def _store_at_last(self, item: Update) -> bool:
        """As _store, again and again until it succeeds: put must not raise."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                return await self._store(item)
            except Exception:
                log.exception("an update cannot be stored yet", extra={"update_id": item.update_id})
            if wait_s >= TOLD_FROM_S:
                await self._tell_sender(item)
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    async def _tell_sender(self, item: Update) -> None:
        """Say in a private chat that the answer will take a while; never raises."""
        user_id = writer_of(item)
        if user_id is None or user_id in self._told:
            return
        self._told.add(user_id)
        try:
            await self._apologise(item)
        except Exception as error:
            log.warning("nobody could be told", extra={"update_id": item.update_id, "error": type(error).__name__})

    async def _own_up(self, bot: Bot, item: Update) -> None:
        """Somebody waits for an answer to what brought us down, or was there when something else did. Not in groups."""
        if (user_id := writer_of(item)) is None:
            return
        try:
            async with self._database.read() as session:
                greeting = await at_once(session, lambda trip: updates.greet(trip, user_id, user_id))
            spoken = item.effective_user.language_code if item.effective_user is not None else None
            language = greeting.language or spoken
            await bot.send_message(user_id, texts.render(language, "unexpected"), ParseMode.HTML)
        except TelegramError as error:
            log.warning("nobody could be told", extra={"update_id": item.update_id, "error": type(error).__name__})

    async def _unhandled(self) -> Sequence[UpdateSeen]:
        async with self._database.read() as session:
            return await queries.list_unhandled_updates(session, self._bot_id, since=self._clock() - REPLAY_WITHIN)

    @contextmanager
    def _logged(self, update_id: int) -> Iterator[None]:
        try:
            yield
        except Exception:
            log.exception("an update's row could not be changed", extra={"update_id": update_id})


AnswerPress = Callable[[Update, str, bool], Awaitable[object]]
Greet = Callable[[Greeting | None], object]


class InTurn(BaseUpdateProcessor):
    """Updates of one person in order, people side by side. Presses are answered before their turn where that is far."""

    def __init__(
        self, intake: Intake, turns: Turns, answer_press: AnswerPress, greet: Greet, at_once: int = AT_ONCE
    ) -> None:
        """greet: told in the update's own task how to meet its sender"""
        super().__init__(NO_LIMIT)
        self._at_once = asyncio.Semaphore(at_once)
        self._intake = intake
        self._turns = turns
        self._answer_press = answer_press
        self._greet = greet
        self._presses: set[Hashable] = set()
        self._asking: set[asyncio.Future[object]] = set()  # for patience
        self._repeats = 0  # being answered
        self._stopping = False

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    def stop(self) -> None:
        """Start no handler any more; what waits stays unhandled, and comes again at the next start."""
        self._stopping = True

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        try:
            if not isinstance(update, Update):
                await coroutine
            elif is_fleeting(update):
                await self._take_at_once(coroutine)
            elif update.callback_query is None:
                await self._take_turn(update, coroutine)
            else:
                await self._take_press(update, coroutine)
        finally:
            # Never started, for whatever reason: it must not complain about that.
            if isinstance(coroutine, Coroutine):
                coroutine.close()

    async def _take_at_once(self, coroutine: Awaitable[Any]) -> None:
        """Handle what nobody remembers: the person's turn may be taken by a picture that is being fetched."""
        async with self._at_once:
            if not self._stopping:
                await coroutine

    async def _take_press(self, update: Update, coroutine: Awaitable[Any]) -> None:
        """Handle a press. One that equals a press still waiting or running wishes nothing new: it is only answered."""
        press = press_key(update)
        if press in self._presses:
            await self._answer_repeat(update)
            return
        self._presses.add(press)
        patience = asyncio.get_running_loop().call_later(PATIENCE_S, self._ask_for_patience, update)
        try:
            await self._take_turn(update, coroutine, patience.cancel)
        finally:
            patience.cancel()
            self._presses.discard(press)

    async def _take_turn(
        self, update: Update, coroutine: Awaitable[Any], begin: Callable[[], object] = lambda: None
    ) -> None:
        async with self._turns.of(person_key(update)), self._at_once:
            if self._stopping:
                return
            begin()
            self._greet(await self._intake.begin(update))
            faults.hit("update_counted")
            try:
                await coroutine
            except asyncio.CancelledError:
                # The update did not take us down: it must not be given up after some restarts.
                if self._stopping:
                    await self._intake.forgive_try(update.update_id)
                raise
            faults.hit("update_answered")
            await self._intake.mark_handled(update.update_id)
            faults.hit("update_handled")

    async def _answer_repeat(self, update: Update) -> None:
        if self._stopping:
            return
        # A thousand presses on one button must not keep others waiting: most of them get no answer.
        if self._repeats < MOST_REPEATS:
            self._repeats += 1
            try:
                await self._answer_press(update, "press-already", True)
            finally:
                self._repeats -= 1
        await self._intake.mark_handled(update.update_id)

    def _ask_for_patience(self, update: Update) -> None:
        """Answer a press that waits. The handler's own answer then comes too late: what matters becomes a message."""
        asking = asyncio.ensure_future(self._answer_press(update, "press-soon", False))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)


def is_fleeting(update: Update) -> bool:
    """Whether an update is answered at once or never, and so not stored: a query comes with every letter that somebody
    types, changes nothing, and after a restart the next letter has long asked anew."""
    return update.inline_query is not None


def press_key(update: Update) -> Hashable:
    """What makes two presses the same wish: the person, the message and what the button carries."""
    query = update.callback_query
    assert query is not None
    message = (query.message.chat.id, query.message.message_id) if query.message is not None else None
    return query.from_user.id, message, query.data


def person_key(update: Update) -> int:
    """Whose turn an update is: the person's, or the chat's where nobody in particular sent it."""
    if update.effective_user is not None:
        return update.effective_user.id
    return update.effective_chat.id if update.effective_chat is not None else 0


def writer_of(update: Update) -> int | None:
    """Who wrote or pressed something in a private chat; a group's members may still block the bot themselves."""
    spoken = update.message is not None or update.callback_query is not None
    user, chat = update.effective_user, update.effective_chat
    return user.id if spoken and user is not None and chat is not None and chat.id == user.id else None


def _read_back(row: UpdateSeen, bot: Bot) -> Update | None:
    """A stored update; None where this version cannot read it: that must not keep the bot from starting."""
    try:
        return Update.de_json(json.loads(row.raw), bot)
    except Exception as error:
        facts = {"update_id": row.update_id, "error": type(error).__name__}
        log.error("a stored update cannot be read", extra=facts)
        return None


def _raw(update: Update) -> str:
    """The update as JSON. The library's own to_json stumbles over dates deep inside, such as a pinned message's."""
    return json.dumps(
        update.to_dict(), default=lambda value: int(value.timestamp()) if isinstance(value, datetime) else None
    )
