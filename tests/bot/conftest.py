"""The real bot over a real database, desk and decoder; only HTTP and the painter are at hand."""

import asyncio
import contextlib
import itertools
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from telegram import Update

from bot.app import build_application, watches
from bot.config import BotConfig, Services
from bot.context import PARTS, BotApplication, Parts
from bot.pacing import Limits
from bot.people import person_in
from jobs.blobs import LocalBlobs
from jobs.decoder import Decoder, Inspected
from jobs.decoding import decode, learn_formats
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.events import LocalEvents
from jobs.values import Outcome, PaintProgress
from models.database import Database
from models.states import JobState
from models.tables import Draft, Job, Picture
from tests.bot.telegram import BOT, RecordingRequest, Shown, a_chat, a_photo_size
from tests.logged import PRIVATE

ANN, BEN, ADMIN, GROUP = 11, 22, 99, -100777
TOKEN = "1000:token-of-the-tests-0123456789abcdefg"
FAST = Limits(private_rate=1e4, private_burst=1000, group_rate=1e4, group_burst=1000, all_rate=1e4, all_burst=1000)
QUIET_S = 0.25
A_MENTION: dict[str, Any] = {
    "caption": "@pastiche_bot",
    "caption_entities": [{"type": "mention", "offset": 0, "length": 13}],
}


def a_jpeg(colour: str = "teal", size: tuple[int, int] = (160, 120)) -> bytes:
    """A small flat picture."""
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "JPEG")
    return data.getvalue()


@dataclass
class Stage:
    """A running bot, what people do to it, and what came of it."""

    application: BotApplication
    telegram: RecordingRequest
    services: Services
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    said: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _watchers: list[asyncio.Task[Any]] = field(default_factory=list)

    @property
    def parts(self) -> Parts:
        parts: Parts = self.application.bot_data[PARTS]
        return parts

    # What people do.

    async def photo(self, user_id: int, data: bytes | None = None, **fields: Any) -> int:
        """Somebody sends a photo; returns once it is handled. The id of the message."""
        file_id = f"in{next(self.numbers)}"
        self.telegram.files[file_id] = a_jpeg() if data is None else data
        fields.setdefault("caption", PRIVATE)
        return await self.message(user_id, photo=[a_photo_size(f"{file_id}s"), a_photo_size(file_id)], **fields)

    async def document(self, user_id: int, data: bytes, name: str, mime_type: str | None, **fields: Any) -> int:
        """Somebody sends a file."""
        file_id = f"in{next(self.numbers)}"
        self.telegram.files[file_id] = data
        document = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_name": name, "mime_type": mime_type}
        return await self.message(
            user_id, document=document | {"file_size": fields.pop("file_size", len(data))}, **fields
        )

    async def text(self, user_id: int, text: str, **fields: Any) -> int:
        """Somebody writes."""
        if text.startswith("/"):
            length = len(text.split()[0])
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return await self.message(user_id, text=text, **fields)

    async def message(self, user_id: int, **fields: Any) -> int:
        """Any message, handled."""
        update = self.a_message(user_id, **fields)
        await self.handle(update)
        return int(update["message"]["message_id"])

    async def press(self, user_id: int, message_id: int, data: str, *, chat_id: int | None = None, **more: Any) -> None:
        """Somebody presses a button, or says they did."""
        await self.handle(self.a_press(user_id, message_id, data, chat_id=chat_id, **more))

    async def answer_to(self, user_id: int, message_id: int, data: str, **more: Any) -> str:
        """Somebody presses a button, or says they did; what they are told."""
        before = len(self.telegram.answers)
        await self.press(user_id, message_id, data, **more)
        [(_, told)] = self.telegram.answers[before:]
        return str(told)

    async def handle(self, *updates: dict[str, Any]) -> None:
        """Let updates arrive, and wait until they are through."""
        for update in updates:
            await self.application.update_queue.put(Update.de_json(update, self.application.bot))
        await self.application.update_queue.join()

    def parsed(self, update: dict[str, Any]) -> Update:
        """An update as the library hands it on."""
        parsed = Update.de_json(update, self.application.bot)
        assert parsed is not None
        return parsed

    def a_message(self, user_id: int, chat_id: int | None = None, **fields: Any) -> dict[str, Any]:
        """A message update as Telegram sends it."""
        message: dict[str, Any] = {
            "message_id": next(self.numbers),
            "date": 1_800_000_000,
            "chat": a_chat(chat_id or user_id),
            "from": a_user(user_id),
        }
        message |= fields
        self.said[message["chat"]["id"], message["message_id"]] = message
        return {"update_id": next(self.numbers), "message": message}

    def a_press(
        self,
        user_id: int,
        message_id: int,
        data: str,
        *,
        chat_id: int | None = None,
        accessible: bool = True,
        thread_id: int | None = None,
    ) -> dict[str, Any]:
        """A callback update as Telegram sends it."""
        message: dict[str, Any] = {
            "message_id": message_id,
            "date": 1_800_000_000 if accessible else 0,
            "chat": a_chat(chat_id or user_id),
        }
        if accessible:
            shown = self.telegram.messages.get((chat_id or user_id, message_id))
            words = {"caption": shown.words} if shown is not None and shown.photo is not None else {"text": "…"}
            message |= {"from": BOT} | words | (in_topic(thread_id) if thread_id is not None else {})
            message |= self._reply_in(shown)
        number = next(self.numbers)
        press = {
            "id": f"press{number}",
            "from": a_user(user_id),
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        return {"update_id": number, "callback_query": press}

    def _reply_in(self, shown: Shown | None) -> dict[str, Any]:
        """What a message of the bot's answers, where that was somebody's."""
        replied = self.said.get((shown.chat_id, shown.reply_to or 0)) if shown is not None else None
        said = {key: value for key, value in (replied or {}).items() if key != "reply_to_message"}
        return {"reply_to_message": said} if said else {}

    async def inline(self, user_id: int, query: str, language: str = "en") -> list[dict[str, Any]]:
        """Somebody types "@pastiche_bot query" in some chat; what they are shown."""
        number = next(self.numbers)
        asked = {"id": f"query{number}", "query": query, "offset": "", "chat_type": "group"}
        sender = a_user(user_id) | {"language_code": language}
        await self.handle({"update_id": number, "inline_query": asked | {"from": sender}})
        return list(self.telegram.found[-1]["results"])

    # What the worker does.

    async def paint(self, job_id: int, result: bytes | None = None, film: bytes | None = None) -> None:
        """Paint a queued job at once, and deliver it."""
        attempt = await self.begin(job_id)
        if film is None:
            await self.finish(job_id, attempt, result)
            return
        await self.finish(job_id, attempt, **await self.filmed(result or a_jpeg("gold"), film))

    async def filmed(self, result: bytes, film: bytes, **more: Any) -> dict[str, Any]:
        """How a job ends that was filmed, or whose result moves."""
        keys = {"result_key": await self.services.blobs.put(result, ".jpg")}
        keys["film_key"] = await self.services.blobs.put(film, ".mp4")
        return {"state": JobState.DONE, "paint_s": 1.0, **keys, **more}

    async def begin(self, job_id: int) -> int:
        """Claim a job; returns the attempt."""
        claimed = await self.services.desk.claim(job_id, "painter at hand")
        assert claimed is not None
        return claimed.attempt

    async def progress(self, job_id: int, attempt: int, step: int, preview: bytes | None = None) -> None:
        """Report a step of ten."""
        shown = PaintProgress(step=step, steps=10, stage="scale", preview_jpeg=preview, eta_s=4.0)
        await self.services.desk.report(job_id, attempt, shown)

    async def finish(self, job_id: int, attempt: int, result: bytes | None = None, **outcome: Any) -> None:
        """End a job and deliver it."""
        if not outcome:
            key = await self.services.blobs.put(result or a_jpeg("gold"), ".jpg")
            outcome = {"state": JobState.DONE, "result_key": key, "paint_s": 1.0}
        assert await self.services.desk.finish(job_id, attempt, Outcome(**outcome))
        await self.deliver()

    async def deliver(self) -> None:
        """Deliver what is due."""
        await asyncio.gather(*await self.parts.deliveries.start_due())

    def watch(self) -> None:
        """Start what goes on beside the updates."""
        self._watchers = [asyncio.create_task(watch) for watch in watches(self.parts, self._stop)]

    async def close(self) -> None:
        """End everything."""
        self._stop.set()
        await asyncio.gather(*self._watchers)
        if self.application.running:
            await self.application.stop()
        await self.application.shutdown()

    # What came of it.

    async def jobs(self) -> list[Job]:
        """All jobs in order."""
        async with self.services.database.read() as session:
            return list(await session.scalars(select(Job).order_by(Job.id)))

    async def job(self) -> Job:
        """The only job."""
        [job] = await self.jobs()
        return job

    async def pictures(self) -> list[Picture]:
        """All pictures in order."""
        async with self.services.database.read() as session:
            return list(await session.scalars(select(Picture).order_by(Picture.id)))

    async def content(self, user_id: int, chat_id: int | None = None) -> int | None:
        """The content of a draft."""
        async with self.services.database.read() as session:
            draft = await session.get(Draft, (chat_id or user_id, user_id))
            return draft.content_picture_id if draft is not None else None


async def an_instant(
    stage: Stage, user_id: int = ANN, chat_id: int | None = None, *, data: bytes | None = None, **fields: Any
) -> tuple[int, Shown]:
    """Two photos of somebody's, painted at once: the job and its picture."""
    for _ in range(2):
        await stage.photo(user_id, data, chat_id=chat_id, **fields)
    job_id = (await stage.jobs())[-1].id
    await stage.paint(job_id)
    return job_id, stage.telegram.chat(chat_id or user_id)[-1]


async def an_hq_job(stage: Stage, user_id: int = ANN, chat_id: int | None = None, **fields: Any) -> tuple[int, Shown]:
    """The same in high quality, on its way: the job and its status message. The instant picture is deleted again."""
    _, instant = await an_instant(stage, user_id, chat_id, **fields)
    thread_id = fields.get("message_thread_id")
    await stage.press(user_id, instant.message_id, instant.data("hq"), chat_id=chat_id, thread_id=thread_id)
    del stage.telegram.messages[instant.chat_id, instant.message_id]
    return (await stage.jobs())[-1].id, stage.telegram.chat(chat_id or user_id)[-1]


def in_topic(thread_id: int) -> dict[str, Any]:
    """The fields of a message in a topic."""
    return {"message_thread_id": thread_id, "is_topic_message": True}


def a_user(user_id: int) -> dict[str, Any]:
    """A person as Telegram describes them."""
    return {"id": user_id, "is_bot": False, "first_name": f"User {user_id}", "language_code": "en"}


async def judge_at_once(stage: Stage, user_id: int, chat_id: int | None = None) -> None:
    """An album is not waited for any longer, as if the person had sent something else."""
    person = person_in(stage.parsed(stage.a_message(user_id, chat_id, text="x")))
    await stage.parts.albums.settle_before(person, None)


async def until_judged(stage: Stage) -> None:
    """Wait until no album waits any more."""
    async with asyncio.timeout(30.0):
        while await stage.parts.drafts.albums_waiting():  # noqa: ASYNC110 - what is waited for happens in SQL
            await asyncio.sleep(0.01)


async def until(condition: Any, seconds: float = 30.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - any condition, with or without an event
            await asyncio.sleep(0.01)


class DecoderAtHand(Decoder):
    """The real decoding without the child around it, which costs each test half a second."""

    def __init__(self) -> None:
        super().__init__()
        learn_formats()

    async def inspect(self, data: bytes) -> Inspected:
        decoded = await asyncio.to_thread(decode, data)
        return Inspected(
            png=decoded.png, width_px=decoded.width_px, height_px=decoded.height_px, animated=decoded.animated
        )


@pytest.fixture
def decoder() -> Decoder:
    """What looks at pictures."""
    return DecoderAtHand()


@pytest.fixture
async def services(tmp_path: Path, empty_database: Path, decoder: Decoder) -> AsyncIterator[Services]:
    """A fresh database and folder."""
    url = f"sqlite+aiosqlite:///{shutil.copy(empty_database, tmp_path)}"
    database, blobs, events = Database.open(url), LocalBlobs(tmp_path / "blobs"), LocalEvents()
    desk = Desk(database, LocalDispatcher(), blobs, events)
    yield Services(database=database, desk=desk, events=events, decoder=decoder, blobs=blobs)
    await database.dispose()


@pytest.fixture
def telegram() -> RecordingRequest:
    """Telegram."""
    return RecordingRequest()


@contextlib.asynccontextmanager
async def a_stage(
    services: Services, telegram: RecordingRequest, *, numbers: "itertools.count[int] | None" = None, **settings: Any
) -> AsyncIterator[Stage]:
    """The bot, started and ready for updates. numbers: of a life before, where updates are to be new in this one."""
    defaults: dict[str, Any] = {
        "token": TOKEN,
        "admin_ids": frozenset({ADMIN}),
        "progress_every_s": 0.05,
        "album_quiet_s": QUIET_S,
        "quiet_s": 60.0,  # a test on a busy machine takes its time
    }
    limits = settings.pop("limits", FAST)
    config = BotConfig(**(defaults | settings))
    application = build_application(config, services, request=telegram, limits=limits)
    await application.initialize()
    await application.start()
    stage = Stage(application, telegram, services, numbers or itertools.count(1))
    try:
        yield stage
    finally:
        await stage.close()


@pytest.fixture
async def stage(services: Services, telegram: RecordingRequest) -> AsyncIterator[Stage]:
    """The bot, started and ready for updates."""
    async with a_stage(services, telegram) as stage:
        yield stage
