"""The three seams where one process and many differ: queue, blobs, news."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from jobs.events import JobEvent
from jobs.fairness import Queued
from models.states import Lane


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A job id on its way to a worker; abort is set when somebody cancels the job in the meantime."""

    job_id: int
    lane: Lane
    abort: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


@dataclass(frozen=True, kw_only=True)
class DispatchStats:
    """waiting: ids in the queue by lane; in_hand: ids that a handler works on."""

    waiting: dict[Lane, int]
    in_hand: int


Handler = Callable[[Carried], Awaitable[None]]


class Dispatcher(Protocol):
    """Carries job ids to workers, and nothing but ids: the row is the truth, an id too many is dropped by claim."""

    async def enqueue(self, session: AsyncSession, queued: Queued) -> None:
        """Carry this id once the session's transaction commits; not at all if it rolls back.

        An id that waits already takes its new place.
        """
        ...

    async def cancel(self, session: AsyncSession, job_id: int) -> None:
        """Once the transaction commits: drop the id, or tell the handler that has it."""
        ...

    async def find_uncarried(self, waiting: Iterable[int]) -> set[int]:
        """Those of the queued jobs whose id got lost on the way."""
        ...

    async def run(self, handler: Handler, lanes: Collection[Lane], stop: asyncio.Event, at_once: int = 1) -> None:
        """Hand over one id after another, as their turns come, until stop is set and the last handler has ended.

        at_once: so many ids may be in the handler's hands at a time
        """
        ...

    def stats(self) -> DispatchStats:
        """How much is under way."""
        ...


class Blobs(Protocol):
    """Bytes by key. Keys are made here and are random: nothing a user says ever becomes part of one."""

    async def put(self, data: bytes, suffix: str) -> str:
        """Keep the bytes; returns their key once they are safe against loss of power. Raises BlobsAway."""
        ...

    async def get(self, key: str) -> bytes:
        """The bytes of that key. Raises BlobMissing, or BlobsAway."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the bytes; nothing happens where they are gone already."""
        ...

    async def sweep(self, known: Collection[str], older_than: datetime) -> int:
        """Delete what is not known and older than that; returns how many blobs went."""
        ...


class Events(Protocol):
    """News about jobs."""

    def publish(self, event: JobEvent) -> None:
        """Tell all subscribers; never waits."""
        ...

    def subscribe(self) -> AsyncIterator[JobEvent]:
        """Everything published from now on."""
        ...
