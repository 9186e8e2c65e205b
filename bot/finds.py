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
from bot.naming import style_name
from bot.shelf import Shelf
from bot.style_names import fits, search_styles
from jobs.desk import Desk
from jobs.presets import Preset
from jobs.values import JobView

MOST_FOUND = 50  # Telegram takes no more
MOST_OF_ONES_OWN = 10


class Finds:
    """Looks for what fits a query. Nothing here is stored: whoever types on asks anew."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self._desk = desk
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
        names = {preset.name for preset in found}
        latest = [(view, style_name(view, language), held) for view, held in await self._desk.sent(user_id, MOST_FOUND)]
        fitting = [each for each in latest if each[0].preset in names or fits(said, each[1])]
        return [_result(*each, bot_name=bot_name, language=language) for each in fitting[:MOST_OF_ONES_OWN]]


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


def _result(view: JobView, title: str, held: str, *, bot_name: str, language: str | None) -> InlineQueryResult:
    about = texts.plain(language, "inline-result-about")
    words = texts.render(language, "inline-result", style=title, bot=bot_name)
    number = f"job.{view.id}"
    if view.spec.method == "poster":  # held as a file
        return InlineQueryResultCachedDocument(number, title, held, about, words, parse_mode=ParseMode.HTML)
    return InlineQueryResultCachedPhoto(number, held, title, about, words, parse_mode=ParseMode.HTML)
