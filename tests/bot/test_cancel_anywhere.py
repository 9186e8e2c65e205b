"""Somebody cancels at every moment of their job's life: what is cancelled never arrives, what arrived is told so."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import Services
from jobs import faults
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.painter_process import PainterOptions, PainterProcess
from jobs.values import CancelOutcome, NewJob, Ticket
from jobs.worker import Worker
from models.states import OPEN_STATES, JobState, Lane
from tests.bot.conftest import ANN, Stage
from tests.crash.test_fault_points import MOMENTS, order
from tests.jobs.conftest import until_stopped

# By then the end is committed, or about to be. In between it is a race, whose end both sides must agree on.
TOO_LATE = {"end_uncommitted", "ended", "delivery_begun", "answer_sent", "delivery_uncommitted", "delivered"}
EITHER = {"painter_told", "result_kept"}
# What also comes before there is a job.
EARLY = ("update_", "decoder_", "blob_")
WANTED = [moment for moment, happens in MOMENTS.items() if happens is order and not moment.startswith(EARLY)]


class Canceller:
    """Cancels the next job at one moment, whoever comes to it: this process or the painter."""

    def __init__(self, services: Services, folder: Path) -> None:
        self._desk = services.desk
        self._folder = folder
        self._moment = ""
        self._outcome: asyncio.Future[CancelOutcome] = asyncio.get_running_loop().create_future()
        self.job_id = 0

    def expect(self, moment: str) -> "asyncio.Future[CancelOutcome]":
        """The next job is cancelled there; tells what the desk answered."""
        self.job_id += 1
        self._moment, self._outcome = moment, asyncio.get_running_loop().create_future()
        if moment.startswith("painter_"):
            (self._folder / moment).write_text("SIGSTOP")
        return self._outcome

    def hit(self, moment: str) -> None:
        """In place of the real one."""
        if moment == self._moment:
            self._moment = ""
            self._cancelling = asyncio.create_task(self._cancel())

    async def cancel_when_stopped(self, painter: PainterProcess) -> None:
        """Wait for the painter to come to its moment."""
        pid = await until_stopped(painter)
        await self._cancel()
        os.kill(pid, signal.SIGCONT)

    async def _cancel(self) -> None:
        self._outcome.set_result(await self._desk.cancel(self.job_id, user_id=ANN))


@pytest.fixture
async def painter(
    stage: Stage, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[PainterProcess]:
    """A worker's painter, at work; every job takes several steps, whatever was asked for."""

    async def submit_long(new: NewJob) -> Ticket:
        return await Desk.submit(services.desk, replace(new, lane=Lane.HQ, spec=replace(new.spec, method="gatys")))

    monkeypatch.setattr(services.desk, "submit", submit_long)
    monkeypatch.setenv(faults.VARIABLE, str(tmp_path))
    stage.watch()
    painter, stop = PainterProcess(PainterOptions(painter="tests.jobs.painters:QuickPainter")), asyncio.Event()
    dispatcher = services.desk._dispatcher
    assert isinstance(dispatcher, LocalDispatcher)
    working = asyncio.create_task(Worker(services.desk, dispatcher, painter, services.blobs).run(stop))
    yield painter
    stop.set()
    await working


async def test_cancelled_job_never_delivers_wherever_it_was(
    stage: Stage, services: Services, painter: PainterProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canceller = Canceller(services, tmp_path)
    monkeypatch.setattr(faults, "hit", canceller.hit)

    for moment in WANTED:
        await stage.photo(ANN)
        cancelled = canceller.expect(moment)
        await stage.photo(ANN)
        if moment.startswith("painter_"):
            await canceller.cancel_when_stopped(painter)
        async with asyncio.timeout(30):
            outcome = await cancelled
            await until_told(services, canceller.job_id)

        view = await services.desk.view(canceller.job_id)
        assert view is not None
        told = stage.telegram.chat(ANN)[-1].words
        assert (outcome is CancelOutcome.FINISHED) == (view.state is JobState.DONE), moment
        assert ("here is your picture" in told) == (view.state is JobState.DONE), moment
        assert moment in EITHER or (view.state is JobState.DONE) == (moment in TOO_LATE), moment


async def until_told(services: Services, job_id: int) -> None:
    """Wait until the job has ended and its chat knows."""
    while True:
        view = await services.desk.view(job_id)
        due = await services.desk.due_deliveries()
        if view is not None and view.state not in OPEN_STATES and job_id not in dict(due):
            return
        await asyncio.sleep(0.02)
