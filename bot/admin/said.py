"""What an admin wrote behind a command."""

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


def sentence_in(context: BotContext) -> str:
    """All of it, in one line."""
    return " ".join(context.args or [])
