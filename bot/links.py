"""Links into a private chat with the bot: Telegram sends what stands behind "start=" as the word after /start."""

from telegram import Message
from telegram.ext import filters

from bot.audience import came_through_us
from jobs.presets import Preset

COMMAND = "/start"
# The link of a style: its name follows.
STYLE = "p_"
# Telegram's limit for what stands behind "start=".
MOST_SIGNS = 64


def link_to(bot_name: str, preset: Preset) -> str:
    """The link that chooses a style; for a name too long for one, the link to the bot."""
    carried = f"{STYLE}{preset.name}"
    address = f"https://t.me/{bot_name}"
    return f"{address}?start={carried}" if len(carried) <= MOST_SIGNS else address


def style_in(message: Message) -> str | None:
    """The name of the style whose link was followed, or that was picked from the finds in the chat with us itself."""
    if not came_through_us(message):
        return carried_by(message, STYLE)
    carried = _link_under(message).partition("?start=")[2]
    return carried.removeprefix(STYLE).strip() if carried.startswith(STYLE) else None


def carried_by(message: Message, prefix: str) -> str | None:
    """What a link carries behind its beginning; None for a message that is no such link."""
    command, _, carried = (message.text or "").partition(" ")
    is_one = command.partition("@")[0] == COMMAND and carried.startswith(prefix)
    return carried.removeprefix(prefix).strip() if is_one else None


class LinkTo(filters.MessageFilter):
    """Messages that follow a link which begins so."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def filter(self, message: Message) -> bool:
        return carried_by(message, self._prefix) is not None


class StyleLink(filters.MessageFilter):
    """Messages that choose a style by its link."""

    def filter(self, message: Message) -> bool:
        return style_in(message) is not None


def _link_under(message: Message) -> str:
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return next((button.url for row in rows for button in row if button.url), "")
