"""Something goes wrong in a handler."""

import logging
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError
from telegram.error import TimedOut

from bot.config import Services
from bot.drafts import Drafts
from jobs.blobs import LocalBlobs
from models.tables import User
from tests.bot.conftest import ANN, GROUP, Stage, a_stage
from tests.bot.telegram import TOO_OLD, RecordingRequest
from tests.conftest import TinyDisk


def break_drafts(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let drafts raise."""

    async def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(Drafts, "clear", fail)
    monkeypatch.setattr(Drafts, "content", fail)


async def test_the_unexpected_gets_one_calm_sentence_and_stands_in_the_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_drafts(monkeypatch, RuntimeError("deep trouble"))

    await stage.text(ANN, "/cancel")

    [words] = stage.telegram.words(ANN)
    assert "something went wrong on my side" in words
    assert "deep trouble" in caplog.text


async def test_a_database_in_trouble_is_answered_as_busy(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    break_drafts(monkeypatch, OperationalError("select", {}, Exception("database is locked")))

    await stage.text(ANN, "/cancel")

    assert "rather busy" in stage.telegram.words(ANN)[0]


async def test_a_full_disk_is_told_and_the_next_photo_works_once_there_is_room(
    services: Services, telegram: RecordingRequest, tiny_disk: TinyDisk
) -> None:
    services = replace(services, blobs=LocalBlobs(tiny_disk.folder / "blobs"))
    tiny_disk.fill()

    async with a_stage(services, telegram) as stage:
        await stage.photo(ANN)
        words, content = telegram.words(ANN), await stage.content(ANN)
        tiny_disk.make_room()
        await stage.photo(ANN)

        assert ["no room" in said for said in words] == [True]
        assert content is None
        assert await stage.content(ANN) is not None
    assert len(list((tiny_disk.folder / "blobs").iterdir())) == 1


async def test_a_press_that_fails_is_answered_at_the_button(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.photo(ANN)
    [shown] = stage.telegram.chat(ANN)
    monkeypatch.setattr(stage.parts.services.desk, "submit", None)

    await stage.press(ANN, shown.message_id, shown.data("preset"))

    assert stage.telegram.last_answer() == "Sorry, that did not work. Please try again."
    assert len(stage.telegram.chat(ANN)) == 1


async def test_who_blocked_the_bot_is_remembered_and_not_written_to(stage: Stage) -> None:
    await stage.text(ANN, "/start")
    stage.telegram.refuse("sendMessage", "Forbidden: bot was blocked by the user", 403)

    await stage.text(ANN, "/help")

    async with stage.services.database.read() as session:
        assert (await session.get_one(User, ANN)).blocked_at is not None
    assert len(stage.telegram.chat(ANN)) == 1


async def test_a_group_that_became_a_supergroup_is_answered_there(stage: Stage) -> None:
    moved = {"migrate_to_chat_id": GROUP - 1}
    stage.telegram.refuse("sendMessage", "Bad Request: upgraded", parameters=moved)

    await stage.text(ANN, "/help@pastiche_bot", chat_id=GROUP)

    [shown] = stage.telegram.chat(GROUP - 1)
    assert "What I can do" in shown.words
    assert shown.reply_to is None


async def test_an_answer_that_may_have_arrived_is_neither_repeated_nor_called_a_failure(stage: Stage) -> None:
    stage.telegram.refuse("sendMessage", raises=TimedOut())

    await stage.text(ANN, "/help")

    assert stage.telegram.methods() == ["sendMessage"]


async def test_a_refusal_that_comes_too_late_for_the_button_becomes_a_message(stage: Stage) -> None:
    stage.telegram.refuse("answerCallbackQuery", TOO_OLD)

    await stage.press(ANN, 1, "preset:1.ink-wash")

    assert stage.telegram.words(ANN) == ["This button is out of date. Please send your photo again."]


async def test_a_press_that_gets_no_answer_is_carried_out(stage: Stage) -> None:
    await stage.photo(ANN)
    [shown] = stage.telegram.chat(ANN)
    stage.telegram.refuse("answerCallbackQuery", "Too Many Requests", 429, parameters={"retry_after": 60})

    await stage.press(ANN, shown.message_id, shown.data("preset"))

    assert (await stage.job()).status_message_id == shown.message_id


async def test_who_writes_again_no_longer_blocks_the_bot(stage: Stage) -> None:
    await stage.text(ANN, "/start")
    stage.telegram.refuse("sendMessage", "Forbidden: bot was blocked by the user", 403)
    await stage.text(ANN, "/help")

    await stage.text(ANN, "/help")

    async with stage.services.database.read() as session:
        assert (await session.get_one(User, ANN)).blocked_at is None


async def test_an_answer_that_fails_too_is_only_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.telegram.refuse("sendMessage", "Internal Server Error", 500, times=2)

    with caplog.at_level(logging.ERROR):
        await stage.text(ANN, "/help")

    assert "a failure could not be answered" in caplog.text
