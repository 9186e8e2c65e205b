"""How fast the bot talks: Telegram's limits kept by ourselves, one chat's penalty never another's.

Every call waits for its chat's bucket and then for the bot's. Waiting calls go by priority. A 429 pauses that chat
for as long as Telegram says: progress of that time is dropped, replies and final pictures wait and are then sent. A
group that became a supergroup is followed: what is sent to its old number goes to the new one.
"""

import asyncio
import heapq
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any, Self

from telegram.error import ChatMigrated, RetryAfter
from telegram.ext import BaseRateLimiter

from bot.errors import ProgressSkipped

log = logging.getLogger(__name__)

Answer = bool | dict[str, Any] | list[dict[str, Any]]
Call = Callable[..., Coroutine[Any, Any, Answer]]
MoveChat = Callable[[int, int], Awaitable[None]]

# A call that meets a 429 again and again is given up after so many; a delivery is then tried again from its row.
MAX_TRIES = 5
# Telegram counts in whole seconds; a little more than it asked for keeps us on the safe side.
PAUSE_MARGIN_S = 0.1
# So many chats in trouble at once mean that the bot as a whole is too fast.
TROUBLED_CHATS = 3
TROUBLED_WITHIN_S = 10.0
# Rounding can leave a wait too short for the clock to notice: without this it would be repeated for ever.
SHORTEST_WAIT_S = 0.001
# Buckets of quiet chats are forgotten beyond this number.
MAX_KEPT_CHATS = 1000
# Telegram's limit for a bot that was granted no other.
CALLS_A_SECOND = 30
BURST_SHARE = 6
# Telegram counts messages only: not that the bot is about to send something, or who somebody is in a group.
FREE = ("sendChatAction", "getChatMember")
# What names a message of the old group, and so means nothing in the supergroup.
OF_THE_OLD_GROUP = ("message_thread_id", "reply_parameters")


class Priority(IntEnum):
    """Who goes first where calls wait."""

    FINAL = 0
    REPLY = 1
    PROGRESS = 2  # never waits: it is dropped instead
    BULK = 3  # waits for everything else


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Calls a second and how many may come at once. In any window, at most rate x window + burst pass."""

    private_rate: float = 1.0
    private_burst: int = 5
    # Telegram allows 20 a minute in a group: 15 + 5.
    group_rate: float = 15 / 60
    group_burst: int = 5
    # Telegram allows about 30 a second in all: 25 + 5.
    all_rate: float = 25.0
    all_burst: int = 5
    # Answers to presses have a bucket of their own: a person waits behind each.
    answers_rate: float = 30.0
    answers_burst: int = 30

    @classmethod
    def with_calls_a_second(cls, calls: int) -> Self:
        """The usual limits, with so many calls a second in all."""
        burst = max(1, calls // BURST_SHARE)
        return cls(all_rate=max(1, calls - burst), all_burst=burst, answers_rate=calls, answers_burst=calls)


class Bucket:
    """A token bucket whose waiters are served by priority, then in order of arrival; it can be paused."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._filled_at = 0.0
        self._paused_until = 0.0
        self._waiters: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    def is_open(self) -> bool:
        """Whether a call could go this moment without overtaking anybody."""
        return not self._waiters and self._wait_s() <= 0

    def is_idle(self) -> bool:
        """Whether nothing would be forgotten with this bucket."""
        return self.is_open() and self._tokens >= self._burst

    def paused_s(self) -> float:
        """For how long nobody is let through, tokens or not."""
        return max(0.0, self._paused_until - _now())

    def pause(self, seconds: float) -> None:
        """Let nobody through for so long; a longer pause that is already on stays. Afterwards there is no burst."""
        self._paused_until = max(self._paused_until, _now() + seconds)
        self._tokens, self._filled_at = 1.0, self._paused_until

    async def take(self, priority: Priority) -> None:
        """Wait for a turn. Raises CancelledError once the bucket is closed, so that nothing begins to wait again."""
        if self._closed:
            raise asyncio.CancelledError
        if self.is_open():
            self._tokens -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiters, (priority, next(self._numbers), turn))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._serve())
        await turn

    def close(self) -> None:
        """Stop serving for good; whoever waits is cancelled, and so is whoever comes."""
        self._closed = True
        if self._pump is not None:
            self._pump.cancel()
        for _, _, turn in self._waiters:
            turn.cancel()

    async def _serve(self) -> None:
        while self._waiters:
            wait_s = self._wait_s()
            if wait_s > 0:
                await asyncio.sleep(max(wait_s, SHORTEST_WAIT_S))
                continue
            _, _, turn = heapq.heappop(self._waiters)
            # A waiter that was cancelled meanwhile costs no token.
            if not turn.done():
                self._tokens -= 1
                turn.set_result(None)

    def _wait_s(self) -> float:
        now = _now()
        if now > self._filled_at:
            self._tokens = min(float(self._burst), self._tokens + (now - self._filled_at) * self._rate)
            self._filled_at = now
        return max(self._paused_until - now, (1 - self._tokens) / self._rate)


class Pacing(BaseRateLimiter[Priority]):
    """The rate limiter of this bot; `rate_limit_args` of a call is its Priority, REPLY where none is given."""

    def __init__(self, limits: Limits | None = None, move_chat: MoveChat | None = None) -> None:
        """move_chat: told the old and the new number of a group before a call is repeated there"""
        self._limits = limits or Limits()
        self._move_chat = move_chat
        self._all = Bucket(self._limits.all_rate, self._limits.all_burst)
        self._answers = Bucket(self._limits.answers_rate, self._limits.answers_burst)
        self._chats: dict[str, Bucket] = {}
        self._forget_beyond = MAX_KEPT_CHATS
        self._troubles: deque[tuple[float, str]] = deque()

    def has_room(self) -> bool:
        """Whether progress could go to a chat that has rested."""
        return self._all.is_open()

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        for bucket in (self._all, self._answers, *self._chats.values()):
            bucket.close()

    async def process_request(
        self,
        callback: Call,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Answer:
        """Make the call when its turn has come. Raises ProgressSkipped for progress that would have to wait."""
        if endpoint == "answerCallbackQuery":
            return await self._answer(rate_limit_args, callback, args, kwargs)
        if "chat_id" not in data or endpoint in FREE:
            return await callback(*args, **kwargs)
        priority = Priority.REPLY if rate_limit_args is None else rate_limit_args
        try:
            return await self._call(str(data["chat_id"]), priority, callback, args, kwargs)
        except ChatMigrated as error:
            if self._move_chat is not None:
                await self._move_chat(int(data["chat_id"]), error.new_chat_id)
            if not endpoint.startswith("send"):
                raise  # an edit: the number of its message means another one there
            data["chat_id"] = error.new_chat_id
            for name in OF_THE_OLD_GROUP:
                data.pop(name, None)
            return await self._call(str(error.new_chat_id), priority, callback, args, kwargs)

    async def _answer(self, priority: Priority | None, callback: Call, args: Any, kwargs: dict[str, Any]) -> Answer:
        """Answer a press. Never after a pause: by then the press would be too old for it."""
        paused_s = self._answers.paused_s()
        if paused_s:
            raise RetryAfter(timedelta(seconds=paused_s))
        await self._answers.take(Priority.REPLY if priority is None else priority)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            self._answers.pause(retry_after_s(error) + PAUSE_MARGIN_S)
            raise

    async def _call(self, chat: str, priority: Priority, callback: Call, args: Any, kwargs: dict[str, Any]) -> Answer:
        if priority is Priority.PROGRESS:
            return await self._now_or_never(chat, callback, args, kwargs)
        return await self._in_turn(chat, priority, callback, args, kwargs)

    async def _now_or_never(self, chat: str, callback: Call, args: Any, kwargs: dict[str, Any]) -> Answer:
        bucket = self._bucket(chat)
        if not (bucket.is_open() and self._all.is_open()):
            raise ProgressSkipped
        await bucket.take(Priority.PROGRESS)
        await self._all.take(Priority.PROGRESS)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            self._slow_down(chat, error)
            raise ProgressSkipped from error

    async def _in_turn(
        self, chat: str, priority: Priority, callback: Call, args: Any, kwargs: dict[str, Any]
    ) -> Answer:
        for left in reversed(range(MAX_TRIES)):
            await self._take_turn(chat, priority)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self._slow_down(chat, error)
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _take_turn(self, chat: str, priority: Priority) -> None:
        bucket = self._bucket(chat)
        await bucket.take(priority)
        await self._all.take(priority)
        # While this call waited for the one another call may have met a 429 that pauses the other.
        while paused := [each for each in (bucket, self._all) if each.paused_s()]:
            await paused[0].take(priority)

    def _slow_down(self, chat: str, error: RetryAfter) -> None:
        seconds = retry_after_s(error) + PAUSE_MARGIN_S
        log.warning("told to slow down", extra={"chat_id": chat, "retry_after_s": seconds})
        self._bucket(chat).pause(seconds)
        now = _now()
        self._troubles.append((now, chat))
        while self._troubles[0][0] < now - TROUBLED_WITHIN_S:
            self._troubles.popleft()
        if len({troubled for _, troubled in self._troubles}) >= TROUBLED_CHATS:
            self._all.pause(seconds)

    def _bucket(self, chat: str) -> Bucket:
        if chat not in self._chats:
            self._forget_quiet_chats()
            limits = self._limits
            is_group = chat.startswith(("-", "@"))
            self._chats[chat] = (
                Bucket(limits.group_rate, limits.group_burst)
                if is_group
                else Bucket(limits.private_rate, limits.private_burst)
            )
        return self._chats[chat]

    def _forget_quiet_chats(self) -> None:
        if len(self._chats) >= self._forget_beyond:
            self._chats = {chat: bucket for chat, bucket in self._chats.items() if not bucket.is_idle()}
            # Where most are busy, looking again at each new one would cost more than it frees.
            self._forget_beyond = max(MAX_KEPT_CHATS, 2 * len(self._chats))


def retry_after_s(error: RetryAfter) -> float:
    """The seconds Telegram asks for; python-telegram-bot gives a number or a timedelta."""
    asked = error.retry_after
    return float(asked) if isinstance(asked, int | float) else asked.total_seconds()


def _now() -> float:
    return asyncio.get_running_loop().time()
