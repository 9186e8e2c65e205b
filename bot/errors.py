"""What can go wrong on the bot's side, and which sentence answers it.

BotError
├── BadToken            the operator's token does not work
├── ProgressSkipped     a progress edit that would have had to wait
├── MessageGone         the message to edit is no longer there
├── FileTooBig          more than Telegram hands out
├── DownloadFailed      Telegram did not hand out a file
└── Refused             a request that is turned down, with the key of its sentence
"""

from sqlalchemy.exc import DBAPIError
from telegram.error import BadRequest, TelegramError

from jobs.errors import BadPicture
from jobs.values import CancelOutcome


class BotError(Exception):
    """Everything the bot's side raises on purpose."""


class BadToken(BotError):
    """Telegram does not accept the bot's token. Says nothing of the token itself."""


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
    DBAPIError: "busy",
}


def reply_for(error: BaseException) -> str | None:
    """The key of the sentence for an error we foresaw; None for one we did not."""
    if isinstance(error, Refused):
        return error.key
    if isinstance(error, BadPicture):
        return PICTURE_SENTENCES[error.reason]
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
    """Nobody is left in that chat to talk to."""
    return isinstance(error, BadRequest) and "chat not found" in error.message.lower()


def is_stale_press(error: TelegramError) -> bool:
    """A press can be answered once and for a short time; a replayed one no longer can."""
    return isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in _STALE_PRESS)


# Telegram tells these apart by words only. Kept in lower case.
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_OTHER_KIND = ("there is no caption in the message", "there is no text in the message")
_STALE_PRESS = ("query is too old", "query id is invalid", "query_id_invalid")
