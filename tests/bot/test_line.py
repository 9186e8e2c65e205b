"""The short way to Telegram: real connections to a server that answers as it is told."""

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from telegram import InputFile
from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot import line
from bot.errors import is_refusal, is_unknown
from bot.line import Line

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}'
Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """Answers each call with what stands next; counts connections."""

    answers: list[bytes] = field(default_factory=lambda: [OK])
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0
    closes: bool = False
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    def __post_init__(self) -> None:
        self.go_on.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(row[15:]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length"))
                self.heads.append(head)
                await self.go_on.wait()
                self.bodies.append(await reader.readexactly(length))
                writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
                if self.closes:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has had enough
        finally:
            writer.close()


@asynccontextmanager
async def a_server(**options: Any) -> AsyncIterator[Server]:
    """On a port of its own."""
    server = Server(**options)
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listener:
        server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/bot1:secret/sendMessage"
        yield server
        server.go_on.set()


@asynccontextmanager
async def a_line(*, most: int = 8, patience_s: float = 20.0, trust_env: bool = False) -> AsyncIterator[Line]:
    """As the bot opens it."""
    made = Line(
        connection_pool_size=most,
        connect_timeout=patience_s,
        pool_timeout=patience_s,
        read_timeout=patience_s,
        media_write_timeout=patience_s,
        httpx_kwargs={"trust_env": trust_env, "verify": False},
    )
    await made.initialize()
    try:
        yield made
    finally:
        await made.shutdown()


def told(error: BaseException) -> str:
    """All that a log can say of it."""
    return "".join(traceback.format_exception(error))


def asking(**parameters: object) -> RequestData:
    """What the library hands over."""
    return RequestData([RequestParameter.from_input(name, value) for name, value in parameters.items()])


async def test_calls_share_a_connection_and_carry_their_values_as_they_are() -> None:
    async with a_server() as server, a_line() as made:
        answers = [await made.do_request(server.url, "POST", asking(chat_id=5, text="häßlich")) for _ in range(3)]

    assert answers == [(200, b'{"ok":true}')] * 3
    assert server.connections == 1
    assert json.loads(server.bodies[0]) == {"chat_id": 5, "text": "häßlich"}
    assert server.heads[0].startswith(b"POST /bot1:secret/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:")


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}", 429, b"{}"),
        (b"HTTP/1.1 200\r\ncontent-length:  2 \r\n\r\n{}", 200, b"{}"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nA: b\r\n\r\n",
            200,
            b"{}",
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\n{}", 302, b"{}"),
    ],
    ids=["refused", "no phrase", "interim", "chunked", "no body", "elsewhere"],
)
async def test_every_form_of_answer_is_understood_and_leaves_the_connection_open(
    answer: bytes, status: int, body: bytes
) -> None:
    async with a_server(answers=[answer]) as server, a_line() as made:
        answers = [await made.do_request(server.url, "POST", asking()) for _ in range(2)]

    assert answers == [(status, body)] * 2
    assert server.connections == 1
    assert b"Cookie:" not in server.heads[1]


@pytest.mark.parametrize(
    "answer",
    [OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), b'HTTP/1.1 200 OK\r\n\r\n{"ok":true}'],
    ids=["said", "by the end"],
)
async def test_a_connection_that_the_server_closes_is_not_used_again(answer: bytes) -> None:
    async with a_server(answers=[answer], closes=True) as server, a_line() as made:
        answers = [await made.do_request(server.url, "POST", asking()) for _ in range(2)]

    assert answers == [(200, b'{"ok":true}')] * 2
    assert server.connections == 2


async def test_a_connection_that_rested_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "IDLE_S", 0.0)
    async with a_server() as server, a_line() as made:
        for _ in range(2):
            await made.do_request(server.url, "POST", asking())

    assert server.connections == 2


async def test_where_nobody_listens_the_call_never_left() -> None:
    async with a_server() as server:
        url = server.url

    async with a_line() as made:
        with pytest.raises(NetworkError) as caught:
            await made.do_request(url, "POST", asking())

    assert is_refusal(caught.value)
    assert "secret" not in told(caught.value)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{", b"hello\r\n\r\n"])
async def test_after_half_an_answer_nobody_knows_what_became_of_the_call(answer: bytes) -> None:
    async with a_server(answers=[answer], closes=True) as server, a_line() as made:
        with pytest.raises(NetworkError) as caught:
            await made.do_request(server.url, "POST", asking())

    assert is_unknown(caught.value)
    assert len(server.heads) == 1
    assert "secret" not in told(caught.value)


async def test_an_answer_that_does_not_come_is_waited_for_as_long_as_asked() -> None:
    async with a_server() as server, a_line() as made:
        server.go_on.clear()
        with pytest.raises(TimedOut) as caught:
            await made.do_request(server.url, "POST", asking(), read_timeout=0.05)
        server.go_on.set()
        after = await made.do_request(server.url, "POST", asking())

    assert is_unknown(caught.value)
    assert "secret" not in told(caught.value)
    assert after == (200, b'{"ok":true}')
    assert server.connections == 2


async def test_no_more_connections_than_allowed_and_who_finds_none_never_left() -> None:
    async with a_server() as server, a_line(most=1, patience_s=0.2) as made:
        server.go_on.clear()
        first = asyncio.create_task(made.do_request(server.url, "POST", asking(), read_timeout=20))
        await asyncio.sleep(0)
        with pytest.raises(TimedOut) as caught:
            await made.do_request(server.url, "POST", asking())
        server.go_on.set()
        await first

    assert is_refusal(caught.value)
    assert "secret" not in told(caught.value)
    assert server.connections == 1


async def test_a_cancelled_call_takes_its_connection_with_it() -> None:
    async with a_server() as server, a_line(most=1) as made:
        server.go_on.clear()
        task = asyncio.create_task(made.do_request(server.url, "POST", asking()))
        while not server.heads:  # noqa: ASYNC110 - a server's list rings no bell
            await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.wait([task])
        server.go_on.set()
        after = await made.do_request(server.url, "POST", asking())

    assert after == (200, b'{"ok":true}')
    assert server.connections == 2


async def test_uploads_go_the_same_way_as_a_form() -> None:
    a_photo = b"jpeg" * (1 << 19)

    async with a_server() as server, a_line() as made:
        for _ in range(2):
            await made.do_request(server.url, "POST", asking(chat_id=5, photo=InputFile(a_photo, filename="a.jpg")))

    assert b"\r\nContent-Type: multipart/form-data; boundary=" in server.heads[0]
    assert b'name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n' % a_photo in server.bodies[0]
    assert b'name="chat_id"\r\n\r\n5\r\n' in server.bodies[0]
    assert server.connections == 1


async def test_a_server_that_takes_no_upload_is_not_waited_for_for_ever() -> None:
    upload = asking(photo=InputFile(bytes(16 << 20)))

    async with a_server() as server, a_line(patience_s=0.05) as made:
        server.go_on.clear()
        with pytest.raises(TimedOut) as caught:
            await made.do_request(server.url, "POST", upload)

    assert is_unknown(caught.value)


async def test_our_own_buttons_do_not_come_back() -> None:
    shown = {"message_id": 5, "reply_markup": {}}
    answers: list[Any] = [shown, [shown], [{"update_id": 1, "callback_query": {"message": shown}}], True]

    read = [Line.parse_json_payload(json.dumps({"ok": True, "result": answer}).encode()) for answer in answers]

    bare = {"message_id": 5}
    pressed = {"update_id": 1, "callback_query": {"message": bare}}
    assert [answer["result"] for answer in read] == [bare, [bare], [pressed], True]


async def test_buttons_that_others_sent_are_looked_at() -> None:
    update = {"update_id": 1, "message": {"message_id": 5, "reply_markup": {}}}

    read = Line.parse_json_payload(json.dumps({"ok": True, "result": [update]}).encode())

    assert read["result"] == [update]


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_server() as server:
        monkeypatch.setenv("http_proxy", server.url.partition("/bot")[0])
        async with a_line(trust_env=True) as made:
            await made.do_request("http://telegram.example/bot1:secret/getMe", "POST", asking())

    assert server.heads[0].startswith(b"POST http://telegram.example/")


async def test_after_shutdown_nothing_stays_open() -> None:
    async with a_server() as server:
        async with a_line() as made:
            server.go_on.clear()
            late = asyncio.create_task(made.do_request(server.url, "POST", asking()))
            while not server.heads:  # noqa: ASYNC110 - a server's list rings no bell
                await asyncio.sleep(0.005)
        server.go_on.set()
        answer = await late

    assert answer == (200, b'{"ok":true}')
    assert made._session is None


async def test_who_shut_it_down_can_open_it_again() -> None:
    async with a_server() as server, a_line() as made:
        await made.shutdown()
        await made.initialize()
        answer = await made.do_request(server.url, "POST", asking())

    assert answer == (200, b'{"ok":true}')
