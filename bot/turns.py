"""One at a time under a key: a person's updates, the status message of a job."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class _Waited:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Turns:
    """A lock a key, first come, first served; kept only as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, _Waited] = {}

    @asynccontextmanager
    async def of(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for the turn of this key and hold it."""
        waited = self._locks.setdefault(key, _Waited())
        waited.users += 1
        try:
            async with waited.lock:
                yield
        finally:
            waited.users -= 1
            if not waited.users:
                del self._locks[key]
