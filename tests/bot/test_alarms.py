"""What the admins hear of at once."""

import logging

import pytest
from telegram.error import Conflict, NetworkError

from bot import alarms
from tests.bot.conftest import ADMIN, ANN, Stage, until

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

    await until(lambda: sum("same token" in words for words in stage.telegram.words(ADMIN)) == 2)


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


async def park(stage: Stage) -> None:
    """A job that costs three painters."""
    await stage.photo(ANN)
    await stage.photo(ANN)
    job = await stage.job()
    for _ in range(3):
        await stage.services.desk.record_death(job.id, await stage.begin(job.id), "died")
    await stage.deliver()


async def test_admins_and_the_owner_are_told_of_a_parked_job(stage: Stage) -> None:
    await park(stage)

    [alarm] = stage.telegram.words(ADMIN)
    assert "#1" in alarm
    assert "poisonous" in alarm
    assert "put it aside" in stage.telegram.words(ANN)[-1]


async def test_admin_who_never_wrote_hinders_nobody(stage: Stage) -> None:
    stage.telegram.refuse("sendMessage", "Bad Request: chat not found", chat_id=ADMIN)

    await park(stage)

    assert "put it aside" in stage.telegram.words(ANN)[-1]
    assert await stage.services.desk.due_deliveries() == []


async def test_admins_are_told_where_the_owner_has_blocked_the_bot(stage: Stage) -> None:
    stage.telegram.refuse("editMessageText", "Forbidden: bot was blocked by the user", status=403)
    stage.telegram.refuse("editMessageCaption", "Forbidden: bot was blocked by the user", status=403)

    await park(stage)

    assert len(stage.telegram.words(ADMIN)) == 1
    assert await stage.services.desk.due_deliveries() == []


async def test_nobody_is_told_of_a_job_that_merely_failed(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.photo(ANN)
    job_id = (await stage.job()).id

    await stage.paint(job_id)

    assert stage.telegram.words(ADMIN) == []
