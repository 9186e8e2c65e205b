"""The menus of commands."""

from bot import menus
from tests.bot.conftest import ADMIN, Stage


def described(parameters: dict[str, object]) -> object:
    """What the first command of a menu says of itself."""
    commands = parameters["commands"]
    assert isinstance(commands, list)
    return commands[0]["description"]


async def test_everybody_gets_a_menu_in_their_language_and_admins_one_with_their_command(stage: Stage) -> None:
    await menus.offer_commands(stage.application.bot, stage.parts.people, {ADMIN})

    calls = [call.parameters for call in stage.telegram.calls if call.method == "setMyCommands"]
    assert [call.get("language_code") for call in calls] == [None, "es", "id", "ru", None]
    assert [described(call) for call in calls[:2]] == ["Show what I do", "Mostrar lo que hago"]
    assert calls[-1]["scope"] == {"chat_id": ADMIN, "type": "chat"}
    assert [command["command"] for command in calls[-1]["commands"]] == list(menus.ADMINS_COMMANDS)


async def test_a_menu_that_cannot_be_set_stops_nothing(stage: Stage) -> None:
    stage.telegram.refuse("setMyCommands", "Bad Request: chat not found", times=9)

    await menus.offer_commands(stage.application.bot, stage.parts.people, {ADMIN})

    await stage.text(ADMIN, "/help")
    assert "What I can do" in stage.telegram.words(ADMIN)[0]
