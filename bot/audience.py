"""In groups the bot speaks when it is spoken to: by a command, a mention or a reply."""

from collections.abc import Sequence

from telegram import Message, MessageEntity
from telegram.ext import filters

from bot import texts


class SpokenTo(filters.MessageFilter):
    """Private messages, and those of a group that mention the bot or answer it."""

    def filter(self, message: Message) -> bool:
        return is_spoken_to(message)


def is_spoken_to(message: Message) -> bool:
    """Whether a message is meant for the bot. In a group a command for another bot is not, even in reply to ours."""
    if message.chat.type == "private":
        return True
    if came_through_us(message) or _is_for_another_bot(message):
        return False
    return _answers_bot(message) or _mentions_bot(message)


def how_to_be_heard(chat_id: int, bot_name: str, language: str | None) -> str:
    """What a sentence that asks for a picture ends with: in a group the bot sees only what is said to it."""
    return "\n\n" + texts.render(language, "in-a-group", bot=bot_name) if chat_id < 0 else ""


def came_through_us(message: Message) -> bool:
    """Whether somebody sent what the bot had offered for another chat: shown to the others there, not said to it."""
    return message.via_bot is not None and message.via_bot.id == message.get_bot().id


def _is_for_another_bot(message: Message) -> bool:
    words, entities = message.text or message.caption or "", message.entities or message.caption_entities
    if not entities or entities[0].type != MessageEntity.BOT_COMMAND or entities[0].offset != 0:
        return False
    name = words.split(maxsplit=1)[0].partition("@")[2].lower()
    return name not in ("", str(message.get_bot().username).lower())


def _answers_bot(message: Message) -> bool:
    replied = message.reply_to_message
    # In a forum every message of a topic "answers" the one that opened it.
    if replied is None or replied.forum_topic_created is not None or replied.from_user is None:
        return False
    return replied.from_user.id == message.get_bot().id


def _mentions_bot(message: Message) -> bool:
    name = f"@{message.get_bot().username}".lower()
    said = [(message.text, message.entities), (message.caption, message.caption_entities)]
    return any(mention.lower() == name for text, entities in said if text for mention in _mentions(text, entities))


def _mentions(text: str, entities: Sequence[MessageEntity]) -> list[str]:
    """Who is mentioned. The library's own way stumbles over half a surrogate pair, which Telegram lets through."""
    units = text.encode("utf-16-le", "surrogatepass")
    spans = [(entity.offset, entity.length) for entity in entities if entity.type == MessageEntity.MENTION]
    return [units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace") for start, length in spans]
