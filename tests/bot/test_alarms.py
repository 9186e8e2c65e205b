"""What the admins hear of at once."""

import logging

import pytest
from telegram.error import Conflict, NetworkError

from bot import alarms
from tests.bot.conftest import ADMIN, Stage, until

RIVAL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@pytest.mark.parametrize(
    ("description", "line", "words"),
    [(RIVAL, "somebody else polls", "same token"), (HOOKED, "a webhook was set", "set a webhook")],
    ids=["second poller", "webhook"],
)
async def test_a_rival_is_told_once_to_the_log_and_to_the_admins(
    stage: Stage, caplog: pytest.LogCaptureFixture, description: str, line: str, words: str
) -> None:
    stage.watch()

    for _ in range(5):
        stage.parts.alarms.hear_polling_error(Conflict(description))
    await until(lambda: stage.telegram.chat(ADMIN))

    assert words in stage.telegram.words(ADMIN)[0]
    assert [line in record.message for record in caplog.records if record.levelno == logging.ERROR] == [True]


async def test_after_a_calm_while_it_is_told_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "CALM_S", 0.0)
    stage.watch()

    for _ in range(2):
        stage.parts.alarms.hear_polling_error(Conflict(RIVAL))

    await until(lambda: len(stage.telegram.chat(ADMIN)) == 2)


async def test_an_admin_who_never_wrote_to_the_bot_keeps_nothing_up(stage: Stage) -> None:
    stage.watch()
    stage.telegram.refuse("sendMessage", "Bad Request: chat not found")
    stage.parts.alarms.sound("alarm-webhook")
    stage.parts.alarms.sound("alarm-second-poller")

    await until(lambda: stage.telegram.chat(ADMIN))

    assert "same token" in stage.telegram.words(ADMIN)[0]


async def test_a_network_hiccup_alarms_nobody(stage: Stage) -> None:
    stage.parts.alarms.hear_polling_error(NetworkError("gone for a moment"))

    assert not stage.parts.alarms._due
