"""The disk is full or the database is away: people are told, nothing is lost, and nothing is said twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from telegram import Update

from bot import intake
from jobs.blobs import LocalBlobs
from jobs.desk import Desk
from jobs.values import Outcome
from models.database import Database
from models.states import JobState
from models.tables import Delivery
from tests.bot.conftest import ANN, BEN, GROUP, Stage, a_jpeg, an_hq_job, an_instant, until
from tests.bot.telegram import Shown

FULL = OperationalError("insert", {}, Exception("database or disk is full"))


async def a_running_job(stage: Stage) -> tuple[int, Shown]:
    """A picture in high quality, taken in hand by a worker, and its status message."""
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    await stage.begin(job_id)
    await until(lambda: "mixing" in shown.words)
    return job_id, shown


async def test_a_job_that_waits_for_room_says_so_and_goes_on(stage: Stage) -> None:
    job_id, shown = await a_running_job(stage)

    stage.services.desk.tell_held_up(job_id)
    await until(lambda: "no room to store" in shown.words)
    held_up = dict(shown.buttons())
    await stage.progress(job_id, 1, 5, a_jpeg("pink"))
    await until(lambda: "50 %" in shown.words)

    assert list(held_up) == ["Cancel"]
    assert len(stage.telegram.chat(ANN)) == 2


async def test_it_says_so_too_where_nothing_can_be_read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id, shown = await a_running_job(stage)

    with monkeypatch.context() as away:
        away.setattr(Database, "read", _away)
        away.setattr(Database, "read_at_once", _away_at_once)
        stage.services.desk.tell_held_up(job_id)
        await until(lambda: "no room to store" in shown.words)
    await stage.finish(job_id, 1, a_jpeg("gold"))

    assert shown.photo == a_jpeg("gold")


async def test_a_result_that_cannot_be_recorded_is_shown_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id, shown = await a_running_job(stage)
    _fails_at_first(monkeypatch, Desk, "delivered", times=2)

    await stage.finish(job_id, 1, a_jpeg("gold"))
    for _ in range(2):
        await stage.deliver()

    async with stage.services.database.read() as session:
        delivery = await session.get_one(Delivery, job_id)
    assert (shown.photo, shown.edits) == (a_jpeg("gold"), 2)
    assert (delivery.message_id, delivery.delivered_at is not None) == (shown.message_id, True)
    assert delivery.file_id is not None


async def test_a_status_message_that_cannot_be_recorded_becomes_the_result_all_the_same(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, instant = await an_instant(stage)
    _fails_at_first(monkeypatch, Desk, "set_status_message", times=1)
    await stage.press(ANN, instant.message_id, instant.data("hq"))
    key = await stage.services.blobs.put(a_jpeg("pink"), ".jpg")

    await stage.begin(2)
    await stage.services.desk.finish(2, 1, Outcome(state=JobState.DONE, result_key=key))
    await stage.deliver()

    *_, shown = stage.telegram.chat(ANN)
    assert shown.photo == a_jpeg("pink")


async def test_a_picture_there_is_no_room_for_gets_its_sentence(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _fails_at_first(monkeypatch, LocalBlobs, "put", times=1, error=OSError(28, "No space left on device"))

    await stage.photo(ANN)

    assert "no room to store your picture" in stage.telegram.words(ANN)[0]
    assert await stage.content(ANN) is None
    assert "No space left" in caplog.text


async def test_who_writes_while_nothing_can_be_stored_is_told_once_and_answered_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(intake, "TOLD_FROM_S", 0.0)
    with monkeypatch.context() as away:
        _nothing_can_be_written(away)
        waiting = asyncio.create_task(stage.handle(stage.a_message(ANN, text="/help"), stage.a_press(BEN, 1, "x:")))
        await until(lambda: stage.telegram.chat(ANN))
        await asyncio.sleep(0.05)
    await waiting

    told, *answers = stage.telegram.words(ANN)
    assert "not lost" in told
    assert len(answers) == 1


async def test_a_press_that_cannot_be_stored_is_answered_at_the_button(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        _nothing_can_be_written(away)
        with pytest.raises(OperationalError):
            await stage.parts.intake.accept(_parsed(stage, stage.a_press(ANN, 1, "start-how:")))

    assert "cannot write anything down" in str(stage.telegram.last_answer())
    assert stage.telegram.chat(ANN) == []


async def test_what_people_write_is_no_part_of_the_databases_errors(stage: Stage) -> None:
    async with stage.services.database.write() as session:
        await session.execute(text("DROP TABLE updates_seen"))

    with pytest.raises(OperationalError) as caught:
        await stage.parts.intake.accept(_parsed(stage, stage.a_message(ANN, text="between you and me")))

    assert "updates_seen" in str(caught.value)
    assert "between you and me" not in str(caught.value)


async def test_a_group_is_not_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as away:
        _nothing_can_be_written(away)
        with pytest.raises(OperationalError):
            await stage.parts.intake.accept(_parsed(stage, stage.a_message(ANN, chat_id=GROUP, text="/help")))

    assert stage.telegram.methods() == []


def _parsed(stage: Stage, item: dict[str, Any]) -> Update:
    parsed = Update.de_json(item, stage.application.bot)
    assert parsed is not None
    return parsed


def _nothing_can_be_written(away: pytest.MonkeyPatch) -> None:
    async def write_at_once(*_: object) -> None:
        raise FULL

    away.setattr(Database, "write", _away)
    away.setattr(Database, "write_at_once", write_at_once)


async def _away_at_once(self: Database, work: Any) -> Any:
    raise FULL


@asynccontextmanager
async def _away(self: Database) -> AsyncIterator[Any]:
    raise FULL
    yield


def _fails_at_first(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, times: int, error: Exception = FULL
) -> None:
    """Let a method raise so many times, then work again."""
    real, left = getattr(owner, name), [error] * times

    async def method(*args: Any, **kwargs: Any) -> Any:
        if left:
            raise left.pop()
        return await real(*args, **kwargs)

    monkeypatch.setattr(owner, name, method)
