"""The same message in two lights: as the Bot API shows it to a bot, and as a person's messenger shows it."""

import base64
from collections.abc import Callable
from typing import Any

from playground.config import PlaygroundConfig
from playground.errors import ApiError, bad_request
from playground.records import Chat, Message, Person, StoredFile
from playground.world import NOBODY_YET, World

Json = dict[str, Any]
EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "video/mp4": ".mp4",
    "audio/ogg": ".oga",
    "audio/mpeg": ".mp3",
}


def user_json(person: Person) -> Json:
    shown: Json = {
        "id": person.id,
        "is_bot": False,
        "first_name": person.first_name,
        "username": f"{person.name}_playground",
    }
    return shown | ({"language_code": person.language} if person.language else {})


def bot_json(bot_id: int, config: PlaygroundConfig) -> Json:
    return {"id": bot_id, "is_bot": True, "first_name": config.bot_name, "username": config.bot_username}


def chat_json(world: World, chat: Chat) -> Json:
    if chat.kind == "private":
        person = world.people[chat.id]
        name = {"first_name": person.first_name, "username": f"{person.name}_playground"}
        return {"id": person.id, **name, "type": "private"}
    shown: Json = {"id": chat.id, "title": chat.title, "type": "group" if chat.kind == "group" else "supergroup"}
    return shown | ({"is_forum": True} if chat.kind == "forum" else {})


def author_of(world: World, message: Message) -> Person | None:
    """The person who wrote a message; None where the bot did."""
    return world.people[message.author or message.chat_id] if message.sender == "person" else None


def message_json(world: World, message: Message, *, with_reply: bool = True) -> Json:
    """A Message of the Bot API, as this chat's bot sees it."""
    chat, author = world.chats[message.bot_id, message.chat_id], author_of(world, message)
    from_user = user_json(author) if author else bot_json(message.bot_id, world.config)
    shown: Json = {"message_id": message.id, "from": from_user, "chat": chat_json(world, chat), "date": message.date}
    if message.edited_at is not None:
        shown["edit_date"] = message.edited_at
    if message.album:
        shown["media_group_id"] = message.album
    if message.via_bot:
        shown["via_bot"] = bot_json(message.bot_id, world.config)
    if message.thread:
        shown |= {"message_thread_id": message.thread, "is_topic_message": True}
    # Only one level: Telegram never nests a reply's reply.
    if with_reply:
        shown |= _reply_json(world, message)
    shown |= message.shared or {}
    shown |= _service_json(world, message) | _media_json(world, message) | _text_json(message)
    if message.keyboard:
        shown["reply_markup"] = {"inline_keyboard": message.keyboard}
    return shown


def _reply_json(world: World, message: Message) -> Json:
    """What a message answers. In a topic everything that answers nothing answers the message that opened it."""
    replied_id = message.reply_to or (message.thread if message.thread != message.id else None)
    replied = world.message(message.bot_id, message.chat_id, replied_id) if replied_id else None
    return {"reply_to_message": message_json(world, replied, with_reply=False)} if replied else {}


def _service_json(world: World, message: Message) -> Json:
    shown = dict(message.service or {})
    bot = bot_json(message.bot_id, world.config)
    if "new_chat_members" in shown:
        shown["new_chat_members"] = [bot]
    if "left_chat_member" in shown:
        shown["left_chat_member"] = bot
    return shown


def _text_json(message: Message) -> Json:
    text, entities = ("caption", "caption_entities") if message.file else ("text", "entities")
    shown: Json = {text: message.text} if message.text else {}
    return shown | ({entities: message.entities} if message.entities else {})


def _media_json(world: World, message: Message) -> Json:
    if message.file is None:
        return {}
    file = world.files[message.file]
    if file.kind == "photo":
        return {"photo": [_size_json(world.files[size], message.bot_id) for size in file.sizes]}
    if file.kind in _FIELDS:
        return {file.kind: file_json(file, message.bot_id) | _FIELDS[file.kind](file)}
    document: Json = {"file_name": file.name, "mime_type": file.mime} | file_json(file, message.bot_id)
    if file.kind == "animation":
        # As a document, too: for bots from before there were animations.
        shape = {"width": file.width, "height": file.height, "duration": file.duration_s}
        return {"animation": document | shape, "document": document}
    if file.thumbnail:
        document["thumbnail"] = _size_json(world.files[file.thumbnail], message.bot_id)
    return {"document": document}


def _named(file: StoredFile) -> Json:
    return {"file_name": file.name, "mime_type": file.mime, "duration": file.duration_s}


# What the Bot API tells of a file beside its id, by its kind.
_FIELDS: dict[str, Callable[[StoredFile], Json]] = {
    "sticker": lambda file: {
        "type": "regular",
        "width": file.width,
        "height": file.height,
        "is_animated": False,
        "is_video": False,
    },
    "voice": lambda file: {"mime_type": file.mime, "duration": file.duration_s},
    "audio": _named,
    "video": lambda file: _named(file) | {"width": file.width, "height": file.height},
    "video_note": lambda file: {"length": file.width, "duration": file.duration_s},
}


def _size_json(file: StoredFile, bot_id: int) -> Json:
    return file_json(file, bot_id) | {"width": file.width, "height": file.height}


def file_json(file: StoredFile, bot_id: int) -> Json:
    return {"file_id": file_id_for(file, bot_id), "file_unique_id": file.id, "file_size": file.bytes}


def file_id_for(file: StoredFile, bot_id: int) -> str:
    """A file's id for one bot: it names the bot, because another bot's id is worthless to it."""
    return base64.urlsafe_b64encode(f"{file.kind}:{bot_id}:{file.id}".encode()).decode().rstrip("=")


def find_file(world: World, file_id: str, bot_id: int) -> StoredFile:
    """The file behind a bot's file_id; raises ApiError where it is no file_id of this bot."""
    try:
        decoded = base64.urlsafe_b64decode(file_id + "=" * (-len(file_id) % 4)).decode()
    except ValueError:
        raise bad_request("wrong remote file identifier specified: can't unserialize it") from None
    kind, owner, unique_id = [*decoded.split(":"), "", ""][:3]
    file = world.files.get(unique_id)
    # What was sent before the first bot came bears nobody's number.
    if file is None or kind != file.kind or owner not in {str(bot_id), str(NOBODY_YET)}:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    world.use(file)
    return file


def file_path(file: StoredFile) -> str:
    """The path that getFile names and /file/bot<token>/ serves; the id in it is what counts."""
    return f"{file.kind}s/file_{file.id}{EXTENSIONS.get(file.mime, '')}"


def find_by_path(world: World, path: str) -> StoredFile:
    """The file that getFile named so; raises ApiError for any other path."""
    unique_id = path.rpartition("/file_")[2].partition(".")[0]
    file = world.files.get(unique_id)
    if file is None or file_path(file) != path:
        raise ApiError(404, "Not Found")
    return file


def person_json(world: World, message: Message) -> Json:
    """A message for the person's side: /person/{user}/chat and the page."""
    author = author_of(world, message)
    shown: Json = {
        "id": message.id,
        "from": message.sender,
        "via": world.config.bot_username if message.via_bot else None,
        "author": {"id": author.id, "name": author.name, "first_name": author.first_name} if author else None,
        "date": message.date,
        "thread": message.thread,
        "service": _what_happened(world, message, author.first_name if author else "") if message.service else None,
        "caption" if message.file else "text": message.text,
        "entities": message.entities,
        "buttons": [[button_json(button) for button in row] for row in message.keyboard],
        "edits": message.edits,
        "edited_at": message.edited_at,
        "reply_to": message.reply_to,
        "album": message.album,
        "shared": message.shared,
    }
    if message.file:
        file = world.files[message.file]
        shown[file.kind] = attachment_json(world, file)
    return shown


def _what_happened(world: World, message: Message, who: str) -> str:
    """A service message as a sentence."""
    bot = world.config.bot_name
    sentences = {
        "group_chat_created": f"{who} made the group",
        "new_chat_members": f"{who} added {bot}",
        "left_chat_member": f"{who} removed {bot}",
        "forum_topic_created": f"{who} opened this topic",
        "migrate_to_chat_id": "This group became a supergroup",
        "migrate_from_chat_id": "This supergroup was a group before",
    }
    return next(sentence for kind, sentence in sentences.items() if kind in (message.service or {}))


def attachment_json(world: World, file: StoredFile) -> Json:
    preview = file.thumbnail if file.kind == "document" else None
    return {
        "url": f"/files/{file.id}",
        "bytes": file.bytes,
        "width": file.width,
        "height": file.height,
        "name": file.name or f"photo_{file.id}.jpg",
        "mime": file.mime,
        "thumbnail": f"/files/{preview}" if preview else None,
    }


def button_json(button: Json) -> Json:
    shown: Json = {"label": button["text"], "data": button.get("callback_data")}
    if "style" in button:
        shown["style"] = button["style"]
    if "url" in button:
        shown["url"] = button["url"]
    if "copy_text" in button:
        shown["copy"] = button["copy_text"]["text"]
    return shown
