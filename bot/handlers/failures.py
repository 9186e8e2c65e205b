"""Something went wrong in a handler: a sentence for the person, and the log for us where we did not foresee it."""

import logging

from telegram import Update
from telegram.error import ChatMigrated, Forbidden

from bot.answers import answer_press, reply
from bot.context import BotApplication, BotContext
from bot.errors import PRESS_FAILED, UNEXPECTED, Refused, reply_for

log = logging.getLogger(__name__)


async def report_failure(update: object, context: BotContext) -> None:
    """Answer an error from the table; never raises, so that the update counts as handled."""
    error = context.error
    if not isinstance(update, Update) or error is None:
        log.error("a failure outside any update", exc_info=error)
        return
    key = reply_for(error)
    if key is None:
        log.error("unexpected failure", exc_info=error, extra={"update_id": update.update_id})
    try:
        if not await _settle_quietly(error, update, context):
            await _say(update, context, key, error)
    except Exception:
        log.exception("a failure could not be answered", extra={"update_id": update.update_id})


async def _settle_quietly(error: Exception, update: Update, context: BotContext) -> bool:
    """Deal with errors that leave nobody to answer."""
    user, chat = update.effective_user, update.effective_chat
    if isinstance(error, Forbidden) and user is not None:
        await context.parts.people.mark_blocked(user.id)
        return True
    if isinstance(error, ChatMigrated) and chat is not None:
        await context.parts.people.move_chat(chat.id, error.new_chat_id)
        return True
    return False


async def _say(update: Update, context: BotContext, key: str | None, error: Exception) -> None:
    if update.callback_query is None:
        await reply(update, context, key or UNEXPECTED)
        return
    await answer_press(update, key if isinstance(error, Refused) else PRESS_FAILED)


def register(application: BotApplication) -> None:
    application.add_error_handler(report_failure)
