import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from playground.__main__ import main
from playground.config import PlaygroundConfig
from playground.errors import CannotListen, PortTaken
from playground.serve import serve
from tests.playground.helpers import connected


async def test_a_taken_port_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(PortTaken, match=str(port)):
            await serve(PlaygroundConfig(port=port), asyncio.Event())


async def test_an_address_of_another_machine_is_said_so() -> None:
    with pytest.raises(CannotListen):
        await serve(PlaygroundConfig(host="192.0.2.1", key="k", port=0), asyncio.Event())


async def test_open_long_polls_end_with_an_answer() -> None:
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(PlaygroundConfig(port=0), stop, ready.set_result))
    async with connected((await ready).rstrip("/")) as playground:
        epoch = (await playground.events())["epoch"]
        polls = [
            asyncio.create_task(playground.call("getUpdates", timeout=30)),
            asyncio.create_task(playground.http.get(f"/person/ada/events?after=100000000&epoch={epoch}")),
        ]
        await playground.until_polled()
        stop.set()
        answers = await asyncio.gather(*polls)
    await serving

    assert [answer.status_code for answer in answers] == [200, 200]


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", *arguments, stdout=PIPE, stderr=PIPE, cwd=Path(__file__).parents[2]
    )


async def test_the_command_prints_its_address_and_ends_on_sigterm() -> None:
    process = await start("--port", "0")
    assert process.stdout is not None

    line = (await process.stdout.readline()).decode()
    process.send_signal(signal.SIGTERM)

    assert line.startswith("The playground is open: http://127.0.0.1:")
    assert await process.wait() == 0


async def test_a_mistake_is_one_line_and_exit_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = await start("--port", str(taken.getsockname()[1]))

        output, errors = await process.communicate()

    assert (process.returncode, output) == (2, b"")
    assert errors.decode().startswith("playground: port ")
    assert errors.count(b"\n") == 1


def test_a_state_folder_that_cannot_be_is_a_mistake_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()

    code = main(["--port", "0", "--state", str(tmp_path / "file")])

    assert code == 2
    assert capsys.readouterr().err.startswith("playground: cannot write to ")
