"""What the admins should hear of at once: each kind of trouble once, until it has been calm for a while."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection

from telegram.error import Conflict, TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.messages import Look, send
from bot.pacing import Priority
from bot.people import People
from bot.places import Place
from bot.waiting import wait_for_any
from jobs.values import JobView

Listeners = Callable[[], Awaitable[Collection[int]]]

log = logging.getLogger(__name__)

# Two pollers push each other out again and again, with pauses of up to half a minute.
CALM_S = 300.0
IDLE_S = 60.0
ALL_CLEAR = {"alarm-second-poller": "all-clear-second-poller"}


class Alarms:
    """Trouble is reported from anywhere, also from where nothing can be awaited; telling it takes its time."""

    def __init__(self, bot: ExtBot[Priority], people: People, listeners: Listeners, owners: Collection[int]) -> None:
        """listeners: who wants to hear, asked each time; owners: who is told where that cannot be read"""
        self._bot = bot
        self._people = people
        self._listeners = listeners
        self._owners = owners
        self._last: dict[str, float] = {}
        self._due: deque[str] = deque()
        self._news = asyncio.Event()

    def sound(self, key: str) -> bool:
        """Have the admins told this sentence; False where the same trouble has been going on."""
        now = asyncio.get_running_loop().time()
        is_new = now - self._last.get(key, -CALM_S) >= CALM_S
        self._last[key] = now
        if is_new:
            self._due.append(key)
            self._news.set()
        return is_new

    async def run(self, stop: asyncio.Event) -> None:
        """Tell what is due, until stop is set."""
        while not stop.is_set():
            self._news.clear()
            self._notice_calm()
            while self._due:
                await self.tell(self._due.popleft())
            await wait_for_any(self._news, stop, seconds=IDLE_S)

    async def job_parked(self, view: JobView) -> None:
        """Say at once that a job was given up after its third painter; never raises what Telegram raises."""
        await self.tell("admin-job-parked", id=str(view.id), user=view.user_name, reason=view.error or "")

    async def tell(self, key: str, **facts: texts.Fact) -> None:
        """Say a sentence to every admin who wants to hear; never raises what Telegram raises."""
        for admin_id in sorted(await self._hearers()):
            try:
                words = texts.render(await self._people.language(admin_id, admin_id), key, **facts)
                await send(self._bot, Place(chat_id=admin_id), Look(words=words))
            except Exception as error:  # an admin who never wrote to the bot, a database that is away
                log.warning("an admin was not told", extra={"admin_id": admin_id, "error": type(error).__name__})

    async def _hearers(self) -> Collection[int]:
        try:
            return await self._listeners()
        except Exception as error:
            log.warning("admins cannot be read", extra={"error": type(error).__name__})
            return self._owners

    def _notice_calm(self) -> None:
        """What has not been heard of for a while is over."""
        now = asyncio.get_running_loop().time()
        for key in [key for key in ALL_CLEAR if now - self._last.get(key, now) >= CALM_S]:
            del self._last[key]
            self._due.append(ALL_CLEAR[key])

    def hear_polling_error(self, error: TelegramError) -> None:
        """For python-telegram-bot, which goes on polling afterwards whatever it was."""
        if not isinstance(error, Conflict):
            log.warning("updates cannot be fetched just now", extra={"error": str(error)})
        elif "webhook" in error.message.lower():
            if self.sound("alarm-webhook"):
                log.error("a webhook was set for this bot while it polls: somebody else uses the same token")
        elif self.sound("alarm-second-poller"):
            log.error("somebody else polls with the same token; only one process may")
