"""The overview keeps itself up to date for a while after an admin asked for it."""

import asyncio
import logging
from dataclasses import dataclass

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.admin.pages import Pages
from bot.errors import MessageGone, ProgressSkipped
from bot.messages import Look, change
from bot.pacing import Priority
from bot.waiting import wait_for_any
from jobs.administration import Administration

log = logging.getLogger(__name__)

EVERY_S = 5.0
# Nobody looks for longer; Refresh begins anew.
LIVE_S = 600.0


@dataclass
class _Board:
    message_id: int
    language: str | None
    words: str
    until: float


class Boards:
    """One message an admin, the last that shows the overview. Only edits: nothing is lost with them."""

    def __init__(self, bot: ExtBot[Priority], pages: Pages, administration: Administration) -> None:
        self._bot = bot
        self._pages = pages
        self._administration = administration
        self._boards: dict[int, _Board] = {}
        self._news = asyncio.Event()

    def follow(self, admin_id: int, message_id: int, language: str | None, look: Look) -> None:
        """This message shows the overview from now on."""
        until = asyncio.get_running_loop().time() + LIVE_S
        self._boards[admin_id] = _Board(message_id=message_id, language=language, words=look.words, until=until)
        self._news.set()

    def leave(self, admin_id: int) -> None:
        """The admin's message shows something else now."""
        self._boards.pop(admin_id, None)

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the boards up to date, until stop is set."""
        while not stop.is_set():
            self._news.clear()
            await wait_for_any(stop, *(() if self._boards else (self._news,)), seconds=EVERY_S)
            await self.refresh()

    async def refresh(self) -> None:
        """Bring every board up to date that has changed."""
        for admin_id, board in list(self._boards.items()):
            if board.until < asyncio.get_running_loop().time():
                self.leave(admin_id)
                continue
            try:
                await self._refresh(admin_id, board)
            except (MessageGone, TelegramError):
                self.leave(admin_id)
            except ProgressSkipped:
                board.words = ""  # the next one shows it
            except Exception:
                log.exception("a board cannot be refreshed")

    async def _refresh(self, admin_id: int, board: _Board) -> None:
        if not await self._administration.is_admin(admin_id):
            self.leave(admin_id)
            return
        look = await self._pages.overview(admin_id, board.language)
        # Something else may have been chosen in the message while the rows were read.
        if look.words != board.words and self._boards.get(admin_id) is board:
            board.words = look.words
            await change(self._bot, admin_id, board.message_id, look, Priority.PROGRESS, is_text=True)
