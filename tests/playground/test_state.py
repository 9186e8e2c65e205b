import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.config import PlaygroundConfig
from playground.errors import StateUnusable
from playground.pictures import photo_renditions
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


class TestSweeping:
    @pytest.fixture
    def clock(self) -> "Clock":
        return Clock()

    @pytest.fixture
    def world(self, tmp_path: Path, clock: "Clock") -> Iterator[World]:
        world = World(PlaygroundConfig(state_dir=tmp_path, unused_file_s=60), clock=clock)
        yield world
        world.close()

    def test_previews_replaced_by_edits_are_thrown_away(self, world: World, clock: "Clock") -> None:
        old, new = (world.add_photo(photo_renditions(a_picture(200, side))) for side in (100, 150))
        message = world.add_message(bot_id=7, chat_id=world.person("ada").id, sender="bot", file=old.id)
        message.file = new.id
        world.edited(message)

        clock.now += 61
        world.sweep()

        assert world.files.keys() == set(new.sizes)
        assert {path.name for path in (world.shelf.state_dir / "files").iterdir()} == set(new.sizes)

    def test_what_is_shown_stays_with_its_thumbnail(self, world: World, clock: "Clock") -> None:
        [small] = photo_renditions(a_picture())
        document = world.add_document(b"x", name="x.png", mime="image/png", dimensions=(1, 1), thumbnail=small)
        world.add_message(bot_id=7, chat_id=world.person("ada").id, sender="bot", file=document.id)

        clock.now += 61
        world.sweep()

        assert world.files.keys() == {document.id, document.thumbnail}

    def test_what_is_new_or_in_use_stays_for_a_while(self, world: World, clock: "Clock") -> None:
        used, unused = (world.add_document(b"x", name="x", mime="", dimensions=None, thumbnail=None) for _ in range(2))

        clock.now += 40
        world.use(used)
        clock.now += 40
        world.sweep()

        assert world.files.keys() == {used.id}
        assert not world.shelf.path(unused.id).exists()

    def test_what_a_kill_left_unfinished_goes(self, world: World) -> None:
        half = world.shelf.path("0123456789").with_suffix(".part")
        half.write_bytes(b"half")

        world.sweep()

        assert not half.exists()


class Clock:
    """Time that stands still until it is moved."""

    now = 1.8e9

    def __call__(self) -> float:
        return self.now


async def test_a_playground_sweeps_when_it_starts(tmp_path: Path) -> None:
    async with running(state_dir=tmp_path) as before:
        await before.sends(a_picture(), caption="shown")
        [update] = await before.updates()
        sent = await before.result("sendPhoto", chat_id=1001, files={"photo": a_picture(80, 80)})
        await before.result("deleteMessage", chat_id=1001, message_id=sent["message_id"])

    async with running(state_dir=tmp_path, unused_file_s=0.0) as after:
        after.token = before.token
        await after.result("getFile", file_id=update["message"]["photo"][-1]["file_id"])
        reason = await after.refusal("getFile", file_id=sent["photo"][-1]["file_id"])

    assert reason == "Bad Request: wrong file_id or the file is temporarily unavailable"


async def test_news_that_come_before_a_wait_has_begun_are_not_missed() -> None:
    world = World(PlaygroundConfig())

    waiting = asyncio.create_task(world.wait_for_news(2.0, beyond=world.revision))
    world.wake()

    assert await waiting
    world.close()
