"""What an admin wrote behind a command."""

from telegram import Message, Update

from bot.context import BotContext
from bot.errors import Refused
from bot.keyboards import id_in


def number_in(context: BotContext, place: int = 0) -> int | None:
    """The number at that place, such as a job's or a person's; None where there is none."""
    words = context.args or []
    if len(words) <= place:
        return None
    try:
        return id_in(words[place].lstrip("#"))
    except Refused:  # no number: whoever asked says what is wanted
        return None


def words_in(update: Update) -> str:
    """All of it as it was written, in its lines."""
    message = update.effective_message
    assert isinstance(message, Message)  # a command is a message
    _, *words = (message.text or "").split(maxsplit=1)
    return words[0].rstrip() if words else ""


def sentence_in(context: BotContext) -> str:
    """All of it, in one line."""
    return " ".join(context.args or [])
