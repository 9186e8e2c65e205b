"""Pictures large enough to print."""

from typing import Any

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
from tests.bot.telegram import BOT, RecordingRequest, Shown

POSTER = a_jpeg("navy", (400, 300))


async def papers_of(stage: Stage, shown: Shown) -> Shown:
    """The question for the paper, after a press."""
    await stage.press(ANN, shown.message_id, shown.data("poster"))
    return stage.telegram.chat(ANN)[-1]


def answering(shown: Shown, **more: Any) -> dict[str, Any]:
    """The fields of a message that answers one of the bot's."""
    kind = "private" if shown.chat_id > 0 else "supergroup"
    replied = {"message_id": shown.message_id, "date": 1, "chat": {"id": shown.chat_id, "type": kind}, "from": BOT}
    return {"reply_to_message": replied | more}


async def test_the_paper_is_asked_for_in_one_message_that_becomes_the_poster(stage: Stage) -> None:
    _, shown = await an_instant(stage)

    asked = await papers_of(stage, shown)
    papers = list(asked.buttons())
    await stage.press(ANN, asked.message_id, asked.buttons()["A3, 150 dpi"])
    queued = asked.words
    await stage.paint(2, POSTER)

    assert papers == ["A4, 150 dpi", "A3, 150 dpi", "A2, 150 dpi", "A4, 300 dpi"]
    assert "you are next" in queued
    assert (asked.document, asked.filename) == (POSTER, "pastiche-own-style-2.jpg")
    assert "its longer side measures 40 cm" in asked.words
    assert list(asked.buttons()) == ["🖨 Other size", "🎨 Other style"]
    assert len(stage.telegram.chat(ANN)) == 3


async def test_a_poster_keeps_the_pictures_settings_and_takes_the_papers_size(stage: Stage) -> None:
    _, shown = await an_instant(stage)
    await stage.press(ANN, shown.message_id, "vary:1.stronger")
    await stage.paint(2)

    asked = await papers_of(stage, shown)
    await stage.press(ANN, asked.message_id, asked.buttons()["A4, 300 dpi"])

    job = (await stage.jobs())[-1]
    assert job.lane == "poster"
    # A4 is 297 × 210 mm; a picture of 4 to 3 is 280 mm long on it.
    assert {name: job.spec[name] for name in ("method", "init", "longest_side_px", "dpi", "strength")} == {
        "method": "poster",
        "init": "content",
        "longest_side_px": 3307,
        "dpi": 300,
        "strength": 1.25,
    }


async def test_a_poster_is_made_of_a_picture_in_high_quality_too(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    await stage.paint(job_id)

    asked = await papers_of(stage, shown)
    await stage.press(ANN, asked.message_id, asked.buttons()["A4, 150 dpi"])

    assert [job.spec["method"] for job in await stage.jobs()] == ["instant", "gatys", "poster"]


async def test_tiles_are_told_in_the_same_message(stage: Stage) -> None:
    stage.watch()
    _, shown = await an_instant(stage)
    asked = await papers_of(stage, shown)
    await stage.press(ANN, asked.message_id, asked.buttons()["A2, 150 dpi"])

    attempt = await stage.begin(2)
    await stage.progress(2, attempt, 5, a_jpeg("pink"))
    await until(lambda: "50 %" in asked.words)
    await stage.finish(2, attempt, POSTER)

    assert (asked.document, len(stage.telegram.chat(ANN))) == (POSTER, 3)


async def test_two_quick_taps_on_papers_are_one_poster(stage: Stage) -> None:
    _, shown = await an_instant(stage)
    asked = await papers_of(stage, shown)
    first, second, *_ = asked.buttons().values()

    await stage.handle(stage.a_press(ANN, asked.message_id, first), stage.a_press(ANN, asked.message_id, second))

    assert len(await stage.jobs()) == 2
    assert stage.telegram.last_answer() == "I am already on it."


async def test_a_poster_is_delivered_after_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    _, shown = await an_instant(stage)
    asked = await papers_of(stage, shown)
    await stage.press(ANN, asked.message_id, asked.buttons()["A4, 150 dpi"])
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        await next_stage.paint(2, POSTER)

    assert asked.document == POSTER


async def test_a_poster_whose_message_was_deleted_comes_in_a_new_one(stage: Stage) -> None:
    _, shown = await an_instant(stage)
    asked = await papers_of(stage, shown)
    await stage.press(ANN, asked.message_id, asked.buttons()["A4, 150 dpi"])
    del stage.telegram.messages[ANN, asked.message_id]

    await stage.paint(2, POSTER)

    assert stage.telegram.chat(ANN)[-1].document == POSTER


async def test_of_a_file_the_poster_comes_once(stage: Stage) -> None:
    await stage.document(ANN, a_jpeg("red"), "cat.jpg", "image/jpeg")
    [shown] = stage.telegram.chat(ANN)
    await stage.press(ANN, shown.message_id, shown.data("preset"))
    await stage.paint(1)
    asked = await papers_of(stage, shown)
    await stage.press(ANN, asked.message_id, asked.buttons()["A4, 150 dpi"])

    await stage.paint(2, POSTER)
    await stage.deliver()

    assert [told.document for told in stage.telegram.chat(ANN)].count(POSTER) == 1


async def test_a_reply_to_a_result_asks_for_the_paper_in_its_topic(stage: Stage) -> None:
    _, shown = await an_instant(stage, chat_id=GROUP, **in_topic(7), **A_MENTION)

    asked_by = await stage.text(ANN, "/poster@pastiche_bot", chat_id=GROUP, **in_topic(7), **answering(shown))

    asked = stage.telegram.chat(GROUP)[-1]
    assert (asked.data("paper"), asked.reply_to, asked.thread_id) == ("paper:1.a4", asked_by, 7)


async def test_a_reply_finds_what_the_message_shows_now(stage: Stage) -> None:
    _, shown = await an_instant(stage)
    await stage.press(ANN, shown.message_id, "vary:1.softer")
    await stage.paint(2)

    await stage.text(ANN, "/poster", **answering(shown))

    assert stage.telegram.chat(ANN)[-1].data("paper") == "paper:2.a4"


async def test_of_somebody_elses_result_no_poster_is_made(stage: Stage) -> None:
    _, shown = await an_instant(stage, chat_id=GROUP, **A_MENTION)

    await stage.text(BEN, "/poster", chat_id=GROUP, **answering(shown))

    assert "belongs to somebody else" in stage.telegram.words(GROUP)[-1]
    assert stage.telegram.chat(GROUP)[-1].buttons() == {}


async def test_poster_without_a_reply_or_to_a_picture_that_was_deleted_says_how_it_works(stage: Stage) -> None:
    await an_instant(stage)

    await stage.text(ANN, "/poster")

    [*_, words] = stage.telegram.words(ANN)
    assert ("Reply to one of my pictures" in words, "deleted does not count" in words) == (True, True)


async def test_poster_in_reply_to_what_is_no_painting_says_that(stage: Stage) -> None:
    await stage.text(ANN, "/lab")
    study = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, study.message_id, f"lab:{ANN}.layer-view.relu1_2.whole")
    await stage.paint(1)
    await stage.photo(ANN)
    sheet = stage.telegram.chat(ANN)[-1]

    told = []
    for shown in (study, sheet):
        await stage.text(ANN, "/poster", **answering(shown))
        told.append(stage.telegram.words(ANN)[-1])

    assert ["none of my paintings, or I no longer have it" in words for words in told] == [True, True]
