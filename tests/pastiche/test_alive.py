"""The health check sees whether the event loop turns."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from pastiche.alive import NAME, beat, is_alive


def exit_code_in(folder: Path) -> int:
    """Of the health check as a container runs it."""
    command = [sys.executable, "-m", "pastiche.alive"]
    return subprocess.run(command, env={**os.environ, "PASTICHE_DATA_DIR": str(folder)}, check=False).returncode


async def test_a_beating_loop_is_alive_until_it_stops(tmp_path: Path) -> None:
    stop = asyncio.Event()
    before = is_alive(tmp_path)

    beating = asyncio.create_task(beat(tmp_path, stop))
    await asyncio.sleep(0)
    during = is_alive(tmp_path)
    stop.set()
    await beating

    assert (before, during, is_alive(tmp_path)) == (False, True, False)


def test_the_health_check_tells_by_its_exit_code(tmp_path: Path) -> None:
    nobody = exit_code_in(tmp_path)
    (tmp_path / NAME).touch()
    somebody = exit_code_in(tmp_path)
    os.utime(tmp_path / NAME, (0, 0))
    gone = exit_code_in(tmp_path)

    assert (nobody, somebody, gone) == (1, 0, 1)


async def test_a_folder_that_cannot_be_written_does_not_end_the_program(tmp_path: Path) -> None:
    stop = asyncio.Event()

    beating = asyncio.create_task(beat(tmp_path / "gone", stop))
    await asyncio.sleep(0)
    stop.set()
    await beating

    assert not is_alive(tmp_path / "gone")
