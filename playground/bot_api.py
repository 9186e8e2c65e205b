"""The Bot API over HTTP: /bot<token>/<method> in all its encodings, and /file/bot<token>/<path>."""

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from playground.calls import UNKNOWN_TYPE, Call, CallLog
from playground.errors import ApiError, PlaygroundError, bad_request
from playground.faults import DROP, Fault, Faults
from playground.flood import FloodMeter
from playground.inline import InlineQueries
from playground.json_text import read_json
from playground.methods import METHODS
from playground.parameters import BY_LOWER_NAME, NOT_UTF8, Arguments, Upload
from playground.presses import Presses
from playground.rendering import find_by_path
from playground.world import World

TOKEN = re.compile(r"(\d{1,16}):[A-Za-z0-9_-]{30,}")
# The largest document and the fields beside it.
MAX_BODY_BYTES = 52 * 1024 * 1024
MAX_FIELD_BYTES = 1024 * 1024


# What the flood meter counts: actions, deletions and answers to presses are free.
FLOODING = frozenset(name for name in METHODS if name.startswith(("send", "edit"))) - {"sendChatAction"}
# No method of the Bot API, but what a bot does with getFile's answer.
DOWNLOAD = "download"


class AnswerLost(PlaygroundError):
    """A fault was ordered that lets a bot never learn what became of its call."""


class HalfAnswer(Response):
    """An answer that ends before its body: the server then closes the connection, and the bot sees it broken."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"", "more_body": True})


@dataclass
class BotApi:
    """The bots' side of a playground."""

    world: World
    presses: Presses
    queries: InlineQueries
    log: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)
    flood: FloodMeter = field(init=False)

    def __post_init__(self) -> None:
        self.flood = FloodMeter(self.world.config.flood)

    async def call(self, request: Request) -> Response:
        """Perform one method; HTTP status and error_code are the same, and every call is logged."""
        began, at, chat = time.monotonic(), self.world.clock(), None
        method, bot_id, outcome = request.path_params["method"], 0, "500 Internal Server Error"
        try:
            bot_id = _bot_id(request.path_params["token"])
            arguments = await read_arguments(request)
            chat = arguments.text("chat_id")
            fault = self.faults.take(method, chat)
            result = await self._perform(request, method, bot_id, arguments, fault)
            outcome = "ok"
            return JSONResponse({"ok": True, "result": result})
        except ApiError as error:
            outcome = f"{error.status} {error.description}"
            return _refusal(error)
        except AnswerLost:
            outcome = "answer lost"
            return HalfAnswer()
        finally:
            seconds = time.monotonic() - began
            self.log.add(at=at, bot=bot_id, method=method, chat=chat, seconds=seconds, outcome=outcome)

    async def _perform(
        self, request: Request, name: str, bot_id: int, arguments: Arguments, fault: Fault | None
    ) -> Any:
        """The result of a call, unless a fault was ordered for it: before it is carried out, or after."""
        if fault is not None and not fault.after_accept:
            await self._strike(fault)
        result = await self._carry_out(request, name, bot_id, arguments)
        if fault is not None and fault.after_accept:
            await self._strike(fault)
        return result

    async def _strike(self, fault: Fault) -> None:
        if fault.delay_s:
            with contextlib.suppress(TimeoutError):  # still open after the delay, as nearly always
                await asyncio.wait_for(self.world.closed.wait(), fault.delay_s)
        if fault.status == DROP:
            raise AnswerLost
        if fault.status is not None:
            raise fault.error()

    async def _carry_out(self, request: Request, name: str, bot_id: int, arguments: Arguments) -> Any:
        # Telegram is deaf to upper and lower case here.
        method = BY_LOWER_NAME.get(name.lower())
        if method is None:
            raise ApiError(404, "Not Found")
        arguments.check(method, lenient=self.world.config.lenient)
        call = Call(self.world, self.presses, self.queries, self.world.bot(bot_id), arguments)
        if method.name in FLOODING:
            self.flood.count(bot_id, call.chat_id(), call.message_count())
        if method.name == "getUpdates":
            return await _unless_gone(request, call)
        return await METHODS[method.name](call)

    async def download(self, request: Request) -> Response:
        """The bytes of a file, by the path that getFile gave; a fault strikes it by the name "download"."""
        try:
            _bot_id(request.path_params["token"])
            if fault := self.faults.take(DOWNLOAD, None):
                await self._strike(fault)
            file = find_by_path(self.world, request.path_params["path"])
        except ApiError as error:
            return _refusal(error)
        except AnswerLost:
            return HalfAnswer()
        return FileResponse(self.world.shelf.path(file.id), media_type=UNKNOWN_TYPE)


def _bot_id(token: str) -> int:
    shape = TOKEN.fullmatch(token)
    if shape is None:
        raise ApiError(401, "Unauthorized")
    return int(shape[1])


async def _unless_gone(request: Request, call: Call) -> Any:
    """A long poll that ends with its connection, so that a killed bot is not taken for a listening one."""
    poll = asyncio.ensure_future(METHODS["getUpdates"](call))
    gone = asyncio.ensure_future(hung_up(request))
    try:
        await asyncio.wait({poll, gone}, return_when=asyncio.FIRST_COMPLETED)
        return poll.result() if poll.done() else []
    finally:
        for task in (poll, gone):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ApiError):  # cancelled just now, or nobody hears it
                await task


async def hung_up(request: Request) -> None:
    """Return when the other side has closed the connection."""
    # A request without a body still owes its empty one.
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _refusal(error: ApiError) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": error.status, "description": error.description}
    headers = {}
    if error.parameters:
        body["parameters"] = error.parameters
    if "retry_after" in error.parameters:
        headers["Retry-After"] = str(error.parameters["retry_after"])
    return JSONResponse(body, error.status, headers)


async def read_arguments(request: Request) -> Arguments:
    """Query string and body together; raises ApiError for a body that cannot be read."""
    if int(request.headers.get("content-length", "0")) > MAX_BODY_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    values: dict[str, Any] = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        values |= _read_json(await request.body())
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        await _read_form(request, values, uploads)
    return Arguments(values, uploads)


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        values = read_json(body or b"{}")
    except UnicodeEncodeError:
        raise bad_request(NOT_UTF8) from None
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise bad_request("request body must be a JSON object")
    return values


async def _read_form(request: Request, values: dict[str, Any], uploads: dict[str, Upload]) -> None:
    try:
        async with request.form(max_files=20, max_part_size=MAX_FIELD_BYTES) as form:
            for name, value in form.items():
                if isinstance(value, UploadFile):
                    uploads[name] = await take_upload(value)
                else:
                    values[name] = value
    except HTTPException as error:
        raise bad_request(f"can't parse the form: {error.detail}") from error


async def take_upload(part: UploadFile) -> Upload:
    """A file part in memory. Of its name only the last component counts, and only to be shown."""
    name = (part.filename or "file").replace("\\", "/").rpartition("/")[2] or "file"
    return Upload(name, part.content_type or UNKNOWN_TYPE, await part.read())
