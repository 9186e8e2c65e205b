"""Waiting for one of several things, and for tasks to end by themselves."""

import asyncio
from collections.abc import Collection
from typing import Any


async def wait_for_any(*events: asyncio.Event, seconds: float) -> None:
    """Return when one of the events is set, or after so many seconds."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def let_finish(tasks: Collection[asyncio.Task[Any]], seconds: float) -> None:
    """Give tasks so long to end by themselves, then cancel them. Their errors are theirs to report."""
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
