"""What the worker has painted that is no painting, and what of it moves: films and studies of the lab."""

from datetime import timedelta
from typing import Any

import pytest

from jobs.errors import ResultGone
from jobs.values import JobSpec, Outcome, Study
from models.states import JobState
from tests.engine.test_animation import read_mp4
from tests.jobs.conftest import Office
from tests.jobs.test_sweeps import files_of, sweeps_of
from tests.jobs.test_worker import PAINTING, PHOTO, SHORT, a_wish, at_work, until_closed

LAYER: dict[str, Any] = {"layer": "relu3_1", "channel": 7}


async def a_study(office: Office, study: Study, **spec: Any) -> int:
    """A study of as many photos as it needs: the white one, then the brown one."""
    photos = {} if study is Study.LAYER_VIEW else {"content_picture_id": await office.a_picture(PHOTO)}
    if study in (Study.MORPH, Study.DIFFERENCES):
        photos["style_picture_id"] = await office.a_picture(PAINTING)
    pictures: dict[str, Any] = {"content_picture_id": None, "preset": None, **photos}
    return await office.a_queued_job(spec=JobSpec(method=study, longest_side_px=64, seed=5, **spec), **pictures)


async def test_a_painting_is_filmed_from_the_photo_to_the_picture_unless_it_is_over_at_once(office: Office) -> None:
    filmed = await a_wish(office, JobSpec(steps=10, longest_side_px=64))
    short = await a_wish(office, SHORT)

    async with at_work(office):
        for job_id in (filmed, short):
            await until_closed(office, job_id)

    frames, seconds = read_mp4(await office.desk.film_bytes(filmed))
    assert len(frames) == 1 + 10 + 2
    assert seconds == pytest.approx(1 + 10 / 12 + 2, abs=0.01)
    assert frames[0].getpixel((5, 5)) == pytest.approx((255, 255, 255), abs=6)
    assert frames[-1].getpixel((5, 5)) == pytest.approx((200, 100, 50), abs=9)
    assert (await office.row(short)).film_key is None
    with pytest.raises(ResultGone):
        await office.desk.film_bytes(short)


async def test_each_study_reaches_the_lab_with_its_photos_and_settings(office: Office) -> None:
    plain = {Study.LAYER_VIEW: LAYER, Study.FEATURE_MAPS: LAYER, Study.RECONSTRUCTION: {"layer": "relu2_2"}}
    jobs = {study: await a_study(office, study, **plain.get(study, {})) for study in Study}

    async with at_work(office):
        for job_id in jobs.values():
            await until_closed(office, job_id)

    rows = {study: await office.row(job_id) for study, job_id in jobs.items()}
    common = {"longest_side_px": 64, "seed": 5}
    assert {study: row.report for study, row in rows.items()} == {
        Study.PALETTE: {"kind": "palette", **common},
        Study.RECONSTRUCTION: {"kind": "reconstruct", "layer": "relu2_2", **common},
        Study.LAYER_VIEW: {"kind": "layer view", **LAYER, **common},
        Study.FEATURE_MAPS: {"kind": "feature maps", **LAYER, **common},
        Study.MORPH: {"kind": "morph", "frames": 48, **common},
        Study.DIFFERENCES: {"kind": "spot the difference", "frames": 48, **common},
    }
    assert {study for study, row in rows.items() if row.film_key} == {Study.MORPH, Study.DIFFERENCES}
    moving, _ = read_mp4(await office.desk.film_bytes(jobs[Study.MORPH]))
    assert moving[0].getpixel((5, 5)) == pytest.approx((255, 255, 255), abs=6)


async def test_a_study_whose_photo_has_expired_says_so(office: Office) -> None:
    expired = await office.a_picture(blob_key=None)
    spec = JobSpec(method=Study.PALETTE)
    job_id = await office.a_queued_job(content_picture_id=expired, preset=None, spec=spec)

    async with at_work(office):
        await until_closed(office, job_id)

    assert (await office.row(job_id)).error == "pictures-gone"


async def test_a_film_goes_with_its_picture(office: Office, tmp_path: Any) -> None:
    job_id, attempt = await office.a_running_job()
    picture, film = await office.blobs.put(b"j", ".jpg"), await office.blobs.put(b"m", ".mp4")
    await office.desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=picture, film_key=film))
    await office.desk.delivered(job_id, message_id=1, file_id="file")
    files = files_of(tmp_path)

    office.clock.forward(hours=timedelta(days=1) / timedelta(hours=1) + 1)
    await sweeps_of(office).sweep()

    row = await office.row(job_id)
    assert (row.result_key, row.film_key) == (None, None)
    assert files - files_of(tmp_path) == 2


async def test_a_disk_that_takes_no_film_costs_the_film_and_nothing_else(office: Office) -> None:
    job_id = await a_wish(office, JobSpec(steps=10, longest_side_px=64))

    async with at_work(office, "RoomlessPainter"):
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.film_key) == (JobState.DONE, None)
    assert row.result_key is not None
