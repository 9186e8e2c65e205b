"""The line to Telegram, made short: calls go by aiohttp, which reads what comes in C.

httpx takes two milliseconds of processor time for each call, which was most of what a press cost. It still has all that
is not everyday: downloads, and whatever goes through a proxy.
"""

import io
from collections.abc import Iterator
from typing import Any
from urllib.request import getproxies

import aiohttp
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

# As httpx has it. A server that closes a connection just as it is used again leaves a call whose fate nobody knows:
# aiohttp sends no POST twice.
IDLE_S = 5.0
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
        self._most = connection_pool_size
        self._connect_s = connect_timeout
        self._leave_s = pool_timeout + connect_timeout
        self._upload_s = media_write_timeout
        self._certificates = httpx_options["verify"]
        self._is_direct = not (httpx_options["trust_env"] and getproxies())
        self._session: aiohttp.ClientSession | None = None
        self._under_way = 0
        self._is_open = False

    async def initialize(self) -> None:
        """See BaseRequest.initialize."""
        await super().initialize()
        self._is_open = True
        if self._session is None:
            self._session = self._new_session()

    async def shutdown(self) -> None:
        """See BaseRequest.shutdown. Calls under way are not cut off: the last of them closes the door."""
        self._is_open = False
        await self._close_when_through()
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
        answer_s = self.read_timeout if isinstance(read_timeout, type(UNSET)) else read_timeout
        if request_data.contains_files and answer_s is not None:
            answer_s += self._upload_s
        try:
            return await self._post(url, _packed(request_data), answer_s)
        except (aiohttp.ClientError, OSError) as error:
            cause = _as_httpx(error)
            if isinstance(cause, httpx.TimeoutException):
                raise TimedOut from cause
            raise NetworkError(f"{type(cause).__name__}: {cause}") from cause

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """See BaseRequest.parse_json_payload. Our own buttons come back with every message: nobody looks at them, and
        to make objects of them would take longer than all the rest of it."""
        answer = HTTPXRequest.parse_json_payload(payload)
        result = answer.get("result")
        for message in _own_messages(result if isinstance(result, list) else [result]):
            message.pop("reply_markup", None)
        return answer

    async def _post(self, url: str, content: dict[str, Any], answer_s: float | None) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the line is not open")
        self._under_way += 1
        try:
            asked = self._session.post(url, **content, timeout=self._patience(answer_s), allow_redirects=False)
            async with asked as answer:
                return answer.status, await answer.read()
        finally:
            self._under_way -= 1
            await self._close_when_through()

    def _patience(self, answer_s: float | None) -> aiohttp.ClientTimeout:
        # sock_read begins only when all is sent: the whole is limited for the sake of a server that does not take it.
        whole_s = None if answer_s is None else self._leave_s + answer_s
        return aiohttp.ClientTimeout(whole_s, self._leave_s, sock_connect=self._connect_s, sock_read=answer_s)

    def _new_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._most, keepalive_timeout=IDLE_S, ssl=self._certificates),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
            skip_auto_headers=["Accept-Encoding"],
        )

    async def _close_when_through(self) -> None:
        if self._session is not None and not self._is_open and not self._under_way:
            session, self._session = self._session, None
            await session.close()


def _packed(asked: RequestData) -> dict[str, Any]:
    """The body of a call, as options of post."""
    if not asked.contains_files:
        return {"json": asked.parameters}
    form = httpx.Request("POST", "http://telegram", data=asked.json_parameters, files=asked.multipart_data)
    return {"data": io.BytesIO(form.read()), "headers": {"Content-Type": form.headers["content-type"]}}


def _as_httpx(error: Exception) -> httpx.TransportError:
    """What httpx would say: it shows whether a call left. Words of aiohttp may hold the address, and so the token."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return httpx.ConnectTimeout("no connection in time")
        case aiohttp.ClientConnectorError():
            return httpx.ConnectError(str(error.os_error))
        case TimeoutError():
            return httpx.ReadTimeout("no answer in time")
        case _:
            return httpx.ReadError(f"no answer ({type(error).__name__})")


def _own_messages(results: list[Any]) -> Iterator[dict[str, Any]]:
    """What we sent or changed, and what was pressed."""
    for result in results:
        if isinstance(result, dict):
            yield result
            yield result.get("callback_query", {}).get("message", {})
