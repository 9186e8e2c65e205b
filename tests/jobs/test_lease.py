"""How a worker holds on to its job: in announced silence, and while database or disk are away."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jobs import faults, lease
from jobs.events import JobHeldUp
from jobs.values import JobSpec
from models import database
from models.states import JobState
from tests.jobs.conftest import ANN, Faults, Office, until_stopped
from tests.jobs.test_worker import (
    LONG,
    PATIENT,
    a_wish,
    an_instant_wish,
    at_work,
    until,
    until_closed,
    until_running,
    until_step,
)

OUTAGE_S = 0.4
FILMED = JobSpec(steps=10, longest_side_px=64)  # long enough for a film


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    monkeypatch.setattr(lease, "STOP_PATIENCE_S", 0.5)
    monkeypatch.setattr(lease, "RENEW_QUIETLY_EVERY_S", 0.05)


@asynccontextmanager
async def locked(folder: Path) -> AsyncIterator[sqlite3.Connection]:
    """Somebody else writes, and takes their time."""
    other = sqlite3.connect(folder / "pastiche.sqlite", isolation_level=None, timeout=0)
    while True:
        try:
            other.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError:  # we are writing ourselves, which ends only where nothing blocks the loop
            await asyncio.sleep(0.01)
    yield other
    other.commit()
    other.close()


def told_of(moment: str, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """An event that is set when this process comes to that moment."""
    reached = asyncio.Event()
    monkeypatch.setattr(faults, "hit", lambda hit: reached.set() if hit == moment else None)
    return reached


async def test_outage_at_the_end_costs_no_second_painting(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armed: Faults
) -> None:
    job_id, kept = await a_wish(office, FILMED), told_of("result_kept", monkeypatch)
    armed.arm("painter_done", signal.SIGSTOP)

    async with at_work(office) as shift:
        painter = await until_stopped(shift.painter)
        async with locked(tmp_path):
            os.kill(painter, signal.SIGCONT)
            await kept.wait()
            await asyncio.sleep(OUTAGE_S)
            assert (await office.row(job_id)).state is JobState.RUNNING
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.attempt, row.interruptions) == (JobState.DONE, 1, 0)
    assert len(list((tmp_path / "blobs").iterdir())) == 4  # content, style, one result and its film


async def test_full_or_missing_disk_at_the_end_costs_no_second_painting(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armed: Faults
) -> None:
    job_id, painted = await a_wish(office), told_of("painted", monkeypatch)
    blobs, away = tmp_path / "blobs", tmp_path / "away"
    armed.arm("painter_done", signal.SIGSTOP)

    async with at_work(office) as shift:
        painter = await until_stopped(shift.painter)
        blobs.rename(away)
        blobs.write_text("where the folder was")
        os.kill(painter, signal.SIGCONT)
        await painted.wait()
        await asyncio.sleep(OUTAGE_S)
        blobs.unlink()
        away.rename(blobs)
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.attempt, row.interruptions) == (JobState.DONE, 1, 0)


async def test_job_cancelled_while_the_disk_is_away_ends_at_once(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armed: Faults
) -> None:
    job_id, painted = await a_wish(office), told_of("painted", monkeypatch)
    armed.arm("painter_done", signal.SIGSTOP)

    async with at_work(office) as shift:
        painter = await until_stopped(shift.painter)
        (tmp_path / "blobs").rename(tmp_path / "away")
        (tmp_path / "blobs").write_text("where the folder was")
        os.kill(painter, signal.SIGCONT)
        await painted.wait()
        await office.desk.cancel(job_id, user_id=ANN)
        await until_closed(office, job_id)

    assert (await office.row(job_id)).state is JobState.CANCELLED


async def test_zombie_after_an_outage_changes_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armed: Faults
) -> None:
    job_id, kept = await a_wish(office), told_of("result_kept", monkeypatch)
    armed.arm("painter_done", signal.SIGSTOP)

    async with at_work(office) as shift:
        painter = await until_stopped(shift.painter)
        async with locked(tmp_path) as other:
            os.kill(painter, signal.SIGCONT)
            await kept.wait()
            # Another process has taken the job by the time this one gets through.
            other.execute("UPDATE jobs SET attempt = attempt + 1, worker = 'another'")
            await asyncio.sleep(OUTAGE_S)

        async def is_idle() -> bool:
            return office.dispatcher.stats().in_hand == 0

        await until(is_idle)

    row = await office.row(job_id)
    assert (row.state, row.attempt, row.worker) == (JobState.RUNNING, 2, "another")


async def test_stop_does_not_wait_for_a_lasting_outage(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armed: Faults
) -> None:
    job_id, kept = await a_wish(office), told_of("result_kept", monkeypatch)
    armed.arm("painter_done", signal.SIGSTOP)

    async with at_work(office) as shift:
        painter = await until_stopped(shift.painter)
        async with locked(tmp_path):
            os.kill(painter, signal.SIGCONT)
            await kept.wait()
            await shift.end()

    # The last try is shielded: where it was under way when the lock went, it is written after all.
    assert (await office.row(job_id)).state in (JobState.RUNNING, JobState.DONE)


async def test_whoever_waits_is_told_of_an_outage_that_lasts(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "TOLD_FROM_S", 0.0)
    claimed = await office.desk.claim(await office.a_queued_job(spec=LONG), "worker")
    assert claimed is not None
    news, troubles = office.events.subscribe(), [OSError("no space left on device")]

    async def word() -> bool:
        if troubles:
            raise troubles.pop()
        return True

    kept = await lease.Lease(office.desk, claimed).insist(word, asyncio.Event())

    assert kept is True
    assert await anext(news) == JobHeldUp(job_id=claimed.id)


async def test_lease_is_renewed_in_announced_silence_and_never_beyond_its_length(office: Office, armed: Faults) -> None:
    job_id = await a_wish(office)
    armed.arm("painter_step", signal.SIGSTOP)

    async with at_work(office) as shift:
        painter = await until_stopped(shift.painter)
        office.clock.forward(seconds=25)

        async def renewed() -> bool:
            until_when = (await office.row(job_id)).lease_until
            return until_when is not None and (until_when - office.clock()).total_seconds() == 30

        await until(renewed)
        office.clock.forward(seconds=25)
        await until(renewed)
        os.kill(painter, signal.SIGCONT)
        await until_closed(office, job_id)

    assert (await office.row(job_id)).attempt == 1


async def test_lease_of_a_long_job_is_renewed_while_instant_ones_are_painted(office: Office) -> None:
    long = await a_wish(office, LONG)

    async with at_work(office, "DawdlingPainter", PATIENT):
        await until_step(office, long)
        instant = await an_instant_wish(office, seed=13)
        await until_running(office, instant)
        office.clock.forward(seconds=25)

        async def renewed() -> bool:
            until_when = (await office.row(long)).lease_until
            return until_when is not None and (until_when - office.clock()).total_seconds() == 30

        await until(renewed)
        await until_running(office, instant)


async def test_silence_that_nobody_announced_lets_the_lease_run_out(office: Office) -> None:
    claimed = await office.desk.claim(await office.a_queued_job(spec=LONG), "worker")
    assert claimed is not None

    async with lease.Lease(office.desk, claimed).kept(asyncio.Event().wait):
        office.clock.forward(seconds=31)
        await asyncio.sleep(0.2)

    assert await office.desk.expire_leases() == 1
