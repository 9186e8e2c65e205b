"""Looks for trouble now and then, and has the admins told once when it begins and once when it is over."""

import asyncio
import logging

from bot.alarms import Alarms
from bot.waiting import wait_for_any
from jobs.health import Cause, Health, Trouble
from models import standings
from models.database import Database

log = logging.getLogger(__name__)

EVERY_S = 30.0
# Looked at so often without it, a trouble is over: one that comes and goes is told once.
CALM_ROUNDS = 4
# The switch that remembers what was told, so that a restart does not tell it again.
TOLD = "alarms"

BEGINS: dict[Cause, str] = {
    Cause.WORKER_LOST: "alarm-worker-lost",
    Cause.PAINTER_DEATHS: "alarm-painter-deaths",
    Cause.FAILURES: "alarm-failures",
    Cause.QUEUE: "alarm-queue",
    Cause.DISK: "alarm-disk",
}
ENDS: dict[Cause, str] = {
    Cause.WORKER_LOST: "all-clear-worker-lost",
    Cause.PAINTER_DEATHS: "all-clear-painter-deaths",
    Cause.FAILURES: "all-clear-failures",
    Cause.QUEUE: "all-clear-queue",
    Cause.DISK: "all-clear-disk",
}


class Watchman:
    """Trouble is known by the rows; what of it was told, by a row of its own."""

    def __init__(self, health: Health, alarms: Alarms, database: Database) -> None:
        self._health = health
        self._alarms = alarms
        self._database = database
        self._calm: dict[Cause, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Look around until stop is set."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception:
                log.exception("nobody could look for trouble")
            await wait_for_any(stop, seconds=EVERY_S)

    async def look(self) -> None:
        """Tell what has begun, and what has been over for a while."""
        troubles = {trouble.cause: trouble for trouble in await self._health.troubles()}
        async with self._database.read() as session:
            switch = await standings.read_switch(session, TOLD)
        told = {cause for cause in Cause if cause.value in (switch or {}).get("told", ())}
        over = {cause for cause in told if self._is_over(cause, troubles)}
        begun = troubles.keys() - told
        if not begun and not over:
            return
        # First remembered, then told: a crash in between costs a message, and does not send one at every start.
        await self._remember((told | begun) - over)
        for cause in sorted(begun):
            await self._tell_begun(troubles[cause])
        for cause in sorted(over):
            log.info("trouble is over", extra={"cause": cause.value})
            await self._alarms.tell(ENDS[cause])

    def _is_over(self, cause: Cause, troubles: dict[Cause, Trouble]) -> bool:
        self._calm[cause] = 0 if cause in troubles else self._calm.get(cause, 0) + 1
        return self._calm[cause] >= CALM_ROUNDS

    async def _tell_begun(self, trouble: Trouble) -> None:
        self._calm[trouble.cause] = 0
        log.warning("trouble", extra={"cause": trouble.cause.value, **trouble.facts})
        await self._alarms.tell(BEGINS[trouble.cause], **trouble.facts)

    async def _remember(self, told: set[Cause]) -> None:
        async with self._database.write() as session:
            await standings.set_switch(session, TOLD, {"told": sorted(told)} if told else None)
