"""Pictures that ship with the bot: uploaded once for each bot, then sent again by the id Telegram gave them."""

import asyncio
import hashlib
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps
from telegram import InlineKeyboardMarkup, Message
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot import texts
from bot.errors import is_file_forgotten
from bot.messages import Look, send
from bot.pacing import Priority
from bot.places import Place
from jobs.presets import Preset, list_presets
from models.database import Database
from models.tables import PreviewSent

TILES_A_ROW = 2
TILE_PX = 360
GAP_PX = 10
TITLE_PX = 34
FONT_PX = 22
PAPER = (250, 248, 243)
INK = (40, 38, 34)
JPEG_QUALITY = 88


class Shelf:
    """Sends the shipped pictures."""

    def __init__(self, database: Database, bot_id: int) -> None:
        self._database = database
        self._bot_id = bot_id

    async def send_sheet(
        self, bot: ExtBot[Priority], place: Place, words: str, markup: InlineKeyboardMarkup | None, language: str | None
    ) -> Message:
        """All presets on one sheet, under the words; their names are in that language."""
        shown = tuple(list_presets())
        titles = tuple(texts.preset_title(language, preset) for preset in shown)
        jpeg = await asyncio.to_thread(contact_sheet, shown, titles)
        return await self._send(bot, place, jpeg, words, markup)

    async def send_example(
        self, bot: ExtBot[Priority], place: Place, words: str, markup: InlineKeyboardMarkup
    ) -> Message:
        """One painted picture, under the words."""
        jpeg = await asyncio.to_thread(list_presets()[0].preview_path.read_bytes)
        return await self._send(bot, place, jpeg, words, markup)

    async def _send(
        self, bot: ExtBot[Priority], place: Place, jpeg: bytes, words: str, markup: InlineKeyboardMarkup | None
    ) -> Message:
        # Named after what is in it, so that a changed picture is uploaded afresh.
        name = hashlib.sha256(jpeg).hexdigest()[:32]
        known = await self._file_id(name)
        if known is not None:
            try:
                return await send(bot, place, Look(words=words, markup=markup, picture=known))
            except BadRequest as error:
                if not is_file_forgotten(error):
                    raise
        message = await send(bot, place, Look(words=words, markup=markup, picture=jpeg))
        await self._remember(name, message.photo[-1].file_id)
        return message

    async def _file_id(self, name: str) -> str | None:
        async with self._database.read() as session:
            row = await session.get(PreviewSent, (self._bot_id, name))
            return row.file_id if row is not None else None

    async def _remember(self, name: str, file_id: str) -> None:
        async with self._database.write() as session:
            await session.merge(PreviewSent(bot_id=self._bot_id, name=name, file_id=file_id))


@cache
def contact_sheet(shown: Sequence[Preset], titles: Sequence[str]) -> bytes:
    """The previews with their titles, two in a row, as JPEG. Costs some 50 ms, once a language."""
    rows = -(-len(shown) // TILES_A_ROW)
    width = GAP_PX + TILES_A_ROW * (TILE_PX + GAP_PX)
    height = GAP_PX + rows * (TILE_PX + TITLE_PX + GAP_PX)
    sheet = Image.new("RGB", (width, height), PAPER)
    for place, (preset, title) in enumerate(zip(shown, titles, strict=True)):
        row, column = divmod(place, TILES_A_ROW)
        corner = GAP_PX + column * (TILE_PX + GAP_PX), GAP_PX + row * (TILE_PX + TITLE_PX + GAP_PX)
        _paste_tile(sheet, corner, preset.preview_path, title)
    data = BytesIO()
    sheet.save(data, "JPEG", quality=JPEG_QUALITY)
    return data.getvalue()


def _paste_tile(sheet: Image.Image, corner: tuple[int, int], preview: Path, title: str) -> None:
    left, top = corner
    sheet.paste(_square(preview), corner)
    ImageDraw.Draw(sheet).text(
        (left + TILE_PX / 2, top + TILE_PX + TITLE_PX / 2),
        title,
        fill=INK,
        font=ImageFont.load_default(FONT_PX),
        anchor="mm",
    )


def _square(path: Path) -> Image.Image:
    with Image.open(path) as preview:
        return ImageOps.fit(preview.convert("RGB"), (TILE_PX, TILE_PX))
