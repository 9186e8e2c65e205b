"""kill -9 of a whole working process: nothing accepted is lost, nobody is left behind."""

import asyncio
import sys
from pathlib import Path

from sqlalchemy import text

from models.states import JobState
from tests.jobs.conftest import Office
from tests.jobs.test_children import is_running
from tests.jobs.test_worker import LONG, a_wish, at_work, until, until_closed


async def start_process(folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.jobs.process_for_tests", str(folder), stdout=asyncio.subprocess.PIPE
    )


async def painter_at_work(process: asyncio.subprocess.Process) -> int:
    """The process id of its painter, once a painting is under way."""
    assert process.stdout is not None
    async with asyncio.timeout(30):
        return int(await process.stdout.readline())


async def test_job_of_a_killed_process_is_finished_by_the_next_one(office: Office, tmp_path: Path) -> None:
    job_id = await a_wish(office, LONG)
    process = await start_process(tmp_path)
    painter = await painter_at_work(process)

    process.kill()
    await process.wait()

    async def painter_is_gone() -> bool:
        return not is_running(painter)

    await until(painter_is_gone)
    assert (await office.row(job_id)).state is JobState.RUNNING
    reborn = Office(office.database, office.blobs, office.clock)
    await reborn.desk.recover_at_start()
    async with at_work(reborn, "ThreeStepPainter"):
        await until_closed(reborn, job_id)
    row = await reborn.row(job_id)
    assert (row.state, row.interruptions, row.deaths, row.attempt) == (JobState.DONE, 1, 0, 2)
    assert [due for due, _ in await reborn.desk.due_deliveries()] == [job_id]
    async with office.database.read() as session:
        assert await session.scalar(text("PRAGMA integrity_check")) == "ok"


async def test_job_that_loses_two_processes_fails_with_that_reason(office: Office, tmp_path: Path) -> None:
    job_id = await a_wish(office, LONG)

    for _ in range(2):
        process = await start_process(tmp_path)
        await painter_at_work(process)
        process.kill()
        await process.wait()
    await office.desk.recover_at_start()

    row = await office.row(job_id)
    assert (row.state, row.error, row.interruptions) == (JobState.FAILED, "interrupted", 2)
