"""An admin looks somebody up, bans them and lets them in again, and gives them another limit."""

from collections.abc import AsyncIterator

import pytest

from bot.config import Services
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.fairness import FairUse
from tests.bot.conftest import A_MENTION, ADMIN, ANN, BEN, GROUP, Stage, a_stage
from tests.bot.telegram import RecordingRequest, Shown
from tests.bot.test_admin import acts

BANNED = "An admin has decided that I paint nothing more for you."


async def page_of(stage: Stage, user_id: int) -> Shown:
    """A person's page."""
    await stage.text(ADMIN, f"/user {user_id}")
    return stage.telegram.chat(ADMIN)[-1]


async def test_people_are_found_by_a_part_of_their_name_or_by_number(stage: Stage) -> None:
    for user_id in (ANN, BEN):
        await stage.text(user_id, "/start")

    await stage.text(ADMIN, "/user uSeR 1")
    found = stage.telegram.chat(ADMIN)[-1]
    await stage.press(ADMIN, found.message_id, found.data("admin-person"))
    await stage.text(ADMIN, "/user %")

    assert "<b>User 11</b> (<code>11</code>), en" in found.words
    assert "I know nobody" in stage.telegram.words(ADMIN)[-1]
    assert "User 22" in (await page_of(stage, BEN)).words


async def test_who_is_banned_gets_one_sentence_and_nothing_else(stage: Stage) -> None:
    for _ in range(2):
        await stage.photo(ANN)
    page = await page_of(stage, ANN)
    before = len(stage.telegram.chat(ANN))

    await stage.press(ADMIN, page.message_id, page.data("admin-ban"))
    await stage.photo(ANN)
    await stage.text(ANN, "/start")
    await stage.press(ANN, 1, "start-presets:")
    await stage.photo(ANN, chat_id=GROUP, caption="@pastiche_bot")

    assert "Is banned" in page.words
    assert stage.telegram.words(ANN)[before:] == [BANNED, BANNED]
    assert stage.telegram.last_answer() == BANNED
    assert stage.telegram.chat(GROUP) == []
    assert len(await stage.pictures()) == 2
    assert await acts(stage) == [(ADMIN, "ban", str(ANN))]


async def test_what_a_banned_person_asked_for_before_arrives_or_can_be_stopped(stage: Stage) -> None:
    for _ in range(4):
        await stage.photo(ANN)
    await stage.text(ADMIN, f"/ban {ANN}")

    await stage.paint(1)
    await stage.text(ANN, "/cancel")

    assert [job.state for job in await stage.jobs()] == ["done", "cancelled"]


async def test_a_group_that_a_banned_person_moved_is_followed(stage: Stage) -> None:
    await stage.photo(BEN, chat_id=GROUP, caption="@pastiche_bot", caption_entities=A_MENTION["caption_entities"])
    await stage.text(ADMIN, f"/ban {ANN}")

    await stage.message(ANN, chat_id=GROUP, migrate_to_chat_id=GROUP - 1)

    assert [picture.chat_id for picture in await stage.pictures()] == [GROUP - 1]


async def test_who_is_let_in_again_may_ask(stage: Stage) -> None:
    await stage.text(ADMIN, f"/ban {ANN}")
    page = await page_of(stage, ANN)

    await stage.press(ADMIN, page.message_id, page.data("admin-unban"))
    await stage.photo(ANN)

    assert "Is banned" not in page.words
    assert len(await stage.pictures()) == 1


async def test_a_ban_is_not_shaken_off_by_being_forgotten(stage: Stage) -> None:
    await stage.text(ADMIN, "/ban 4711")  # whom no row knows

    await stage.text(4711, "/start")

    assert stage.telegram.words(4711) == [BANNED]


@pytest.fixture
async def strict(services: Services, telegram: RecordingRequest) -> AsyncIterator[Stage]:
    """A bot that takes one picture a person and a day."""
    desk = Desk(services.database, LocalDispatcher(), services.blobs, services.events, fair_use=FairUse(daily=1))
    limited = Services(
        database=services.database, desk=desk, events=services.events, decoder=services.decoder, blobs=services.blobs
    )
    async with a_stage(limited, telegram) as stage:
        yield stage


async def test_a_limit_of_ones_own_holds_until_it_is_taken_back(strict: Stage) -> None:
    await strict.text(ADMIN, f"/quota {ANN} 2")
    for _ in range(6):
        await strict.photo(ANN)
    with_two = len(await strict.jobs())
    page = await page_of(strict, ANN)

    await strict.press(ADMIN, page.message_id, page.buttons()["Usual limit"])
    usual = page.words
    await strict.press(ADMIN, page.message_id, page.buttons()["20 a day"])

    assert with_two == 2
    assert "Limit: as everybody" in usual
    assert "Limit: 20 pictures" in page.words


async def test_limits_stand_two_in_a_row_so_that_a_telephone_shows_them_whole(stage: Stage) -> None:
    await stage.text(ANN, "/start")

    rows = (await page_of(stage, ANN)).markup

    assert [len(row) for row in rows] == [2, 2, 1, 1]


@pytest.mark.parametrize("command", ["/ban", "/ban Ann", "/unban -1", "/quota 11", "/quota 11 many", "/promote x"])
async def test_a_command_that_says_too_little_is_explained(stage: Stage, command: str) -> None:
    await stage.text(ADMIN, command)

    assert "or example <code>/" in stage.telegram.words(ADMIN)[0].replace("example: ", "example ")
    assert await acts(stage) == []
