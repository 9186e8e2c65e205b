"""What people find by "@bot starry" in any chat: styles by their names, and their own latest pictures."""

from collections.abc import Sequence
from functools import partial

from telegram import (
    InlineKeyboardMarkup,
    InlineQueryResult,
    InlineQueryResultArticle,
    InlineQueryResultCachedDocument,
    InlineQueryResultCachedPhoto,
    InputTextMessageContent,
)
from telegram.constants import ParseMode

from bot import keyboards, texts
from bot.links import link_to
from bot.shelf import Shelf
from bot.style_names import search_styles
from jobs.presets import Preset, find_preset
from models import queries
from models.database import Database

MOST_FOUND = 50  # Telegram takes no more
MOST_OF_ONES_OWN = 10


class Finds:
    """Looks for what fits a query. Nothing here is stored: whoever types on asks anew."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf

    async def find(
        self, said: str, user_id: int, bot_name: str, language: str | None, *, by_file: bool = True
    ) -> Sequence[InlineQueryResult]:
        """The person's own pictures, then styles. by_file: pictures by the ids under which Telegram holds them."""
        found = search_styles(said, language)
        styles = await self._styles(found, bot_name, language, by_file=by_file)
        own = await self._own(said, found, user_id, bot_name, language) if by_file else []
        return [*own, *styles][:MOST_FOUND]

    async def _styles(
        self, found: Sequence[Preset], bot_name: str, language: str | None, *, by_file: bool
    ) -> list[InlineQueryResult]:
        """Each with its preview where the bot has sent that before; words otherwise. Nothing can be uploaded here."""
        previews = await self._shelf.known_previews() if by_file else {}
        shown = partial(_style, bot_name=bot_name, language=language)
        return [shown(preset, previews.get(preset.name)) for preset in found]

    async def _own(
        self, said: str, found: Sequence[Preset], user_id: int, bot_name: str, language: str | None
    ) -> list[InlineQueryResult]:
        async with self._database.read() as session:
            latest = await queries.list_latest_results(session, user_id, MOST_FOUND)
        names = {preset.name for preset in found}
        fitting = [result for result in latest if not said.strip() or result.preset in names]
        return [_result(result, bot_name, language) for result in fitting[:MOST_OF_ONES_OWN]]


def _style(preset: Preset, preview: str | None, bot_name: str, language: str | None) -> InlineQueryResult:
    title, about = texts.preset_title(language, preset), texts.plain(language, "inline-preset-about")
    words = texts.render(language, "inline-preset", style=title)
    markup: InlineKeyboardMarkup = keyboards.found(link_to(bot_name, preset), language)
    number = f"style.{preset.name}"[:64]
    if preview is None:
        said = InputTextMessageContent(words, ParseMode.HTML)
        return InlineQueryResultArticle(number, title, said, reply_markup=markup, description=about)
    return InlineQueryResultCachedPhoto(
        number, preview, title, about, caption=words, parse_mode=ParseMode.HTML, reply_markup=markup
    )


def _result(result: queries.Result, bot_name: str, language: str | None) -> InlineQueryResult:
    preset = find_preset(result.preset) if result.preset is not None else None
    title = texts.preset_title(language, preset) if preset is not None else texts.plain(language, "own-style")
    about = texts.plain(language, "inline-result-about")
    words = texts.render(language, "inline-result", style=title, bot=bot_name)
    number = f"job.{result.job_id}"
    if result.as_file:
        return InlineQueryResultCachedDocument(
            number, title, result.file_id, about, caption=words, parse_mode=ParseMode.HTML
        )
    return InlineQueryResultCachedPhoto(number, result.file_id, title, about, words, parse_mode=ParseMode.HTML)
