"""Something went wrong in a handler: a sentence for the person, and the log for us where we did not foresee it."""

import logging

from sqlalchemy.exc import SQLAlchemyError
from telegram import Update
from telegram.error import ChatMigrated, Forbidden

from bot import texts
from bot.answers import answer_press, language_of, reply
from bot.context import BotApplication, BotContext
from bot.errors import PRESS_FAILED, UNEXPECTED, Refused, is_unknown, reply_for
from bot.refusals import refusal
from jobs.errors import NotAdmitted, NotAllowed

log = logging.getLogger(__name__)


async def report_failure(update: object, context: BotContext) -> None:
    """Answer an error from the table; never raises, so that the update counts as handled."""
    error = context.error
    if not isinstance(update, Update) or error is None:
        log.error("a failure outside any update", exc_info=error)
        return
    key, facts = _sentence(error, update)
    if is_unknown(error):
        log.warning("a call got no answer", extra={"update_id": update.update_id, "error": str(error)})
    elif key is None or isinstance(error, OSError | SQLAlchemyError):
        log.error("unexpected failure", exc_info=error, extra={"update_id": update.update_id})
    try:
        if not await _settle_quietly(error, update, context):
            await _say(update, context, error, key, facts)
    except Exception:
        log.exception("a failure could not be answered", extra={"update_id": update.update_id})


async def _settle_quietly(error: Exception, update: Update, context: BotContext) -> bool:
    """Deal with errors that leave nobody to answer. A group that moved has been followed already.

    A message that may have arrived gets no second one after it that says it failed.
    """
    user, chat = update.effective_user, update.effective_chat
    if isinstance(error, Forbidden) and user is not None and chat is not None:
        await context.parts.people.mark_blocked(user.id, chat.id)
    return isinstance(error, Forbidden | ChatMigrated) or (is_unknown(error) and update.callback_query is None)


def _sentence(error: Exception, update: Update) -> tuple[str | None, dict[str, texts.Fact]]:
    if isinstance(error, NotAdmitted):
        return refusal(error, language_of(update))
    return reply_for(error), {}


async def _say(
    update: Update, context: BotContext, error: Exception, key: str | None, facts: dict[str, texts.Fact]
) -> None:
    if update.callback_query is None:
        await reply(update, context, key or UNEXPECTED, **facts)
        return
    turned_away = isinstance(error, NotAdmitted)  # in a window of its own: it takes a moment to read
    words = key if key is not None and (turned_away or isinstance(error, Refused | NotAllowed)) else PRESS_FAILED
    # A press that had to wait was told so, and can be answered only once; without a word it would seem to be broken.
    if not await answer_press(update, words, alert=turned_away, in_passing=False, **facts) and not is_unknown(error):
        await reply(update, context, words, **facts)


def register(application: BotApplication) -> None:
    application.add_error_handler(report_failure)
