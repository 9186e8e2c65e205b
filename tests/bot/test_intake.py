"""Updates are written down before they are confirmed, and repeated where nobody ticked them off."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from telegram import Update

from bot import app, intake
from bot.answers import answer_press, meet
from bot.config import Services
from bot.turns import Turns
from models.database import Database
from models.tables import UpdateSeen
from tests.bot.conftest import ANN, BEN, GROUP, Stage, a_jpeg, a_stage, until
from tests.bot.telegram import RecordingRequest, a_photo_size


async def seen(services: Services) -> list[UpdateSeen]:
    """Every stored update."""
    async with services.database.read() as session:
        return list(await session.scalars(select(UpdateSeen).order_by(UpdateSeen.update_id)))


async def store_only(stage: Stage, *updates: dict[str, Any]) -> None:
    """Let updates arrive in a process that dies before it handles them."""
    for item in updates:
        await stage.parts.intake._store(_parsed(stage, item))


def _parsed(stage: Stage, item: dict[str, Any]) -> Update:
    parsed = Update.de_json(item, stage.application.bot)
    assert parsed is not None
    return parsed


async def test_an_update_is_stored_tried_and_ticked_off(stage: Stage) -> None:
    await stage.text(ANN, "/help")

    [row] = await seen(stage.services)
    assert (row.bot_id, row.tries) == (1000, 1)
    assert row.handled_at is not None


async def test_put_returns_with_the_update_committed(stage: Stage) -> None:
    stage.telegram.slow["sendMessage"] = asyncio.Event()

    await stage.application.update_queue.put(_parsed(stage, stage.a_message(ANN, text="hello")))

    [row] = await seen(stage.services)
    assert row.handled_at is None
    stage.telegram.slow["sendMessage"].set()


async def test_an_update_seen_before_is_dropped(stage: Stage) -> None:
    hello = stage.a_message(ANN, text="hello")

    await stage.handle(hello, hello)
    await stage.handle(hello)

    assert len(stage.telegram.chat(ANN)) == 1


async def test_after_a_crash_everything_is_handled_in_order_and_once(stage: Stage, telegram: RecordingRequest) -> None:
    telegram.files |= {"in1": a_jpeg(), "in2": a_jpeg()}
    photos = [stage.a_message(ANN, photo=[a_photo_size(file_id)]) for file_id in ("in1", "in2")]
    await store_only(stage, *photos)
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        replayed = await next_stage.parts.intake.replay(next_stage.application.bot)
        await next_stage.handle(*photos)

    job = await stage.job()
    content, style = await stage.pictures()
    assert replayed == 2
    assert (content.file_id, style.file_id) == ("in1", "in2")
    assert (job.content_picture_id, job.style_picture_id) == (content.id, style.id)
    assert all(row.handled_at is not None for row in await seen(stage.services))


async def test_a_press_under_a_message_telegram_hides_survives_a_restart(
    stage: Stage, telegram: RecordingRequest
) -> None:
    await stage.photo(ANN)
    [shown] = telegram.chat(ANN)
    await store_only(stage, stage.a_press(ANN, shown.message_id, shown.data("preset"), accessible=False))
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        await next_stage.parts.intake.replay(next_stage.application.bot)
        await next_stage.handle()

    assert (await stage.job()).status_message_id != shown.message_id


async def test_stopping_does_not_wait_for_a_paused_chat_and_its_update_comes_again(
    stage: Stage, telegram: RecordingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "STOP_GRACE_S", 0.1)
    telegram.refuse("sendMessage", "Too Many Requests", 429, parameters={"retry_after": 60})
    await stage.application.update_queue.put(_parsed(stage, stage.a_message(ANN, text="hello")))
    await until(lambda: "sendMessage" in telegram.methods())

    async with asyncio.timeout(20):
        await app._wind_down(stage.application)
    await stage.close()
    async with a_stage(stage.services, telegram) as next_stage:
        await next_stage.parts.intake.replay(next_stage.application.bot)
        await next_stage.handle()

    assert len(telegram.chat(ANN)) == 1


async def test_stopping_begins_nothing_more_and_counts_no_try(
    stage: Stage, telegram: RecordingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "STOP_GRACE_S", 0.1)
    telegram.refuse("sendMessage", "Too Many Requests", 429, parameters={"retry_after": 60})
    for _ in range(20):
        await stage.application.update_queue.put(_parsed(stage, stage.a_message(ANN, text="hello")))
    await until(lambda: "sendMessage" in telegram.methods() and stage.application.update_queue.empty())

    async with asyncio.timeout(20):
        await app._wind_down(stage.application)

    assert [(row.handled_at, row.tries) for row in await seen(stage.services)] == [(None, 0)] * 20
    assert telegram.methods().count("sendMessage") == 1


async def test_a_burst_of_equal_presses_is_answered_at_once_and_keeps_nobody_waiting(stage: Stage) -> None:
    slow = stage.telegram.slow["sendMessage"] = asyncio.Event()
    presses = [stage.a_press(ANN, 1, "start-how:") for _ in range(50)]
    handling = asyncio.create_task(stage.handle(*presses, stage.a_message(ANN, text="hello")))

    await until(lambda: len(stage.telegram.answers) == 50)
    slow.set()
    await handling

    assert [text for _, text in stage.telegram.answers].count("I am already on it.") == 49
    assert len(stage.telegram.chat(ANN)) == 2
    assert all(row.handled_at is not None for row in await seen(stage.services))


async def test_an_equal_press_later_is_a_wish_of_its_own(stage: Stage) -> None:
    for _ in range(2):
        await stage.press(ANN, 1, "start-how:")

    assert len(stage.telegram.chat(ANN)) == 2


async def test_presses_of_others_and_other_buttons_are_no_repeats(stage: Stage) -> None:
    await stage.handle(
        stage.a_press(ANN, 1, "start-how:"), stage.a_press(ANN, 1, "start-own:"), stage.a_press(BEN, 1, "start-how:")
    )

    assert (len(stage.telegram.chat(ANN)), len(stage.telegram.chat(BEN))) == (2, 1)


async def test_a_press_behind_a_slow_send_is_answered_meanwhile(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PATIENCE_S", 0.05)
    slow = stage.telegram.slow["sendMessage"] = asyncio.Event()
    updates = stage.a_message(ANN, text="hello"), stage.a_press(ANN, 1, "start-how:")
    handling = asyncio.create_task(stage.handle(*updates))

    await until(lambda: stage.telegram.answers)
    answered = stage.telegram.last_answer()
    slow.set()
    await handling

    assert str(answered).startswith("One moment")
    assert len(stage.telegram.chat(ANN)) == 2


async def test_what_matters_of_an_answer_that_comes_too_late_becomes_a_message(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PATIENCE_S", 0.05)
    slow = stage.telegram.slow["sendMessage"] = asyncio.Event()
    updates = stage.a_message(ANN, text="hello"), stage.a_press(ANN, 1, "preset:1.ink-wash")
    handling = asyncio.create_task(stage.handle(*updates))

    await until(lambda: stage.telegram.answers)
    slow.set()
    await handling

    assert len(stage.telegram.answers) == 1
    assert "out of date" in stage.telegram.words(ANN)[-1]


async def test_replay_leaves_old_and_poisonous_updates_alone(stage: Stage) -> None:
    await store_only(stage, *(stage.a_message(ANN, text="hello") for _ in range(3)))
    _, old, poisonous = await seen(stage.services)
    async with stage.services.database.write() as session:
        for row, values in (
            (old, {"received_at": datetime.now(UTC) - timedelta(hours=25)}),
            (poisonous, {"tries": intake.MAX_TRIES}),
        ):
            await session.execute(update(UpdateSeen).where(UpdateSeen.update_id == row.update_id).values(**values))

    replayed = await stage.parts.intake.replay(stage.application.bot)
    await stage.handle()

    assert replayed == 1
    assert [row.handled_at is not None for row in await seen(stage.services)] == [True, False, True]


async def test_whoever_sent_an_update_that_is_given_up_is_told(stage: Stage) -> None:
    await store_only(stage, stage.a_message(ANN, text="hello"), stage.a_message(BEN, chat_id=GROUP, text="hello"))
    async with stage.services.database.write() as session:
        await session.execute(update(UpdateSeen).values(tries=intake.MAX_TRIES))

    replayed = await stage.parts.intake.replay(stage.application.bot)

    assert replayed == 0
    assert ["went wrong" in words for words in stage.telegram.words(ANN)] == [True]
    assert stage.telegram.words(GROUP) == []
    assert all(row.handled_at is not None for row in await seen(stage.services))


async def test_an_update_whose_handler_fails_counts_as_handled(stage: Stage) -> None:
    stage.telegram.refuse("sendMessage", "Internal Server Error", 500, times=2)

    await stage.text(ANN, "hello")

    [row] = await seen(stage.services)
    assert row.handled_at is not None


async def test_put_waits_while_the_database_is_away(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    real, away = Database.write_at_once, [True]

    async def write_at_once(self: Database, work: Any) -> Any:
        if away[0]:
            raise OSError("the disk is away")
        return await real(self, work)

    monkeypatch.setattr(Database, "write_at_once", write_at_once)
    monkeypatch.setattr(intake, "FIRST_WAIT_S", 0.01)
    putting = asyncio.create_task(stage.handle(stage.a_message(ANN, text="hello")))
    await asyncio.sleep(0.1)
    assert not putting.done()

    away[0] = False
    await putting

    assert len(stage.telegram.chat(ANN)) == 1


async def test_people_are_handled_side_by_side(stage: Stage) -> None:
    stage.telegram.slow["getFile"] = asyncio.Event()
    slow = asyncio.create_task(stage.photo(ANN))
    await until(lambda: "getFile" in stage.telegram.methods())

    await stage.application.update_queue.put(_parsed(stage, stage.a_message(BEN, text="hello")))
    await until(lambda: stage.telegram.chat(BEN))

    assert stage.telegram.chat(ANN) == []
    stage.telegram.slow.pop("getFile").set()
    await slow


async def test_whoever_writes_faster_than_we_answer_keeps_nobody_else_waiting(stage: Stage) -> None:
    in_turn = intake.InTurn(
        stage.parts.intake, Turns(), lambda update, key, _: answer_press(update, key), meet, at_once=2
    )
    answer_ann, ben_was_heard = asyncio.Event(), asyncio.Event()
    flood = [
        asyncio.create_task(in_turn.process_update(_parsed(stage, stage.a_message(ANN)), answer_ann.wait()))
        for _ in range(3)
    ]
    await asyncio.sleep(0)

    async with asyncio.timeout(20):
        await in_turn.process_update(_parsed(stage, stage.a_message(BEN)), _set(ben_was_heard))

    assert ben_was_heard.is_set()
    answer_ann.set()
    await asyncio.gather(*flood)


async def _set(event: asyncio.Event) -> None:
    event.set()


async def test_one_persons_updates_stay_in_order(stage: Stage) -> None:
    stage.telegram.slow["getFile"] = asyncio.Event()
    slow = asyncio.create_task(stage.photo(ANN))
    await until(lambda: "getFile" in stage.telegram.methods())

    await stage.application.update_queue.put(_parsed(stage, stage.a_message(ANN, text="hello")))
    await asyncio.sleep(0.1)
    before = stage.telegram.words(ANN)
    stage.telegram.slow.pop("getFile").set()
    await slow

    assert before == []
    assert [("Your photo is still here" in words) for words in stage.telegram.words(ANN)] == [False, True]


async def test_a_stored_update_nobody_can_read_keeps_the_bot_from_nothing(stage: Stage) -> None:
    await store_only(stage, *(stage.a_message(ANN, text="hello") for _ in range(2)))
    first, _ = await seen(stage.services)
    async with stage.services.database.write() as session:
        strange = update(UpdateSeen).where(UpdateSeen.update_id == first.update_id)
        await session.execute(strange.values(raw='{"update_id": 1, "message": {"date": []}}'))

    replayed = await stage.parts.intake.replay(stage.application.bot)
    await stage.handle()

    assert replayed == 1
    assert len(stage.telegram.chat(ANN)) == 1
