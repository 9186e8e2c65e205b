"""What is wrong just now, by the rows and the disk: each cause once, with the facts that tell how bad it is."""

import asyncio
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from jobs.clock import Clock, now
from models import house
from models.database import Database

MEGABYTE = 1_000_000


class Cause(StrEnum):
    """What can be wrong."""

    WORKER_LOST = "worker-lost"
    PAINTER_DEATHS = "painter-deaths"
    FAILURES = "failures"
    QUEUE = "queue"
    DISK = "disk"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """From where something is trouble. within: what happened so lately counts."""

    lost: int = 1
    deaths: int = 3
    failed: int = 5
    failed_share: float = 0.25
    queue: timedelta = timedelta(minutes=30)
    free_mb: int = 1_000
    within: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One thing that is wrong; facts: what its sentence needs."""

    cause: Cause
    facts: dict[str, int] = field(default_factory=dict)


class Health:
    """Looks around when asked. folder: the disk that pictures are kept on; None where they are kept elsewhere."""

    def __init__(self, database: Database, folder: Path | None, bounds: Bounds = Bounds(), clock: Clock = now) -> None:
        self._database = database
        self._folder = folder
        self._bounds = bounds
        self._clock = clock

    async def troubles(self) -> list[Trouble]:
        """Everything that is wrong just now."""
        async with self._database.read() as session:
            found = [
                await self._lost_workers(session),
                await self._painter_deaths(session),
                await self._failures(session),
                await self._queue(session),
            ]
        found.append(await asyncio.to_thread(self._disk))
        return [trouble for trouble in found if trouble is not None]

    async def _lost_workers(self, session: AsyncSession) -> Trouble | None:
        lost = await house.count_events(session, ("interrupted",), self._clock() - self._bounds.within)
        return Trouble(cause=Cause.WORKER_LOST, facts={"jobs": lost}) if lost >= self._bounds.lost else None

    async def _painter_deaths(self, session: AsyncSession) -> Trouble | None:
        deaths = await house.count_events(session, ("painter lost", "dead"), self._clock() - self._bounds.within)
        return Trouble(cause=Cause.PAINTER_DEATHS, facts={"deaths": deaths}) if deaths >= self._bounds.deaths else None

    async def _failures(self, session: AsyncSession) -> Trouble | None:
        ended = await house.measure_ended(session, self._clock() - self._bounds.within)
        share = ended.failed / max(1, ended.failed + ended.done)
        if ended.failed < self._bounds.failed or share < self._bounds.failed_share:
            return None
        return Trouble(cause=Cause.FAILURES, facts={"failed": ended.failed, "percent": round(100 * share)})

    async def _queue(self, session: AsyncSession) -> Trouble | None:
        oldest = await house.find_oldest_queued(session)
        if oldest is None or self._clock() - oldest < self._bounds.queue:
            return None
        return Trouble(cause=Cause.QUEUE, facts={"minutes": int((self._clock() - oldest).total_seconds() // 60)})

    def _disk(self) -> Trouble | None:
        if self._folder is None:
            return None
        free_mb = shutil.disk_usage(self._folder).free // MEGABYTE
        return Trouble(cause=Cause.DISK, facts={"free": free_mb}) if free_mb < self._bounds.free_mb else None
