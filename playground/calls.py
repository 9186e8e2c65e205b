"""One call of the Bot API: what every method needs of it, read and checked, and the log of all calls."""

import asyncio
import mimetypes
import re
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from playground.errors import ApiError, NotAFilm, NotAPicture, WrongDimensions, bad_request
from playground.films import read_film
from playground.formatting import CAPTION_LIMIT, TEXT_LIMIT, Formatted, format_text
from playground.inline import InlineQueries
from playground.keyboards import read_keyboard
from playground.parameters import Arguments, Upload
from playground.pictures import measure, photo_renditions, thumbnail
from playground.presses import Presses
from playground.records import Bot, Button, Chat, Message, StoredFile
from playground.rendering import find_file
from playground.world import World

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
MAX_CALLS_KEPT = 5000
NUMBER = re.compile(r"-?[0-9]{1,18}")
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class CallRecord:
    """One line of /calls. Tokens never get here: bot is the public number before the colon."""

    number: int
    at: float
    bot: int
    method: str
    chat: str | None
    seconds: float
    outcome: str


class CallLog:
    """The latest calls, oldest first."""

    def __init__(self) -> None:
        self._records: deque[CallRecord] = deque(maxlen=MAX_CALLS_KEPT)
        self._count = 0

    def add(self, *, at: float, bot: int, method: str, chat: str | None, seconds: float, outcome: str) -> None:
        self._count += 1
        self._records.append(CallRecord(self._count, at, bot, method, chat, round(seconds, 4), outcome))

    def since(self, number: int) -> list[dict[str, Any]]:
        return [asdict(record) for record in self._records if record.number > number]


@dataclass(frozen=True)
class Target:
    """Where a message goes: the chat, in a forum the topic (None: the general one), and what it answers."""

    chat_id: int
    thread: int | None
    reply_to: int | None


@dataclass(frozen=True)
class Call:
    """A method called by a bot. Everything that is read from the arguments may raise ApiError."""

    world: World
    presses: Presses
    queries: InlineQueries
    bot: Bot
    arguments: Arguments

    def chat_id(self) -> int:
        """The chat to act in. A bot may write only to people who wrote to it first, and where it is still welcome."""
        given = self.arguments.text("chat_id")
        if given is None:
            raise bad_request("chat_id is empty")
        chat_id = int(given) if NUMBER.fullmatch(given) else 0
        chat = self.world.chats.get((self.bot.id, chat_id))
        if chat is None and chat_id in self.world.people:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if chat is None:
            raise bad_request("chat not found")
        _check_welcome(chat)
        return chat_id

    def target(self) -> Target:
        """Where to send: into a chat, there into a topic, and as the answer to a message."""
        chat_id = self.chat_id()
        thread, reply_to = self.arguments.integer("message_thread_id"), self._reply_to(chat_id)
        if thread is not None and str(thread) not in self.world.chats[self.bot.id, chat_id].topics:
            raise bad_request("message thread not found")
        if thread is None and reply_to is not None:
            replied = self.world.message(self.bot.id, chat_id, reply_to)
            thread = replied.thread if replied else None
        return Target(chat_id, thread, reply_to)

    def message(self, purpose: str) -> Message:
        """The message named by chat_id and message_id; purpose completes "message to … not found"."""
        chat_id, message_id = self.chat_id(), self.arguments.integer("message_id")
        if not message_id:
            raise bad_request("message identifier is not specified")
        message = self.world.message(self.bot.id, chat_id, message_id)
        if message is None:
            raise bad_request(f"message to {purpose} not found")
        return message

    def own_message(self) -> Message:
        message = self.message("edit")
        if message.sender != "bot":
            raise bad_request("message can't be edited")
        return message

    def formatted_text(self) -> Formatted:
        text = self.arguments.text("text")
        if text is None:
            raise bad_request("message text is empty")
        entities = self.arguments.structure("entities")
        formatted = format_text(text, self.arguments.text("parse_mode"), entities, limit=TEXT_LIMIT)
        if not formatted.text:
            raise bad_request("message text is empty")
        return formatted

    def caption(self) -> Formatted:
        return format_text(
            self.arguments.text("caption") or "",
            self.arguments.text("parse_mode"),
            self.arguments.structure("caption_entities"),
            limit=CAPTION_LIMIT,
        )

    def message_count(self) -> int:
        """How many messages this call sends or edits: one, except for an album."""
        items = self.arguments.structure("media")
        return len(items) if isinstance(items, list) else 1

    def keyboard(self) -> list[list[Button]]:
        return read_keyboard(self.arguments.structure("reply_markup"))

    def _reply_to(self, chat_id: int) -> int | None:
        """The message that is replied to, None for none."""
        parameters = self.arguments.structure("reply_parameters")
        if not parameters:
            return None
        if not isinstance(parameters, dict) or not isinstance(parameters.get("message_id"), int):
            raise bad_request("can't parse reply parameters: message identifier is not specified")
        message_id: int = parameters["message_id"]
        if self.world.message(self.bot.id, chat_id, message_id) is not None:
            return message_id
        if parameters.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

    async def file(self, kind: str, value: Any) -> StoredFile:
        """A photo, animation or document from an upload, from attach://part or by file_id."""
        upload = self._upload(kind, value)
        if upload is not None:
            keep = {"photo": self._photo, "animation": self._animation, "document": self._document}[kind]
            return await keep(upload)
        if not isinstance(value, str):
            raise bad_request("media not found")
        if value.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        return self._known_file(kind, value)

    def _upload(self, kind: str, value: Any) -> Upload | None:
        if isinstance(value, str) and value.startswith("attach://"):
            upload = self.arguments.uploads.get(value.removeprefix("attach://"))
            if upload is None:
                raise bad_request("media not found")
            return upload
        return self.arguments.uploads.get(kind) if value is None else None

    def _known_file(self, kind: str, file_id: str) -> StoredFile:
        file = find_file(self.world, file_id, self.bot.id)
        if file.kind != kind:
            raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
        return self.world.files[file.sizes[-1]] if kind == "photo" else file

    async def _photo(self, upload: Upload) -> StoredFile:
        _check_size(upload)
        if len(upload.data) > MAX_PHOTO_BYTES:
            raise bad_request(
                f"file of size {len(upload.data)} bytes is too big for a photo; "
                f"the maximum size is {MAX_PHOTO_BYTES} bytes"
            )
        try:
            renditions = await asyncio.to_thread(photo_renditions, upload.data)
        except NotAPicture:
            raise bad_request("IMAGE_PROCESS_FAILED") from None
        except WrongDimensions:
            raise bad_request("PHOTO_INVALID_DIMENSIONS") from None
        return self.world.add_photo(renditions)

    async def _animation(self, upload: Upload) -> StoredFile:
        _check_size(upload)
        try:
            facts = read_film(upload.data)
        except NotAFilm:
            raise bad_request("the playground takes MP4 for animations, and this is none") from None
        return self.world.add_media(upload.data, "animation", upload.name, "video/mp4", facts)

    async def _document(self, upload: Upload) -> StoredFile:
        _check_size(upload)
        return await keep_document(self.world, upload)


def _check_welcome(chat: Chat) -> None:
    if chat.migrated_to is not None:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.migrated_to,
        )
    if chat.blocked and chat.kind == "private":
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    if chat.blocked:
        kind = "group" if chat.kind == "group" else "supergroup"
        raise ApiError(403, f"Forbidden: bot was kicked from the {kind} chat")


async def keep_document(world: World, upload: Upload) -> StoredFile:
    """Keep a file byte for byte, whoever sends it."""
    dimensions = await asyncio.to_thread(measure, upload.data)
    small = await asyncio.to_thread(thumbnail, upload.data) if dimensions else None
    mime = upload.mime
    if not mime or mime == UNKNOWN_TYPE:
        mime = mimetypes.guess_type(upload.name)[0] or UNKNOWN_TYPE
    return world.add_document(upload.data, name=upload.name, mime=mime, dimensions=dimensions, thumbnail=small)


def _check_size(upload: Upload) -> None:
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > MAX_DOCUMENT_BYTES:
        raise ApiError(413, "Request Entity Too Large")
