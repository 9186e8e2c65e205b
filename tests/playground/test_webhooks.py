import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.playground.helpers import Json, Running, connected, running, served

SECRET = "Only_we_know-it"


class Hook:
    """A bot's own web server: keeps what is brought to it and answers as told, 200 when nothing was told."""

    def __init__(self) -> None:
        self.updates: asyncio.Queue[Json] = asyncio.Queue()
        self.headers: list[str] = []
        self.answers: list[str] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request for each connection, so that none is left open when a test ends."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(line for line in head.lower().splitlines() if line.startswith("content-length"))
        self.headers.append(head)
        self.updates.put_nowait(json.loads(await reader.readexactly(int(length.partition(":")[2]))))
        await self.may_answer.wait()
        status = self.answers.pop(0) if self.answers else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    async def texts(self, count: int) -> list[str]:
        """The texts of the next so many updates."""
        async with asyncio.timeout(30):
            return [str((await self.updates.get())["message"]["text"]) for _ in range(count)]


@asynccontextmanager
async def a_hook() -> AsyncIterator[Hook]:
    hook = Hook()
    server = await asyncio.start_server(hook.serve, "127.0.0.1", 0)
    hook.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/updates"
    yield hook
    server.close()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with a_hook() as started:
        yield started


@pytest.fixture(scope="module")
def address() -> Any:
    """A playground that does not wait long before it tries again."""
    with served(webhook_pause_s=0.01) as url:
        yield url


async def info(playground: Running, **wanted: Any) -> Json:
    """getWebhookInfo, once it says this."""
    async with asyncio.timeout(30):
        while True:
            known: Json = await playground.result("getWebhookInfo")
            if wanted.items() <= known.items():
                return known
            await playground.http.get("/person/ada/events", params={"after": "0"})


async def test_updates_are_brought_with_the_secret(playground: Running, hook: Hook) -> None:
    await playground.says("waited")
    await playground.result("setWebhook", url=hook.url, secret_token=SECRET)
    await playground.says("came")

    assert await hook.texts(2) == ["waited", "came"]
    assert hook.headers[0].startswith("POST /updates ")
    assert f"X-Telegram-Bot-Api-Secret-Token: {SECRET}".lower() in hook.headers[0].lower()
    assert (await info(playground, pending_update_count=0))["url"] == hook.url


async def test_what_is_not_accepted_comes_again_and_nothing_overtakes_it(playground: Running, hook: Hook) -> None:
    hook.answers = ["500 Internal Server Error", "302 Found", "200 OK", "404 Not Found"]
    await playground.result("setWebhook", url=hook.url)

    for text in ("one", "two", "three"):
        await playground.says(text)

    assert await hook.texts(6) == ["one", "one", "one", "two", "two", "three"]
    told = await info(playground, pending_update_count=0)
    assert told["last_error_message"] == "Wrong response from the webhook: 404 Not Found"
    assert told["last_error_date"] > 0


async def test_one_chat_does_not_wait_for_another(playground: Running, hook: Hook) -> None:
    hook.may_answer.clear()
    await playground.result("setWebhook", url=hook.url)

    await playground.says("ada's first")
    await playground.says("ada's second")
    await playground.says("ben's", user="ben")

    assert sorted(await hook.texts(2)) == ["ada's first", "ben's"]
    assert (await playground.result("getWebhookInfo"))["pending_update_count"] == 3
    hook.may_answer.set()
    assert await hook.texts(1) == ["ada's second"]


async def test_max_connections_is_obeyed(playground: Running, hook: Hook) -> None:
    hook.may_answer.clear()
    await playground.result("setWebhook", url=hook.url, max_connections=1)
    for user in ("ada", "ben", "cleo"):
        await playground.says(user, user=user)

    first = await hook.texts(1)
    waiting = hook.updates.qsize()
    hook.may_answer.set()

    assert waiting == 0
    assert sorted(first + await hook.texts(2)) == ["ada", "ben", "cleo"]


async def test_a_bot_that_is_not_there_is_told_later(playground: Running, hook: Hook) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    await playground.result("setWebhook", url=nobody)
    await playground.says("hello")

    told = await info(playground, last_error_message="Connection refused")
    absent = (await playground.events())["bot"]["connected"]
    await playground.result("setWebhook", url=hook.url)

    assert (told["pending_update_count"], absent) == (1, False)
    assert await hook.texts(1) == ["hello"]
    await info(playground, pending_update_count=0)
    assert (await playground.events())["bot"]["connected"] is True


async def test_asking_and_being_brought_exclude_each_other(playground: Running, hook: Hook) -> None:
    poll = asyncio.create_task(playground.refusal("getUpdates", timeout=20))
    await playground.until_polled()
    await playground.result("setWebhook", url=hook.url)

    ended, refused = await poll, await playground.call("getUpdates")
    await playground.result("deleteWebhook")

    assert ended == "Conflict: terminated by setWebhook request"
    assert refused.status_code == 409
    assert refused.json()["description"].startswith("Conflict: can't use getUpdates method while webhook is active")
    await playground.says("asked for")
    assert [update["message"]["text"] for update in await playground.updates()] == ["asked for"]


async def test_an_empty_address_ends_it_and_old_updates_can_be_dropped(playground: Running, hook: Hook) -> None:
    await playground.result("setWebhook", url="http://localhost:9/")
    await playground.says("old")
    await playground.result("setWebhook", url="", drop_pending_updates=True)

    told = await playground.result("getWebhookInfo")

    assert (told["url"], told["pending_update_count"]) == ("", 0)
    assert await playground.updates() == []


async def test_what_was_asked_for_is_shown(playground: Running) -> None:
    await playground.result(
        "setWebhook",
        url="https://bot.example:8443/updates",
        max_connections=7,
        ip_address="192.0.2.7",
        allowed_updates=["message"],
    )

    assert await playground.result("getWebhookInfo") == {
        "url": "https://bot.example:8443/updates",
        "has_custom_certificate": False,
        "pending_update_count": 0,
        "ip_address": "192.0.2.7",
        "max_connections": 7,
        "allowed_updates": ["message"],
    }


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"url": "http://bot.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://bot.example:8080/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "nowhere"}, "bad webhook: invalid webhook URL specified"),
        ({"url": "https://bot.example:port/"}, "bad webhook: invalid webhook URL specified"),
        ({"url": "https://bot.example/", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "https://bot.example/", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({}, 'parameter "url" is required'),
    ],
)
async def test_impossible_webhooks_are_refused(playground: Running, parameters: Json, reason: str) -> None:
    assert await playground.refusal("setWebhook", **parameters) == f"Bad Request: {reason}"


async def test_a_certificate_that_is_none_is_refused(playground: Running) -> None:
    reason = await playground.refusal(
        "setWebhook", url="https://bot.example/", files={"certificate": b"no certificate"}
    )

    assert reason == "Bad Request: bad webhook: failed to load the certificate"


async def test_a_webhook_survives_a_restart(tmp_path: Path, hook: Hook) -> None:
    async with running(state_dir=tmp_path) as before:
        await before.result("setWebhook", url="http://127.0.0.1:9/", secret_token=SECRET)
        await before.result("setWebhook", url=hook.url, secret_token=SECRET)

    with served(state_dir=tmp_path) as url:
        async with connected(url) as after:
            await after.says("still there?")
            assert await hook.texts(1) == ["still there?"]

    assert SECRET in hook.headers[0]
