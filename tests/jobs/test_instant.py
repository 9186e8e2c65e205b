"""Instant orders beside a long one, with the real painter child: who waits for whom, who is to blame, who is kept."""

import asyncio
import contextlib
import io
import os
import signal
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from PIL import Image, ImageColor

from jobs.children import Child
from jobs.errors import PainterError, PainterLost, PaintingFailed, PaintingStopped
from jobs.frames import Frame
from jobs.painter_main import BATCH, Order, take_batch
from jobs.painter_process import (
    Beat,
    OnBeat,
    Painted,
    PainterLimits,
    PainterProcess,
    PaintOrder,
    spoken,
)
from jobs.values import JobSpec
from tests.jobs.conftest import Make
from tests.jobs.pictures import encoded
from tests.jobs.test_painter_process import IMPATIENT, an_order, go_on

LONG_ID = 1
ENDLESS = 2000


def an_instant(job_id: int, *, attempt: int = 1, seed: int = 0, side_px: int = 64) -> PaintOrder:
    return PaintOrder(
        job_id=job_id,
        attempt=attempt,
        spec=JobSpec(method="instant", longest_side_px=side_px, seed=seed),
        photos=(encoded(Image.new("RGB", (64, 48), "white"), "PNG"),),
        style=encoded(Image.new("RGB", (64, 64), (200, 100, 50)), "PNG"),
    )


@asynccontextmanager
async def long_painting(process: PainterProcess, steps: int = ENDLESS) -> AsyncIterator[asyncio.Task[Painted]]:
    """A long order that is at work, and is stopped in the end."""
    begun = asyncio.Event()

    async def listen(beat: Beat) -> bool:
        if beat.progress is not None:
            begun.set()
        return True

    await process.start()
    task = asyncio.create_task(process.paint(an_order(steps=steps, job_id=LONG_ID), listen))
    await begun.wait()
    try:
        yield task
    finally:
        await process.request_stop((LONG_ID, 1))
        with contextlib.suppress(PainterError):  # stopped or lost: what comes of it is the test's own affair
            await task


async def ends_of(process: PainterProcess, *orders: PaintOrder) -> list[Painted | PainterError]:
    """What becomes of orders given at the same time."""
    tasks = [asyncio.create_task(process.paint(order, go_on)) for order in orders]
    await asyncio.wait(tasks)
    errors = [task.exception() for task in tasks]
    assert all(error is None or isinstance(error, PainterError) for error in errors)
    return [task.result() if task.exception() is None else task.exception() for task in tasks]  # type: ignore[misc]


def blame(ends: list[Painted | PainterError]) -> list[bool | None]:
    """Who is to blame for the loss of a painter; None who was not lost."""
    return [end.in_step if isinstance(end, PainterLost) else None for end in ends]


async def test_instant_orders_are_painted_together_while_a_long_one_goes_on(make: Make) -> None:
    process = make("SlowPainter")

    async with long_painting(process) as long:
        ends = await ends_of(process, *(an_instant(number) for number in (2, 3, 4)))
        still_at_work = not long.done()

    assert still_at_work
    reports = [end.report for end in ends if isinstance(end, Painted)]
    assert reports == [{"batch": 3}] * 3
    image = Image.open(io.BytesIO(ends[0].jpeg)) if isinstance(ends[0], Painted) else None
    assert image is not None
    assert image.getpixel((5, 5)) == pytest.approx((200, 100, 50), abs=4)


async def test_painter_says_for_whom_it_works_and_comes_back() -> None:
    child = await Child.spawn("jobs.painter_main", "--painter", "tests.jobs.painters:SlowPainter")
    await child.send(*spoken(an_order(steps=3, job_id=LONG_ID)))
    while "progress" not in (await child.receive()).body:
        pass  # until its first step is done

    await child.send(*spoken(an_instant(2)))
    named: list[list[int]] = []
    while "done" not in (body := (await child.receive()).body) or body["job"] != LONG_ID:
        if "phase" in body and body["of"] != named[-1:]:
            named += body["of"]
    await child.close(grace_s=5)

    assert named == [[LONG_ID, 1], [2, 1], [LONG_ID, 1]]


async def test_bad_member_of_a_batch_fails_alone(make: Make) -> None:
    process = make("PickyPainter")

    async with long_painting(process) as long:
        pid = process.pid
        good, bad, fine = await ends_of(process, an_instant(2), an_instant(3, seed=13), an_instant(4))
        still_at_work = not long.done()

    assert still_at_work
    assert isinstance(bad, PaintingFailed)
    assert isinstance(good, Painted)
    assert isinstance(fine, Painted)
    assert process.pid == pid


async def test_member_that_breaks_the_engine_fails_and_the_others_come_back(make: Make) -> None:
    process = make("PickyPainter")

    async with long_painting(process) as long:
        good, broken, waiting = await ends_of(process, an_instant(2), an_instant(3, seed=14), an_instant(4))
        await asyncio.wait([long])

    assert isinstance(good, Painted)
    assert isinstance(broken, PaintingFailed)
    assert isinstance(long.exception(), PainterLost)
    assert blame([waiting]) == [False]


async def test_nobody_is_blamed_for_a_batch_and_the_culprit_when_it_comes_back_alone(make: Make) -> None:
    process = make("SlowlyPoisonedPainter")

    async with long_painting(process) as long:
        first = await ends_of(process, an_instant(2), an_instant(3, seed=13), an_instant(4))
        await asyncio.wait([long])
    async with long_painting(process):
        again = (an_instant(2, attempt=2), an_instant(3, attempt=2, seed=13), an_instant(4, attempt=2))
        second = await ends_of(process, *again)

    assert blame(first) == [False, False, False]
    assert isinstance(error := long.exception(), PainterLost)
    assert not error.in_step
    assert blame(second) == [None, True, False]


async def test_instant_order_that_hangs_is_to_blame_and_the_long_one_is_not(make: Make) -> None:
    process = make("DawdlingPainter", IMPATIENT)

    async with long_painting(process) as long:
        [stuck] = await ends_of(process, an_instant(2, seed=13))
        await asyncio.wait([long])

    assert isinstance(stuck, PainterLost)
    assert (stuck.cause, stuck.in_step) == ("hung", True)
    assert isinstance(error := long.exception(), PainterLost)
    assert not error.in_step


async def test_stopped_member_leaves_the_batch_at_once_and_the_others_are_painted(make: Make) -> None:
    process = make("SlowPainter")

    async with long_painting(process) as long:
        tasks = [asyncio.create_task(process.paint(an_instant(number), go_on)) for number in (2, 3)]
        await asyncio.sleep(0)
        await process.request_stop((2, 1))
        with pytest.raises(PaintingStopped):
            await tasks[0]
        painted_meanwhile = tasks[1].done()
        other = await tasks[1]
        assert not long.done()

    assert not painted_meanwhile  # the step of the long one had not even ended
    assert other.report == {"batch": 1}


async def test_stop_of_the_long_one_stops_no_instant_one(make: Make) -> None:
    process = make("SlowPainter")

    async with long_painting(process) as long:
        instant = asyncio.create_task(process.paint(an_instant(2), go_on))
        await process.request_stop((LONG_ID, 1))
        with pytest.raises(PaintingStopped):
            await long

    assert (await instant).jpeg


async def test_innocent_orders_are_not_blamed_for_a_painter_that_had_to_be_killed(make: Make) -> None:
    process = make("HangingPainter", PainterLimits(stop_grace_s=0.3))

    async with long_painting(process) as long:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGSTOP)  # before its second step it would still take an order
        instant = asyncio.create_task(process.paint(an_instant(2), go_on))
        await asyncio.sleep(0)
        await process.request_stop((LONG_ID, 1))
        with pytest.raises(PaintingStopped):
            await long
        with pytest.raises(PainterLost) as caught:
            await instant

    assert not caught.value.in_step


async def test_order_that_is_not_begun_is_given_up_without_a_grace(make: Make) -> None:
    process = make("HangingPainter")

    async with long_painting(process):
        pid = process.pid
        waiting = asyncio.create_task(process.paint(an_order(job_id=2), go_on))
        await asyncio.sleep(0)
        await process.request_stop((2, 1))
        with pytest.raises(PaintingStopped):
            await waiting
        assert process.pid == pid
        await process.kill()


async def test_long_one_knows_that_the_painter_lives_while_instant_ones_are_painted(make: Make) -> None:
    process = make("DawdlingPainter")
    heard: list[str] = []

    def listening_as(name: str) -> OnBeat:
        async def listen(beat: Beat) -> bool:
            heard.append(name)
            return True

        return listen

    await process.start()
    instant = asyncio.create_task(process.paint(an_instant(2), listening_as("instant")))
    long = asyncio.create_task(process.paint(an_order(steps=1, job_id=LONG_ID), listening_as("long")))
    await instant
    before_its_turn = heard.count("long")
    await long

    assert before_its_turn > 0


@pytest.mark.parametrize(
    ("sizes_px", "attempts", "batches"),
    [
        ([64] * (BATCH + 2), [1] * (BATCH + 2), [BATCH, 2]),
        ([1024] * 3, [1] * 3, [2, 1]),
        ([4096, 64], [1, 1], [1, 1]),
        ([64] * 3, [1, 2, 1], [1, 1, 1]),
    ],
    ids=["so many", "so large", "one may be larger", "who comes back is alone"],
)
def test_batch_has_its_limits(sizes_px: list[int], attempts: list[int], batches: list[int]) -> None:
    orders = [
        an_instant(number, side_px=side_px, attempt=attempt)
        for number, (side_px, attempt) in enumerate(zip(sizes_px, attempts, strict=True))
    ]
    waiting = deque(Order.read(Frame(body=spoken(order)[0])) for order in orders)

    taken = []
    while batch := take_batch(waiting):
        taken.append(batch)

    assert [len(batch) for batch in taken] == batches
    assert [order.name for batch in taken for order in batch] == [order.name for order in orders]


async def test_preset_may_come_by_its_name_alone(make: Make) -> None:
    process = make()
    await process.start()

    ends = await ends_of(
        process,
        replace(an_instant(2), style=None, preset="teal"),
        replace(an_order(job_id=LONG_ID), style=None, preset="navy"),
    )

    colours = [Image.open(io.BytesIO(end.jpeg)).getpixel((5, 5)) for end in ends if isinstance(end, Painted)]
    assert colours == [pytest.approx(ImageColor.getrgb(name), abs=4) for name in ("teal", "navy")]


async def test_file_says_how_many_dots_go_into_an_inch(make: Make) -> None:
    process, plain = make(), an_instant(2)
    await process.start()

    printed = await process.paint(replace(plain, spec=replace(plain.spec, dpi=300)), go_on)

    assert Image.open(io.BytesIO(printed.jpeg)).info["dpi"] == (300, 300)
