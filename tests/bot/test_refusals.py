"""Who has asked for enough reads one sentence that says when it will work again, and keeps what they sent."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot import texts
from bot.config import Services
from bot.refusals import refusal
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.errors import Banned, IntakePaused, LimitReached, NotAdmitted
from jobs.fairness import FairUse
from models import standings
from models.tables import Spent
from tests.bot.conftest import ANN, Stage, a_stage, until, until_judged
from tests.bot.telegram import RecordingRequest


@pytest.fixture
async def strict(services: Services, telegram: RecordingRequest) -> AsyncIterator[Stage]:
    """A bot that takes one picture a person and a day."""
    desk = Desk(services.database, LocalDispatcher(), services.blobs, services.events, fair_use=FairUse(daily=1))
    limited = Services(
        database=services.database, desk=desk, events=services.events, decoder=services.decoder, blobs=services.blobs
    )
    async with a_stage(limited, telegram) as stage:
        yield stage


async def test_a_second_photo_too_many_is_refused_and_the_first_stays(strict: Stage) -> None:
    for _ in range(3):
        await strict.photo(ANN)
    before = await strict.content(ANN)

    await strict.photo(ANN)

    assert "in about 24 h" in strict.telegram.words(ANN)[-1]
    assert len(await strict.jobs()) == 1
    assert await strict.content(ANN) == before is not None


async def test_being_forgotten_does_not_begin_the_day_anew(strict: Stage) -> None:
    for _ in range(2):
        await strict.photo(ANN)
    await strict.text(ANN, "/delete_me")
    asked = strict.telegram.chat(ANN)[-1]
    await strict.press(ANN, asked.message_id, asked.data("delete-me"))

    for _ in range(2):
        await strict.photo(ANN)
    told, again = strict.telegram.words(ANN)[-1], strict.telegram.chat(ANN)[-1]
    await strict.text(ANN, "/delete_me")
    await strict.press(ANN, again.message_id, f"delete-me:{ANN}")

    async with strict.services.database.read() as session:
        [kept] = await session.scalars(select(Spent))
    assert "in about 24 h" in told
    assert str(ANN) not in kept.who
    assert await strict.jobs() == []


async def test_a_press_too_many_is_answered_in_a_window(strict: Stage) -> None:
    for _ in range(3):
        await strict.photo(ANN)
    sheet = strict.telegram.chat(ANN)[-1]

    await strict.press(ANN, sheet.message_id, sheet.data("preset"))

    assert "in about 24 h" in str(strict.telegram.last_answer())
    assert strict.telegram.alerts == [strict.telegram.answers[-1][0]]
    assert len(await strict.jobs()) == 1


async def test_an_album_too_many_is_refused_once_and_its_photo_waits(strict: Stage) -> None:
    for _ in range(2):
        await strict.photo(ANN)
    strict.watch()

    for _ in range(2):
        await strict.photo(ANN, media_group_id="album")
    await until_judged(strict)
    await until(lambda: "in about 24 h" in strict.telegram.words(ANN)[-1])

    assert len(await strict.jobs()) == 1
    assert await strict.content(ANN) == (await strict.pictures())[2].id


async def test_a_pause_is_told_in_the_admins_words(stage: Stage) -> None:
    async with stage.services.database.write() as session:
        await standings.set_switch(session, "intake", {"sentence": "Back <at> eight."})

    for _ in range(2):
        await stage.photo(ANN)

    assert stage.telegram.words(ANN)[-1] == "Back &lt;at&gt; eight."


async def test_who_is_banned_is_told_so(stage: Stage) -> None:
    async with stage.services.database.write() as session:
        await standings.set_standing(session, ANN, banned_at=datetime.now(UTC))

    for _ in range(2):
        await stage.photo(ANN)

    assert "nothing more for you" in stage.telegram.words(ANN)[-1]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LimitReached("queued", 10, 240.0), "in about 4 min"),
        (LimitReached("queued", 10), "As soon as one of them is painted"),
        (LimitReached("daily", 200, 5 * 3600.0), "in about 5 h"),
        (LimitReached("daily", 0), "once an admin allows more"),
        (IntakePaused(""), "a little later"),
        (IntakePaused("Back at eight."), "Back at eight."),
        (Banned(), "nothing more"),
    ],
    ids=lambda value: str(value),
)
def test_every_refusal_fits_an_answer_to_a_press(error: NotAdmitted, words: str) -> None:
    key, facts = refusal(error, "en")

    said = texts.plain("en", key, **facts)

    assert words in said
    assert len(said) <= 200


@pytest.mark.parametrize(
    ("language", "most", "words"),
    [
        ("en", 1, "I paint one picture for you in 24 hours, and you have had it."),
        ("en", 50, "I paint 50 pictures for you"),
        ("es", 1, "una imagen para ti"),
        ("id", 1, "1 gambar untukmu"),
        ("ru", 1, "1 картину"),
        ("ru", 3, "3 картины"),
        ("ru", 200, "200 картин,"),
    ],
)
def test_a_limit_is_counted_as_people_count(language: str, most: int, words: str) -> None:
    key, facts = refusal(LimitReached("daily", most, 3600.0), language)

    said = texts.plain(language, key, **facts)

    assert words in said
