"""Privacy mode: which messages of a group its bot gets to see."""

from typing import Any

from playground.records import Message
from playground.world import World


def reaches_bot(world: World, message: Message) -> bool:
    """Whether the bot of this chat hears of a person's message.

    In a group only of commands, of what mentions or answers it, of what was found through it, and of what happens to
    the chat. Each item of an album counts for itself: with a mention in the caption, only the item that bears it comes.
    """
    chat = world.chats[message.bot_id, message.chat_id]
    if chat.blocked:
        return False
    if chat.kind == "private" or message.service or message.via_bot or not world.config.privacy_mode:
        return True
    return _answers_bot(world, message) or any(
        _is_meant(entity["type"], _words(message.text, entity), entity["offset"], world.config.bot_username)
        for entity in message.entities
    )


def _answers_bot(world: World, message: Message) -> bool:
    if message.reply_to is None:
        return False
    replied = world.message(message.bot_id, message.chat_id, message.reply_to)
    return replied is not None and replied.sender == "bot"


def _is_meant(kind: str, words: str, offset: int, username: str) -> bool:
    name = f"@{username}".lower()
    if kind == "mention":
        return words.lower() == name
    # "/start@another_bot" is for another bot; "/start" is for the only one in the group.
    return kind == "bot_command" and offset == 0 and words.lower().partition("@")[2] in {"", username.lower()}


def _words(text: str, entity: dict[str, Any]) -> str:
    start = 2 * entity["offset"]
    return text.encode("utf-16-le")[start : start + 2 * entity["length"]].decode("utf-16-le")
