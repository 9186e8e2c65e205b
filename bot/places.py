"""Where the bot says something."""

from dataclasses import dataclass

from telegram import ReplyParameters


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an answer goes: the chat, the topic in it, and in a group the message it answers."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None

    def reply_parameters(self) -> ReplyParameters | None:
        if self.reply_to is None:
            return None
        return ReplyParameters(self.reply_to, allow_sending_without_reply=True)
