"""Acknowledges one thing after another, on a pipe: python -m tests.crash.acknowledging FOLDER."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from telegram import Update

from bot.intake import Intake
from jobs.blobs import LocalBlobs
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.events import LocalEvents
from jobs.values import JobSpec, NewJob
from models.database import Database
from models.states import Lane
from models.tables import Chat, Picture, User

STDOUT = 1
ANN = 1


async def acknowledge(folder: Path) -> None:
    """An update, a picture and a job."""
    database, blobs = Database.open(f"sqlite+aiosqlite:///{folder / 'pastiche.db'}"), LocalBlobs(folder / "blobs")
    desk = Desk(database, LocalDispatcher(), blobs, LocalEvents())
    say("begun")
    await Intake(database, 1000, _now, _apologise).put(Update(update_id=1))
    say("stored")
    key = await blobs.put(b"png", ".png")
    say("kept")
    picture_id = await a_picture(database, key)
    say("known")
    await desk.submit(
        NewJob(
            idem_key="wish",
            user_id=ANN,
            chat_id=ANN,
            lane=Lane.HQ,
            content_picture_id=picture_id,
            spec=JobSpec(),
            preset="waves",
        )
    )
    say("accepted")
    await database.dispose()


async def a_picture(database: Database, key: str) -> int:
    """Somebody and their picture."""
    async with database.write() as session:
        session.add_all([User(id=ANN, name="Ann", created_at=_now()), Chat(id=ANN, kind="private", created_at=_now())])
        await session.flush()
        size = {"width_px": 64, "height_px": 64, "size_bytes": 3}
        sent = {"user_id": ANN, "chat_id": ANN, "message_id": 1, "file_id": "f", "file_unique_id": "u"}
        picture = Picture(blob_key=key, created_at=_now(), **size, **sent)
        session.add(picture)
        await session.flush()
        return picture.id


async def _apologise(update: Update) -> None:
    raise AssertionError("there is nothing to be sorry for")


def say(word: str) -> None:
    """In one write, as a packet to Telegram would go."""
    os.write(STDOUT, f"{word}\n".encode())


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    asyncio.run(acknowledge(Path(sys.argv[1])))
