"""Somebody looks into the lab: a dialogue by buttons and photos, jobs like any other, and results that may move."""

from typing import Any

import pytest
from PIL import Image

from jobs.presets import list_presets
from jobs.values import JobFailure, Study
from models import queries
from models.states import JobState, Lane
from tests.bot.conftest import (
    A_MENTION,
    ANN,
    BEN,
    GROUP,
    QUIET_S,
    Stage,
    a_jpeg,
    a_stage,
    an_instant,
    in_topic,
    judge_at_once,
    until,
)
from tests.bot.telegram import RecordingRequest, Shown

FILM = b"an mp4"


async def the_lab(stage: Stage, user_id: int = ANN, **fields: Any) -> Shown:
    """The lab's message."""
    await stage.text(user_id, "/lab", **fields)
    return stage.telegram.chat(fields.get("chat_id", user_id))[-1]


async def tap(stage: Stage, shown: Shown, *labels: str, user_id: int = ANN) -> None:
    """Buttons of one message, one after the other."""
    for label in labels:
        await stage.press(user_id, shown.message_id, shown.buttons()[label], chat_id=shown.chat_id)


async def waiting_for(stage: Stage, label: str) -> Shown:
    """A study that waits for its photo."""
    shown = await the_lab(stage)
    await tap(stage, shown, label)
    return shown


async def test_it_opens_with_a_line_and_a_button_a_study(stage: Stage) -> None:
    shown = await the_lab(stage)

    assert list(shown.buttons()) == [
        "🎨 Palette",
        "🧠 From memory",
        "👁 What a layer sees",
        "🎞 Morph",
        "🔎 Spot the difference",
    ]
    assert all(name.split(" ", 1)[1] in shown.words for name in shown.buttons())


async def test_the_photo_that_waits_is_studied_at_once_in_the_same_message(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await the_lab(stage)

    await tap(stage, shown, "🎨 Palette")
    queued, buttons = shown.words, list(shown.buttons())
    await stage.paint(1)

    job = await stage.job()
    [photo] = await stage.pictures()
    assert (job.lane, job.spec["method"], job.content_picture_id) == (Lane.HQ, Study.PALETTE, photo.id)
    assert (job.preset, job.mix, job.style_picture_id) == (None, None, None)
    assert ("Palette</b>: you are next" in queued, buttons) == (True, ["Cancel"])
    assert shown.photo == a_jpeg("gold")
    assert "this is left of a style" in shown.words
    assert list(shown.buttons()) == ["🔁 Paint again", "📄 File", "🎨 Paint the photo", "🔬 To the lab"]
    assert await stage.content(ANN) is None


async def test_the_photo_over_the_command_is_studied_at_once(stage: Stage) -> None:
    await stage.photo(ANN, caption="/lab", caption_entities=[{"type": "bot_command", "offset": 0, "length": 4}])
    shown = stage.telegram.chat(ANN)[-1]

    await tap(stage, shown, "🎨 Palette")

    job = await stage.job()
    [photo] = await stage.pictures()
    assert (job.spec["method"], job.content_picture_id) == (Study.PALETTE, photo.id)
    assert len(stage.telegram.chat(ANN)) == 1


async def test_without_a_photo_one_is_asked_for_even_over_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    shown = await waiting_for(stage, "🎨 Palette")
    asked, buttons = shown.words, list(shown.buttons())
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await next_stage.photo(ANN)
        await next_stage.photo(ANN)

    assert "send me a picture, or write the name of a style" in asked
    assert buttons == ["Never mind"]
    assert (await stage.job()).spec["method"] == Study.PALETTE
    assert await stage.content(ANN) is not None  # the second photo is one to paint


async def test_its_photo_can_be_painted_afterwards(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await the_lab(stage)
    await tap(stage, shown, "🎨 Palette")
    await stage.paint(1)

    await tap(stage, shown, "🎨 Paint the photo")
    sheet = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, sheet.message_id, sheet.data("preset"))

    study, painting = await stage.jobs()
    assert (painting.lane, painting.content_picture_id) == (Lane.INSTANT, study.content_picture_id)


async def test_the_last_photo_is_offered_and_taken(stage: Stage) -> None:
    await an_instant(stage)
    shown = await waiting_for(stage, "🎨 Palette")

    await tap(stage, shown, "🖼 My last photo")

    job = (await stage.jobs())[-1]
    assert (job.spec["method"], job.content_picture_id) == (Study.PALETTE, (await stage.pictures())[-1].id)


async def test_a_layer_is_chosen_in_human_words_for_what_it_remembers(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await the_lab(stage)

    await tap(stage, shown, "🧠 From memory")
    offered = list(shown.buttons())
    await tap(stage, shown, "Of patterns")
    await stage.paint(1)

    assert offered == ["Of edges", "Of textures", "Of patterns", "Of parts of things", "Of whole things"]
    assert {name: (await stage.job()).spec[name] for name in ("method", "layer", "channel")} == {
        "method": Study.RECONSTRUCTION,
        "layer": "relu3_2",
        "channel": None,
    }
    assert "From memory: patterns</b>: this is what that layer remembers" in shown.words


async def test_what_a_layer_likes_needs_no_photo(stage: Stage) -> None:
    shown = await the_lab(stage)

    await tap(stage, shown, "👁 What a layer sees", "Of edges", "👁 The whole layer")
    await stage.paint(1)

    job = await stage.job()
    assert (job.content_picture_id, job.spec["method"], job.spec["layer"]) == (None, Study.LAYER_VIEW, "relu1_2")
    assert "this is what excites it most" in shown.words
    await stage.press(ANN, shown.message_id, "restyle:1")
    assert stage.telegram.last_answer() == "That no longer works here."
    await tap(stage, shown, "🔁 Paint again", "📄 File")
    assert [job.content_picture_id for job in await stage.jobs()] == [None, None]
    assert stage.telegram.chat(ANN)[-1].filename == "pastiche-layer-view-1.jpg"


async def test_one_channel_and_then_another(stage: Stage) -> None:
    shown = await the_lab(stage)
    await tap(stage, shown, "👁 What a layer sees", "Of textures", "🎲 One channel, at random")
    attempt = await stage.begin(1)
    await stage.finish(1, attempt, **await stage.filmed(a_jpeg(), FILM, report={"awake": False}))

    await tap(stage, shown, "🎲 Another channel")

    first, second = [job.spec["channel"] for job in await stage.jobs()]
    assert (first in range(32), second in range(32), first != second) == (True, True, True)
    assert f"Channel {first}: textures</b>: nothing excites this one" in shown.words


async def test_where_a_layer_looks_in_a_photo(stage: Stage) -> None:
    shown = await the_lab(stage)
    await tap(stage, shown, "👁 What a layer sees", "Of patterns", "📷 Where it looks in a photo")
    asked = shown.words

    await stage.photo(ANN)
    await stage.paint(1)

    job = await stage.job()
    assert "Where a layer looks: patterns</b>: send me the photo" in asked
    assert (job.spec["method"], job.spec["layer"]) == (Study.FEATURE_MAPS, "relu3_2")
    assert list(stage.telegram.chat(ANN)[-1].buttons()) == ["📄 File", "🎨 Paint the photo", "🔬 To the lab"]


async def test_a_morph_takes_two_photos_and_comes_as_an_animation_in_the_status_message(stage: Stage) -> None:
    await stage.photo(ANN, a_jpeg("red"))
    shown = await the_lab(stage)
    await tap(stage, shown, "🎞 Morph")
    asked = shown.words
    await stage.photo(ANN, a_jpeg("blue"))
    status = stage.telegram.chat(ANN)[-1]

    await stage.paint(1, a_jpeg("blue"), FILM)

    job, photos = await stage.job(), await stage.pictures()
    assert "Now send me the second one" in asked
    assert [job.content_picture_id, job.style_picture_id] == [photo.id for photo in photos]
    assert (status.film, status.photo, "one photo turns into the other" in status.words) == (FILM, None, True)
    assert list(status.buttons()) == ["🔀 The other way round", "🔬 To the lab"]
    await tap(stage, status, "🔀 The other way round")
    again = (await stage.jobs())[-1]
    assert [again.content_picture_id, again.style_picture_id] == [photo.id for photo in photos[::-1]]


async def test_an_album_gives_both_photos_at_once(stage: Stage) -> None:
    stage.watch()
    await waiting_for(stage, "🎞 Morph")

    for _ in range(2):
        await stage.photo(ANN, media_group_id="album")
    await until(lambda: "Morph</b>" in stage.telegram.words(ANN)[-1], 20 * QUIET_S + 20)
    await stage.photo(ANN)

    job, photos = await stage.job(), await stage.pictures()
    assert (job.spec["method"], job.content_picture_id, job.style_picture_id) == (
        Study.MORPH,
        photos[0].id,
        photos[1].id,
    )
    assert await stage.content(ANN) == photos[2].id


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ({"alike": True, "places": []}, "I found none"),
        ({"alike": True, "places": [{}]}, "I found one. It appears"),
        ({"alike": True, "places": [{}] * 3}, "I found 3. They appear one by one"),
        ({"alike": False, "places": []}, "do not show the same thing"),
    ],
)
async def test_differences_come_as_an_animation_and_a_still_after_it(
    stage: Stage, report: dict[str, Any], words: str
) -> None:
    await waiting_for(stage, "🔎 Spot the difference")
    for _ in range(2):
        await stage.photo(ANN)
    attempt = await stage.begin(1)

    await stage.finish(1, attempt, **await stage.filmed(a_jpeg("pink"), FILM, report=report))

    *_, result, still = stage.telegram.chat(ANN)
    assert (result.film, words in result.words) == (FILM, True)
    assert (still.photo, still.reply_to) == (a_jpeg("pink"), result.message_id)


async def test_a_study_whose_film_could_not_be_made_comes_as_a_photo_once(stage: Stage) -> None:
    await waiting_for(stage, "🔎 Spot the difference")
    for _ in range(2):
        await stage.photo(ANN)

    await stage.paint(1, a_jpeg("pink"))

    assert [shown.photo for shown in stage.telegram.chat(ANN)].count(a_jpeg("pink")) == 1


async def test_in_the_history_a_study_is_shown_and_sent_again_as_what_it_is(stage: Stage) -> None:
    await waiting_for(stage, "🎞 Morph")
    for _ in range(2):
        await stage.photo(ANN)
    await stage.paint(1, a_jpeg("pink"), FILM)

    await stage.text(ANN, "/jobs")
    page = stage.telegram.chat(ANN)[-1]
    listed = page.words
    await tap(stage, page, "1")
    shown, buttons = page.photo, list(page.buttons())
    await tap(stage, page, "📨 Send it again")

    assert "<b>Morph</b>" in listed
    assert (shown, "⚙️ With my settings" in buttons) == (a_jpeg("pink"), False)
    assert stage.telegram.chat(ANN)[-1].film == FILM


async def test_a_failed_study_can_be_tried_again(stage: Stage) -> None:
    shown = await the_lab(stage)
    await tap(stage, shown, "👁 What a layer sees", "Of edges", "👁 The whole layer")
    attempt = await stage.begin(1)
    await stage.finish(1, attempt, state=JobState.FAILED, error=JobFailure.ENGINE_FAILED)
    offered = list(shown.buttons())

    await tap(stage, shown, "🔁 Try again")

    assert offered == ["🔁 Try again", "🔬 To the lab"]
    assert [job.spec["method"] for job in await stage.jobs()] == [Study.LAYER_VIEW] * 2


async def test_who_has_gone_on_to_something_else_is_waited_for_no_more(stage: Stage) -> None:
    for going_on in ("/mix", "/cancel", "never mind"):
        shown = await waiting_for(stage, "🎨 Palette")
        if going_on == "never mind":
            await tap(stage, shown, "Never mind")
        else:
            await stage.text(ANN, going_on)
        await stage.photo(ANN)
        await stage.text(ANN, "/cancel")

    assert await stage.jobs() == []
    assert "another time" in shown.words


async def test_a_photo_that_has_gone_frees_the_way_for_others(stage: Stage) -> None:
    await stage.photo(ANN)
    await waiting_for(stage, "🎞 Morph")
    async with stage.services.database.write() as session:
        (await session.get_one(type((await stage.pictures())[0]), 1)).blob_key = None

    await stage.photo(ANN)
    told = stage.telegram.words(ANN)[-1]
    await stage.photo(ANN)

    assert "no longer have that picture" in told
    assert await stage.content(ANN) is not None


async def test_in_a_group_only_who_opened_it_presses_and_all_stays_in_the_topic(stage: Stage) -> None:
    shown = await the_lab(stage, chat_id=GROUP, **in_topic(7))

    await stage.press(BEN, shown.message_id, shown.buttons()["🎨 Palette"], chat_id=GROUP, thread_id=7)
    refused = stage.telegram.last_answer()
    await stage.press(ANN, shown.message_id, shown.buttons()["🎨 Palette"], chat_id=GROUP, thread_id=7)
    await stage.press(BEN, shown.message_id, shown.data("lab-leave"), chat_id=GROUP, thread_id=7)
    also_refused = stage.telegram.last_answer()
    await stage.photo(BEN, chat_id=GROUP, **in_topic(7), **A_MENTION)
    await stage.photo(ANN, chat_id=GROUP, **in_topic(7), **A_MENTION)

    assert "somebody else" in str(refused)
    assert "somebody else" in str(also_refused)
    job = await stage.job()
    assert (job.user_id, job.thread_id) == (ANN, 7)


async def test_two_quick_taps_are_one_study(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await the_lab(stage)
    pressed = stage.a_press(ANN, shown.message_id, shown.buttons()["🎨 Palette"])
    twice = stage.a_press(ANN, shown.message_id, shown.buttons()["🎨 Palette"])

    await stage.handle(pressed, twice)

    assert len(await stage.jobs()) == 1


async def test_the_rest_of_an_album_goes_into_the_study_with_the_photo_that_was_there(stage: Stage) -> None:
    await stage.photo(ANN)
    await waiting_for(stage, "🎞 Morph")

    await stage.photo(ANN, media_group_id="album")
    await judge_at_once(stage, ANN)
    await stage.photo(ANN)

    job, photos = await stage.job(), await stage.pictures()
    assert [job.content_picture_id, job.style_picture_id] == [photo.id for photo in photos[:2]]
    assert await stage.content(ANN) == photos[2].id


async def test_an_album_for_a_study_whose_first_photo_is_gone_ends_the_wait(stage: Stage) -> None:
    await stage.photo(ANN)
    await waiting_for(stage, "🎞 Morph")
    first, *_ = await stage.pictures()
    async with stage.services.database.write() as session:
        await queries.forget_picture_blob(session, first.id)

    await stage.photo(ANN, media_group_id="album")
    await judge_at_once(stage, ANN)
    told = stage.telegram.words(ANN)[-1]
    await stage.photo(ANN)

    assert "no longer have" in told
    assert await stage.parts.drafts.albums_waiting() == []
    assert await stage.content(ANN) == (await stage.pictures())[2].id


@pytest.mark.parametrize(
    ("label", "photos", "asked"),
    [("🎨 Palette", 2, "one photo only"), ("🎨 Palette", 3, "one photo only"), ("🎞 Morph", 3, "two photos")],
)
async def test_an_album_of_too_many_hears_what_the_study_needs(
    stage: Stage, label: str, photos: int, asked: str
) -> None:
    await waiting_for(stage, label)

    for _ in range(photos):
        await stage.photo(ANN, media_group_id="album")
    await judge_at_once(stage, ANN)

    assert f"that is more than I need. Please send {asked}." in stage.telegram.words(ANN)[-1]
    assert "still waiting" not in stage.telegram.words(ANN)[-1]
    assert await stage.jobs() == []


async def test_after_an_album_of_two_the_palette_still_waits_for_its_photo(stage: Stage) -> None:
    await waiting_for(stage, "🎨 Palette")
    for _ in range(2):
        await stage.photo(ANN, media_group_id="album")
    await judge_at_once(stage, ANN)

    await stage.photo(ANN)

    job, photos = await stage.job(), await stage.pictures()
    assert (job.spec["method"], job.content_picture_id, job.style_picture_id) == (Study.PALETTE, photos[2].id, None)


async def test_what_reaches_the_lab_of_an_album_counts_and_the_rest_is_asked_for(stage: Stage) -> None:
    asking = await the_lab(stage, chat_id=GROUP)
    await tap(stage, asking, "🎞 Morph")

    await stage.photo(ANN, chat_id=GROUP, media_group_id="album", **A_MENTION)
    await judge_at_once(stage, ANN, GROUP)
    second = stage.telegram.chat(GROUP)[-1]
    told, buttons = second.words, (list(asking.buttons()), list(second.buttons()))
    await stage.photo(ANN, chat_id=GROUP, **A_MENTION)

    job, photos = await stage.job(), await stage.pictures()
    assert ("Now send me the second one" in told, "@pastiche_bot" in told) == (True, True)
    assert (buttons, second.buttons()) == (([], ["Never mind"]), {})
    assert [job.content_picture_id, job.style_picture_id] == [photo.id for photo in photos]


async def test_in_a_group_its_questions_say_how_to_be_heard(stage: Stage) -> None:
    shown = await the_lab(stage, chat_id=GROUP)

    await tap(stage, shown, "🎞 Morph")
    asked = [shown.words]
    await stage.photo(ANN, chat_id=GROUP, **A_MENTION)
    asked.append(stage.telegram.words(GROUP)[-1])

    assert ["write @pastiche_bot under a picture" in words for words in asked] == [True, True]


async def test_the_palette_of_a_style_is_had_by_its_name(stage: Stage) -> None:
    frost = next(preset for preset in list_presets() if preset.name == "frost")
    await waiting_for(stage, "🎨 Palette")

    await stage.text(ANN, "frost")

    job, [picture] = await stage.job(), await stage.pictures()
    assert frost.style_path is not None
    with Image.open(frost.style_path) as style:
        assert (picture.width_px, picture.height_px) == style.size
    assert (job.spec["method"], job.content_picture_id) == (Study.PALETTE, picture.id)
    assert "Palette</b>: you are next" in stage.telegram.words(ANN)[-1]


async def test_the_palette_of_ones_own_style_is_had_by_its_name_also_in_a_group(stage: Stage) -> None:
    await an_instant(stage, data=a_jpeg("navy", (80, 64)))
    await stage.text(ANN, "/mystyles Blue wall")
    shown = await the_lab(stage, chat_id=GROUP)
    await tap(stage, shown, "🎨 Palette")

    mention = {"type": "mention", "offset": 10, "length": 13}
    await stage.message(ANN, chat_id=GROUP, text="blue wall @pastiche_bot", entities=[mention])

    job, picture = (await stage.jobs())[-1], (await stage.pictures())[-1]
    assert (job.spec["method"], job.content_picture_id) == (Study.PALETTE, picture.id)
    assert (picture.width_px, picture.height_px) == (80, 64)


async def test_a_style_without_a_picture_or_of_somebody_else_has_no_palette(stage: Stage) -> None:
    await an_instant(stage)
    await stage.text(ANN, "/mystyles Blue wall")
    token = await stage.parts.own_styles.share(ANN, 1)
    await stage.text(BEN, f"/start s_{token}")
    shown = await the_lab(stage, BEN)
    await tap(stage, shown, "🎨 Palette", user_id=BEN)

    told = []
    for name in ("blue wall", "Starry Night"):
        await stage.text(BEN, name)
        told.append(stage.telegram.words(BEN)[-1])

    assert ["I have no picture that I could use" in words for words in told] == [True, True]
    assert (len(await stage.jobs()), len(await stage.pictures())) == (1, 2)


@pytest.mark.parametrize(("label", "words"), [("🎨 Palette", "no"), ("🎨 Palette", "nothing"), ("🎞 Morph", "frost")])
async def test_other_words_name_no_style(stage: Stage, label: str, words: str) -> None:
    await waiting_for(stage, label)

    await stage.text(ANN, words)

    assert "I am still waiting for" in stage.telegram.words(ANN)[-1]
    assert await stage.jobs() == []


async def test_forged_buttons_are_answered_and_make_nothing(stage: Stage) -> None:
    forged = ["lab:", f"lab:{ANN}.", f"lab:{ANN}.x", f"lab:{ANN}.palette.relu9_9", f"lab:{ANN}.layer-view.relu1_2.x"]

    for data in [*forged, f"lab-last:{ANN}", "lab-last:", "lab-leave:x", "lab-open:"]:
        await stage.press(ANN, 77, data)

    assert all("out of date" in str(words) for _, words in stage.telegram.answers)
    assert await stage.jobs() == []


async def test_what_is_made_of_paintings_is_not_made_of_studies(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await the_lab(stage)
    await tap(stage, shown, "🎨 Palette")
    await stage.paint(1)
    before = len(stage.telegram.answers)

    for data in ("poster:1", "paper:1.a4", "mix-with:1", "afresh:1", "hq:1", "vary:1.softer", "swap:1"):
        await stage.press(ANN, shown.message_id, data)

    assert len(await stage.jobs()) == 1
    assert {words for _, words in stage.telegram.answers[before:]} == {"That no longer works here."}


async def test_it_speaks_the_languages_of_people(stage: Stage) -> None:
    update = stage.a_message(BEN, text="/lab", entities=[{"type": "bot_command", "offset": 0, "length": 4}])
    update["message"]["from"]["language_code"] = "ru"

    await stage.handle(update)

    shown = stage.telegram.chat(BEN)[-1]
    assert "🎨 Палитра" in shown.buttons()
    assert "Лаборатория" in shown.words
