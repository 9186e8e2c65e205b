"""The queue inside one process: nothing before the commit, lanes in order, nobody forgotten."""

import asyncio

import pytest

from jobs.dispatch import local
from jobs.dispatch.local import LocalDispatcher
from jobs.fairness import FairUse, Queued
from jobs.ports import Carried
from models.states import Lane
from tests.jobs.conftest import ANN, START, Office


class Hands:
    """A handler that notes what it was given, and may be told to wait or to fail."""

    def __init__(self) -> None:
        self.given: list[Carried] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.fail_at: int | None = None

    async def __call__(self, carried: Carried) -> None:
        self.given.append(carried)
        if carried.job_id == self.fail_at:
            raise OSError("database is away")
        await self.go_on.wait()

    async def hold(self, count: int) -> None:
        """Wait until so many were given."""
        async with asyncio.timeout(30):
            while len(self.given) < count:  # noqa: ASYNC110 - the handler under test rings no bell
                await asyncio.sleep(0.005)


def waiting(job_id: int, lane: Lane, user_id: int = ANN) -> Queued:
    """A job of a lane that waits as all do that came at the same time."""
    return Queued(job_id=job_id, user_id=user_id, lane=lane, turn=1, ranked_at=FairUse().rank(lane, START))


async def enqueue(office: Office, *jobs: tuple[int, Lane]) -> None:
    async with office.database.write() as session:
        await session.connection()
        for job_id, lane in jobs:
            await office.dispatcher.enqueue(session, waiting(job_id, lane))


async def test_nothing_is_carried_before_the_commit(office: Office) -> None:
    async with office.database.write() as session:
        await session.connection()
        await office.dispatcher.enqueue(session, waiting(1, Lane.HQ))
        before = office.dispatcher.stats().waiting[Lane.HQ]

    assert (before, office.dispatcher.stats().waiting[Lane.HQ]) == (0, 1)


async def test_rollback_carries_nothing(office: Office) -> None:
    async def fail_after_enqueueing() -> None:
        async with office.database.write() as session:
            await session.connection()
            await office.dispatcher.enqueue(session, waiting(1, Lane.HQ))
            raise RuntimeError("before the commit")

    with pytest.raises(RuntimeError):
        await fail_after_enqueueing()

    assert sum(office.dispatcher.stats().waiting.values()) == 0


async def test_earlier_lanes_and_smaller_numbers_go_first(office: Office) -> None:
    hands, stop = Hands(), asyncio.Event()
    await enqueue(office, (1, Lane.POSTER), (5, Lane.HQ), (3, Lane.HQ), (9, Lane.INSTANT))

    running = asyncio.create_task(office.dispatcher.run(hands, tuple(Lane), stop))
    await hands.hold(4)
    stop.set()
    await running

    assert [carried.job_id for carried in hands.given] == [9, 3, 5, 1]


async def test_lane_of_its_own_is_served_beside_a_long_job(office: Office) -> None:
    slow, quick, stop = Hands(), Hands(), asyncio.Event()
    slow.go_on.clear()
    runs = [
        asyncio.create_task(office.dispatcher.run(slow, [Lane.HQ, Lane.POSTER], stop)),
        asyncio.create_task(office.dispatcher.run(quick, [Lane.INSTANT], stop)),
    ]

    await enqueue(office, (1, Lane.HQ))
    await slow.hold(1)
    await enqueue(office, (2, Lane.INSTANT))
    await quick.hold(1)
    slow.go_on.set()
    stop.set()
    await asyncio.gather(*runs)

    assert [carried.job_id for carried in quick.given] == [2]


async def test_several_ids_are_in_hand_at_once_where_that_is_wanted(office: Office) -> None:
    hands, stop = Hands(), asyncio.Event()
    hands.go_on.clear()
    await enqueue(office, *((number, Lane.INSTANT) for number in range(1, 5)))

    running = asyncio.create_task(office.dispatcher.run(hands, [Lane.INSTANT], stop, at_once=3))
    await hands.hold(3)
    uncarried = await office.dispatcher.find_uncarried(range(1, 5))
    before = [carried.job_id for carried in hands.given]
    hands.go_on.set()
    await hands.hold(4)
    stop.set()
    await running

    assert before == [1, 2, 3]
    assert uncarried == set()
    assert hands.given[3].job_id == 4


async def test_same_id_waits_only_once(office: Office) -> None:
    await enqueue(office, (1, Lane.HQ), (1, Lane.HQ))

    assert office.dispatcher.stats().waiting[Lane.HQ] == 1


async def test_cancelled_id_is_passed_over(office: Office) -> None:
    hands, stop = Hands(), asyncio.Event()
    await enqueue(office, (1, Lane.HQ), (2, Lane.HQ))
    async with office.database.write() as session:
        await session.connection()
        await office.dispatcher.cancel(session, 1)

    running = asyncio.create_task(office.dispatcher.run(hands, tuple(Lane), stop))
    await hands.hold(1)
    stop.set()
    await running

    assert [carried.job_id for carried in hands.given] == [2]


async def test_cancel_tells_the_handler_that_has_the_id(office: Office) -> None:
    hands, stop = Hands(), asyncio.Event()
    hands.go_on.clear()
    await enqueue(office, (1, Lane.HQ))
    running = asyncio.create_task(office.dispatcher.run(hands, tuple(Lane), stop))
    await hands.hold(1)

    async with office.database.write() as session:
        await session.connection()
        await office.dispatcher.cancel(session, 1)

    assert hands.given[0].abort.is_set()
    hands.go_on.set()
    stop.set()
    await running


async def test_id_that_comes_back_while_it_is_in_hand_is_given_again(office: Office) -> None:
    hands, stop = Hands(), asyncio.Event()
    hands.go_on.clear()
    await enqueue(office, (1, Lane.HQ))
    running = asyncio.create_task(office.dispatcher.run(hands, tuple(Lane), stop))
    await hands.hold(1)

    await enqueue(office, (1, Lane.HQ))
    hands.go_on.set()
    await hands.hold(2)
    stop.set()
    await running

    assert [carried.job_id for carried in hands.given] == [1, 1]
    assert office.dispatcher.stats().in_hand == 0


async def test_handler_that_fails_does_not_end_the_run(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PAUSE_AFTER_FAILURE_S", 0.0)
    hands, stop = Hands(), asyncio.Event()
    hands.fail_at = 1
    await enqueue(office, (1, Lane.HQ), (2, Lane.HQ))

    running = asyncio.create_task(office.dispatcher.run(hands, tuple(Lane), stop))
    await hands.hold(2)
    stop.set()
    await running

    assert await office.dispatcher.find_uncarried([1]) == {1}


async def test_stopped_run_takes_nothing_more() -> None:
    dispatcher, stop = LocalDispatcher(), asyncio.Event()
    running = asyncio.create_task(dispatcher.run(Hands(), tuple(Lane), stop))
    await asyncio.sleep(0)

    stop.set()

    await asyncio.wait_for(running, 1)
