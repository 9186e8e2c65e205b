"""`pastiche run` with a painter that costs nothing and somebody who counts what the bot's process does.

Started as a program of its own by bench/load.py. At each SIGUSR1 it writes a line with what happened since the last.
"""

import asyncio
import itertools
import json
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, event

from bot.pacing import Bucket, Priority
from jobs.painter_process import PainterOptions
from models.driver import Writer
from models.trips import Prepared
from pastiche import run
from pastiche.data_folder import held
from pastiche.logs import set_up_logs
from pastiche.settings import read_settings, use_own_presets

REPORT_VARIABLE = "BENCH_REPORT"
PAINTER = PainterOptions(painter="bench.painters:PainterAtOnce")
# Asked to wake up so often, the event loop is late by its lag.
FEEL_EVERY_S = 0.02
KIB_PER_MIB = 1024

_take, _settle, _values = Bucket.take, Writer.settle, Prepared.values


@dataclass
class Watch:
    """Counts since the last report; overtaken: progress that went while a finished picture waited for its turn."""

    statements: int = 0
    commits: int = 0
    overtaken: int = 0
    lags_s: list[float] = field(default_factory=list)
    _process_s: float = field(default_factory=time.process_time)

    def listen(self) -> None:
        """Count what goes to the database, and who passes whom on the way to Telegram."""
        event.listen(Engine, "before_cursor_execute", self._count_statement)
        watch = self

        async def take(bucket: Bucket, priority: Priority) -> None:
            if priority is Priority.PROGRESS:
                watch.overtaken += any(waiting[0] is Priority.FINAL for waiting in bucket._waiters)
            await _take(bucket, priority)

        async def settle(writer: Writer) -> None:
            watch.commits += 1
            await _settle(writer)

        def values(statement: Prepared, given: dict[str, Any]) -> list[Any]:
            watch.statements += 1
            return _values(statement, given)

        patch.object(Prepared, "values", values).start()
        patch.object(Bucket, "take", take).start()
        patch.object(Writer, "settle", settle).start()

    async def feel_lag(self) -> None:
        """Note how late the event loop is, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + FEEL_EVERY_S
            await asyncio.sleep(FEEL_EVERY_S)
            self.lags_s.append(loop.time() - due)

    def report(self) -> dict[str, Any]:
        """What happened since the last one."""
        counted = {"statements": self.statements, "commits": self.commits, "overtaken": self.overtaken}
        lags_s, process_s = sorted(self.lags_s) or [0.0], time.process_time()
        facts = {
            **counted,
            "process_s": process_s - self._process_s,
            "rss_mib": _rss_mib(),
            "lag_nearly_all_s": lags_s[int(0.95 * len(lags_s))],
            "lag_most_s": lags_s[-1],
        }
        self.statements = self.commits = self.overtaken = 0
        self.lags_s, self._process_s = [], process_s
        return facts

    def _count_statement(self, *_: Any) -> None:
        self.statements += 1


def main() -> None:
    """Run until SIGTERM."""
    settings = read_settings()
    set_up_logs(settings.log_level, "json")
    use_own_presets(settings)
    with patch.object(run, "painter_options", lambda _: PAINTER), held(settings.data_dir) as folder:
        asyncio.run(_run_watched(settings, folder, Path(os.environ[REPORT_VARIABLE])))


async def _run_watched(settings: Any, folder: Path, report: Path) -> None:
    watch, numbers = Watch(), itertools.count(1)
    watch.listen()

    def write() -> None:
        with report.open("a") as out:
            out.write(json.dumps({"number": next(numbers)} | watch.report()) + "\n")

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, write)
    feeling = asyncio.create_task(watch.feel_lag())
    try:
        await run.run_everything(settings, folder)
    finally:
        feeling.cancel()
        with suppress(asyncio.CancelledError):
            await feeling


def _rss_mib() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / KIB_PER_MIB for line in lines if line.startswith("VmRSS:"))


if __name__ == "__main__":
    main()
