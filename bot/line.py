"""The line to Telegram, made short: calls go over open connections with nothing in between.

httpx takes a millisecond of processor time and more for each call, which was most of what a press cost. It still has
all that is not everyday: downloads, and whatever goes through a proxy.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import getproxies

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

# As httpx has it. A server that closes a connection just as it is used again leaves a call whose fate nobody knows.
IDLE_S = 5.0
SECOND_ADDRESS_AFTER_S = 0.25
INTERIM = range(100, 200)
BODILESS = (204, 304)
HEAD = "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\nContent-Type: "
UNSET = BaseRequest.DEFAULT_NONE


class Line(HTTPXRequest):
    """The library's way to speak to Telegram, with a short cut. Errors are the library's, their causes httpx's."""

    def __init__(
        self,
        *,
        connection_pool_size: int,
        connect_timeout: float,
        pool_timeout: float,
        media_write_timeout: float,
        **options: Any,
    ) -> None:
        """options: HTTPXRequest's"""
        limits: dict[str, Any] = {"connect_timeout": connect_timeout, "pool_timeout": pool_timeout}
        limits |= {"connection_pool_size": connection_pool_size, "media_write_timeout": media_write_timeout}
        super().__init__(**limits, **options)
        httpx_options = options["httpx_kwargs"]
        self._upload_s = media_write_timeout
        self._is_direct = not (httpx_options["trust_env"] and getproxies())
        self._wires = _Wires(connection_pool_size, pool_timeout, connect_timeout, httpx_options["verify"])

    async def initialize(self) -> None:
        """See BaseRequest.initialize."""
        await super().initialize()
        self._wires.open()

    async def shutdown(self) -> None:
        """See BaseRequest.shutdown."""
        await self._wires.close()
        await super().shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = UNSET,
        *more: Any,
        **options: Any,
    ) -> tuple[int, bytes]:
        """See BaseRequest.do_request."""
        if not self._is_direct or method != "POST" or request_data is None:
            return await super().do_request(url, method, request_data, read_timeout, *more, **options)
        try:
            kind, body = _packed(request_data)
            answer_s = self.read_timeout if isinstance(read_timeout, type(UNSET)) else read_timeout
            if request_data.contains_files and answer_s is not None:
                answer_s += self._upload_s
            return await self._wires.post(url, kind, body, answer_s)
        except httpx.TimeoutException as error:
            raise TimedOut from error
        except httpx.TransportError as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """See BaseRequest.parse_json_payload. Our own buttons come back with every message: nobody looks at them, and
        to make objects of them would take longer than all the rest of it."""
        answer = HTTPXRequest.parse_json_payload(payload)
        result = answer.get("result")
        for message in _own_messages(result if isinstance(result, list) else [result]):
            message.pop("reply_markup", None)
        return answer


def _packed(asked: RequestData) -> tuple[bytes, bytes]:
    """The kind of a body, and the body."""
    if not asked.contains_files:
        return b"application/json", json.dumps(asked.parameters).encode()
    form = httpx.Request("POST", "http://telegram", data=asked.json_parameters, files=asked.multipart_data)
    return form.headers["content-type"].encode(), form.read()


def _own_messages(results: list[Any]) -> Iterator[dict[str, Any]]:
    """What we sent or changed, and what was pressed."""
    for result in results:
        if isinstance(result, dict):
            yield result
            yield result.get("callback_query", {}).get("message", {})


@dataclass(frozen=True)
class _Place:
    """Where calls go. head: of a request to it, up to the kind of its body"""

    host: str
    port: int
    is_secret: bool
    head: bytes


@dataclass
class _Wire:
    """An open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    end: tuple[str, int]
    idle_since: float = 0.0
    lasts: bool = True

    @property
    def is_fit(self) -> bool:
        """Whether it can be used once more."""
        return self.lasts and not self.writer.is_closing() and not self.reader.at_eof()

    def close(self) -> None:
        """Let go of it at once."""
        self.writer.transport.abort()

    async def post(self, head: bytes, kind: bytes, body: bytes) -> tuple[int, bytes]:
        """Ask, and take the answer. Raises OSError, EOFError or ValueError."""
        self.writer.write(b"%b%b\r\nContent-Length: %d\r\n\r\n%b" % (head, kind, len(body), body))
        status, fields = await self._read_head()
        while status in INTERIM:
            status, fields = await self._read_head()
        self.lasts = fields.get(b"connection", b"").lower() != b"close"
        return status, b"" if status in BODILESS else await self._read_body(fields)

    async def _read_head(self) -> tuple[int, dict[bytes, bytes]]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head[:-4].split(b"\r\n")
        version, status, *_ = first.split(b" ", 2)
        if version != b"HTTP/1.1":
            raise ValueError("not HTTP/1.1")
        fields = (line.partition(b":") for line in lines)
        return int(status), {name.lower(): value.strip() for name, _, value in fields}

    async def _read_body(self, fields: dict[bytes, bytes]) -> bytes:
        if b"transfer-encoding" in fields:
            return b"".join([chunk async for chunk in self._chunks()])
        if b"content-length" in fields:
            return await self.reader.readexactly(int(fields[b"content-length"]))
        self.lasts = False
        return await self.reader.read()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while length := int((await self.reader.readuntil(b"\r\n")).partition(b";")[0], 16):
            yield (await self.reader.readexactly(length + 2))[:-2]
        while await self.reader.readuntil(b"\r\n") != b"\r\n":
            pass


class _Wires:
    """Connections that stay open for a while, the latest used first."""

    def __init__(self, most: int, wait_s: float, connect_s: float, certificates: ssl.SSLContext) -> None:
        self._room = asyncio.Semaphore(most)
        self._wait_s = wait_s
        self._connect_s = connect_s
        self._certificates = certificates
        self._idle: list[_Wire] = []
        self._is_open = True

    def open(self) -> None:
        """Keep what is not used from now on."""
        self._is_open = True

    async def close(self) -> None:
        """Let go of what is not used, and of everything else when it is through."""
        self._is_open = False
        while self._idle:
            self._idle.pop().close()
        await asyncio.sleep(0)  # what was let go hears so in the loop's next round

    async def post(self, url: str, kind: bytes, body: bytes, answer_s: float | None) -> tuple[int, bytes]:
        """Post it and return the answer's status and body. Raises what httpx would."""
        place = _place(url)
        async with self._a_room():
            wire = self._fit_for(place) or await self._connect(place)
            try:
                async with asyncio.timeout(answer_s):
                    return await wire.post(place.head, kind, body)
            except TimeoutError:
                wire.lasts = False
                raise httpx.ReadTimeout("no answer in time") from None
            except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
                wire.lasts = False
                raise httpx.ReadError(f"no answer ({type(error).__name__})") from error
            except BaseException:
                wire.lasts = False
                raise
            finally:
                self._put_back(wire)

    @asynccontextmanager
    async def _a_room(self) -> AsyncIterator[None]:
        if self._room.locked():
            try:
                async with asyncio.timeout(self._wait_s):
                    await self._room.acquire()
            except TimeoutError:
                raise httpx.PoolTimeout("all connections are in use") from None
        else:
            await self._room.acquire()
        try:
            yield
        finally:
            self._room.release()

    def _fit_for(self, place: _Place) -> _Wire | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            wire = self._idle.pop()
            if wire.is_fit and wire.end == (place.host, place.port) and now - wire.idle_since < IDLE_S:
                return wire
            wire.close()
        return None

    async def _connect(self, place: _Place) -> _Wire:
        certificates = self._certificates if place.is_secret else None
        try:
            async with asyncio.timeout(self._connect_s):
                reader, writer = await asyncio.open_connection(
                    place.host, place.port, ssl=certificates, happy_eyeballs_delay=SECOND_ADDRESS_AFTER_S
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection in time") from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        return _Wire(reader, writer, (place.host, place.port))

    def _put_back(self, wire: _Wire) -> None:
        if self._is_open and wire.is_fit:
            wire.idle_since = asyncio.get_running_loop().time()
            self._idle.append(wire)
        else:
            wire.close()


@lru_cache
def _place(url: str) -> _Place:
    parts = urlsplit(url)
    is_secret = parts.scheme == "https"
    assert parts.hostname is not None  # an address of the Bot API, made by the library
    head = HEAD.format(path=quote(parts.path, "/:"), host=parts.netloc, agent=BaseRequest.USER_AGENT)
    return _Place(parts.hostname, parts.port or (443 if is_secret else 80), is_secret, head.encode())
