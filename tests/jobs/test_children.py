"""Real children: what is said arrives, what is wrong is named, and nobody is left behind."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from jobs.children import Child
from jobs.errors import ChildGone, ProtocolError
from jobs.frames import MAX_ATTACHED_BYTES, unpack_header

Spawn = Callable[[str], Awaitable[Child]]


@pytest.fixture
async def spawn() -> AsyncIterator[Spawn]:
    """Starts children and ends them after the test."""
    children: list[Child] = []

    async def start(how: str) -> Child:
        children.append(await Child.spawn("tests.jobs.children_for_tests", how))
        return children[-1]

    yield start
    for child in children:
        await child.kill()


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_bodies_and_attachments_come_back_whole(spawn: Spawn) -> None:
    child = await spawn("echo")
    large = os.urandom(5_000_000)

    # Side by side: neither end may have to read first.
    _, frame = await asyncio.gather(child.send({"word": "ünïcode", "n": 3}, b"", large), child.receive())

    assert frame.body == {"word": "ünïcode", "n": 3}
    assert frame.attachments == (b"", large)


async def test_killed_child_is_gone(spawn: Spawn) -> None:
    child = await spawn("echo")
    os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(ChildGone):
        await child.receive()

    assert await child.kill() == -signal.SIGKILL


@pytest.mark.parametrize("how", ["garbage", "boast"])
async def test_nonsense_from_a_child_is_an_error_and_not_obeyed(spawn: Spawn, how: str) -> None:
    child = await spawn(how)

    with pytest.raises(ProtocolError):
        await child.receive()


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"null",
        b'{"body": {}}',
        b'{"body": [], "sizes": []}',
        b'{"body": {}, "sizes": [-1]}',
        b'{"body": {}, "sizes": [true]}',
        b'{"body": {}, "sizes": [1.5]}',
        b'{"body": {}, "sizes": [%d]}' % (MAX_ATTACHED_BYTES + 1),
        b'{"body": {}, "sizes": [0,0,0,0,0,0,0,0,0]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
    ids=lambda header: repr(header[:30]),
)
def test_header_that_is_none_is_refused(header: bytes) -> None:
    with pytest.raises(ProtocolError):
        unpack_header(header)


async def test_child_ends_when_its_pipe_closes(spawn: Spawn) -> None:
    child = await spawn("echo")

    assert await child.close(grace_s=5) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
async def test_child_leaves_signals_for_everybody_to_its_parent(spawn: Spawn, number: signal.Signals) -> None:
    child = await spawn("echo")
    await child.send({})
    await child.receive()

    os.kill(child.pid, number)

    await child.send({"still": "here"})
    assert (await child.receive()).body == {"still": "here"}


async def test_deaf_child_is_killed_after_the_grace(spawn: Spawn) -> None:
    child = await spawn("deaf")
    await child.receive()

    assert await child.close(grace_s=0.1) == -signal.SIGKILL


async def test_words_on_standard_error_reach_the_log(spawn: Spawn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    child = await spawn("echo")

    await child.send({})
    await child.receive()
    await child.close(grace_s=5)

    assert [record.line for record in caplog.records if record.message == "child says"] == ["here I am"]  # type: ignore[attr-defined]


async def test_child_gets_no_secrets(spawn: Spawn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.example")
    child = await spawn("environment")

    frame = await child.receive()

    assert not {"TELEGRAM_BOT_TOKEN", "HTTPS_PROXY"} & set(frame.body["names"])
    assert "PATH" in frame.body["names"]


async def test_cancelled_start_leaves_no_child() -> None:
    before = children_of(os.getpid())

    for delay_s in (0, 0.001, 0.002, 0.005, 0.01, 0.02):
        task = asyncio.create_task(Child.spawn("tests.jobs.children_for_tests", "deaf"))
        await asyncio.sleep(delay_s)
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            await task.result().kill()

    assert children_of(os.getpid()) == before


def children_of(pid: int) -> set[str]:
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return set(children.read().split())


PARENT = """
import asyncio, time
from jobs.children import Child
async def main():
    child = await Child.spawn("tests.jobs.children_for_tests", "deaf")
    await child.receive()
    print(child.pid, flush=True)
    time.sleep(600)
asyncio.run(main())
"""


def test_child_dies_with_its_parent_even_while_it_listens_to_nobody() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()

    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid)
