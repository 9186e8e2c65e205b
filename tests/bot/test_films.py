"""How a picture came to be, as a film in the chat."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from jobs.clock import now
from jobs.sweeps import Sweeps
from models.states import Lane
from models.tables import Delivery
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, an_hq_job, an_instant, in_topic
from tests.bot.telegram import RecordingRequest, Shown

FILM = b"an mp4 of how it came to be"


async def a_filmed_painting(stage: Stage, chat_id: int | None = None) -> tuple[int, Shown]:
    """A painting in high quality of Ann's that was filmed."""
    job_id, shown = await an_hq_job(stage, chat_id=chat_id, **(A_MENTION if chat_id else {}))
    await stage.paint(job_id, film=FILM)
    return job_id, shown


async def test_the_film_of_a_painting_is_uploaded_once_and_then_sent_by_its_id(stage: Stage) -> None:
    _, shown = await a_filmed_painting(stage)
    before = len(stage.telegram.chat(ANN))

    for _ in range(2):
        await stage.press(ANN, shown.message_id, shown.data("film"))

    films = stage.telegram.chat(ANN)[before:]
    sent = [call.parameters.get("animation") for call in stage.telegram.calls if call.method == "sendAnimation"]
    assert [film.film for film in films] == [FILM, FILM]
    assert all("Your style</b>: this is how it came to be" in film.words for film in films)
    assert sent == [None, f"film{films[0].message_id}"]
    assert stage.telegram.last_answer() == "Here it comes."


async def test_a_film_that_telegram_forgot_is_uploaded_again(stage: Stage) -> None:
    _, shown = await a_filmed_painting(stage)
    await stage.press(ANN, shown.message_id, shown.data("film"))
    stage.telegram.files.clear()

    await stage.press(ANN, shown.message_id, shown.data("film"))

    assert stage.telegram.chat(ANN)[-1].film == FILM


async def test_under_an_instant_picture_it_means_high_quality_and_the_film_comes_beside_it(stage: Stage) -> None:
    _, instant = await an_instant(stage)

    await stage.press(ANN, instant.message_id, instant.data("film"))
    announced = stage.telegram.words(ANN)[-1]
    await stage.paint(2, a_jpeg("gold"), FILM)

    *_, result, film = stage.telegram.chat(ANN)
    assert "you are next" in announced
    assert "the time-lapse follows the picture" in announced
    assert "film that" in str(stage.telegram.last_answer())
    job = (await stage.jobs())[-1]
    assert (job.lane, job.spec["film"], job.spec["init"]) == (Lane.HQ, True, "instant")
    assert (result.photo, "in high quality" in result.words) == (a_jpeg("gold"), True)
    assert (film.film, film.reply_to) == (FILM, result.message_id)


async def test_a_film_that_nobody_asked_for_is_not_sent(stage: Stage) -> None:
    await a_filmed_painting(stage)

    assert "sendAnimation" not in stage.telegram.methods()


async def test_what_goes_after_a_result_goes_once_even_after_a_restart(
    stage: Stage, telegram: RecordingRequest
) -> None:
    _, instant = await an_instant(stage)
    await stage.press(ANN, instant.message_id, instant.data("film"))
    await stage.paint(2, film=FILM)
    async with stage.services.database.write() as session:  # as if we had died before the note of the delivery
        await session.execute(update(Delivery).where(Delivery.job_id == 2).values(delivered_at=None))
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await next_stage.deliver()

    assert telegram.methods().count("sendAnimation") == 1


async def test_a_film_that_cannot_be_sent_costs_the_result_nothing(stage: Stage) -> None:
    _, instant = await an_instant(stage)
    await stage.press(ANN, instant.message_id, instant.data("film"))
    stage.telegram.refuse("sendAnimation", "Bad Request: something", 400)

    await stage.paint(2, film=FILM)

    shown = stage.telegram.chat(ANN)[-1]
    assert "in high quality" in shown.words
    await stage.press(ANN, shown.message_id, shown.data("film"))
    assert stage.telegram.chat(ANN)[-1].film == FILM


@pytest.mark.parametrize("swept", [False, True], ids=["never filmed", "expired"])
async def test_where_there_is_no_film_one_sentence_says_so(stage: Stage, tmp_path: Path, swept: bool) -> None:
    job_id, shown = await an_hq_job(stage)
    await stage.paint(job_id, film=FILM if swept else None)
    if swept:
        services, later = stage.services, now() + timedelta(hours=25)
        await Sweeps(services.desk, services.database, services.blobs, lambda: later).sweep()

    await stage.press(ANN, shown.message_id, shown.data("film"))

    assert "no longer have its film" in str(stage.telegram.last_answer())
    assert not swept or [path for path in (tmp_path / "blobs").iterdir() if path.suffix == ".mp4"] == []


async def test_in_a_group_only_the_owner_gets_it_and_in_the_topic(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage, chat_id=GROUP, **A_MENTION, **in_topic(7))
    await stage.paint(job_id, film=FILM)

    await stage.press(BEN, shown.message_id, shown.data("film"), chat_id=GROUP, thread_id=7)
    refused = stage.telegram.last_answer()
    await stage.press(ANN, shown.message_id, shown.data("film"), chat_id=GROUP, thread_id=7)

    assert "somebody else" in str(refused)
    assert [each.thread_id for each in stage.telegram.chat(GROUP) if each.film] == [7]


async def test_forged_presses_for_films_are_answered(stage: Stage) -> None:
    await an_instant(stage)

    for data in ("film:", "film:x", "film:99", "film:-1"):
        await stage.press(ANN, 77, data)

    assert all("out of date" in str(words) for _, words in stage.telegram.answers)
    assert len(await stage.jobs()) == 1


async def test_deleting_oneself_deletes_films(stage: Stage, tmp_path: Path) -> None:
    await a_filmed_painting(stage)

    await stage.text(ANN, "/delete_me")
    asked = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, asked.message_id, asked.data("delete-me"))

    assert list((tmp_path / "blobs").iterdir()) == []
