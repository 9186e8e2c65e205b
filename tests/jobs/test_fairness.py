"""Nobody waits for ever, nobody gets more than a share while others wait, and whoever has enough is told so."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.errors import Banned, IntakePaused, LimitReached
from jobs.fairness import INTAKE, FairUse, Line, Queued, next_turn
from jobs.ports import Carried
from jobs.values import JobFailure, Outcome
from models import standings
from models.states import JobState, Lane
from tests.jobs.conftest import ANN, BEN, START, Office

FAILED = Outcome(state=JobState.FAILED, error=JobFailure.ENGINE_FAILED)
PEOPLE = st.integers(1, 4)
LANES = st.sampled_from([Lane.HQ, Lane.POSTER])
AGEING = timedelta(minutes=3)


@dataclass
class Studio:
    """One painter and who asks it, as the desk and the line make them: a minute passes with every picture."""

    line: Line = field(default_factory=Line)
    now: int = 0
    asked: list[Queued] = field(default_factory=list)
    painted: list[Queued] = field(default_factory=list)

    def ask(self, user_id: int, lane: Lane = Lane.HQ) -> Queued:
        in_lane = [job for job in self.asked if job.lane is lane]
        present = max((job.turn for job in self.painted if job.lane is lane), default=0)
        last = max((job.turn for job in in_lane if job.user_id == user_id), default=None)
        job = Queued(
            job_id=len(self.asked) + 1,
            user_id=user_id,
            lane=lane,
            turn=next_turn(present, last),
            ranked_at=FairUse(ageing=AGEING).rank(lane, START + timedelta(minutes=self.now)),
        )
        self.asked.append(job)
        self.line.add(job)
        return job

    def paint(self) -> Queued | None:
        self.now += 1
        job = self.line.take([Lane.HQ, Lane.POSTER], {})
        if job is not None:
            self.painted.append(job)
        return job


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(PEOPLE, max_size=12), st.lists(st.lists(PEOPLE, max_size=3), min_size=1, max_size=40))
def test_nobody_gets_more_than_a_share_while_somebody_else_waits(begun: list[int], rounds: list[list[int]]) -> None:
    studio = Studio()
    for user_id in begun:
        studio.ask(user_id)
    waits_since: dict[int, int] = {}

    for asking in rounds:
        for user_id in asking:
            studio.ask(user_id)
        waiting = {job.user_id for job in studio.asked} - _served(studio)
        waits_since = {user_id: waits_since.get(user_id, len(studio.painted)) for user_id in waiting}
        studio.paint()

        for user_id, since in waits_since.items():
            got = Counter(job.user_id for job in studio.painted[since:])
            assert max(got.values(), default=0) <= got[user_id] + 2


def _served(studio: Studio) -> set[int]:
    """Who has nothing waiting."""
    waiting = {job.user_id for job in studio.asked if job not in studio.painted}
    return {job.user_id for job in studio.asked} - waiting


RIVALS: dict[str, Callable[[int], int]] = {
    "somebody new each time": lambda step: 100 + step,
    "the same person": lambda step: 1,
    "two in turn": lambda step: 1 + step % 2,
}


@pytest.mark.parametrize("rivals", RIVALS.values(), ids=RIVALS)
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    begun=st.lists(st.tuples(PEOPLE, LANES), max_size=12),
    victim=st.tuples(PEOPLE, LANES),
    pressed=st.lists(LANES, min_size=1, max_size=4),
)
def test_nobody_waits_for_ever(
    rivals: Callable[[int], int],
    begun: list[tuple[int, Lane]],
    victim: tuple[int, Lane],
    pressed: list[Lane],
) -> None:
    studio = Studio()
    for user_id, lane in begun:
        studio.ask(user_id, lane)
    studio.paint()
    job = studio.ask(*victim)
    patience = 4 * len(begun) + 20

    # Somebody else asks before every picture: the painter is never free.
    for step in range(patience):
        studio.ask(rivals(step), pressed[step % len(pressed)])
        if studio.paint() == job:
            break

    assert job in studio.painted


def test_a_poster_goes_before_high_quality_that_came_much_later() -> None:
    studio = Studio()
    poster = studio.ask(1, Lane.POSTER)
    early = studio.ask(2)
    studio.now += 5
    late = studio.ask(3)

    order = [studio.paint() for _ in range(3)]

    assert order == [early, poster, late]


def test_who_has_enough_in_hand_lets_others_go_first_and_keeps_the_place() -> None:
    line, studio = Line(running=1), Studio()
    first, second, other = studio.ask(1), studio.ask(1), studio.ask(2)
    for job in (first, second, other):
        line.add(job)

    taken = [line.take([Lane.HQ], {1: 1}), line.take([Lane.HQ], {1: 1}), line.take([Lane.HQ], {})]

    assert taken == [other, None, first]
    assert line.take([Lane.HQ], {}) == second


async def taken(office: Office, count: int, *, at_once: int = 1, hold: bool = False) -> list[int]:
    """The jobs that the dispatcher hands over."""
    given: list[int] = []
    enough, go_on, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def hand(carried: Carried) -> None:
        given.append(carried.job_id)
        if len(given) >= count:
            enough.set()
        if hold:
            await go_on.wait()

    running = asyncio.create_task(office.dispatcher.run(hand, tuple(Lane), stop, at_once))
    await asyncio.wait_for(enough.wait(), 10)
    stop.set()
    go_on.set()
    await running
    return given[:count]


async def test_people_take_turns_and_their_places_say_so(office: Office) -> None:
    anns = [await office.a_queued_job() for _ in range(3)]

    ticket = await office.desk.submit(await office.a_new_job(user_id=BEN))

    view = await office.desk.view(ticket.job_id)
    assert view is not None
    assert view.ahead == 1
    assert [view.id for view in (await office.desk.overview()).open_jobs] == [anns[0], ticket.job_id, *anns[1:]]
    assert await taken(office, 4) == [anns[0], ticket.job_id, *anns[1:]]


async def test_turns_outlive_a_restart(office: Office) -> None:
    anns = [await office.a_queued_job() for _ in range(2)]
    bens = await office.a_queued_job(user_id=BEN)
    reborn = Office(office.database, office.blobs, office.clock)

    await reborn.desk.enqueue_uncarried()

    assert await taken(reborn, 3) == [anns[0], bens, anns[1]]


async def test_rounds_go_on_where_a_lane_was_empty_for_a_while(office: Office) -> None:
    for _ in range(3):
        job_id, attempt = await office.a_running_job()
        await office.desk.finish(job_id, attempt, FAILED)
    for job_id in [await office.a_queued_job() for _ in range(3)]:
        await office.desk.cancel(job_id, user_id=ANN)

    jobs = [await office.a_running_job(user_id=BEN), await office.a_running_job(), await office.a_running_job()]

    assert [(await office.row(job_id)).turn for job_id, _ in jobs] == [4, 5, 6]


def limit(office: Office, fair_use: FairUse) -> None:
    office.desk = Desk(office.database, office.dispatcher, office.blobs, office.events, office.clock, fair_use=fair_use)


async def test_who_has_enough_waiting_is_told_when_there_is_room(office: Office) -> None:
    limit(office, FairUse(queued=2))
    job_id, attempt = await office.a_running_job()
    key = await office.blobs.put(b"jpeg", ".jpg")
    await office.desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=key, paint_s=9.0))
    wish = await office.a_new_job()
    await office.desk.submit(wish)
    await office.a_queued_job()

    with pytest.raises(LimitReached) as caught:
        await office.a_queued_job()

    assert (caught.value.limit, caught.value.most) == ("queued", 2)
    assert caught.value.free_in_s == pytest.approx(9.0)
    assert not (await office.desk.submit(wish)).created  # what was accepted is never refused
    assert (await office.desk.submit(await office.a_new_job(user_id=BEN))).created


async def test_a_day_is_24_hours_and_what_failed_does_not_count(office: Office) -> None:
    limit(office, FairUse(daily=2))
    job_id, attempt = await office.a_running_job()
    await office.desk.finish(job_id, attempt, FAILED)
    await office.a_queued_job()
    office.clock.forward(hours=5)
    await office.a_queued_job()

    with pytest.raises(LimitReached) as caught:
        await office.a_queued_job()
    office.clock.forward(hours=19, seconds=1)

    assert caught.value.free_in_s == 19 * 3600
    assert await office.a_queued_job()


async def test_wishes_at_the_same_time_cannot_all_be_the_last_one(office: Office) -> None:
    limit(office, FairUse(queued=3))
    wishes = [await office.a_new_job() for _ in range(8)]

    answers = await asyncio.gather(*(office.desk.submit(wish) for wish in wishes), return_exceptions=True)

    assert sum(isinstance(answer, LimitReached) for answer in answers) == 5
    assert office.dispatcher.stats().waiting[Lane.HQ] == 3


async def test_a_person_may_have_a_limit_of_their_own(office: Office) -> None:
    limit(office, FairUse(daily=9))
    async with office.database.write() as session:
        await standings.set_standing(session, ANN, daily_limit=0)

    with pytest.raises(LimitReached) as caught:
        await office.a_queued_job()

    assert (caught.value.most, caught.value.free_in_s) == (0, None)


@pytest.mark.parametrize("who", ["owner", "admin"])
async def test_admins_have_no_limits_and_ask_while_nothing_is_taken_in(office: Office, who: str) -> None:
    limit(office, FairUse(queued=1, daily=1, owners=frozenset({ANN} if who == "owner" else ())))
    async with office.database.write() as session:
        await standings.set_standing(session, ANN, is_admin=who == "admin")
        await standings.set_switch(session, INTAKE, {"sentence": "closed"})

    jobs = [await office.a_queued_job() for _ in range(3)]

    assert len(jobs) == 3


async def test_nothing_is_taken_in_during_a_pause_and_what_was_goes_on(office: Office) -> None:
    accepted = await office.a_queued_job()
    async with office.database.write() as session:
        await standings.set_switch(session, INTAKE, {"sentence": "Back at eight."})

    with pytest.raises(IntakePaused) as caught:
        await office.a_queued_job(user_id=BEN)

    assert caught.value.sentence == "Back at eight."
    assert await office.desk.claim(accepted, "worker") is not None


async def test_who_is_banned_gets_nothing_more(office: Office) -> None:
    accepted = await office.a_queued_job()
    async with office.database.write() as session:
        await standings.set_standing(session, ANN, banned_at=START)

    with pytest.raises(Banned):
        await office.a_queued_job()

    assert await office.desk.claim(accepted, "worker") is not None


async def test_so_many_of_one_person_are_in_hand_at_once(office: Office) -> None:
    office = Office(office.database, office.blobs, office.clock, LocalDispatcher(running=1))
    anns = [await office.a_queued_job(lane=Lane.INSTANT) for _ in range(3)]
    bens = await office.a_queued_job(lane=Lane.INSTANT, user_id=BEN)

    in_hand = await taken(office, 2, at_once=3, hold=True)

    assert in_hand == [anns[0], bens]
