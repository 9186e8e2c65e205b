"""Somebody writes "@bot starry" in any chat, and sends there what they find."""

import logging

from telegram import InlineQueryResultsButton, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import InlineQueryHandler

from bot import texts
from bot.answers import language_of
from bot.context import BotApplication, BotContext
from bot.errors import is_file_forgotten

log = logging.getLogger(__name__)

# What the button above the results sends with /start; the greeting is the same.
FROM_INLINE = "inline"


async def answer_query(update: Update, context: BotContext) -> None:
    """Show what fits. What comes too late is forgotten: by then the person has typed on."""
    try:
        try:
            await _answer(update, context, by_file=True)
        except BadRequest as error:
            if not is_file_forgotten(error):
                raise
            # One picture that Telegram no longer knows would cost all results.
            await _answer(update, context, by_file=False)
    except TelegramError as error:
        log.info("a query was not answered", extra={"update_id": update.update_id, "error": type(error).__name__})


async def _answer(update: Update, context: BotContext, *, by_file: bool) -> None:
    query, language = update.inline_query, language_of(update)
    assert query is not None  # InlineQueryHandler lets nothing else through
    found = await context.parts.finds.find(
        query.query, query.from_user.id, context.bot.username, language, by_file=by_file
    )
    button = InlineQueryResultsButton(texts.plain(language, "button-inline-open"), start_parameter=FROM_INLINE)
    # Everybody's results are their own, and a new picture is to be found at once.
    await query.answer(found, cache_time=0, is_personal=True, button=button)


def register(application: BotApplication) -> None:
    application.add_handler(InlineQueryHandler(answer_query))
