"""The real painter child with painters that need no torch: what comes back, and what becomes of those that are lost."""

import asyncio
import io
import os
import signal
import time

import pytest
from PIL import Image

from jobs.children import Child
from jobs.errors import PainterLost, PainterUnusable, PaintingFailed, PaintingStopped
from jobs.painter_process import Beat, PainterLimits, PaintOrder, spoken
from jobs.values import JobSpec
from tests.jobs.conftest import Faults, Make, until_stopped
from tests.jobs.pictures import encoded

IMPATIENT = PainterLimits(
    phases_s={"load": 60.0, "warm-up": 60.0, "prepare": 10.0, "step": 0.2, "encode": 10.0},
    grace_s=0.2,
    stop_grace_s=0.5,
)


def an_order(steps: int = 3, job_id: int = 1, attempt: int = 1) -> PaintOrder:
    return PaintOrder(
        job_id=job_id,
        attempt=attempt,
        spec=JobSpec(steps=steps, longest_side_px=64),
        photos=(encoded(Image.new("RGB", (64, 48), "white"), "PNG"),),
        style=encoded(Image.new("RGB", (64, 64), (200, 100, 50)), "JPEG"),
    )


async def go_on(beat: Beat) -> bool:
    return True


async def test_picture_comes_back_as_jpeg_with_its_report(make: Make) -> None:
    process = make()
    await process.start()

    painted = await process.paint(an_order(), go_on)

    image = Image.open(io.BytesIO(painted.jpeg))
    assert (image.format, image.size) == ("JPEG", (64, 48))
    assert image.getpixel((5, 5)) == pytest.approx((200, 100, 50), abs=4)
    assert painted.report == {"seed": 0}
    assert painted.paint_s > 0


async def test_colours_of_the_result_are_not_subsampled(make: Make) -> None:
    process = make()
    await process.start()

    painted = await process.paint(an_order(), go_on)

    # Sampling factors of the three components, from the frame header: all 1 x 1 is 4:4:4.
    start = painted.jpeg.index(b"\xff\xc0") + 10
    assert [painted.jpeg[start + 1 + 3 * component] for component in range(3)] == [0x11, 0x11, 0x11]


async def test_progress_and_previews_come_at_most_once_a_second(make: Make) -> None:
    process = make()
    await process.start()
    beats: list[Beat] = []

    async def listen(beat: Beat) -> bool:
        beats.append(beat)
        return True

    started = time.monotonic()
    await process.paint(an_order(steps=70), listen)  # 70 steps of 0.02 s
    took_s = time.monotonic() - started

    told = [beat.progress for beat in beats if beat.progress is not None]
    assert 2 <= len(told) <= 2 * took_s + 2  # with and without preview, and the last step
    assert (told[-1].step, told[-1].steps, told[-1].stage) == (70, 70, "colour")
    assert sum(progress.preview_jpeg is not None for progress in told) <= took_s + 1
    assert told[0].preview_jpeg is not None
    assert Image.open(io.BytesIO(told[0].preview_jpeg)).size == (64, 48)


async def test_nets_stay_warm_between_pictures(make: Make) -> None:
    process = make()
    await process.start()
    first = process.pid

    for job_id in (1, 2, 3):
        await process.start()
        await process.paint(an_order(job_id=job_id), go_on)

    assert process.pid == first


async def test_stop_takes_effect_within_a_step_and_the_painter_lives_on(make: Make) -> None:
    process = make()
    await process.start()
    before = process.pid

    async def stop_at_once(beat: Beat) -> bool:
        return False

    with pytest.raises(PaintingStopped):
        await process.paint(an_order(steps=500), stop_at_once)
    painted = await process.paint(an_order(attempt=2), go_on)

    assert painted.jpeg
    assert process.pid == before


@pytest.mark.parametrize("painter", ["DyingPainter", "CrashingPainter"])
async def test_death_in_a_step_is_laid_to_the_job(make: Make, painter: str) -> None:
    process = make(painter)
    await process.start()

    with pytest.raises(PainterLost) as caught:
        await process.paint(an_order(), go_on)

    assert (caught.value.cause, caught.value.in_step) == ("died", True)


async def test_death_before_the_job_is_not_laid_to_it(make: Make) -> None:
    process = make()
    await process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)

    with pytest.raises(PainterLost) as caught:
        await process.paint(an_order(), go_on)

    assert (caught.value.cause, caught.value.in_step) == ("died", False)


async def test_painter_that_died_is_replaced_by_start(make: Make) -> None:
    process = make()
    await process.start()
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    with pytest.raises(PainterLost):
        await process.paint(an_order(), go_on)

    await process.start()

    assert process.pid != first
    assert (await process.paint(an_order(), go_on)).jpeg


async def test_hung_step_is_found_and_ended(make: Make) -> None:
    process = make("HangingPainter", IMPATIENT)
    await process.start()
    pid = process.pid
    assert pid is not None

    with pytest.raises(PainterLost) as caught:
        await process.paint(an_order(), go_on)

    assert (caught.value.cause, caught.value.in_step) == ("hung", True)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_painter_that_does_not_stop_is_killed_after_the_grace(make: Make) -> None:
    process = make("HangingPainter", PainterLimits(stop_grace_s=0.3))
    await process.start()

    async def stop_at_once(beat: Beat) -> bool:
        return False

    # The first step passes before the stop arrives or not: either way the end comes in time.
    async with asyncio.timeout(20):
        with pytest.raises(PaintingStopped):
            await process.paint(an_order(), stop_at_once)


async def test_stop_while_the_painter_hangs_does_not_wait_for_the_step_limit(make: Make, armed: Faults) -> None:
    armed.arm("painter_step", signal.SIGSTOP)
    process, at_work = make(limits=PainterLimits(stop_grace_s=0.3)), asyncio.Event()

    async def listen(beat: Beat) -> bool:
        at_work.set()
        return True

    await process.start()
    painting = asyncio.create_task(process.paint(an_order(), listen))
    await at_work.wait()
    await until_stopped(process)

    await process.request_stop((1, 1))

    async with asyncio.timeout(20):
        with pytest.raises(PaintingStopped):
            await painting
    assert process.pid is None


async def test_memory_too_small_is_a_loss_with_its_own_name(make: Make) -> None:
    process = make("HungryPainter")
    await process.start()

    with pytest.raises(PainterLost) as caught:
        await process.paint(an_order(), go_on)

    assert caught.value.cause == "out-of-memory"


@pytest.mark.parametrize("painter", ["HelplessPainter", "FaultyPainter"])
async def test_engine_that_gives_up_or_breaks_fails_the_painting(make: Make, painter: str) -> None:
    process = make(painter)
    await process.start()

    with pytest.raises(PaintingFailed):
        await process.paint(an_order(), go_on)


@pytest.mark.parametrize(
    ("painter", "reason"),
    [("unusable", "weights are missing: get them"), ("not_installed", "No module named 'torch'")],
)
async def test_painter_that_cannot_start_says_why(make: Make, painter: str, reason: str) -> None:
    with pytest.raises(PainterUnusable, match=reason):
        await make(painter).start()


async def test_painter_that_hangs_while_loading_is_given_up(make: Make) -> None:
    limits = PainterLimits(phases_s={"load": 0.3}, grace_s=0.2)

    with pytest.raises(PainterLost) as caught:
        await make("never_ready", limits).start()

    assert (caught.value.cause, caught.value.in_step) == ("hung", False)


async def test_painter_ends_when_its_pipe_closes_even_in_mid_painting() -> None:
    child = await Child.spawn("jobs.painter_main", "--painter", "tests.jobs.painters:HangingPainter")
    order = an_order()
    await child.send(*spoken(order))
    while "progress" not in (await child.receive()).body:
        pass  # until the first step is done: the second never ends

    assert await child.close(grace_s=5) == 0


async def test_cancelled_caller_leaves_no_painter_at_work(make: Make) -> None:
    process = make()
    await process.start()
    pid = process.pid
    assert pid is not None
    painting = asyncio.create_task(process.paint(an_order(steps=500), go_on))
    await asyncio.sleep(0.2)

    painting.cancel()
    await asyncio.wait([painting])

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_self_check_has_a_limit_of_its_own(make: Make) -> None:
    limits = PainterLimits(phases_s={"load": 60.0, "self-check": 0.1}, grace_s=0.1)

    with pytest.raises(PainterLost) as caught:
        await make("checks_itself_for_ever", limits).start()

    assert (caught.value.cause, caught.value.in_step) == ("hung", False)


async def test_announced_compilation_may_take_longer_than_a_step(make: Make) -> None:
    limits = PainterLimits(phases_s={**IMPATIENT.phases_s, "step": 0.1, "compile": 10.0}, grace_s=0.1)
    process = make("CompilingPainter", limits)
    await process.start()

    painted = await process.paint(an_order(steps=1), go_on)

    assert painted.paint_s >= 1.0


async def test_what_the_painter_logs_names_the_job_and_its_attempt(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    process = make("HelplessPainter")
    await process.start()

    with pytest.raises(PaintingFailed):
        await process.paint(an_order(job_id=7, attempt=2), go_on)
    await process.close()

    [said] = [record for record in caplog.records if "the engine gave up" in getattr(record, "line", "")]
    assert (said.levelname, said.job_id, said.attempt) == ("WARNING", 7, 2)  # type: ignore[attr-defined]
