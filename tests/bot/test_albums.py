"""Several pictures at once."""

import asyncio

from models.tables import User
from tests.bot.conftest import A_MENTION, ANN, GROUP, QUIET_S, Stage, a_jpeg, a_stage, judge_at_once, until_judged
from tests.bot.telegram import RecordingRequest


async def test_an_album_of_two_is_painted_at_once(stage: Stage) -> None:
    await stage.photo(ANN, a_jpeg("red"), media_group_id="A")
    await stage.photo(ANN, a_jpeg("blue"), media_group_id="A")
    await judge_at_once(stage, ANN)
    await stage.paint(1, a_jpeg("gold"))

    job = await stage.job()
    content, style = await stage.pictures()
    assert (job.content_picture_id, job.style_picture_id, job.lane) == (content.id, style.id, "instant")
    [shown] = stage.telegram.chat(ANN)
    assert (shown.photo, shown.edits) == (a_jpeg("gold"), 0)


async def test_an_album_takes_the_place_of_a_draft(stage: Stage) -> None:
    await stage.photo(ANN)

    await stage.photo(ANN, media_group_id="A")
    await stage.photo(ANN, media_group_id="A")
    await judge_at_once(stage, ANN)

    _, content, style = await stage.pictures()
    job = await stage.job()
    assert (job.content_picture_id, job.style_picture_id) == (content.id, style.id)
    assert await stage.content(ANN) is None


async def test_more_than_two_pictures_get_one_sentence(stage: Stage) -> None:
    for _ in range(4):
        await stage.photo(ANN, media_group_id="A")
    await judge_at_once(stage, ANN)

    [words] = stage.telegram.words(ANN)
    assert "exactly two" in words
    assert (await stage.jobs(), await stage.content(ANN)) == ([], None)


async def test_the_good_one_of_two_is_kept_as_content(stage: Stage) -> None:
    await stage.photo(ANN, b"no picture", media_group_id="A")
    await stage.photo(ANN, media_group_id="A")
    await judge_at_once(stage, ANN)

    [shown] = stage.telegram.chat(ANN)
    assert "Only one picture" in shown.words
    assert await stage.content(ANN) == (await stage.pictures())[0].id


async def test_the_good_one_of_two_is_painted_in_the_style_that_was_chosen_before(stage: Stage) -> None:
    await stage.text(ANN, "/start p_mosaic")
    [asking] = stage.telegram.chat(ANN)

    await stage.photo(ANN, b"no picture", media_group_id="A")
    await stage.photo(ANN, media_group_id="A")
    await judge_at_once(stage, ANN)
    await stage.photo(ANN)

    assert ((await stage.job()).preset, asking.buttons()) == ("mosaic", {})
    assert await stage.content(ANN) == (await stage.pictures())[1].id


async def test_an_album_without_any_good_picture_gets_one_sentence(stage: Stage) -> None:
    await stage.photo(ANN, b"no picture", media_group_id="A")
    await stage.message(ANN, video=a_video(), media_group_id="A")
    await judge_at_once(stage, ANN)

    [words] = stage.telegram.words(ANN)
    assert "could not read any" in words


async def test_parts_that_come_slowly_are_waited_for(stage: Stage, telegram: RecordingRequest) -> None:
    async with a_stage(stage.services, telegram, album_quiet_s=1.0) as patient:
        patient.watch()
        for colour in ("red", "blue"):
            await patient.photo(ANN, a_jpeg(colour), media_group_id="A")
            await asyncio.sleep(0.3)
        await until_judged(patient)

    assert (await stage.job()).style_picture_id is not None


async def test_a_part_still_being_fetched_is_waited_for(stage: Stage) -> None:
    stage.watch()
    await stage.photo(ANN, media_group_id="A")
    stage.telegram.slow["getFile"] = asyncio.Event()
    slow = asyncio.create_task(stage.photo(ANN, media_group_id="A"))

    await asyncio.sleep(2 * QUIET_S)
    stage.telegram.slow.pop("getFile").set()
    await slow
    await until_judged(stage)

    assert (await stage.job()).style_picture_id is not None


async def test_an_album_that_waits_is_judged_after_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    await stage.photo(ANN, media_group_id="A")
    await stage.photo(ANN, media_group_id="A")
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        next_stage.watch()
        await until_judged(next_stage)

    assert (await stage.job()).state == "queued"


async def test_a_photo_right_after_an_album_begins_the_next_draft(stage: Stage) -> None:
    await stage.photo(ANN, media_group_id="A")
    await stage.photo(ANN, media_group_id="A")

    await stage.photo(ANN)

    *_, single = await stage.pictures()
    assert (await stage.job()).content_picture_id != single.id
    assert await stage.content(ANN) == single.id


async def test_an_album_right_after_another_loses_nothing(stage: Stage) -> None:
    stage.watch()

    for album in ("A", "A", "B", "B"):
        await stage.photo(ANN, media_group_id=album)
    await until_judged(stage)

    pictures = [picture.id for picture in await stage.pictures()]
    pairs = [(job.content_picture_id, job.style_picture_id) for job in await stage.jobs()]
    assert pairs == [tuple(pictures[:2]), tuple(pictures[2:])]


async def test_an_album_that_begins_with_a_video_loses_nothing_of_the_one_before(stage: Stage) -> None:
    for _ in range(2):
        await stage.photo(ANN, media_group_id="A")

    await stage.message(ANN, video=a_video(), media_group_id="B")
    await stage.photo(ANN, media_group_id="B")
    await judge_at_once(stage, ANN)

    first, second, third = await stage.pictures()
    job = await stage.job()
    assert (job.content_picture_id, job.style_picture_id) == (first.id, second.id)
    assert await stage.content(ANN) == third.id


async def test_an_album_whose_answer_does_not_arrive_is_not_judged_for_ever(stage: Stage) -> None:
    stage.watch()
    stage.telegram.refuse("sendMessage", "Forbidden: bot was blocked by the user", 403)

    for _ in range(3):
        await stage.photo(ANN, media_group_id="A")
    await until_judged(stage)

    async with stage.services.database.read() as session:
        assert (await session.get_one(User, ANN)).blocked_at is not None
    assert stage.telegram.methods().count("sendMessage") == 1


async def test_in_a_group_the_part_with_the_mention_brings_the_others_along(stage: Stage) -> None:
    stage.watch()

    await stage.photo(ANN, chat_id=GROUP, media_group_id="A", **A_MENTION)
    last = await stage.photo(ANN, chat_id=GROUP, media_group_id="A")
    await until_judged(stage)
    await stage.paint(1)

    assert stage.telegram.chat(GROUP)[0].reply_to == last


async def test_in_a_group_that_shows_one_picture_of_two_it_says_so_and_how_to_be_heard(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP, media_group_id="A", **A_MENTION)
    await judge_at_once(stage, ANN, GROUP)

    [shown] = stage.telegram.chat(GROUP)
    assert "only one picture has reached me" in shown.words
    assert "write @pastiche_bot under a picture" in shown.words


async def test_in_a_group_an_album_without_mention_is_left_alone(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP, media_group_id="A")
    await stage.message(ANN, chat_id=GROUP, video=a_video(), media_group_id="A")

    assert await stage.pictures() == []
    assert await stage.parts.drafts.albums_waiting() == []


def a_video() -> dict[str, object]:
    """A video as Telegram describes it."""
    return {"file_id": "v", "file_unique_id": "uv", "width": 1, "height": 1, "duration": 1}
