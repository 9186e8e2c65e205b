"""What the playground remembers: people, bots, chats, messages, files, waiting updates. Plain values, JSON-able."""

from dataclasses import dataclass, field
from typing import Any, Literal

Sender = Literal["person", "bot"]
FileKind = Literal["photo", "document", "thumbnail"]
Button = dict[str, Any]


@dataclass
class Person:
    """Somebody who writes to bots. The id is the chat's id, too: all chats are private so far."""

    id: int
    name: str
    first_name: str
    language: str = "en"


@dataclass
class Bot:
    """A bot is whoever calls with a token of the right shape; id 0 stands for the first one, not yet here."""

    id: int
    allowed_updates: list[str] | None = None
    # Command lists by "scope/language", as setMyCommands left them.
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)


@dataclass
class StoredFile:
    """Bytes on the shelf. sizes: for a photo, the ids of all its sizes, smallest first."""

    id: str
    kind: FileKind
    mime: str
    bytes: int
    name: str | None = None
    width: int | None = None
    height: int | None = None
    sizes: list[str] = field(default_factory=list)
    thumbnail: str | None = None


@dataclass
class Message:
    """One message of one chat. With a file, text and entities are its caption."""

    id: int
    bot_id: int
    chat_id: int
    sender: Sender
    date: int
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    file: str | None = None
    reply_to: int | None = None
    keyboard: list[list[Button]] = field(default_factory=list)
    album: str | None = None
    edits: int = 0
    edited_at: int | None = None
    revision: int = 0


@dataclass
class Chat:
    """One person's chat with one bot. removed: message id to the revision in which it went."""

    bot_id: int
    id: int
    next_message_id: int
    removed: dict[str, int] = field(default_factory=dict)


@dataclass
class Update:
    """Something that a bot has not confirmed yet. body: the update as the bot receives it, without its id."""

    id: int
    bot_id: int
    kind: str
    body: dict[str, Any]
