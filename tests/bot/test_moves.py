"""A group becomes a supergroup, with a new number."""

import pytest

from tests.bot.conftest import A_MENTION, ANN, GROUP, QUIET_S, Stage, a_jpeg, a_stage, an_instant, until_judged
from tests.bot.telegram import RecordingRequest

NEW = GROUP - 1


@pytest.mark.parametrize("told_in", ["old", "new"])
async def test_a_draft_goes_on_in_the_new_chat(stage: Stage, told_in: str) -> None:
    await stage.photo(ANN, chat_id=GROUP, **A_MENTION)
    told = {"migrate_to_chat_id": NEW} if told_in == "old" else {"migrate_from_chat_id": GROUP}

    await stage.message(ANN, chat_id=GROUP if told_in == "old" else NEW, **told)
    await stage.photo(ANN, chat_id=NEW, **A_MENTION)

    await stage.paint(1)
    assert "here is your picture" in stage.telegram.words(NEW)[-1]


async def test_a_job_under_way_is_delivered_in_the_new_chat(stage: Stage) -> None:
    for _ in range(2):
        await stage.photo(ANN, chat_id=GROUP, **A_MENTION)
    await stage.message(ANN, chat_id=GROUP, migrate_to_chat_id=NEW)

    await stage.paint(1, a_jpeg("gold"))

    [shown] = stage.telegram.chat(NEW)
    assert shown.photo == a_jpeg("gold")
    assert shown.reply_to is None


async def test_a_new_message_of_the_same_number_is_another_picture(stage: Stage) -> None:
    number = await stage.photo(ANN, chat_id=GROUP, **A_MENTION)
    await stage.message(ANN, chat_id=GROUP, migrate_to_chat_id=NEW)

    await stage.photo(ANN, chat_id=NEW, message_id=number, **A_MENTION)

    assert len(await stage.pictures()) == 2


async def test_a_new_message_of_a_pictures_number_is_not_that_picture(stage: Stage) -> None:
    job_id, shown = await an_instant(stage, chat_id=GROUP, **A_MENTION)
    delivered_in = stage.parts.orders.delivered_in

    before = await delivered_in(GROUP, shown.message_id)
    await stage.message(ANN, chat_id=GROUP, migrate_to_chat_id=NEW)

    assert (before, await delivered_in(NEW, shown.message_id)) == (job_id, None)


async def test_what_was_begun_in_the_new_chat_already_stays(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP, **A_MENTION)
    await stage.photo(ANN, chat_id=NEW, **A_MENTION)

    await stage.message(ANN, chat_id=NEW, migrate_from_chat_id=GROUP)

    assert await stage.content(ANN, NEW) == (await stage.pictures())[1].id
    assert await stage.content(ANN, GROUP) is None


async def test_an_album_that_waited_keeps_its_order(stage: Stage, telegram: RecordingRequest) -> None:
    async with a_stage(stage.services, telegram, album_quiet_s=QUIET_S) as moving:
        for colour in ("red", "blue"):
            await moving.photo(ANN, a_jpeg(colour), chat_id=GROUP, media_group_id="A", **A_MENTION)
        await moving.message(ANN, chat_id=GROUP, migrate_to_chat_id=NEW)
        moving.watch()
        await until_judged(moving)

    content, style = await stage.pictures()
    job = await stage.job()
    assert (job.content_picture_id, job.style_picture_id) == (content.id, style.id)
    assert (job.chat_id, job.reply_to_message_id) == (NEW, None)
