"""Every answer goes into the topic it came from, by this process or by the next one."""

from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, an_hq_job, in_topic, until_judged
from tests.bot.telegram import RecordingRequest, Shown

TOPIC = in_topic(7)


async def a_job_in_a_topic(stage: Stage) -> tuple[int, Shown]:
    """A photo in a shipped style, asked for in a topic, and its status message."""
    await stage.photo(ANN, chat_id=GROUP, **TOPIC, **A_MENTION)
    shown = stage.telegram.chat(GROUP)[-1]
    await stage.press(ANN, shown.message_id, shown.data("preset"), chat_id=GROUP, thread_id=7)
    return (await stage.jobs())[-1].id, shown


async def test_a_result_that_needs_a_new_message_finds_its_topic_after_a_restart(
    stage: Stage, telegram: RecordingRequest
) -> None:
    job_id, _ = await a_job_in_a_topic(stage)
    await stage.close()
    telegram.messages.clear()

    async with a_stage(stage.services, telegram) as next_stage:
        await next_stage.paint(job_id, a_jpeg("gold"))

    [shown] = telegram.chat(GROUP)
    assert (shown.photo, shown.thread_id) == (a_jpeg("gold"), 7)


async def test_an_album_is_answered_in_its_topic_after_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    for _ in range(2):
        await stage.photo(ANN, chat_id=GROUP, media_group_id="A", **TOPIC, **A_MENTION)
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        next_stage.watch()
        await until_judged(next_stage)
        await next_stage.paint(1)

    assert ((await stage.job()).thread_id, telegram.chat(GROUP)[0].thread_id) == (7, 7)


async def test_painting_again_under_a_hidden_message_stays_in_the_topic(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage, chat_id=GROUP, **TOPIC, **A_MENTION)
    await stage.paint(job_id)

    await stage.press(ANN, shown.message_id, shown.data("again"), chat_id=GROUP, accessible=False)

    assert (await stage.jobs())[-1].thread_id == 7
    assert stage.telegram.chat(GROUP)[-1].thread_id == 7


async def test_two_topics_keep_the_pictures_of_one_person_apart_by_where_they_answer(stage: Stage) -> None:
    asked = [await stage.photo(ANN, chat_id=GROUP, **in_topic(topic), **A_MENTION) for topic in (7, 8)]

    await stage.paint((await stage.job()).id)

    shown = stage.telegram.chat(GROUP)
    assert [(answer.thread_id, answer.reply_to) for answer in shown] == [(7, asked[0]), (8, asked[1])]


async def test_a_sheet_is_turned_by_its_owner_only(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP, **TOPIC, **A_MENTION)
    [sheet] = stage.telegram.chat(GROUP)
    before = sheet.photo

    await stage.press(BEN, sheet.message_id, sheet.buttons()["▶"], chat_id=GROUP, thread_id=7)
    assert (stage.telegram.last_answer(), sheet.photo) == ("This button belongs to somebody else.", before)
    await stage.press(ANN, sheet.message_id, sheet.buttons()["▶"], chat_id=GROUP, thread_id=7)

    assert sheet.photo != before


async def test_a_chain_of_replies_is_no_topic(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP, message_thread_id=9, **A_MENTION)

    assert stage.telegram.chat(GROUP)[0].thread_id is None
