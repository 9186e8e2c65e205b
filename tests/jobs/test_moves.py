"""Hypothesis plays everybody who may touch a job, in any order, and holds the rows against a model of a few lines."""

import asyncio
import shutil
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from jobs.blobs import LocalBlobs
from jobs.desk import MAX_DEATHS, MAX_INTERRUPTIONS
from jobs.errors import LossCause
from jobs.values import CancelOutcome, JobFailure, NewJob, Outcome, PaintProgress
from models.database import Database
from models.states import ALLOWED_NEXT, OPEN_STATES, JobState
from models.tables import Chat, Delivery, Job, JobEvent, User
from tests.jobs.conftest import ANN, START, ClockAtHand, Office

T = TypeVar("T")
Token = tuple[int, int]

OUTCOMES = {
    JobState.DONE: Outcome(state=JobState.DONE, result_key="0" * 32 + ".jpg"),
    JobState.FAILED: Outcome(state=JobState.FAILED, error=JobFailure.ENGINE_FAILED),
    JobState.CANCELLED: Outcome(state=JobState.CANCELLED),
}
LIVES = settings(
    max_examples=15,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
SETTLED = ("delivered", "delivery given up")


@dataclass(frozen=True)
class Known:
    """What a job must look like."""

    state: JobState = JobState.QUEUED
    attempt: int = 0
    deaths: int = 0
    interruptions: int = 0
    cancelled: bool = False

    def move(self, to: JobState, **counts: Any) -> "Known":
        """Leave a worker's hands, or end as cancelled where somebody wanted that."""
        return replace(self, state=JobState.CANCELLED) if self.cancelled else replace(self, state=to, **counts)


class Life(RuleBasedStateMachine):
    """All that can happen to a few jobs."""

    runner: ClassVar[asyncio.Runner]
    office: ClassVar[Office]
    picture_id: ClassVar[int]

    jobs: Bundle[int] = Bundle("jobs")
    tokens: Bundle[Token | None] = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, Known] = {}
        self.before: dict[int, Known] = {}
        self.wishes: dict[int, NewJob] = {}
        self.desk = Office(self.office.database, self.office.blobs, self.office.clock).desk
        self.run(self._forget_all())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @rule(target=jobs)
    def submit(self) -> int:
        wish = self.run(self.office.a_new_job(content_picture_id=self.picture_id))
        ticket = self.run(self.desk.submit(wish))
        assert ticket.created
        self.known[ticket.job_id], self.wishes[ticket.job_id] = Known(), wish
        return ticket.job_id

    @rule(job_id=jobs)
    def submit_once_more(self, job_id: int) -> None:
        ticket = self.run(self.desk.submit(self.wishes[job_id]))
        assert (ticket.job_id, ticket.created) == (job_id, False)

    @rule(target=tokens, job_id=jobs)
    def claim(self, job_id: int) -> Token | None:
        claimed, known = self.run(self.desk.claim(job_id, "worker")), self.known[job_id]
        assert (claimed is not None) == (known.state is JobState.QUEUED)
        if claimed is None:
            return None
        self.known[job_id] = replace(known, state=JobState.RUNNING, attempt=known.attempt + 1)
        return claimed.id, claimed.attempt

    @rule(token=tokens)
    def report(self, token: Token | None) -> None:
        if token is not None:
            go_on = self.run(self.desk.report(*token, PaintProgress(step=1, steps=2, stage="")))
            assert go_on == (self._holds(token) and not self.known[token[0]].cancelled)

    @rule(token=tokens, state=st.sampled_from(sorted(OUTCOMES)))
    def finish(self, token: Token | None, state: JobState) -> None:
        if token is not None:
            finished = self.run(self.desk.finish(*token, OUTCOMES[state]))
            assert finished == self._holds(token)
            self._move(token, to=state)

    @rule(token=tokens)
    def requeue(self, token: Token | None) -> None:
        if token is not None:
            went = self.run(self.desk.requeue(*token, "stop"))
            self._move(token, to=JobState.QUEUED, went=went)

    @rule(token=tokens, cause=st.sampled_from(("died", "hung", "out-of-memory")))
    def lose_the_painter(self, token: Token | None, cause: LossCause) -> None:
        if token is not None:
            went, deaths = self.run(self.desk.record_death(*token, cause)), self.known[token[0]].deaths + 1
            to = JobState.DEAD if deaths == MAX_DEATHS else JobState.QUEUED
            self._move(token, to=to, went=went, deaths=deaths)

    @rule(job_id=jobs)
    def cancel(self, job_id: int) -> None:
        outcome, known = self.run(self.desk.cancel(job_id, user_id=ANN)), self.known[job_id]
        if known.state is JobState.QUEUED:
            assert outcome is CancelOutcome.CANCELLED
            self.known[job_id] = replace(known, state=JobState.CANCELLED)
        elif known.state is JobState.RUNNING:
            assert outcome is CancelOutcome.STOPPING
            self.known[job_id] = replace(known, cancelled=True)
        else:
            assert outcome is CancelOutcome.FINISHED

    @rule(restarted=st.booleans())
    def lose_the_workers(self, restarted: bool) -> None:
        if restarted:
            self.run(self.desk.recover_at_start())
        else:
            self.office.clock.forward(seconds=31)
            self.run(self.desk.expire_leases())
        for job_id, known in self.known.items():
            if known.state is JobState.RUNNING:
                interruptions = known.interruptions + 1
                to = JobState.FAILED if interruptions == MAX_INTERRUPTIONS else JobState.QUEUED
                self.known[job_id] = known.move(to, interruptions=interruptions)

    @rule(blocked=st.booleans())
    def deliver(self, blocked: bool) -> None:
        for job_id, _ in self.run(self.desk.due_deliveries()):
            view = self.run(self.desk.view(job_id))
            assert view is not None
            assert view.state not in OPEN_STATES
            assert (view.result_key is not None) == (view.state is JobState.DONE)
            if blocked:
                self.run(self.desk.give_up_delivery(view.id, "blocked"))
            else:
                self.run(self.desk.delivered(view.id, 1, "file"))

    @rule(job_id=jobs)
    def tell_once_more(self, job_id: int) -> None:
        if self.known[job_id].state not in OPEN_STATES:
            self.run(self.desk.delivered(job_id, 2, "another"))

    @invariant()
    def rows_are_as_they_must_be(self) -> None:
        assert self.run(self._rows()) == self.known

    @invariant()
    def every_move_is_in_the_table(self) -> None:
        for job_id, before in self.before.items():
            after = self.known[job_id].state
            assert after is before.state or after in ALLOWED_NEXT[before.state]
            assert self.known[job_id].attempt >= before.attempt
        self.before = dict(self.known)

    @invariant()
    def every_end_is_owed_to_its_chat_and_told_once_at_most(self) -> None:
        owed, told = self.run(self._deliveries())
        assert owed == {job_id for job_id, known in self.known.items() if known.state not in OPEN_STATES}
        assert len(told) == len(set(told))

    def _holds(self, token: Token) -> bool:
        known = self.known[token[0]]
        return known.state is JobState.RUNNING and known.attempt == token[1]

    def _move(self, token: Token, *, to: JobState, went: JobState | None = None, **counts: int) -> None:
        if self._holds(token):
            self.known[token[0]] = self.known[token[0]].move(to, **counts)
            assert went in (None, self.known[token[0]].state)
        else:
            assert went is None

    async def _rows(self) -> dict[int, Known]:
        async with self.office.database.read() as session:
            rows = await session.scalars(select(Job))
            return {
                job.id: Known(
                    job.state, job.attempt, job.deaths, job.interruptions, job.cancel_requested_at is not None
                )
                for job in rows
            }

    async def _deliveries(self) -> tuple[set[int], list[int]]:
        async with self.office.database.read() as session:
            owed = await session.scalars(select(Delivery.job_id))
            told = await session.scalars(select(JobEvent.job_id).where(JobEvent.kind.in_(SETTLED)))
            return set(owed), list(told)

    async def _forget_all(self) -> None:
        async with self.office.database.write() as session:
            for table in (JobEvent, Delivery, Job):
                await session.execute(delete(table))


@pytest.fixture
def one_database_for_all_lives(tmp_path: Path, empty_database: Path) -> Iterator[None]:
    """Making one takes longer than a whole life in it."""
    with asyncio.Runner() as runner:
        database = Database.open(f"sqlite+aiosqlite:///{shutil.copy(empty_database, tmp_path)}")
        Life.runner = runner
        Life.office = runner.run(_an_office(database, tmp_path))
        Life.picture_id = runner.run(Life.office.a_picture())
        yield
        runner.run(database.dispose())


async def _an_office(database: Database, folder: Path) -> Office:
    async with database.write() as session:
        session.add(User(id=ANN, name="Ann", created_at=START))
        session.add(Chat(id=ANN, kind="private", created_at=START))
    return Office(database, LocalBlobs(folder / "blobs"), ClockAtHand())


@pytest.mark.usefixtures("one_database_for_all_lives")
def test_whatever_happens_the_rows_obey_the_table_of_moves() -> None:
    run_state_machine_as_test(Life, settings=LIVES)
