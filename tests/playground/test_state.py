import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from playground.config import PlaygroundConfig
from playground.errors import StateUnusable
from playground.world import World
from tests.playground.helpers import a_picture, connected, running


async def test_everything_survives_a_restart(tmp_path: Path) -> None:
    async with running(state_dir=tmp_path) as before:
        await before.sends(a_picture(300, 200), caption="keep me")
        [taken] = await before.updates()
        await before.updates(offset=taken["update_id"] + 1)
        await before.result("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
        sent = await before.result("sendMessage", chat_id=1001, text="kept")
        await before.says("not confirmed yet")
        old_chat = await before.chat()

    async with running(state_dir=tmp_path) as after:
        after.token = before.token
        chat = await after.chat()
        [waiting] = await after.updates()
        edited = await after.result("editMessageText", chat_id=1001, message_id=sent["message_id"], text="changed")
        file = await after.result("getFile", file_id=taken["message"]["photo"][-1]["file_id"])
        commands = await after.result("getMyCommands")
        picture = await after.http.get(chat[0]["photo"]["url"])

    assert chat == old_chat
    assert waiting["message"]["text"] == "not confirmed yet"
    assert waiting["update_id"] > taken["update_id"]
    assert edited["text"] == "changed"
    assert file["file_unique_id"] == taken["message"]["photo"][-1]["file_unique_id"]
    assert [command["command"] for command in commands] == ["start"]
    assert picture.status_code == 200


async def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    killed, url = await started_with(tmp_path)
    async with connected(url) as playground:
        await playground.says("hello")
        [before] = await playground.updates()
    killed.kill()
    await killed.wait()

    async with running(state_dir=tmp_path) as revived:
        revived.token = playground.token
        [after] = await revived.updates()

    assert after == before


async def started_with(state_dir: Path) -> tuple[asyncio.subprocess.Process, str]:
    """A playground of its own process, and its address."""
    command = [sys.executable, "-m", "playground", "--port", "0", "--state", str(state_dir)]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    return process, line.rpartition(" ")[2].strip().rstrip("/")


def test_one_state_folder_serves_one_playground(tmp_path: Path) -> None:
    first = World(PlaygroundConfig(state_dir=tmp_path))

    with pytest.raises(StateUnusable, match="locked"):
        World(PlaygroundConfig(state_dir=tmp_path))

    first.close()


def test_a_state_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()

    with pytest.raises(StateUnusable):
        World(PlaygroundConfig(state_dir=tmp_path / "taken"))


def test_ids_of_a_fresh_playground_go_on_with_the_clock() -> None:
    def ids_at(seconds: float) -> tuple[int, int]:
        world = World(PlaygroundConfig(), clock=lambda: seconds)
        message = world.add_message(bot_id=7, chat_id=world.person("ada").id, sender="person", text="x")
        world.add_update(7, "message", {})
        [update] = world.waiting_updates(7)
        world.close()
        return message.id, update.id

    (early_message, early_update), (late_message, late_update) = ids_at(1.8e9), ids_at(1.8e9 + 60)

    assert early_message < late_message < 2**31
    assert early_update < late_update < 2**31


def test_without_a_state_folder_nothing_is_left_behind() -> None:
    world = World(PlaygroundConfig())
    folder = world.shelf.state_dir
    world.close()

    del world

    assert not folder.exists()
