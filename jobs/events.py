"""News about jobs inside one process. Only news: who misses some finds the truth in the rows."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Self
from weakref import WeakSet


@dataclass(frozen=True, kw_only=True)
class JobChanged:
    """The job's row has changed its state; read it. ended: for good"""

    job_id: int
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class JobProgress:
    """Where a running job stands; preview_jpeg only where one is due."""

    job_id: int
    step: int
    steps: int
    stage: str
    preview_jpeg: bytes | None = None
    eta_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class JobHeldUp:
    """The job cannot go on for now: the disk is full or the database is away. Any other news of it ends that."""

    job_id: int


JobEvent = JobChanged | JobProgress | JobHeldUp


class Subscription:
    """What one listener has yet to hear, from the moment it subscribed: async for event in subscription.

    Newer news of a kind about a job takes the place of older, so a slow listener costs no memory.
    """

    def __init__(self) -> None:
        self._pending: dict[Hashable, JobEvent] = {}
        self._arrived = asyncio.Event()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> JobEvent:
        while not self._pending:
            self._arrived.clear()
            await self._arrived.wait()
        return self._pending.pop(next(iter(self._pending)))

    def put(self, event: JobEvent) -> None:
        """Add a piece of news; never waits."""
        key = (type(event), event.job_id)
        older = self._pending.get(key)
        if isinstance(event, JobProgress) and isinstance(older, JobProgress) and event.preview_jpeg is None:
            event = replace(event, preview_jpeg=older.preview_jpeg)
        self._pending[key] = event
        self._arrived.set()


class LocalEvents:
    """Tells everybody in this process; a subscription that nobody holds any more is forgotten."""

    def __init__(self) -> None:
        self._subscriptions: WeakSet[Subscription] = WeakSet()

    def publish(self, event: JobEvent) -> None:
        """Tell all subscribers; never waits."""
        for subscription in list(self._subscriptions):
            subscription.put(event)

    def subscribe(self) -> Subscription:
        """Everything published from now on."""
        subscription = Subscription()
        self._subscriptions.add(subscription)
        return subscription
