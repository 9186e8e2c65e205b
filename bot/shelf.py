"""Pictures that ship with the bot: uploaded once for each bot, then sent again by the id Telegram gave them."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TypeVar

from sqlalchemy import select
from telegram import InlineKeyboardMarkup, Message
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.categories import Category, presets_in
from bot.errors import is_file_forgotten
from bot.keyboards import first_number, numbered, page_of
from bot.messages import Look, change, send
from bot.orders import Press
from bot.pacing import Priority
from bot.places import Place
from bot.sheets import Tile, draw_sheet
from jobs.presets import Preset, list_presets
from models.database import Database
from models.tables import PreviewSent

Shown = TypeVar("Shown", Message, Message | None)


class Shelf:
    """Sends the shipped pictures."""

    def __init__(self, database: Database, bot_id: int) -> None:
        self._database = database
        self._bot_id = bot_id

    async def send_sheet(
        self, bot: ExtBot[Priority], place: Place, words: str, markup: InlineKeyboardMarkup | None, language: str | None
    ) -> Message:
        """The first page of the presets on one sheet, under the words; their names are in that language."""
        look = Look(words=words, markup=markup, picture=await _page(0, language))
        return await self._show(look, partial(send, bot, place))

    async def turn_sheet(
        self,
        bot: ExtBot[Priority],
        press: Press,
        look: Look,
        page: int,
        language: str | None,
        category: Category = Category.ALL,
    ) -> None:
        """Change a sheet that was sent to another page. Raises MessageGone where it is no longer there."""
        turned = replace(look, picture=await _page(page, language, category))
        chat_id = press.person.chat_id
        await self._show(turned, lambda seen: change(bot, chat_id, press.message_id, seen, Priority.REPLY))

    async def known_previews(self) -> dict[str, str]:
        """The ids under which Telegram holds the previews that were sent before, by the name of their preset."""
        names = await asyncio.to_thread(lambda: {_name_of(_preview(preset)): preset.name for preset in list_presets()})
        sent = select(PreviewSent).where(PreviewSent.bot_id == self._bot_id, PreviewSent.name.in_(names))
        async with self._database.read() as session:
            return {names[row.name]: row.file_id for row in await session.scalars(sent)}

    async def send_preview(self, bot: ExtBot[Priority], place: Place, preset: Preset, look: Look) -> Message:
        """The preview of one preset, with the words and buttons of the look."""
        jpeg = await asyncio.to_thread(_preview, preset)
        return await self._show(replace(look, picture=jpeg), partial(send, bot, place))

    async def send_example(
        self, bot: ExtBot[Priority], place: Place, words: str, markup: InlineKeyboardMarkup
    ) -> Message:
        """One painted picture, under the words."""
        jpeg = await asyncio.to_thread(_preview, list_presets()[0])
        return await self._show(Look(words=words, markup=markup, picture=jpeg), partial(send, bot, place))

    async def _show(self, look: Look, show: Callable[[Look], Awaitable[Shown]]) -> Shown:
        """Show a look whose picture is bytes: by the id under which Telegram holds them, or as an upload."""
        assert isinstance(look.picture, bytes)
        name = _name_of(look.picture)
        known = await self._file_id(name)
        if known is not None:
            try:
                return await show(replace(look, picture=known))
            except BadRequest as error:
                if not is_file_forgotten(error):
                    raise
        message = await show(look)
        if message is not None:
            await self._remember(name, message.photo[-1].file_id)
        return message

    async def _file_id(self, name: str) -> str | None:
        async with self._database.read() as session:
            row = await session.get(PreviewSent, (self._bot_id, name))
            return row.file_id if row is not None else None

    async def _remember(self, name: str, file_id: str) -> None:
        async with self._database.write() as session:
            await session.merge(PreviewSent(bot_id=self._bot_id, name=name, file_id=file_id))


def _preview(preset: Preset) -> bytes:
    return preset.preview_path.read_bytes()


def _name_of(picture: bytes) -> str:
    """What a picture is called in the database: after what is in it, so that a changed one is uploaded afresh."""
    return hashlib.sha256(picture).hexdigest()[:32]


async def _page(page: int, language: str | None, category: Category = Category.ALL) -> bytes:
    """The sheet of a page of a category's presets."""
    offered = presets_in(category)
    shown = tuple(page_of(offered, page))
    numbers = enumerate(shown, start=first_number(offered, page))
    titles = tuple(numbered(number, preset, language) for number, preset in numbers)
    painted_at = tuple(preset.preview_path.stat().st_mtime_ns for preset in shown)
    return await asyncio.to_thread(contact_sheet, shown, titles, painted_at)


@lru_cache(maxsize=64)
def contact_sheet(shown: Sequence[Preset], titles: Sequence[str], painted_at: Sequence[int]) -> bytes:
    """The previews with their titles, as JPEG; made once a page and language.

    painted_at: when each preview was painted; the sheet is made anew where one was painted again
    """
    pairs = zip(shown, titles, strict=True)
    return draw_sheet([Tile(title=title, picture=preset.preview_path) for preset, title in pairs])
