"""Which messages bring a picture, and which of them say a command under it."""

from telegram import Message, MessageEntity
from telegram.ext import filters

from bot import pictures


class _ImageFile(filters.MessageFilter):
    """Files that claim to be images we read."""

    def filter(self, message: Message) -> bool:
        return message.document is not None and message.animation is None and pictures.is_image(message.document)


PICTURES = filters.UpdateType.MESSAGE & (filters.PHOTO | _ImageFile())


class _Begins(filters.MessageFilter):
    """Captions that begin with the command. In an album it would be said of one of two pictures: those are a pair."""

    def __init__(self, command: str) -> None:
        super().__init__()
        self._command = command

    def filter(self, message: Message) -> bool:
        entities = message.caption_entities
        if message.media_group_id is not None or not entities or entities[0].type != MessageEntity.BOT_COMMAND:
            return False
        command, _, name = (message.caption or "").split(maxsplit=1)[0].lower().partition("@")
        return command == self._command and name in ("", message.get_bot().username.lower())


def under_photo(command: str) -> filters.BaseFilter:
    """Pictures whose caption begins with that command, such as "/style"."""
    return PICTURES & _Begins(command)
