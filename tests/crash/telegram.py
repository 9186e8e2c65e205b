"""Telegram behind HTTP, in a thread of its own: it outlives every process that is killed before it."""

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tests.bot.telegram import RecordingRequest

TOKEN = "1000:token-of-the-crash-tests-0123456789ab"
# What a bot sends as JSON inside a form, where it uploads something; everything else is text.
STRUCTURED = ("chat_id", "message_id", "offset", "timeout", "reply_markup", "media", "reply_parameters")
# Under everything that tells how a job ended stands the button for other styles, with the job's number.
ANSWER = re.compile(r"restyle:(\d+)")
LONGEST_POLL_S = 5.0

Json = dict[str, Any]


@dataclass
class Form:
    """What RecordingRequest needs of a request."""

    parameters: Json
    multipart_data: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)

    @property
    def contains_files(self) -> bool:
        return bool(self.multipart_data)


class Telegram(RecordingRequest):
    """Keeps updates until they are confirmed, and counts how often it accepted the end of each job."""

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.answers_to: Counter[int] = Counter()
        self.results_of: Counter[int] = Counter()
        self.sent: set[int] = set()
        self._waiting: list[Json] = []
        self._update_ids = count(1)
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def deliver(self, **update: Any) -> None:
        """Something happens that the bot will want to know. From any thread."""
        update["update_id"] = next(self._update_ids)
        self.sent.add(update["update_id"])
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._add, update)

    def _add(self, update: Json) -> None:
        self._waiting.append(update)
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def call(self, request: Request) -> Response:
        """One call of the Bot API."""
        method = request.path_params["method"]
        try:
            form = await _form_of(request)
        except ClientDisconnect:  # killed in the middle of its question
            return Response(status_code=400)
        if method == "getUpdates":
            updates = await self._poll(form.parameters)
            return _json(200, json.dumps({"ok": True, "result": updates}).encode())
        if not hasattr(self, f"_{method}"):  # commands, webhooks, "typing": nothing that a test looks at
            return _json(200, b'{"ok": true, "result": true}')
        status, body = await self.do_request(f"/{method}", "POST", form)  # type: ignore[arg-type]
        self._count(form, body)
        return _json(status, body)

    async def file(self, request: Request) -> Response:
        """A file that somebody sent."""
        return Response(self.files[request.path_params["path"].rpartition("/")[2]])

    async def _poll(self, parameters: Json) -> list[Json]:
        offset = parameters.get("offset") or 0
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        if not self._waiting:
            self._wake()  # whoever polled before is gone, or ought to be
            news = self._news
            try:
                async with asyncio.timeout(min(parameters.get("timeout") or 0, LONGEST_POLL_S)):
                    await news.wait()
            except TimeoutError:
                pass  # a long poll that brings nothing is answered with nothing
        return self._waiting[:100]

    def _count(self, form: Form, body: bytes) -> None:
        # What looks as before was sent twice all the same.
        if not json.loads(body)["ok"] and b"not modified" not in body:
            return
        if found := ANSWER.search(json.dumps(form.parameters.get("reply_markup") or "")):
            self.answers_to[int(found[1])] += 1
            self.results_of[int(found[1])] += form.contains_files

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer on a port of its own while inside."""
        routes = [
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self.file),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=0, log_config=None, access_log=False, lifespan="off")
        config.timeout_graceful_shutdown = 1
        server = uvicorn.Server(config)
        ready = threading.Event()

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            serving = asyncio.create_task(server.serve())
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)
            self.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
            ready.set()
            await serving

        thread = threading.Thread(target=asyncio.run, args=(serve(),), name="telegram")
        thread.start()
        ready.wait()
        try:
            yield
        finally:
            server.should_exit = True
            self._loop.call_soon_threadsafe(self._wake) if self._loop else None
            thread.join()


async def _form_of(request: Request) -> Form:
    if request.headers.get("content-type") == "application/json":
        return Form(json.loads(await request.body()))
    parameters: Json = {}
    uploads = {}
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                uploads[name] = (value.filename or "", await value.read(), value.content_type or "")
            else:
                parameters[name] = json.loads(value) if name in STRUCTURED else value
    return Form(parameters, uploads)


def _json(status: int, body: bytes) -> Response:
    return Response(body, status, media_type="application/json")
