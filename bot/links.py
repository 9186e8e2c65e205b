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


class LinkTo(filters.MessageFilter):
    """Messages that bring what such a link carries: what follows "start=" begins so."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def filter(self, message: Message) -> bool:
        return _carried(message).startswith(self._prefix)


def carried_by(message: Message, prefix: str) -> str:
    """What such a link carries behind its beginning."""
    return _carried(message).removeprefix(prefix)


def _carried(message: Message) -> str:
    """What stands behind /start or, where somebody picked from the finds in the chat with us, in the link under it."""
    if came_through_us(message):
        rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
        link = next((button.url for row in rows for button in row if button.url), "")
        return link.partition("?start=")[2]
    command, _, carried = (message.text or "").partition(" ")
    return carried.strip() if command.partition("@")[0] == COMMAND else ""
