"""What somebody was asked for: how long it is waited for, and what the message that asked says afterwards."""

import pytest

from bot.people import Person, person_in
from models.tables import Draft
from tests.bot.conftest import ANN, QUIET_S, Stage, a_jpeg, a_stage, an_instant, until
from tests.bot.telegram import RecordingRequest, Shown
from tests.bot.test_anything_else import STICKER

LINK = "/start p_mosaic"


async def asked_for_a_study(stage: Stage, label: str = "🎨 Palette") -> Shown:
    """The message that asks for the photo of a study."""
    await stage.text(ANN, "/lab")
    shown = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, shown.message_id, shown.buttons()[label])
    return shown


async def asked_for_a_name(stage: Stage) -> Shown:
    """The message that asks for the name of a style."""
    await an_instant(stage)
    await stage.text(ANN, "/mystyles Blue wall")
    card = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, card.message_id, card.data("own-rename"))
    return stage.telegram.chat(ANN)[-1]


async def asked_for_a_photo(stage: Stage) -> Shown:
    """The message that asks for a photo to paint in a style that was chosen."""
    await stage.text(ANN, LINK)
    return stage.telegram.chat(ANN)[-1]


ASKED = {"study": asked_for_a_study, "name": asked_for_a_name, "photo": asked_for_a_photo}
# What is waited for, in words; and what the message that asked says once it is waited for no more.
WAITING = {
    "study": "a picture for <b>Palette",
    "name": "another name for <b>Blue wall",
    "photo": "to paint in <b>Mosaic",
}
LEFT = {"study": "another time. /lab", "name": "the name stays", "photo": "not this time"}


@pytest.mark.parametrize("kind", ASKED)
async def test_looking_something_up_ends_no_dialogue(stage: Stage, kind: str) -> None:
    asking = await ASKED[kind](stage)

    for words in ("/help", "/jobs", "/settings", "/privacy", "/nonsense"):
        await stage.text(ANN, words)
    await stage.message(ANN, sticker=STICKER)

    assert list(asking.buttons())[-1] == "Never mind"
    assert stage.telegram.words(ANN)[-1].startswith("Nice sticker! I am still waiting for")
    assert WAITING[kind] in stage.telegram.words(ANN)[-1]


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("words", ["/mix", "/cancel"])
async def test_who_begins_something_else_is_told_so_where_they_were_asked(stage: Stage, kind: str, words: str) -> None:
    asking = await ASKED[kind](stage)

    await stage.text(ANN, words)

    assert (LEFT[kind] in asking.words, asking.buttons()) == (True, {})
    assert await stage.parts.dialogues.awaited(_ann(stage)) is None


@pytest.mark.parametrize("kind", ASKED)
async def test_never_mind_works_always_and_even_after_a_restart(
    stage: Stage, telegram: RecordingRequest, kind: str
) -> None:
    asking = await ASKED[kind](stage)
    button = asking.data("lab-leave")
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await next_stage.press(ANN, asking.message_id, button)
        await next_stage.press(ANN, asking.message_id, button)
        await next_stage.text(ANN, "hello")

    assert asking.buttons() == {}
    assert "another time" in asking.words  # the second press knows no more what it was about
    assert "I paint photos" in telegram.words(ANN)[-1]


@pytest.mark.parametrize("kind", ["study", "photo"])
async def test_words_in_between_are_told_what_is_waited_for(stage: Stage, kind: str) -> None:
    await ASKED[kind](stage)

    await stage.text(ANN, "what now?")

    assert stage.telegram.words(ANN)[-1].startswith("I am still waiting for")
    assert WAITING[kind] in stage.telegram.words(ANN)[-1]


async def test_one_thing_is_waited_for_at_a_time(stage: Stage) -> None:
    study = await asked_for_a_study(stage)
    photo = await asked_for_a_photo(stage)

    await stage.photo(ANN)

    assert ((await stage.job()).preset, "another time" in study.words) == ("mosaic", True)
    assert (photo.buttons(), "Mosaic" in photo.words) == ({}, True)


@pytest.mark.parametrize("kind", ASKED)
async def test_who_mixes_into_an_old_picture_has_begun_something_else(stage: Stage, kind: str) -> None:
    job_id, _ = await an_instant(stage)
    shown, asking = stage.telegram.chat(ANN)[-1], await ASKED[kind](stage)

    await stage.press(ANN, shown.message_id, f"mix-with:{job_id}")

    assert LEFT[kind] in asking.words
    assert await stage.content(ANN) == (await stage.pictures())[0].id


async def test_an_older_never_mind_leaves_the_newer_dialogue_alone(stage: Stage) -> None:
    old = await asked_for_a_photo(stage)
    button = old.data("lab-leave")
    await asked_for_a_study(stage)

    await stage.press(ANN, old.message_id, button)
    await stage.photo(ANN)

    assert (await stage.job()).spec["method"] == "palette"


async def test_of_two_photos_only_the_newest_question_has_buttons_and_none_in_the_end(stage: Stage) -> None:
    first = await asked_for_a_study(stage, "🎞 Morph")
    await stage.photo(ANN)
    second = stage.telegram.chat(ANN)[-1]
    between = (first.buttons(), list(second.buttons()))

    await stage.text(ANN, "and now?")
    told = stage.telegram.words(ANN)[-1]
    await stage.photo(ANN)

    assert between == ({}, ["Never mind"])
    assert "waiting for the second photo for <b>Morph" in told
    assert (second.buttons(), (await stage.job()).spec["method"]) == ({}, "morph")


async def test_an_album_for_a_study_leaves_no_question_behind(stage: Stage) -> None:
    stage.watch()
    asking = await asked_for_a_study(stage, "🎞 Morph")

    for _ in range(2):
        await stage.photo(ANN, media_group_id="album")
    await until(lambda: "Morph</b>: you are next" in stage.telegram.words(ANN)[-1], 20 * QUIET_S + 20)

    assert asking.buttons() == {}


async def test_a_style_tapped_for_the_photo_of_a_study_does_not_end_the_study(stage: Stage) -> None:
    await stage.photo(ANN)
    sheet = stage.telegram.chat(ANN)[-1]
    asking = await asked_for_a_study(stage, "🎞 Morph")

    await stage.press(ANN, sheet.message_id, sheet.data("preset"))
    await stage.photo(ANN)

    assert [job.spec["method"] for job in await stage.jobs()] == ["instant", "morph"]
    assert asking.buttons() == {}


async def test_a_question_that_was_deleted_keeps_nobody_from_going_on(stage: Stage) -> None:
    asking = await asked_for_a_study(stage)
    del stage.telegram.messages[ANN, asking.message_id]

    await stage.text(ANN, "/start")

    assert "Hello" in stage.telegram.words(ANN)[-1]


async def test_the_style_opened_last_counts(stage: Stage) -> None:
    await an_instant(stage, data=a_jpeg("navy"))
    await stage.text(ANN, "/mystyles Blue wall")
    card = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, card.message_id, card.data("own-share"))
    link = stage.telegram.chat(ANN)[-1].words.partition("start=")[2].split()[0]
    before = await asked_for_a_photo(stage)

    await stage.text(ANN, f"/start {link}")
    told = stage.telegram.words(ANN)[-1]
    await stage.photo(ANN)

    assert (LEFT["photo"] in before.words, "I paint it in <b>Blue wall" in told) == (True, True)
    assert (await stage.jobs())[-1].mix == [{"weight": 1, "style": 1}]


async def test_what_was_begun_and_held_no_photo_is_cancelled_as_such(stage: Stage) -> None:
    await asked_for_a_study(stage)
    await stage.text(ANN, "/cancel")
    told = stage.telegram.words(ANN)[-1]

    await stage.text(ANN, "/cancel")

    assert "dropped what you had begun" in told
    assert "nothing to cancel" in stage.telegram.words(ANN)[-1]


async def test_a_photo_that_went_into_a_job_is_no_content_after_a_kill_in_between(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.photo(ANN)
    async with stage.services.database.write() as session:
        # As if the process had ended between the job and the draft.
        (await session.get_one(Draft, (ANN, ANN))).content_picture_id = (await stage.job()).content_picture_id
    style = (await stage.pictures())[-1]

    await stage.handle(_again(stage, style.message_id))

    assert await stage.content(ANN) is None
    assert len(await stage.jobs()) == 1


def _again(stage: Stage, message_id: int) -> dict[str, object]:
    """The update with that photo once more, as a replay brings it."""
    update = stage.a_message(ANN, photo=[{"file_id": "x", "file_unique_id": "ux", "width": 64, "height": 48}])
    update["message"]["message_id"] = message_id
    return update


def _ann(stage: Stage) -> Person:
    return person_in(stage.parsed(stage.a_message(ANN, text="x")))
