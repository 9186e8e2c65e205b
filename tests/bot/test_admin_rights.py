"""Only an admin of this very moment may, by whatever command or button; menus show what each may."""

import pytest

from bot import menus
from bot.admin import keyboards as admin_buttons
from bot.keyboards import ADMIN_CANCEL, ADMIN_REFRESH
from jobs.administration import Administration
from tests.bot.conftest import ADMIN, ANN, BEN, GROUP, Stage

COMMANDS = ["/admin", "/audit", "/job 1", "/user", "/ban 22", "/unban 22", "/quota 22 5", "/pause", "/resume"]
COMMANDS += ["/promote 22", "/demote 22", "/broadcast Hello", "/addstyle wall"]
COMMANDS += ["/renamestyle mosaic Tiles", "/hidestyle mosaic", "/showstyle mosaic", "/firststyle mosaic"]
VERBS = [ADMIN_CANCEL, ADMIN_REFRESH] + [
    value for name, value in vars(admin_buttons).items() if name.startswith("ADMIN_") and value.startswith("admin-")
]


async def everything(stage: Stage, user_id: int) -> None:
    """Try every command and every button."""
    for command in COMMANDS:
        await stage.text(user_id, command)
    for verb in sorted(set(VERBS)):
        await stage.press(user_id, 1, f"{verb}:22.5" if verb == admin_buttons.ADMIN_QUOTA else f"{verb}:1")


async def promote(stage: Stage) -> None:
    """Ann, who has never written, is made an admin: the owner is asked whether that is meant."""
    await stage.text(ADMIN, f"/promote {ANN}")
    asked = stage.telegram.chat(ADMIN)[-1]
    await stage.press(ADMIN, asked.message_id, asked.data("admin-promote"))


async def test_commands_and_buttons_of_the_tests_are_all_there_are() -> None:
    assert {command.split()[0][1:] for command in COMMANDS} == set(menus.ADMINS_COMMANDS) - set(menus.COMMANDS)
    assert len(set(VERBS)) == 19


@pytest.mark.parametrize("demoted", [False, True], ids=["never an admin", "an admin no longer"])
async def test_to_anybody_else_they_do_not_exist(stage: Stage, demoted: bool) -> None:
    if demoted:
        await promote(stage)
        await stage.text(ANN, "/admin")
        await stage.text(ADMIN, f"/demote {ANN}")
    for _ in range(2):
        await stage.photo(ANN)
    await stage.text(ANN, "/nonsense")
    unknown, before = stage.telegram.words(ANN)[-1], len(stage.telegram.chat(ANN))
    on_record = len(await stage.parts.administration.acts(99))
    stage.telegram.answers.clear()

    await everything(stage, ANN)

    assert stage.telegram.words(ANN)[before:] == [unknown] * len(COMMANDS)
    assert {answer for _, answer in stage.telegram.answers} == {
        "This button is out of date. Please send your photo again."
    }
    assert len(await stage.parts.administration.acts(99)) == on_record
    assert (await stage.job()).state == "queued"


async def test_an_admins_commands_show_nothing_in_a_group(stage: Stage) -> None:
    await stage.text(ADMIN, "/admin@pastiche_bot", chat_id=GROUP)

    assert "don't know that command" in stage.telegram.words(GROUP)[0]


async def test_an_owner_makes_an_admin_who_makes_none(stage: Stage) -> None:
    await promote(stage)
    await stage.text(ANN, "/admin")
    await stage.text(ANN, f"/promote {BEN}")
    await stage.text(ANN, f"/demote {ADMIN}")

    assert "Running and waiting" in stage.telegram.words(ANN)[0]
    assert ["not yours to do" in words for words in stage.telegram.words(ANN)[1:]] == [True, True]
    assert await stage.parts.administration.admin_ids() == [ANN, ADMIN]


async def test_a_number_that_never_wrote_is_made_an_admin_only_when_confirmed(stage: Stage) -> None:
    await stage.text(BEN, "/start")
    for user_id in (ANN, BEN):
        await stage.text(ADMIN, f"/promote {user_id}")
    before = await stage.parts.administration.admin_ids()
    asked, _ = stage.telegram.chat(ADMIN)
    await stage.press(BEN, asked.message_id, asked.data("admin-promote"))
    refused = stage.telegram.words(BEN)[-1], stage.telegram.last_answer()

    await stage.press(ADMIN, asked.message_id, asked.data("admin-promote"))

    assert before == [BEN, ADMIN]
    assert any("not yours to do" in str(said) for said in refused)
    assert await stage.parts.administration.admin_ids() == [ANN, BEN, ADMIN]


async def test_owners_and_admins_cannot_be_banned(stage: Stage) -> None:
    await promote(stage)

    await stage.text(ANN, f"/ban {ADMIN}")
    await stage.text(ADMIN, f"/ban {ANN}")

    assert "nobody bans an admin" in stage.telegram.words(ANN)[-1]
    assert "nobody bans an admin" in stage.telegram.words(ADMIN)[-1]
    assert (await stage.parts.administration.person(ANN)).banned_at is None


async def test_menus_follow_the_rights(stage: Stage) -> None:
    await promote(stage)
    await stage.text(ADMIN, f"/demote {ANN}")

    calls = [call for call in stage.telegram.calls if call.method.endswith("MyCommands")]
    assert [call.method for call in calls] == ["setMyCommands", "deleteMyCommands"]
    assert [str(ANN) in str(call.parameters["scope"]) for call in calls] == [True, True]
    assert "unban" in str(calls[0].parameters["commands"])


async def test_the_board_of_an_admin_no_longer_stands_still(stage: Stage) -> None:
    await promote(stage)
    await stage.text(ANN, "/admin")
    [board] = stage.telegram.chat(ANN)
    await stage.text(ADMIN, f"/demote {ANN}")
    for _ in range(2):
        await stage.photo(BEN)

    await stage.parts.boards.refresh()

    assert board.edits == 0


async def test_rights_outlive_a_restart(stage: Stage) -> None:
    await promote(stage)

    reborn = Administration(stage.services.database, stage.services.desk, frozenset({ADMIN}))

    assert await reborn.is_admin(ANN)
    assert not await reborn.is_admin(BEN)
