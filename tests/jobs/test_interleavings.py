"""A thousand times somebody cancels in the moment their job is done."""

import asyncio
import random
from collections import Counter

import pytest
from sqlalchemy import func, insert, select

from jobs.errors import ResultGone
from jobs.values import CancelOutcome, JobSpec, Outcome
from models.states import JobState, Lane
from models.tables import Delivery, Job
from tests.jobs.conftest import ANN, START, Office

INTERLEAVINGS = 1000
AT_ONCE = 25
MOST_TURNS = 40


async def running_jobs(office: Office, number: int) -> list[int]:
    """So many jobs in a worker's hands at their first attempt, without the trouble of asking for each."""
    picture_id = await office.a_picture()
    common = {"user_id": ANN, "chat_id": ANN, "lane": Lane.HQ, "state": JobState.RUNNING, "attempt": 1}
    wish = {"content_picture_id": picture_id, "preset": "waves", "spec": JobSpec().to_json(), "created_at": START}
    async with office.database.write() as session:
        rows = [{**common, **wish, "idem_key": f"many-{n}", "deaths": 0, "interruptions": 0} for n in range(number)]
        await session.execute(insert(Job), rows)
        return list(await session.scalars(select(Job.id)))


async def test_cancel_and_finish_agree_on_one_end_in_every_order(office: Office) -> None:
    dice = random.Random(20260102)
    jobs = await running_jobs(office, INTERLEAVINGS)
    result_key = await office.blobs.put(b"jpeg", ".jpg")
    done = Outcome(state=JobState.DONE, result_key=result_key, paint_s=1.0)

    async def cancel(job_id: int, turns: int) -> CancelOutcome:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await office.desk.cancel(job_id, user_id=ANN)

    async def finish(job_id: int, turns: int) -> bool:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await office.desk.finish(job_id, 1, done)

    answers: dict[int, CancelOutcome] = {}
    for first in range(0, INTERLEAVINGS, AT_ONCE):
        batch = jobs[first : first + AT_ONCE]
        cancels = [cancel(job_id, dice.randrange(MOST_TURNS)) for job_id in batch]
        finishes = [finish(job_id, dice.randrange(MOST_TURNS)) for job_id in batch]
        heard, _ = await asyncio.gather(asyncio.gather(*cancels), asyncio.gather(*finishes))
        answers |= zip(batch, heard, strict=True)

    async with office.database.read() as session:
        rows = (await session.execute(select(Job.id, Job.state, Job.result_key))).all()
        told = await session.scalar(select(func.count()).select_from(Delivery))
    too_late = {job_id for job_id, answer in answers.items() if answer is CancelOutcome.FINISHED}
    assert {job_id: (state, key) for job_id, state, key in rows} == {
        job_id: (JobState.DONE, result_key) if job_id in too_late else (JobState.CANCELLED, None) for job_id in jobs
    }
    assert told == INTERLEAVINGS
    assert min(Counter(answers.values()).values()) > INTERLEAVINGS / 20  # both orders were tried, many times
    with pytest.raises(ResultGone):
        await office.desk.result_bytes(next(job_id for job_id in jobs if job_id not in too_late))
