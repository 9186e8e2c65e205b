"""A worker with a real painter child, real rows and real files, from a wish to its end."""

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, cast

import pytest
from PIL import Image

from engine import load_presets
from jobs import worker
from jobs.errors import PainterUnusable
from jobs.painter_process import PainterLimits, PainterOptions, PainterProcess
from jobs.values import CancelOutcome, JobSpec
from jobs.worker import Worker
from models.states import OPEN_STATES, JobState, Lane
from tests.jobs.conftest import ANN, Faults, Office, until_stopped
from tests.jobs.pictures import encoded

PATIENT = PainterLimits(stop_grace_s=0.5)
IMPATIENT = PainterLimits(
    phases_s={"load": 60.0, "warm-up": 60.0, "prepare": 10.0, "step": 0.4, "encode": 10.0}, grace_s=0.1
)
LONG = JobSpec(steps=2000, longest_side_px=64)
SHORT = JobSpec(steps=3, longest_side_px=64)
INSTANT = JobSpec(method="instant", longest_side_px=64)
PHOTO = encoded(Image.new("RGB", (64, 48), "white"), "PNG")
PAINTING = encoded(Image.new("RGB", (64, 64), (200, 100, 50)), "PNG")


class Shift:
    """A worker at work until the shift ends."""

    def __init__(self, office: Office, painter: str, limits: PainterLimits) -> None:
        self.painter = PainterProcess(PainterOptions(painter=f"tests.jobs.painters:{painter}"), limits)
        self.stop = asyncio.Event()
        self.worker = Worker(office.desk, office.dispatcher, self.painter, office.blobs)
        self.task = asyncio.create_task(self.worker.run(self.stop))

    async def end(self) -> None:
        """A graceful stop."""
        self.stop.set()
        async with asyncio.timeout(30):
            await self.task


@asynccontextmanager
async def at_work(
    office: Office, painter: str = "QuickPainter", limits: PainterLimits | None = None
) -> AsyncIterator[Shift]:
    shift = Shift(office, painter, limits or PainterLimits())
    try:
        yield shift
    finally:
        await shift.end()


async def a_wish(office: Office, spec: JobSpec = SHORT, **values: Any) -> int:
    content, style = await office.a_picture(PHOTO), await office.a_picture(PAINTING)
    pictures = {"content_picture_id": content, "style_picture_id": style, "preset": None}
    return await office.a_queued_job(**{**pictures, "spec": spec, **values})


async def an_instant_wish(office: Office, seed: int = 0, **values: Any) -> int:
    return await a_wish(office, replace(INSTANT, seed=seed), lane=Lane.INSTANT, **values)


async def until(condition: Callable[[], Awaitable[bool]], timeout_s: float = 20) -> None:
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 - a row in a database rings no bell
            await asyncio.sleep(0.02)


async def until_closed(office: Office, job_id: int) -> None:
    async def closed() -> bool:
        return (await office.row(job_id)).state not in OPEN_STATES

    await until(closed)


async def until_running(office: Office, job_id: int) -> None:
    async def running() -> bool:
        return (await office.row(job_id)).state is JobState.RUNNING

    await until(running)


async def until_queued(office: Office, job_id: int) -> None:
    async def queued() -> bool:
        return (await office.row(job_id)).state is JobState.QUEUED

    await until(queued)


async def until_step(office: Office, job_id: int, step: int = 1) -> None:
    async def reached() -> bool:
        return (await office.row(job_id)).step >= step

    await until(reached)


async def test_two_pictures_become_a_third(office: Office) -> None:
    job_id = await a_wish(office)

    async with at_work(office):
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.error, row.report) == (JobState.DONE, None, {"seed": 0})
    image = Image.open(io.BytesIO(await office.desk.result_bytes(job_id)))
    assert image.size == (64, 48)
    assert image.getpixel((5, 5)) == pytest.approx((200, 100, 50), abs=4)


async def test_long_jobs_are_painted_by_lane_and_then_in_order(office: Office) -> None:
    lanes = (Lane.POSTER, Lane.HQ, Lane.HQ)
    jobs = [await a_wish(office, lane=lane) for lane in lanes]
    order: list[int] = []
    news = office.events.subscribe()

    async with at_work(office):
        while len(order) < len(jobs):
            changed = (await anext(news)).job_id
            if (await office.row(changed)).attempt and changed not in order:
                order.append(changed)
        for job_id in jobs:
            await until_closed(office, job_id)

    assert order == [jobs[1], jobs[2], jobs[0]]


async def test_instant_jobs_do_not_wait_for_a_long_one(office: Office) -> None:
    long = await a_wish(office, LONG)

    async with at_work(office):
        await until_step(office, long)
        instant = [await an_instant_wish(office) for _ in range(3)]
        for job_id in instant:
            await until_closed(office, job_id)
        still = (await office.row(long)).state
        await office.desk.cancel(long, user_id=ANN)

    assert still is JobState.RUNNING
    for job_id in instant:
        row = await office.row(job_id)
        assert (row.state, row.attempt) == (JobState.DONE, 1)
    assert (await office.row(long)).attempt == 1


async def test_preset_without_a_picture_is_painted_by_its_name(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    nameless = replace(load_presets()[0], style_path=cast(Any, None))
    monkeypatch.setattr(worker, "find_preset", lambda name: nameless)
    job_id = await an_instant_wish(office, style_picture_id=None, preset="teal")

    async with at_work(office):
        await until_closed(office, job_id)

    image = Image.open(io.BytesIO(await office.desk.result_bytes(job_id)))
    assert image.getpixel((5, 5)) == pytest.approx((0, 128, 128), abs=4)


async def test_poisonous_instant_job_is_parked_and_nobody_beside_it_is_counted_against(office: Office) -> None:
    long = await a_wish(office, JobSpec(steps=30, longest_side_px=64))

    async with at_work(office, "PoisonedPainter"):
        await until_step(office, long)
        poison, *others = [await an_instant_wish(office, seed=seed) for seed in (13, 0, 0)]
        for job_id in (poison, *others, long):
            await until_closed(office, job_id)

    parked = await office.row(poison)
    assert (parked.state, parked.error, parked.deaths) == (JobState.DEAD, "poisonous", 3)
    for job_id in (*others, long):
        row = await office.row(job_id)
        assert (row.state, row.deaths, row.interruptions) == (JobState.DONE, 0, 0)


async def test_cancelled_member_of_a_batch_ends_and_the_others_are_painted(office: Office, armed: Faults) -> None:
    armed.arm("batch_step", signal.SIGSTOP)

    async with at_work(office) as shift:
        unwanted, *others = [await an_instant_wish(office) for _ in range(3)]
        painter = await until_stopped(shift.painter)
        outcome = await office.desk.cancel(unwanted, user_id=ANN)
        os.kill(painter, signal.SIGCONT)
        for job_id in (unwanted, *others):
            await until_closed(office, job_id)

    assert outcome is CancelOutcome.STOPPING
    states = [(await office.row(job_id)).state for job_id in (unwanted, *others)]
    assert states == [JobState.CANCELLED, JobState.DONE, JobState.DONE]


async def test_graceful_stop_gives_everything_in_hand_back_and_counts_nothing(office: Office, armed: Faults) -> None:
    long = await a_wish(office, LONG)
    armed.arm("batch_step", signal.SIGSTOP)

    async with at_work(office) as shift:
        await until_step(office, long)
        instant = [await an_instant_wish(office) for _ in range(2)]
        painter = await until_stopped(shift.painter)
        for job_id in instant:
            await until_running(office, job_id)
        shift.stop.set()
        for job_id in instant:
            await until_queued(office, job_id)
        with suppress(ProcessLookupError):  # on a slow machine its grace is over by now
            os.kill(painter, signal.SIGCONT)
        await shift.end()

    for job_id in (long, *instant):
        row = await office.row(job_id)
        assert (row.state, row.deaths, row.interruptions) == (JobState.QUEUED, 0, 0)


async def test_cancelled_running_job_stops_and_the_next_one_goes_on(office: Office) -> None:
    long, short = await a_wish(office, LONG), await a_wish(office)

    async with at_work(office) as shift:
        await until_step(office, long)
        pid = shift.painter.pid
        assert await office.desk.cancel(long, user_id=ANN) is CancelOutcome.STOPPING
        await until_closed(office, short)
        assert shift.painter.pid == pid  # a polite stop costs no painter

    assert (await office.row(long)).state is JobState.CANCELLED
    assert (await office.row(short)).state is JobState.DONE
    assert {due for due, _ in await office.desk.due_deliveries()} == {long, short}


async def test_cancelled_job_whose_painter_hangs_is_ended_by_force(office: Office) -> None:
    job_id = await a_wish(office)

    async with at_work(office, "HangingPainter", PATIENT):
        await until_step(office, job_id)
        await office.desk.cancel(job_id, user_id=ANN)
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.deaths) == (JobState.CANCELLED, 0)


@pytest.mark.parametrize(
    ("painter", "error"),
    [("DyingPainter", "poisonous"), ("HangingPainter", "timed-out"), ("HungryPainter", "out-of-memory")],
)
async def test_job_that_costs_three_painters_is_parked(office: Office, painter: str, error: str) -> None:
    job_id = await a_wish(office)

    async with at_work(office, painter, IMPATIENT):
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.error, row.deaths, row.interruptions, row.attempt) == (JobState.DEAD, error, 3, 0, 3)


async def test_painter_killed_in_mid_painting_costs_a_try_and_not_the_job(office: Office, armed: Faults) -> None:
    job_id = await a_wish(office)
    armed.arm("painter_step", signal.SIGSTOP)

    async with at_work(office) as shift:
        os.kill(await until_stopped(shift.painter), signal.SIGKILL)
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.deaths, row.attempt) == (JobState.DONE, 1, 2)
    assert await office.timeline(job_id) == ["submitted", "claimed", "painter lost", "claimed", "done"]


async def test_hung_painter_is_replaced_and_the_job_painted_by_the_next_one(office: Office, armed: Faults) -> None:
    job_id = await a_wish(office)
    armed.arm("painter_step", signal.SIGSTOP)

    async with at_work(office, limits=IMPATIENT) as shift:
        hung = await until_stopped(shift.painter)
        await until_closed(office, job_id)
        assert shift.painter.pid != hung

    row = await office.row(job_id)
    assert (row.state, row.deaths, row.interruptions, row.attempt) == (JobState.DONE, 1, 0, 2)


async def test_painter_lost_before_it_has_begun_counts_nothing(office: Office, armed: Faults) -> None:
    job_id = await a_wish(office)
    armed.arm("painter_ordered", signal.SIGKILL)

    async with at_work(office):
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.deaths, row.interruptions, row.attempt) == (JobState.DONE, 0, 0, 2)
    assert await office.timeline(job_id) == ["submitted", "claimed", "requeued", "claimed", "done"]


async def test_poisonous_job_is_parked_while_the_others_go_on_uncounted(office: Office) -> None:
    before = await a_wish(office)
    poison = await a_wish(office, JobSpec(seed=13, longest_side_px=64))
    after = [await a_wish(office) for _ in range(2)]

    async with at_work(office, "PoisonedPainter"):
        for job_id in (before, poison, *after):
            await until_closed(office, job_id)

    parked = await office.row(poison)
    assert (parked.state, parked.error, parked.deaths) == (JobState.DEAD, "poisonous", 3)
    for job_id in (before, *after):
        row = await office.row(job_id)
        assert (row.state, row.deaths, row.interruptions, row.attempt) == (JobState.DONE, 0, 0, 1)


@pytest.mark.parametrize("painter", ["HelplessPainter", "FaultyPainter"])
async def test_engine_that_gives_up_fails_the_job_at_once(office: Office, painter: str) -> None:
    job_id = await a_wish(office)

    async with at_work(office, painter):
        await until_closed(office, job_id)

    row = await office.row(job_id)
    assert (row.state, row.error, row.attempt) == (JobState.FAILED, "engine-failed", 1)


async def test_job_whose_pictures_are_gone_fails_with_that_reason(office: Office) -> None:
    expired = await office.a_picture(blob_key=None)
    lost = await office.a_picture(blob_key="0" * 32 + ".png")
    style = {"style_picture_id": await office.a_picture(PAINTING), "preset": None}
    jobs = [
        await office.a_queued_job(content_picture_id=expired, **style),
        await office.a_queued_job(content_picture_id=lost, **style),
        await office.a_queued_job(style_picture_id=expired, preset=None),
    ]

    async with at_work(office):
        for job_id in jobs:
            await until_closed(office, job_id)

    assert {(await office.row(job_id)).error for job_id in jobs} == {"pictures-gone"}


async def test_graceful_stop_gives_the_job_back_and_counts_nothing(office: Office) -> None:
    job_id = await a_wish(office, LONG)

    async with at_work(office) as shift:
        await until_step(office, job_id)
        started = asyncio.get_running_loop().time()
        await shift.end()
        took_s = asyncio.get_running_loop().time() - started

    row = await office.row(job_id)
    assert (row.state, row.deaths, row.interruptions) == (JobState.QUEUED, 0, 0)
    assert took_s < 5
    assert shift.painter.pid is None


async def test_graceful_stop_of_a_hung_painter_takes_no_longer_than_its_grace(office: Office) -> None:
    job_id = await a_wish(office)

    async with at_work(office, "HangingPainter", PATIENT) as shift:
        await until_step(office, job_id)
        await shift.end()

    row = await office.row(job_id)
    assert (row.state, row.deaths, row.interruptions) == (JobState.QUEUED, 0, 0)


async def test_idle_worker_stops_at_once(office: Office) -> None:
    async with at_work(office) as shift:
        await asyncio.sleep(0.05)

        await shift.end()

    assert shift.task.done()


async def test_worker_whose_lease_was_lost_stops_and_changes_nothing(office: Office) -> None:
    job_id = await a_wish(office, LONG)

    async with at_work(office) as shift:
        await until_step(office, job_id)
        office.clock.forward(seconds=31)
        # The process was away for too long; another one has the job by now, far from this dispatcher.
        await office.desk.expire_leases()
        stolen = await office.desk.claim(job_id, "another")
        assert stolen is not None

        async def is_idle() -> bool:
            return office.dispatcher.stats().in_hand == 0

        await until(is_idle)
        assert shift.painter.pid is not None

    row = await office.row(job_id)
    assert (row.state, row.attempt, row.worker) == (JobState.RUNNING, stolen.attempt, "another")


async def test_progress_reaches_row_and_subscribers(office: Office) -> None:
    job_id = await a_wish(office)
    news = office.events.subscribe()

    async with at_work(office):
        await until_closed(office, job_id)

    previews = []
    for _ in range(len(news._pending)):
        event = await anext(news)
        previews.append(getattr(event, "preview_jpeg", None))
    assert any(preview and preview.startswith(b"\xff\xd8") for preview in previews)
    assert (await office.row(job_id)).step == SHORT.steps


async def test_painter_that_can_never_start_ends_the_worker_with_its_reason(office: Office) -> None:
    worker = Worker(
        office.desk,
        office.dispatcher,
        PainterProcess(PainterOptions(painter="tests.jobs.painters:unusable")),
        office.blobs,
    )

    with pytest.raises(PainterUnusable, match="weights are missing"):
        await worker.run(asyncio.Event())
