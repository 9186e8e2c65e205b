"""A whole working process over an existing database: python -m tests.jobs.process_for_tests FOLDER."""

import asyncio
import sys
from pathlib import Path

from jobs.blobs import LocalBlobs
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.events import JobProgress, LocalEvents
from jobs.painter_process import PainterOptions, PainterProcess
from jobs.sweeps import Sweeps
from jobs.worker import Worker
from models.database import Database


async def work(folder: Path) -> None:
    """Recover, then work for ever; says the painter's process id once a painting is under way."""
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'pastiche.sqlite'}")
    dispatcher, events, blobs = LocalDispatcher(), LocalEvents(), LocalBlobs(folder / "blobs")
    desk = Desk(database, dispatcher, blobs, events)
    painter = PainterProcess(PainterOptions(painter="tests.jobs.painters:QuickPainter"))
    worker = Worker(desk, dispatcher, painter, blobs)
    news = events.subscribe()
    await Sweeps(desk, database, blobs).recover_at_start()
    working = asyncio.create_task(worker.run(asyncio.Event()))
    async for event in news:
        if isinstance(event, JobProgress):
            sys.stdout.write(f"{painter.pid}\n")
            sys.stdout.flush()
            break
    await working


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
