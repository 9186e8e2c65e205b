"""What can go wrong on the bot's side, and which sentence answers it.

BotError
├── BadToken            the operator's token does not work
├── BadWebhook          nor do the operator's settings for the webhook
├── ProgressSkipped     a progress edit that would have had to wait
├── MessageGone         the message to edit is no longer there
├── FileTooBig          more than Telegram hands out
├── DownloadFailed      Telegram did not hand out a file
└── Refused             a request that is turned down, with the key of its sentence
"""

import httpx
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError, TimedOut

from jobs.errors import BadPicture, NotAllowed, PresetReason, PresetRefused
from jobs.values import CancelOutcome


class BotError(Exception):
    """Everything the bot's side raises on purpose."""


class BadToken(BotError):
    """Telegram does not accept the bot's token. Says nothing of the token itself."""


class BadWebhook(BotError):
    """Updates cannot come in this way; the message is for the operator."""


class ProgressSkipped(BotError):
    """Progress is dropped rather than queued where it would have to wait."""


class MessageGone(BotError):
    """The message to edit was deleted or is too old: send a new one."""


class FileTooBig(BotError):
    """Telegram gives bots files of up to 20 MB only."""


class DownloadFailed(BotError):
    """A file could not be fetched from Telegram."""


class Refused(BotError):
    """Turned down politely; nothing was changed."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


UNEXPECTED = "unexpected"
PRESS_FAILED = "press-failed"

PICTURE_SENTENCES: dict[str, str] = {
    "not-a-picture": "picture-not-a-picture",
    "too-large": "picture-too-large",
    "too-small": "picture-too-small",
    "too-long": "picture-too-long",
    "broken": "picture-broken",
    "too-slow": "picture-too-slow",
}

PRESET_SENTENCES: dict[PresetReason, str] = {
    "name": "style-bad-name",
    "taken": "style-taken",
    "title": "style-bad-title",
    "unknown": "style-not-there",
    "last": "style-last",
    "away": "style-not-now",
}

# What jobs/ writes into job.error.
JOB_SENTENCES: dict[str, str] = {
    "engine-failed": "failed-engine",
    "interrupted": "failed-interrupted",
    "pictures-gone": "failed-pictures-gone",
    "out-of-memory": "failed-out-of-memory",
    "poisonous": "failed-poisonous",
    "timed-out": "failed-timed-out",
}
JOB_FAILED_OTHERWISE = "failed-other"

# What became of a press on Cancel.
CANCEL_ANSWERS: dict[CancelOutcome, str] = {
    CancelOutcome.CANCELLED: "press-cancelled",
    CancelOutcome.STOPPING: "press-stopping",
    CancelOutcome.FINISHED: "press-too-late",
    CancelOutcome.UNKNOWN: "press-old",
}

# The most specific entry along an error's ancestry wins.
REPLIES: dict[type[BaseException], str] = {
    FileTooBig: "file-too-big",
    DownloadFailed: "download-failed",
    NotAllowed: "admin-not-allowed",
    DBAPIError: "busy",
    OSError: "no-room",
    NoConnection: "busy",
}


def reply_for(error: BaseException) -> str | None:
    """The key of the sentence for an error we foresaw; None for one we did not."""
    if isinstance(error, Refused):
        return error.key
    if isinstance(error, BadPicture):
        return PICTURE_SENTENCES[error.reason]
    if isinstance(error, PresetRefused):
        return PRESET_SENTENCES[error.reason]
    return next((REPLIES[kind] for kind in type(error).__mro__ if kind in REPLIES), None)


def is_not_modified(error: TelegramError) -> bool:
    """An edit that changed nothing: what we wanted is already there."""
    return isinstance(error, BadRequest) and "not modified" in error.message.lower()


def is_gone(error: TelegramError) -> bool:
    """The message can no longer be edited."""
    return isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in _GONE)


def is_other_kind(error: TelegramError) -> bool:
    """A caption was meant for a text message, or a text for a photo."""
    return isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in _OTHER_KIND)


def is_chat_gone(error: TelegramError) -> bool:
    """Nobody is left in that chat to talk to, or the bot may not talk there."""
    return isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in _CHAT_GONE)


def is_topic_gone(error: TelegramError) -> bool:
    """The topic was deleted or closed; the rest of its group is still there."""
    return isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in _TOPIC_GONE)


def is_file_forgotten(error: TelegramError) -> bool:
    """Telegram no longer knows a file by that id, or a stand-in was started afresh."""
    return isinstance(error, BadRequest) and "file" in error.message.lower()


def is_unknown(error: BaseException) -> bool:
    """No answer came: nobody knows whether Telegram did what it was asked."""
    lost = isinstance(error, TimedOut) or isinstance(error.__cause__, httpx.TransportError)
    return lost and not isinstance(error.__cause__, _NEVER_LEFT)


def is_refusal(error: BaseException) -> bool:
    """Telegram did not do what it was asked, for certain: it said so, or never heard of it."""
    said_so = isinstance(error, BadRequest | Forbidden | RetryAfter | ChatMigrated)
    return said_so or isinstance(error.__cause__, _NEVER_LEFT)


_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# Telegram tells these apart by words only. Kept in lower case.
_CHAT_GONE = ("chat not found", "not enough rights", "have no rights to send", "chat_write_forbidden")
_TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted")
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_OTHER_KIND = ("there is no caption in the message", "there is no text in the message")
