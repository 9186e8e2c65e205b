"""What the playground remembers: people, bots, chats, messages, files, waiting updates. Plain values, JSON-able."""

from dataclasses import dataclass, field
from typing import Any, Literal

Sender = Literal["person", "bot"]
FileKind = Literal["photo", "animation", "document", "thumbnail", "sticker", "voice", "audio", "video", "video_note"]
ChatKind = Literal["private", "group", "supergroup", "forum"]
Button = dict[str, Any]


@dataclass
class Person:
    """Somebody who writes to bots. The id is that of the person's private chat, too.

    language: the code of their messenger's; None where it tells bots nothing
    """

    id: int
    name: str
    first_name: str
    language: str | None = "en"


@dataclass
class Webhook:
    """Where a bot wants its updates. failing: the last attempt to bring one was in vain."""

    url: str
    secret: str = ""
    max_connections: int = 40
    ip_address: str | None = None
    certificate: str | None = None
    failing: bool = False
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass
class Bot:
    """A bot is whoever calls with a token of the right shape; id 0 stands for the first one, not yet here.

    commands: lists by "scope/language", as setMyCommands left them
    """

    id: int
    allowed_updates: list[str] | None = None
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    webhook: Webhook | None = None

    def __post_init__(self) -> None:
        if isinstance(self.webhook, dict):  # as it comes from the journal
            self.webhook = Webhook(**self.webhook)


@dataclass
class StoredFile:
    """Bytes on the shelf.

    sizes: for a photo, the ids of all its sizes, smallest first
    duration_s: of whatever takes its time
    used_at: when it was put there, or a bot last named it; see World.sweep
    """

    id: str
    kind: FileKind
    mime: str
    bytes: int
    name: str | None = None
    width: int | None = None
    height: int | None = None
    sizes: list[str] = field(default_factory=list)
    thumbnail: str | None = None
    duration_s: int | None = None
    used_at: float = 0.0


@dataclass
class Message:
    """One message of one chat. With a file, text and entities are its caption.

    author: the person who wrote it or did it; None for the bot, and in a private chat for its only person
    thread: the topic of a forum, by the id of the message that opened it
    service: what happened to the chat, as fields of the Bot API; True stands for the bot itself
    via_bot: the person chose it from what the bot found by an inline query
    shared: a contact, a location or a poll, as fields of the Bot API
    """

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
    author: int | None = None
    thread: int | None = None
    service: dict[str, Any] | None = None
    via_bot: bool = False
    shared: dict[str, Any] | None = None
    edits: int = 0
    edited_at: int | None = None
    revision: int = 0


@dataclass
class Chat:
    """One person's chat with one bot, or a group that a bot is in.

    removed: message id to the revision in which it went
    members: people of a group, who made it first; topics: of a forum, name by thread id
    blocked: its person blocked the bot, or its members took the bot out
    migrated_to: the supergroup that this group has become
    """

    bot_id: int
    id: int
    next_message_id: int
    removed: dict[str, int] = field(default_factory=dict)
    kind: ChatKind = "private"
    title: str = ""
    members: list[int] = field(default_factory=list)
    topics: dict[str, str] = field(default_factory=dict)
    blocked: bool = False
    migrated_to: int | None = None


@dataclass
class Update:
    """Something that a bot has not confirmed yet. body: the update as the bot receives it, without its id."""

    id: int
    bot_id: int
    kind: str
    body: dict[str, Any]
