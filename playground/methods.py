"""The methods of the Bot API, as the playground performs them. Names and errors are Telegram's."""

import json
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from playground.calls import Call, Target
from playground.errors import bad_request
from playground.formatting import CAPTION_LIMIT, Formatted, format_text
from playground.inline_methods import answer_inline_query
from playground.presses import CallbackAnswer
from playground.records import Button, Chat, Message, Person, StoredFile
from playground.rendering import bot_json, file_json, file_path, find_file, message_json, user_json
from playground.update_methods import delete_webhook, get_me, get_updates, get_webhook_info, set_webhook
from playground.world import World

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MAX_ANSWER_LENGTH = 200
DELETABLE_FOR_S = 48 * 3600
ALBUM_ITEMS = range(2, 11)
MAX_COMMANDS = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
CHAT_ACTIONS = frozenset(
    {"typing", "upload_photo", "upload_document", "upload_video", "upload_voice", "upload_video_note"}
    | {"record_video", "record_voice", "record_video_note", "choose_sticker", "find_location"}
)
_MEDIA_FIELDS = frozenset({"type", "media", "caption", "parse_mode", "caption_entities"})
# What an InputMedia of each kind can hold, those of albums first.
MEDIA_FIELDS = {
    "photo": _MEDIA_FIELDS | {"show_caption_above_media", "has_spoiler"},
    "document": _MEDIA_FIELDS | {"thumbnail", "disable_content_type_detection"},
    "animation": _MEDIA_FIELDS
    | {"show_caption_above_media", "has_spoiler", "thumbnail", "width", "height", "duration"},
}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)

Performed = Callable[[Call], Awaitable[Any]]


# Sending


async def send_message(call: Call) -> Any:
    target, text, keyboard = call.target(), call.formatted_text(), call.keyboard()
    return _sent(call, target, text, keyboard=keyboard)


async def send_photo(call: Call) -> Any:
    return await _send_file(call, "photo")


async def send_document(call: Call) -> Any:
    return await _send_file(call, "document")


async def send_animation(call: Call) -> Any:
    return await _send_file(call, "animation")


async def _send_file(call: Call, kind: str) -> Any:
    target, caption, keyboard = call.target(), call.caption(), call.keyboard()
    file = await call.file(kind, call.arguments.text(kind))
    return _sent(call, target, caption, keyboard=keyboard, file=file.id)


async def send_media_group(call: Call) -> Any:
    target = call.target()
    items = call.arguments.structure("media")
    if not isinstance(items, list):
        raise bad_request("can't parse media JSON object")
    if len(items) not in ALBUM_ITEMS:
        raise bad_request("too much messages to send as an album" if items[1:] else "there must be 2-10 media items")
    checked = [_checked_media(item) for item in items]
    if any(kind == "animation" for kind, _ in checked):
        raise bad_request("animation can't be used in a media group")
    if len({kind for kind, _ in checked}) > 1:
        raise bad_request("document can't be mixed with other media types")
    files = [await call.file(kind, item["media"]) for (kind, _), item in zip(checked, items, strict=True)]
    album = str(secrets.randbits(50))
    return [
        _sent(call, target, caption, file=file.id, album=album)
        for (_, caption), file in zip(checked, files, strict=True)
    ]


def _sent(call: Call, target: Target, text: Formatted, **content: Any) -> Any:
    message = call.world.add_message(
        bot_id=call.bot.id, sender="bot", text=text.text, entities=text.entities, **asdict(target), **content
    )
    call.world.commit()
    return message_json(call.world, message)


def _checked_media(item: Any) -> tuple[str, Formatted]:
    """Kind and caption of an InputMedia."""
    if not isinstance(item, dict) or not isinstance(item.get("media"), str):
        raise bad_request("can't parse InputMedia: media not found")
    kind = item.get("type")
    if kind not in MEDIA_FIELDS:
        raise bad_request(f'can\'t parse InputMedia: the playground knows no type "{kind}"')
    if unknown := item.keys() - MEDIA_FIELDS[kind]:
        raise bad_request(f'can\'t parse InputMedia: it has no field "{min(unknown)}"')
    caption, mode = item.get("caption") or "", item.get("parse_mode")
    if not isinstance(caption, str) or not isinstance(mode or "", str):
        raise bad_request('can\'t parse InputMedia: field "caption" must be of type String')
    return kind, format_text(caption, mode, item.get("caption_entities"), limit=CAPTION_LIMIT)


async def send_chat_action(call: Call) -> Any:
    target, action = call.target(), call.arguments.text("action")
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.world.show_action(call.bot.id, target.chat_id, action)
    return True


# Editing


async def edit_message_text(call: Call) -> Any:
    message, text, keyboard = call.own_message(), call.formatted_text(), call.keyboard()
    if message.file:
        raise bad_request("there is no text in the message to edit")
    return _changed(call, message, text, message.file, keyboard)


async def edit_message_caption(call: Call) -> Any:
    message, caption, keyboard = call.own_message(), call.caption(), call.keyboard()
    if not message.file:
        raise bad_request("there is no caption in the message to edit")
    return _changed(call, message, caption, message.file, keyboard)


async def edit_message_media(call: Call) -> Any:
    """Another picture or file for a message; a text message becomes one with media."""
    message, keyboard = call.own_message(), call.keyboard()
    item = call.arguments.structure("media")
    kind, caption = _checked_media(item)
    if message.album and call.world.files[message.file or ""].kind != kind:
        raise bad_request("can't change media type in the album")
    file: StoredFile = await call.file(kind, item["media"])
    # The upload took a while: the message may have gone in the meantime.
    return _changed(call, call.own_message(), caption, file.id, keyboard)


async def edit_message_reply_markup(call: Call) -> Any:
    message, keyboard = call.own_message(), call.keyboard()
    if keyboard == message.keyboard:
        raise bad_request(NOT_MODIFIED)
    message.keyboard = keyboard
    call.world.rekeyed(message)
    call.world.commit()
    return message_json(call.world, message)


def _changed(call: Call, message: Message, text: Formatted, file: str | None, keyboard: list[list[Button]]) -> Any:
    """Give the message its new content. An edit without reply_markup takes the buttons away, as in Telegram."""
    old = (message.text, message.entities, message.file, message.keyboard)
    if old == (text.text, text.entities, file, keyboard):
        raise bad_request(NOT_MODIFIED)
    message.text, message.entities, message.file, message.keyboard = text.text, text.entities, file, keyboard
    call.world.edited(message)
    call.world.commit()
    return message_json(call.world, message)


async def delete_message(call: Call) -> Any:
    message = call.message("delete")
    # In a group a bot that is no administrator deletes only what it wrote.
    if message.sender != "bot" and message.chat_id < 0:
        raise bad_request("message can't be deleted")
    if call.world.clock() - message.date > DELETABLE_FOR_S:
        raise bad_request("message can't be deleted for everyone")
    call.world.remove(message)
    call.world.commit()
    return True


# Callbacks, files, commands


async def answer_callback_query(call: Call) -> Any:
    text = call.arguments.text("text")
    if text is not None and len(text) > MAX_ANSWER_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    if call.arguments.text("url"):
        raise bad_request("URL_INVALID")
    answer = CallbackAnswer(text, call.arguments.flag("show_alert"))
    call.presses.answer(call.arguments.text("callback_query_id") or "", call.bot.id, answer)
    return True


async def get_file(call: Call) -> Any:
    file = find_file(call.world, call.arguments.text("file_id") or "", call.bot.id)
    if file.bytes > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return file_json(file, call.bot.id) | {"file_path": file_path(file)}


async def get_chat_member(call: Call) -> Any:
    """Who made a group owns it; everybody else in it is a member, the bot too."""
    chat = call.world.chats[call.bot.id, call.chat_id()]
    user_id = call.arguments.integer("user_id")
    person = call.world.people.get(user_id or 0)
    if user_id == call.bot.id:
        return {"user": bot_json(call.bot.id, call.world.config), "status": "member"}
    if person is None:
        raise bad_request("invalid user_id specified")
    if chat.members[:1] == [person.id]:
        return {"user": user_json(person), "status": "creator", "is_anonymous": False}
    is_there = person.id in (*chat.members, chat.id)
    return {"user": user_json(person), "status": "member" if is_there else "left"}


async def set_my_commands(call: Call) -> Any:
    commands = call.arguments.structure("commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    call.bot.commands[_scope(call)] = [_checked_command(command) for command in commands]
    call.world.save_bot(call.bot)
    return True


def _checked_command(command: Any) -> dict[str, str]:
    if not isinstance(command, dict) or not all(isinstance(command.get(k), str) for k in ("command", "description")):
        raise bad_request("can't parse BotCommand: expected an Object")
    name = command["command"].removeprefix("/").lower()
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command["description"]) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": command["description"]}


async def get_my_commands(call: Call) -> Any:
    return call.bot.commands.get(_scope(call), [])


async def delete_my_commands(call: Call) -> Any:
    call.bot.commands.pop(_scope(call), None)
    call.world.save_bot(call.bot)
    return True


def _scope(call: Call) -> str:
    scope = call.arguments.structure("scope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise bad_request("can't parse BotCommandScope: expected an Object")
    if scope["type"] == "chat":
        return command_key(f"chat:{scope.get('chat_id')}", call.arguments.text("language_code"))
    kind = scope["type"] if len(scope) == 1 else json.dumps(scope, sort_keys=True)
    return command_key(kind, call.arguments.text("language_code"))


def command_key(scope: str, language: str | None) -> str:
    """Where a bot's commands for a scope and language are kept."""
    return f"{scope}/{language or ''}"


def commands_for(world: World, bot_id: int, chat: Chat, person: Person) -> list[dict[str, str]]:
    """The menu that a person sees in a chat: the narrowest scope wins, and in it the person's own language."""
    bot = world.bots.get(bot_id)
    if bot is None:
        return []
    kind = "all_private_chats" if chat.kind == "private" else "all_group_chats"
    for scope in (f"chat:{chat.id}", kind, "default"):
        for tried in _codes(person.language):
            if commands := bot.commands.get(command_key(scope, tried)):
                return commands
    return []


def _codes(language: str | None) -> list[str | None]:
    """What a messenger looks for: its own language, that without the region, and what is for everybody else."""
    return [language, language.partition("-")[0].lower(), None] if language else [None]


METHODS: dict[str, Performed] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendAnimation": send_animation,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "getChatMember": get_chat_member,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
}
