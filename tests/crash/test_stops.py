"""Ends that are no crash, crashes that look like none, and what is counted."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from jobs.blobs import LocalBlobs
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.events import LocalEvents
from jobs.values import Outcome
from models.database import Database
from models.states import JobState
from tests.crash.painters import LONG, SOME
from tests.crash.stage import DATABASE, Stage
from tests.jobs.conftest import is_stopped

STOPS_WITHIN_S = 20.0
TABLES = ("jobs", "job_events", "deliveries")


def everything(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that has to do with jobs."""
    return {table: stage.rows(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}


def a_step(stage: Stage, attempt: int = 1) -> bool:
    """Whether somebody is painting, at that attempt."""
    return bool(stage.rows("SELECT 1 FROM jobs WHERE state = 'running' AND step > 0 AND attempt = ?", attempt))


def test_sigterm_under_load_stops_in_time_and_loses_and_counts_nothing(stage: Stage) -> None:
    stage.start("whole")
    crowd = [stage.person() for _ in range(4)]
    for person in crowd:
        person.sends_photo(SOME)
    for person in crowd:
        person.presses(person.shown("preset"), "preset")
    stage.until(lambda: a_step(stage), "a step")
    latecomers = [stage.person() for _ in range(4)]
    for person in latecomers:
        person.sends_photo()

    asked_at = time.monotonic()
    code = stage.kill("whole", signal.SIGTERM)
    seconds = time.monotonic() - asked_at
    open_jobs = stage.rows("SELECT count(*) FROM jobs WHERE state = 'queued'")[0][0]
    running = stage.rows("SELECT count(*) FROM jobs WHERE state = 'running'")[0][0]
    stage.start("whole")
    for person in latecomers:
        person.presses(person.shown("preset"), "preset")
    stage.until(stage.is_settled, "peace")

    assert code == 0
    assert seconds < STOPS_WITHIN_S
    assert (open_jobs > 0, running) == (True, 0)
    assert stage.rows("SELECT DISTINCT state, deaths, interruptions FROM jobs") == [("done", 0, 0)]
    assert set(stage.telegram.results_of.values()) == {1}
    assert len(stage.telegram.results_of) == len(crowd + latecomers)


def test_job_that_loses_two_processes_fails_and_its_owner_may_try_again(stage: Stage) -> None:
    stage.start("whole")
    person = stage.person()
    person.orders(LONG)

    for attempt in (1, 2):
        stage.until(partial(a_step, stage, attempt), "a step")
        stage.kill("whole")
        stage.start("whole")
    offer = person.shown("retry")
    said = offer.words
    person.presses(offer, "retry")
    stage.until(lambda: a_step(stage), "the second job")
    person.presses(person.shown("cancel"), "cancel")
    stage.until(stage.is_settled, "peace")

    assert "interrupted" in said
    assert stage.rows("SELECT state, error FROM jobs ORDER BY id") == [("failed", "interrupted"), ("cancelled", None)]


async def steal_and_finish(stage: Stage, job_id: int) -> None:
    """What another process does with a job whose lease has run out: take it, paint it, tell the desk."""
    database = Database.open(f"sqlite+aiosqlite:///{stage.folder / DATABASE}")
    blobs = LocalBlobs(stage.folder / "blobs")
    desk = Desk(
        database, LocalDispatcher(), blobs, LocalEvents(), clock=lambda: datetime.now(UTC) + timedelta(minutes=1)
    )
    assert await desk.expire_leases() == 1
    claimed = await desk.claim(job_id, "another")
    assert claimed is not None
    key = await blobs.put(b"jpeg", ".jpg")
    assert await desk.finish(job_id, claimed.attempt, Outcome(state=JobState.DONE, result_key=key))
    await database.dispose()


async def test_zombie_that_wakes_up_after_its_lease_changes_no_row(stage: Stage) -> None:
    stage.start("whole")
    person = stage.person()
    person.sends_photo(SOME)
    sheet = person.shown("preset")
    stage.kill("whole", signal.SIGTERM)
    stage.start("front")
    person.presses(sheet, "preset")
    job_id = person.job()
    stage.kill("front", signal.SIGTERM)  # nobody delivers meanwhile
    stage.arm("painted", signal.SIGSTOP)
    zombie = stage.start("worker")
    stage.until(lambda: is_stopped(zombie), "a painting is done")

    await steal_and_finish(stage, job_id)
    before = everything(stage)
    os.kill(zombie, signal.SIGCONT)
    code = stage.kill("worker", signal.SIGTERM)  # which first sees through what it has in hand

    assert code == 0
    assert len(list((stage.folder / "blobs").iterdir())) == 3  # content, result, and what the zombie painted
    assert everything(stage) == before
    assert stage.rows("SELECT state, attempt FROM jobs") == [("done", 2)]
