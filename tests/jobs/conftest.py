"""A desk over a real database and a real folder, with a clock that tests move."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs import faults
from jobs.blobs import LocalBlobs
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.events import LocalEvents
from jobs.painter_process import PainterLimits, PainterOptions, PainterProcess
from jobs.values import JobSpec, NewJob
from models import queries
from models.database import Database
from models.states import Lane
from models.tables import Chat, Job, JobEvent, Picture, User

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ANN, BEN = 1, 2


Make = Callable[..., PainterProcess]


class ClockAtHand:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        """Let time pass: seconds=, hours= …"""
        self.moment += timedelta(**by)


@dataclass
class Office:
    """A desk and what it works with."""

    database: Database
    blobs: LocalBlobs
    clock: ClockAtHand
    dispatcher: LocalDispatcher = field(default_factory=LocalDispatcher)
    events: LocalEvents = field(default_factory=LocalEvents)
    desk: Desk = field(init=False)
    _asked: int = 0

    def __post_init__(self) -> None:
        self.desk = Desk(self.database, self.dispatcher, self.blobs, self.events, self.clock)

    async def a_picture(self, data: bytes = b"png", user_id: int = ANN, **values: Any) -> int:
        """A picture with its blob, as the bot leaves it behind."""
        key = await self.blobs.put(data, ".png")
        self._asked += 1
        async with self.database.write() as session:
            picture = Picture(
                user_id=user_id,
                chat_id=user_id,
                message_id=self._asked,
                file_id="file",
                file_unique_id="unique",
                width_px=64,
                height_px=64,
                size_bytes=len(data),
                created_at=self.clock(),
                **{"blob_key": key, **values},
            )
            session.add(picture)
            await session.flush()
            return picture.id

    async def a_new_job(self, user_id: int = ANN, lane: Lane = Lane.HQ, **values: Any) -> NewJob:
        """A wish for a preset, with a content picture of its own."""
        self._asked += 1
        wish: dict[str, Any] = {"idem_key": f"wish-{self._asked}", "spec": JobSpec(), "preset": "waves", **values}
        if "content_picture_id" not in wish:
            wish["content_picture_id"] = await self.a_picture(user_id=user_id)
        return NewJob(user_id=user_id, chat_id=user_id, lane=lane, **wish)

    async def a_queued_job(self, **values: Any) -> int:
        """A job that waits."""
        return (await self.desk.submit(await self.a_new_job(**values))).job_id

    async def a_running_job(self, **values: Any) -> tuple[int, int]:
        """A job in a worker's hands: its id and attempt."""
        claimed = await self.desk.claim(await self.a_queued_job(**values), "worker")
        assert claimed is not None
        return claimed.id, claimed.attempt

    async def row(self, job_id: int) -> Job:
        """The job as the database has it."""
        async with self.database.read() as session:
            return await session.get_one(Job, job_id)

    async def timeline(self, job_id: int) -> list[str]:
        """What happened to the job, oldest first."""
        async with self.database.read() as session:
            events: list[JobEvent] = list(await queries.list_job_events(session, job_id))
        return [event.kind for event in events]


@pytest.fixture
async def office(tmp_path: Path, empty_database: Path) -> AsyncIterator[Office]:
    """A desk, two people, no jobs."""
    url = f"sqlite+aiosqlite:///{shutil.copy(empty_database, tmp_path)}"
    database = Database.open(url)
    async with database.write() as session:
        for number, name in ((ANN, "Ann"), (BEN, "Ben")):
            session.add(User(id=number, name=name, created_at=START))
            session.add(Chat(id=number, kind="private", created_at=START))
    yield Office(database, LocalBlobs(tmp_path / "blobs"), ClockAtHand())
    await database.dispose()


class Faults:
    """Orders for whoever comes to a moment, this process and its children alike."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def arm(self, moment: str, number: signal.Signals) -> None:
        """Whoever comes to this moment first gets the signal."""
        draft = self._folder / "draft"
        draft.write_text(number.name)
        draft.rename(self._folder / moment)

    def is_armed(self, moment: str) -> bool:
        """Whether nobody has come to this moment yet."""
        return (self._folder / moment).exists()


async def until_stopped(painter: PainterProcess) -> int:
    """Wait until the painter has come to the moment that stops it; returns its process id."""
    async with asyncio.timeout(30):
        while painter.pid is None or not is_stopped(painter.pid):  # noqa: ASYNC110 - another process rings no bell
            await asyncio.sleep(0.005)
    return painter.pid


def is_stopped(pid: int) -> bool:
    """Whether a process is held by SIGSTOP."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.fixture
def armed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faults:
    """Fault points of children are live; those of this process are not."""
    folder = tmp_path / "faults"
    folder.mkdir()
    monkeypatch.setenv(faults.VARIABLE, str(folder))
    return Faults(folder)


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Makes painters and ends them after the test."""
    made: list[PainterProcess] = []

    def build(painter: str = "QuickPainter", limits: PainterLimits | None = None) -> PainterProcess:
        made.append(PainterProcess(PainterOptions(painter=f"tests.jobs.painters:{painter}"), limits))
        return made[-1]

    yield build
    for process in made:
        await process.kill()
