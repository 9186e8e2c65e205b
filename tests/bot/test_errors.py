"""Which errors leave a doubt."""

import httpx
import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.errors import is_refusal, is_unknown


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    """As python-telegram-bot raises it."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "unknown", "refused"),
    [
        (TimedOut(), True, False),
        (caused(TimedOut(), httpx.ReadTimeout("")), True, False),
        (caused(NetworkError("gone"), httpx.RemoteProtocolError("")), True, False),
        (caused(NetworkError("gone"), httpx.ReadError("")), True, False),
        (caused(NetworkError("away"), httpx.ConnectError("")), False, True),
        (caused(TimedOut(), httpx.ConnectTimeout("")), False, True),
        (caused(TimedOut(), httpx.PoolTimeout("")), False, True),
        (NetworkError("Bad Gateway"), False, False),
        (BadRequest("no"), False, True),
        (Forbidden("no"), False, True),
    ],
    ids=repr,
)
def test_what_became_of_a_call_is_known_only_where_telegram_answered_or_never_heard_of_it(
    error: TelegramError, unknown: bool, refused: bool
) -> None:
    assert (is_unknown(error), is_refusal(error)) == (unknown, refused)
