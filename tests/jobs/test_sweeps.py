"""Sweeps over real rows and files, with a clock that is moved."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jobs import sweeps as sweeps_module
from jobs.desk import Desk
from jobs.sweeps import Sweeps
from jobs.values import Outcome
from models import queries, updates
from models.database import at_once
from models.states import JobState, Lane
from models.tables import UpdateSeen
from models.trips import Trip
from tests.jobs.conftest import ANN, START, Office


def sweeps_of(office: Office) -> Sweeps:
    return Sweeps(office.desk, office.database, office.blobs, office.clock)


def files_of(tmp_path: Path) -> int:
    return len(list((tmp_path / "blobs").iterdir()))


async def a_delivered_result(office: Office) -> int:
    job_id, attempt = await office.a_running_job()
    key = await office.blobs.put(b"jpeg", ".jpg")
    await office.desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=key))
    await office.desk.delivered(job_id, message_id=1, file_id="file")
    return job_id


async def test_job_of_a_silent_worker_is_queued_again(office: Office) -> None:
    job_id, _ = await office.a_running_job()
    office.clock.forward(seconds=31)

    await sweeps_of(office).sweep()

    row = await office.row(job_id)
    assert (row.state, row.interruptions) == (JobState.QUEUED, 1)
    assert office.dispatcher.stats().waiting[Lane.HQ] == 1


async def test_start_takes_every_running_job_back_whatever_its_lease(office: Office) -> None:
    job_id, _ = await office.a_running_job()
    reborn = Office(office.database, office.blobs, office.clock)

    await sweeps_of(reborn).recover_at_start()

    assert (await reborn.row(job_id)).state is JobState.QUEUED
    assert reborn.dispatcher.stats().waiting[Lane.HQ] == 1


async def test_expired_pictures_go_and_those_of_open_jobs_stay(office: Office, tmp_path: Path) -> None:
    office.clock.forward(hours=-24)
    unused = await office.a_picture(expires_at=START)
    needed = await office.a_picture(expires_at=START)
    await office.a_queued_job(content_picture_id=needed)
    office.clock.forward(hours=24)

    await sweeps_of(office).sweep()

    async with office.database.read() as session:
        keys = await at_once(session, lambda trip: queries.find_blob_keys(trip, [unused, needed]))
    assert keys[unused] is None
    assert keys[needed] is not None
    assert files_of(tmp_path) == 1


async def test_result_goes_a_day_after_its_delivery(office: Office) -> None:
    job_id = await a_delivered_result(office)
    sweeps = sweeps_of(office)

    office.clock.forward(hours=23)
    await sweeps.sweep()
    kept = (await office.row(job_id)).result_key
    office.clock.forward(hours=2)
    await sweeps.sweep()

    assert kept is not None
    assert (await office.row(job_id)).result_key is None


async def test_result_that_was_not_delivered_yet_stays(office: Office) -> None:
    job_id, attempt = await office.a_running_job()
    key = await office.blobs.put(b"jpeg", ".jpg")
    await office.desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=key))
    office.clock.forward(days=30)

    await sweeps_of(office).sweep()

    assert await office.desk.result_bytes(job_id) == b"jpeg"


async def test_orphaned_blobs_go_after_an_hour_and_known_ones_stay(office: Office, tmp_path: Path) -> None:
    await office.a_picture()
    orphan = await office.blobs.put(b"orphan", ".png")
    young = await office.blobs.put(b"young", ".png")
    for path in (tmp_path / "blobs").iterdir():
        moment = START.timestamp() - (0 if path.name == young else 3601)
        os.utime(path, (moment, moment))

    await sweeps_of(office).sweep()

    left = {path.name for path in (tmp_path / "blobs").iterdir()}
    assert young in left
    assert orphan not in left
    assert len(left) == 2


async def test_result_that_nobody_is_left_to_get_goes_a_day_after_its_end(office: Office, tmp_path: Path) -> None:
    job_id, attempt = await office.a_running_job()
    key = await office.blobs.put(b"jpeg", ".jpg")
    await office.desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=key))
    await office.desk.give_up_delivery(job_id, "blocked")
    office.clock.forward(hours=25)

    await sweeps_of(office).sweep()

    assert (await office.row(job_id)).result_key is None
    assert not (tmp_path / "blobs" / key).exists()


async def test_old_updates_are_forgotten_and_young_ones_stay(office: Office) -> None:
    def came(trip: Trip) -> None:
        for update_id, hours in ((1, 0), (2, 0), (3, 40)):
            updates.store_update(trip, 1, update_id, "{}", START + timedelta(hours=hours))
        updates.mark_update_handled(trip, 1, 1, START)

    await office.database.write_at_once(came)
    sweeps = sweeps_of(office)

    office.clock.forward(hours=47)
    await sweeps.sweep()
    async with office.database.read() as session:
        kept = await session.scalar(select(func.count()).select_from(UpdateSeen))
    office.clock.forward(hours=2)
    await sweeps.sweep()

    async with office.database.read() as session:
        assert list(await session.scalars(select(UpdateSeen.update_id))) == [3]
    assert kept == 3


async def test_a_rush_is_swept_at_once_in_batches(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps_module, "BATCH", 2)
    for _ in range(5):
        await office.a_picture(expires_at=START)

    await sweeps_of(office).sweep()

    assert files_of(tmp_path) == 0


async def test_chores_wait_for_their_hour(office: Office, tmp_path: Path) -> None:
    sweeps = sweeps_of(office)
    await sweeps.sweep()
    await office.a_picture(expires_at=START)

    office.clock.forward(minutes=59)
    await sweeps.sweep()
    before = files_of(tmp_path)
    office.clock.forward(minutes=1)
    await sweeps.sweep()

    assert (before, files_of(tmp_path)) == (1, 0)


async def test_two_days_later_nothing_of_anybodys_pictures_or_words_is_left(office: Office, tmp_path: Path) -> None:
    tomorrow = START + timedelta(hours=24)
    content, style = [await office.a_picture(expires_at=tomorrow) for _ in range(2)]
    claimed = await office.desk.claim(
        await office.a_queued_job(content_picture_id=content, style_picture_id=style, preset=None), "worker"
    )
    assert claimed is not None
    key = await office.blobs.put(b"jpeg", ".jpg")
    await office.desk.finish(claimed.id, claimed.attempt, Outcome(state=JobState.DONE, result_key=key))
    await office.desk.delivered(claimed.id, message_id=1, file_id="file")
    await office.blobs.put(b"of a process that was killed", ".png")
    await office.database.write_at_once(lambda trip: updates.store_update(trip, 1, 1, '{"text": "hello"}', START))
    for path in (tmp_path / "blobs").iterdir():
        os.utime(path, (START.timestamp(), START.timestamp()))
    sweeps = sweeps_of(office)

    for _ in range(7):
        office.clock.forward(hours=7)
        await sweeps.sweep()

    assert files_of(tmp_path) == 0
    assert (await office.row(claimed.id)).state is JobState.DONE
    async with office.database.read() as session:
        assert list(await session.scalars(select(UpdateSeen))) == []


async def test_part_that_fails_does_not_hinder_the_others(office: Office) -> None:
    class DeskInTrouble(Desk):
        async def expire_leases(self) -> int:
            raise OSError("database is away")

    job_id = await office.a_queued_job()
    reborn = Office(office.database, office.blobs, office.clock)
    desk = DeskInTrouble(reborn.database, reborn.dispatcher, reborn.blobs, reborn.events, reborn.clock)

    await Sweeps(desk, reborn.database, reborn.blobs, reborn.clock).sweep()

    assert reborn.dispatcher.stats().waiting[Lane.HQ] == 1
    assert (await reborn.desk.cancel(job_id, user_id=ANN)).value == "cancelled"


async def test_sweeping_goes_on_until_it_is_stopped(office: Office) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(sweeps_of(office).run(stop, every_s=0.01))
    job_id, _ = await office.a_running_job()
    news = office.events.subscribe()

    office.clock.forward(seconds=31)

    assert (await asyncio.wait_for(anext(news), 5)).job_id == job_id
    assert (await office.row(job_id)).state is JobState.QUEUED
    stop.set()

    await asyncio.wait_for(task, 1)
