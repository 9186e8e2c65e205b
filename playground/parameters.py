"""Which methods the playground's Bot API has, with their parameters; and the arguments of one call, checked.

The tables follow Bot API 10.1. A parameter ends in "!" where the method cannot do without it.
"""

import json
from dataclasses import dataclass
from typing import Any

from playground.errors import bad_request
from playground.json_text import read_json

# Half a surrogate pair, which JSON can spell ("\\ud800").
NOT_UTF8 = "strings must be encoded in UTF-8"

_SENDING = (
    "business_connection_id chat_id! message_thread_id direct_messages_topic_id disable_notification protect_content "
    "allow_paid_broadcast message_effect_id reply_parameters"
)
_EDITING = "business_connection_id chat_id message_id inline_message_id reply_markup"
_TEXT = "text! parse_mode entities link_preview_options"
_CAPTION = "caption parse_mode caption_entities"

_METHODS = {
    "getMe": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url! certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "sendMessage": f"{_SENDING} {_TEXT} suggested_post_parameters reply_markup",
    "sendPhoto": (
        f"{_SENDING} photo! {_CAPTION} show_caption_above_media has_spoiler suggested_post_parameters reply_markup"
    ),
    "sendDocument": (
        f"{_SENDING} document! thumbnail {_CAPTION} disable_content_type_detection suggested_post_parameters "
        "reply_markup"
    ),
    "sendAnimation": (
        f"{_SENDING} animation! duration width height thumbnail {_CAPTION} show_caption_above_media has_spoiler "
        "suggested_post_parameters reply_markup"
    ),
    "sendMediaGroup": f"{_SENDING} media!",
    "sendChatAction": "business_connection_id chat_id! message_thread_id action!",
    "editMessageText": f"{_EDITING} text parse_mode entities link_preview_options rich_message",
    "editMessageCaption": f"{_EDITING} {_CAPTION} show_caption_above_media",
    "editMessageMedia": f"{_EDITING} media!",
    "editMessageReplyMarkup": _EDITING,
    "deleteMessage": "chat_id! message_id!",
    "answerCallbackQuery": "callback_query_id! text show_alert url cache_time",
    "answerInlineQuery": "inline_query_id! results! cache_time is_personal next_offset button",
    "getChatMember": "chat_id! user_id!",
    "getFile": "file_id!",
    "setMyCommands": "commands! scope language_code",
    "getMyCommands": "scope language_code",
    "deleteMyCommands": "scope language_code",
}

# What a parameter means lies outside this playground: accepting it silently would promise too much.
BEYOND = frozenset(
    {
        "business_connection_id",
        "direct_messages_topic_id",
        "inline_message_id",
        "rich_message",
        "suggested_post_parameters",
    }
)

# What Telegram added after the version that the tables follow, and when.
NEWER = {
    "receiver_user_id": "10.2",
    "callback_query_id": "10.2",
    "ephemeral_message_parameters": "10.3",
    "can_stop": "10.3",
    "keep_on_stop": "10.3",
}

# Telegram's own words where a required parameter is missing; any other one gets the general sentence.
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "animation": "there is no animation in the request",
    "action": "wrong parameter action in request",
    "message_id": "message identifier is not specified",
    "file_id": "invalid file_id",
}


@dataclass(frozen=True)
class Method:
    """A method's spelling, and its parameters with whether each is required."""

    name: str
    parameters: dict[str, bool]


METHODS = {
    name: Method(name, {word.rstrip("!"): word.endswith("!") for word in words.split()})
    for name, words in _METHODS.items()
}
BY_LOWER_NAME = {name.lower(): method for name, method in METHODS.items()}


@dataclass(frozen=True)
class Upload:
    """A file part of a request."""

    name: str
    mime: str
    data: bytes


def _reason_to_refuse(name: str) -> str:
    if name in NEWER:
        return f'"{name}" in Bot API 10.1: it is of {NEWER[name]} (--lenient accepts it without an effect)'
    return f'"{name}" (Telegram would ignore it, the playground not)'


class Arguments:
    """The values of one call. Getters return None for what was not given and raise ApiError for nonsense."""

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload]) -> None:
        # Telegram does not tell an empty value from a missing one.
        self._values = {name: value for name, value in values.items() if value is not None and value != ""}
        # Save for setWebhook, which takes an empty address for none.
        self._empty = {"url"} if values.get("url") == "" else set()
        self.uploads = uploads

    def check(self, method: Method, *, lenient: bool) -> None:
        """Raise ApiError unless these arguments fit the method."""
        given = set(self._values) | self._unreferenced_uploads()
        for name, required in method.parameters.items():
            if required and name not in given | self._empty:
                raise bad_request(_MISSING.get(name, f'parameter "{name}" is required'))
        if lenient:
            return
        for name in sorted(given - set(method.parameters)):
            raise bad_request(f"{method.name} has no parameter {_reason_to_refuse(name)}")
        for name in sorted(given & BEYOND):
            raise bad_request(f'the playground does not know what "{name}" does')

    def _unreferenced_uploads(self) -> set[str]:
        text = json.dumps(list(self._values.values()))
        return {name for name in self.uploads if f"attach://{name}" not in text}

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        if isinstance(value, dict | list | bool):
            raise bad_request(f'parameter "{name}" must be of type String')
        return None if value is None else str(value)

    def integer(self, name: str) -> int | None:
        value = self._values.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, bool | float):
                raise ValueError
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'parameter "{name}" must be of type Integer') from None

    def within(self, name: str, low: int, high: int, default: int) -> int:
        """An integer pulled into the limits, as Telegram does."""
        value = self.integer(name)
        return default if value is None else min(max(value, low), high)

    def flag(self, name: str) -> bool:
        value = self._values.get(name, False)
        return value.lower() in {"true", "1", "yes", "t", "y"} if isinstance(value, str) else bool(value)

    def structure(self, name: str) -> Any:
        """A JSON value: itself in a JSON request, text that holds JSON in a form."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return read_json(value)
        except UnicodeEncodeError:
            raise bad_request(NOT_UTF8) from None
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
