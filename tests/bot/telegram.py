"""Telegram as the bot sees it, in place of HTTP: keeps the messages, refuses what Telegram refuses, can be unwell."""

import asyncio
import itertools
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from telegram.request import BaseRequest, RequestData

BOT = {"id": 1000, "is_bot": True, "first_name": "Pastiche", "username": "pastiche_bot"}
NOT_MODIFIED = "Bad Request: message is not modified"
NO_CAPTION = "Bad Request: there is no caption in the message to edit"
NO_TEXT = "Bad Request: there is no text in the message to edit"
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
NOT_FOUND = "Bad Request: message to edit not found"


@dataclass
class Shown:
    """A message of the bot as the chat shows it."""

    chat_id: int
    message_id: int
    words: str
    photo: bytes | None
    markup: list[list[dict[str, Any]]]
    reply_to: int | None = None
    thread_id: int | None = None
    edits: int = 0
    document: bytes | None = None
    film: bytes | None = None
    filename: str | None = None

    def buttons(self) -> dict[str, str]:
        """Callback data by label."""
        return {button["text"]: button["callback_data"] for row in self.markup for button in row}

    def data(self, verb: str) -> str:
        """The callback data of the first button with that verb."""
        return next(data for data in self.buttons().values() if data.startswith(f"{verb}:"))


@dataclass
class Call:
    """A request as it arrived."""

    method: str
    parameters: dict[str, Any]
    at: float


@dataclass
class Trouble:
    """What Telegram answers once instead of doing what it is asked; lost: it does it, but nobody hears the answer."""

    method: str
    status: int = 200
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    raises: Exception | None = None
    chat_id: int | None = None
    times: int = 1


class RecordingRequest(BaseRequest):
    """Answers as Telegram would, and remembers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.messages: dict[tuple[int, int], Shown] = {}
        self.files: dict[str, bytes] = {}
        self.paths: dict[str, str] = {}
        self.answers: list[tuple[str, str | None]] = []
        self.found: list[dict[str, Any]] = []
        self.alerts: list[str] = []  # the presses that were answered in a window
        self.troubles: deque[Trouble] = deque()
        self.slow: dict[str, asyncio.Event] = {}
        self.admins: dict[int, set[int]] = {}
        self._numbers = itertools.count(5000)
        self._filename: str | None = None

    # What tests ask.

    def chat(self, chat_id: int) -> list[Shown]:
        """The bot's messages in a chat, in order."""
        return [shown for (chat, _), shown in self.messages.items() if chat == chat_id]

    def words(self, chat_id: int) -> list[str]:
        """What the bot's messages in a chat say."""
        return [shown.words for shown in self.chat(chat_id)]

    def methods(self) -> list[str]:
        """The names of everything called, but what starting up calls, and hints that a picture is on its way."""
        aside = ("getMe", "setMyCommands", "deleteMyCommands", "sendChatAction")
        return [call.method for call in self.calls if call.method not in aside]

    def last_answer(self) -> str | None:
        """The text of the latest answer to a press."""
        return self.answers[-1][1]

    def refuse(self, method: str, description: str = "", status: int = 400, **more: Any) -> None:
        """The next call of that method fails so."""
        self.troubles.append(Trouble(method=method, status=status, description=description, **more))

    # What the bot's library asks.

    @property
    def read_timeout(self) -> float:
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        name = url.rsplit("/", 1)[1]
        if "/file/" in url:
            return 200, self.files[name]
        parameters = dict(request_data.parameters) if request_data is not None else {}
        uploads = request_data.multipart_data if request_data is not None and request_data.contains_files else {}
        self.calls.append(Call(name, parameters, asyncio.get_running_loop().time()))
        if name in self.slow:
            await self.slow[name].wait()
        trouble = self._trouble(name, parameters)
        if trouble is not None and trouble.raises is None:
            return _refusal(trouble.status, trouble.description, trouble.parameters)
        try:
            self._filename = next((filename for filename, _, _ in uploads.values()), None)
            result = getattr(self, f"_{name}")(parameters, {part: data for part, (_, data, _) in uploads.items()})
        except _Refused as error:
            return _refusal(400, str(error), {})
        if trouble is not None and trouble.raises is not None:
            raise trouble.raises
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _trouble(self, name: str, parameters: dict[str, Any]) -> Trouble | None:
        for trouble in self.troubles:
            if trouble.method == name and trouble.chat_id in (None, parameters.get("chat_id")):
                trouble.times -= 1
                if not trouble.times:
                    self.troubles.remove(trouble)
                return trouble
        return None

    # The methods of the Bot API.

    def _getMe(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _setMyCommands(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        return True

    def _deleteMyCommands(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        return True

    def _sendChatAction(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        return True

    def _setWebhook(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        return True

    def _getChatMember(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        user_id = parameters["user_id"]
        user = {"id": user_id, "is_bot": False, "first_name": "Somebody"}
        if user_id not in self.admins.get(parameters["chat_id"], ()):
            return {"status": "member", "user": user}
        return {"status": "administrator", "user": user} | dict.fromkeys(RIGHTS, True)

    def _getFile(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        file_id = parameters["file_id"]
        path = self.paths.get(file_id, f"photos/{file_id}")
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_path": path}

    def _sendMessage(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        return self._new(parameters, parameters["text"], None)

    def _sendPhoto(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        photo = uploads.get("photo") or self._held(parameters.get("photo"))
        return self._new(parameters, parameters.get("caption", ""), photo)

    def _sendDocument(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        document = uploads.get("document") or self.files.get(str(parameters.get("document")))
        if document is None:
            raise _Refused("Bad Request: wrong file identifier/HTTP URL specified")
        message = self._new(parameters, parameters.get("caption", ""), None)
        shown = self.messages[parameters["chat_id"], message["message_id"]]
        shown.document, shown.filename = document, self._filename
        return self._message(shown)

    def _sendAnimation(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        film = uploads.get("animation") or self._held(parameters.get("animation"))
        message = self._new(parameters, parameters.get("caption", ""), None)
        shown = self.messages[parameters["chat_id"], message["message_id"]]
        shown.film, shown.filename = film, self._filename
        return self._message(shown)

    def _editMessageText(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        shown = self._find(parameters)
        if shown.photo is not None or shown.film is not None:
            raise _Refused(NO_TEXT)
        return self._change(shown, parameters, parameters["text"], None)

    def _editMessageCaption(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        shown = self._find(parameters)
        if shown.photo is None:
            raise _Refused(NO_CAPTION)
        return self._change(shown, parameters, parameters.get("caption", ""), shown.photo)

    def _editMessageMedia(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        media = parameters["media"]
        data = uploads.get(str(media["media"]).removeprefix("attach://")) or self._held(media["media"])
        shown = self._find(parameters)
        if media["type"] == "photo":
            return self._change(shown, parameters, media.get("caption", ""), data)
        if media["type"] == "animation":
            shown.film = data
            return self._change(shown, parameters, media.get("caption", ""), None)
        shown.document, shown.filename = data, self._filename
        return self._change(shown, parameters, media.get("caption", ""), None)

    def _editMessageReplyMarkup(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        shown = self._find(parameters)
        return self._change(shown, parameters, shown.words, shown.photo)

    def _answerInlineQuery(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        if any(self._is_forgotten(result) for result in parameters["results"]):
            raise _Refused("Bad Request: wrong file identifier/HTTP URL specified")
        self.found.append(parameters)
        return True

    def _is_forgotten(self, result: dict[str, Any]) -> bool:
        file_id = result.get("photo_file_id") or result.get("document_file_id")
        return file_id is not None and file_id not in self.files

    def _answerCallbackQuery(self, parameters: dict[str, Any], uploads: dict[str, bytes]) -> Any:
        press_id = parameters["callback_query_id"]
        if press_id in dict(self.answers):
            raise _Refused(TOO_OLD)
        self.answers.append((press_id, parameters.get("text")))
        if parameters.get("show_alert"):
            self.alerts.append(press_id)
        return True

    def _held(self, file_id: object) -> bytes:
        photo = self.files.get(str(file_id))
        if photo is None:
            raise _Refused("Bad Request: wrong file identifier/HTTP URL specified")
        return photo

    def _find(self, parameters: dict[str, Any]) -> Shown:
        shown = self.messages.get((parameters["chat_id"], parameters["message_id"]))
        if shown is None:
            raise _Refused(NOT_FOUND)
        return shown

    def _new(self, parameters: dict[str, Any], words: str, photo: bytes | None) -> Any:
        reply = parameters.get("reply_parameters")
        shown = Shown(
            chat_id=parameters["chat_id"],
            message_id=next(self._numbers),
            words=words,
            photo=photo,
            markup=_keyboard(parameters),
            reply_to=reply["message_id"] if reply else None,
            thread_id=parameters.get("message_thread_id"),
        )
        self.messages[shown.chat_id, shown.message_id] = shown
        return self._message(shown)

    def _change(self, shown: Shown, parameters: dict[str, Any], words: str, photo: bytes | None) -> Any:
        markup = _keyboard(parameters)
        if (shown.words, shown.photo, shown.markup) == (words, photo, markup):
            raise _Refused(NOT_MODIFIED)
        shown.words, shown.photo, shown.markup = words, photo, markup
        shown.edits += 1
        return self._message(shown)

    def _message(self, shown: Shown) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": shown.message_id,
            "date": 1_800_000_000,
            "chat": a_chat(shown.chat_id),
            "from": BOT,
        }
        if shown.document is not None:
            file_id = f"file{shown.message_id}"
            self.files[file_id] = shown.document
            file = {"file_id": file_id, "file_unique_id": f"u{file_id}"}
            return message | {"caption": shown.words, "document": file}
        if shown.film is not None:
            film = {"file_id": f"film{shown.message_id}", "file_unique_id": f"ufilm{shown.message_id}"}
            self.files[film["file_id"]] = shown.film
            shape = {"width": 64, "height": 48, "duration": 3}
            return message | {"caption": shown.words, "animation": film | shape, "document": film}
        if shown.photo is None:
            return message | {"text": shown.words}
        file_id = f"sent{shown.message_id}-{shown.edits}"
        self.files[file_id] = shown.photo
        return message | {"caption": shown.words, "photo": [a_photo_size(file_id)]}


class _Refused(Exception):
    """Telegram's 400."""


def a_chat(chat_id: int) -> dict[str, Any]:
    """A chat as Telegram describes it."""
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup", "title": "A group", "is_forum": True}
    return {"id": chat_id, "type": "private", "first_name": "Ann"}


def a_photo_size(file_id: str) -> dict[str, Any]:
    """One form of a photo."""
    return {"file_id": file_id, "file_unique_id": f"u{file_id}", "width": 64, "height": 48, "file_size": 1000}


def _keyboard(parameters: dict[str, Any]) -> list[list[dict[str, Any]]]:
    markup = parameters.get("reply_markup")
    return markup["inline_keyboard"] if markup else []


def _refusal(status: int, description: str, parameters: dict[str, Any]) -> tuple[int, bytes]:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return status, json.dumps(body | ({"parameters": parameters} if parameters else {})).encode()
