"""What a finished job owes its chat."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update
from telegram.error import TimedOut

from bot import delivery, pacing
from bot.pacing import Limits
from jobs.values import JobFailure, Outcome
from models import queries
from models.states import JobState
from models.tables import Delivery, Job, User
from tests.bot.conftest import (
    A_MENTION,
    ANN,
    BEN,
    GROUP,
    Stage,
    a_jpeg,
    a_stage,
    an_hq_job,
    an_instant,
    in_topic,
    until,
)
from tests.bot.telegram import RecordingRequest


async def the_delivery(stage: Stage) -> Delivery:
    """The delivery of the latest job."""
    async with stage.services.database.read() as session:
        return (await session.scalars(select(Delivery).order_by(Delivery.job_id.desc()).limit(1))).one()


async def make_due(stage: Stage) -> None:
    """Let the time until the next try pass."""
    async with stage.services.database.write() as session:
        await session.execute(update(Delivery).values(next_try_at=Delivery.created_at))


async def test_the_status_message_becomes_the_result(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)

    await stage.paint(job_id, a_jpeg("gold"))

    delivery = await the_delivery(stage)
    assert shown.photo == a_jpeg("gold")
    assert "here is your picture" in shown.words
    assert len(stage.telegram.chat(ANN)) == 2
    assert (delivery.message_id, delivery.file_id) == (shown.message_id, f"sent{shown.message_id}-1")
    assert delivery.delivered_at is not None


async def test_deliveries_come_by_themselves(stage: Stage) -> None:
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    key = await stage.services.blobs.put(a_jpeg("gold"), ".jpg")
    attempt = await stage.begin(job_id)

    await stage.finish(job_id, attempt, state=JobState.DONE, result_key=key)

    await until(lambda: shown.photo == a_jpeg("gold"))


async def test_an_undelivered_result_is_delivered_after_a_restart_once(
    stage: Stage, telegram: RecordingRequest
) -> None:
    job_id, shown = await an_hq_job(stage)
    stage.telegram.refuse("editMessageMedia", "Bad Gateway", 502)
    await stage.paint(job_id, a_jpeg("gold"))
    await make_due(stage)
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        next_stage.watch()
        await until(lambda: shown.photo == a_jpeg("gold"))
        await next_stage.deliver()

    assert (shown.edits, len(telegram.chat(ANN))) == (1, 2)


async def test_a_delivery_that_ends_while_due_ones_are_read_is_not_made_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, shown = await an_hq_job(stage)
    key = await stage.services.blobs.put(a_jpeg("gold"), ".jpg")
    attempt = await stage.begin(job_id)
    desk, deliveries = stage.services.desk, stage.parts.deliveries
    assert await desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=key))
    [under_way] = await deliveries.start_due()
    read = desk.due_deliveries

    async def read_slowly(limit: int, of_a_chat: int) -> list[tuple[int, int]]:
        due = await read(limit, of_a_chat)
        await under_way
        return due

    monkeypatch.setattr(desk, "due_deliveries", read_slowly)
    again = await deliveries.start_due()

    assert again == []
    assert shown.edits == 1


@pytest.mark.parametrize("failure", list(JobFailure))
async def test_each_failure_has_its_sentence(stage: Stage, failure: JobFailure) -> None:
    job_id, shown = await an_hq_job(stage)

    await stage.finish(job_id, await stage.begin(job_id), state=JobState.FAILED, error=failure)

    assert shown.words.startswith("😔")
    assert any(data.startswith("retry") for data in shown.buttons().values()) == (failure != "pictures-gone")


async def test_a_dead_job_offers_no_retry(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)

    await stage.finish(job_id, await stage.begin(job_id), state=JobState.DEAD, error=JobFailure.POISONOUS)

    assert "put it aside" in shown.words
    assert list(shown.buttons()) == ["🎨 Other style"]


async def test_an_edit_that_changes_nothing_counts_as_delivered(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage)
    stage.telegram.refuse("editMessageMedia", "Bad Request: message is not modified: specified new message content")

    await stage.paint(job_id)

    assert (await the_delivery(stage)).delivered_at is not None


async def test_a_deleted_status_message_is_replaced(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    del stage.telegram.messages[ANN, shown.message_id]

    await stage.paint(job_id, a_jpeg("gold"))

    sent = stage.telegram.chat(ANN)[-1]
    assert sent.photo == a_jpeg("gold")
    assert (await the_delivery(stage)).message_id == sent.message_id


async def test_a_result_after_a_pause_is_sent_once(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    stage.telegram.refuse("editMessageMedia", "Too Many Requests", 429, parameters={"retry_after": 1})

    await stage.paint(job_id, a_jpeg("gold"))

    assert (shown.photo, shown.edits) == (a_jpeg("gold"), 1)
    assert stage.telegram.methods().count("editMessageMedia") == 2


async def test_a_chat_that_has_to_wait_holds_nobody_up(stage: Stage) -> None:
    of_ann, _ = await an_hq_job(stage, ANN)
    of_ben, _ = await an_hq_job(stage, BEN)
    paused = {"chat_id": ANN, "parameters": {"retry_after": 1}}
    stage.telegram.refuse("editMessageMedia", "Too Many Requests", 429, **paused)
    for job_id in (of_ann, of_ben):
        key = await stage.services.blobs.put(a_jpeg("gold"), ".jpg")
        attempt = await stage.begin(job_id)
        await stage.services.desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=key))

    await stage.deliver()

    chats = [call.parameters["chat_id"] for call in stage.telegram.calls if call.method == "editMessageMedia"]
    assert sorted(chats) == sorted([ANN, ANN, BEN])
    assert chats[-1] == ANN  # whoever came first, Ben is not behind Ann's second try


async def test_a_chat_with_many_pictures_leaves_room_for_others(stage: Stage) -> None:
    for user_id in (ANN, ANN, ANN, BEN):
        await an_instant(stage, user_id)
    async with stage.services.database.write() as session:
        await session.execute(update(Delivery).values(delivered_at=None))

    first = await stage.parts.deliveries.start_due()
    await asyncio.gather(*first)
    second = await stage.parts.deliveries.start_due()
    await asyncio.gather(*second)

    assert (len(first), len(second)) == (delivery.OF_A_CHAT + 1, 1)


async def test_a_timed_out_edit_is_repeated_harmlessly(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    stage.telegram.refuse("editMessageMedia", raises=TimedOut())
    await stage.paint(job_id, a_jpeg("gold"))
    assert (await the_delivery(stage)).delivered_at is None

    await make_due(stage)
    await stage.deliver()

    assert (await the_delivery(stage)).delivered_at is not None
    assert (shown.photo, shown.edits, len(stage.telegram.chat(ANN))) == (a_jpeg("gold"), 1, 2)


async def test_failed_tries_come_further_and_further_apart(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage)
    stage.telegram.refuse("editMessageMedia", "Bad Gateway", 502, times=2)

    await stage.paint(job_id)
    first = await the_delivery(stage)
    await make_due(stage)
    await stage.deliver()
    second = await the_delivery(stage)

    assert second.attempts == 2
    assert second.next_try_at - first.next_try_at > (first.next_try_at - first.created_at) / 4


async def test_who_blocked_the_bot_is_given_up(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage)
    stage.telegram.refuse("editMessageMedia", "Forbidden: bot was blocked by the user", 403)

    await stage.paint(job_id)

    async with stage.services.database.read() as session:
        user = await session.get_one(User, ANN)
    assert (await the_delivery(stage)).given_up == "blocked"
    assert user.blocked_at is not None


async def test_a_chat_that_is_gone_is_given_up(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage)
    stage.telegram.refuse("editMessageMedia", "Bad Request: chat not found")

    await stage.paint(job_id)

    assert (await the_delivery(stage)).given_up == "chat-gone"


async def test_a_lost_result_gets_a_sentence(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)

    await stage.finish(job_id, await stage.begin(job_id), state=JobState.DONE, result_key="0" * 32 + ".jpg")

    assert "the file was lost" in shown.words


async def test_a_group_that_became_a_supergroup_gets_its_result_there(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage, chat_id=GROUP, **A_MENTION)
    moved = {"migrate_to_chat_id": GROUP - 1}
    stage.telegram.refuse("editMessageMedia", "Bad Request: group chat was upgraded", parameters=moved)

    await stage.paint(job_id, a_jpeg("gold"))
    await stage.deliver()

    [shown] = stage.telegram.chat(GROUP - 1)
    assert shown.photo == a_jpeg("gold")


async def test_in_a_group_the_new_message_answers_the_asker(stage: Stage) -> None:
    asked = [await stage.photo(ANN, chat_id=GROUP, **A_MENTION) for _ in range(2)]
    job = await stage.job()
    stage.telegram.messages.clear()

    await stage.paint(job.id)

    [shown] = stage.telegram.chat(GROUP)
    assert shown.reply_to == asked[-1]


async def test_a_job_that_ends_before_its_status_is_told_gets_one_message(
    stage: Stage, telegram: RecordingRequest
) -> None:
    slow = Limits(private_rate=5, private_burst=1)
    async with a_stage(stage.services, telegram, limits=slow) as real:
        _, instant = await an_instant(real)
        asking = asyncio.create_task(real.press(ANN, instant.message_id, instant.data("hq")))
        async with asyncio.timeout(30):
            while len(await real.jobs()) < 2:  # noqa: ASYNC110 - it happens in SQL
                await asyncio.sleep(0.005)
        await real.paint((await real.jobs())[-1].id, a_jpeg("pink"))
        await asking

    assert telegram.chat(ANN)[-1].photo == a_jpeg("pink")
    assert len(telegram.chat(ANN)) == 3


async def test_the_status_message_is_read_in_the_jobs_turn(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage)
    async with stage.services.database.write() as session:
        await session.execute(update(Job).values(status_message_id=None))

    await stage.paint(job_id, a_jpeg("gold"))

    assert stage.telegram.chat(ANN)[-1].photo == a_jpeg("gold")


async def test_where_nobody_knows_whether_a_new_message_arrived_a_line_comes_twice_but_never_the_picture(
    stage: Stage,
) -> None:
    job_id, shown = await an_hq_job(stage)
    del stage.telegram.messages[ANN, shown.message_id]
    stage.telegram.refuse("sendMessage", raises=TimedOut())
    await stage.paint(job_id, a_jpeg("gold"))
    unsure = await the_delivery(stage)

    await make_due(stage)
    await stage.deliver()

    told = stage.telegram.chat(ANN)[1:]
    assert (unsure.sending_at is not None, unsure.delivered_at) == (True, None)
    assert (unsure.next_try_at - unsure.created_at).total_seconds() >= 30
    assert [shown.photo for shown in told] == [None, a_jpeg("gold")]
    assert "ready" in told[0].words
    assert "sending again" in await the_timeline(stage, job_id)


async def the_timeline(stage: Stage, job_id: int) -> list[str]:
    """What happened to a job, in order."""
    async with stage.services.database.read() as session:
        return [event.kind for event in await queries.list_job_events(session, job_id)]


async def test_an_upload_into_a_new_message_that_got_no_answer_is_repeated_in_that_message(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    del stage.telegram.messages[ANN, shown.message_id]
    stage.telegram.refuse("editMessageMedia", raises=TimedOut(), times=1)
    stage.telegram.refuse("editMessageMedia", "Bad Request: message to edit not found")
    stage.telegram.troubles.reverse()
    await stage.paint(job_id, a_jpeg("gold"))

    await make_due(stage)
    await stage.deliver()

    _, told = stage.telegram.chat(ANN)
    assert (told.photo, told.edits) == (a_jpeg("gold"), 1)
    assert (await the_delivery(stage)).delivered_at is not None


@pytest.mark.parametrize(
    "trouble",
    [
        {"description": "Internal", "status": 400},
        {"description": "Too Many Requests", "status": 429, "parameters": {"retry_after": 1}},
    ],
    ids=["refused", "too many"],
)
async def test_what_telegram_refused_leaves_no_doubt(
    stage: Stage, trouble: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "MAX_TRIES", 1)
    job_id, shown = await an_hq_job(stage)
    del stage.telegram.messages[ANN, shown.message_id]
    stage.telegram.refuse("sendMessage", **trouble)

    await stage.paint(job_id, a_jpeg("gold"))

    delivery = await the_delivery(stage)
    assert (delivery.sending_at, delivery.delivered_at, delivery.attempts) == (None, None, 1)


async def test_a_group_that_throws_the_bot_out_says_nothing_about_the_person(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage, chat_id=GROUP, **A_MENTION)
    stage.telegram.refuse("editMessageMedia", "Forbidden: bot was kicked from the supergroup chat", 403)

    await stage.paint(job_id)

    async with stage.services.database.read() as session:
        assert (await session.get_one(User, ANN)).blocked_at is None
    assert (await the_delivery(stage)).given_up == "blocked"


async def test_a_result_for_a_closed_topic_comes_outside_the_topics(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage, chat_id=GROUP, **in_topic(7), **A_MENTION)
    stage.telegram.messages.clear()
    stage.telegram.refuse("sendMessage", "Bad Request: TOPIC_CLOSED")

    await stage.paint(job_id, a_jpeg("gold"))

    [shown] = stage.telegram.chat(GROUP)
    assert (shown.photo, shown.thread_id) == (a_jpeg("gold"), None)
