"""Updates that Telegram brings."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import select
from telegram.error import TimedOut

from bot import app, webhook
from bot.config import WebhookConfig
from bot.errors import BadWebhook
from bot.webhook import SECRET_HEADER, create_app
from models.database import Database
from models.tables import UpdateSeen
from tests.bot.conftest import ANN, Stage, a_stage, until
from tests.bot.telegram import RecordingRequest

SECRET = "only-Telegram-knows_1"
KNOWN = {SECRET_HEADER: SECRET}


def a_config(port: int = 0) -> WebhookConfig:
    """A webhook behind a proxy."""
    return WebhookConfig(url="https://bot.example.org/in", port=port, path="/in", secret=SECRET)


@pytest.fixture
async def door(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Telegram's side of the webhook."""
    reception = create_app(a_config(), stage.parts.intake, stage.application.bot)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(reception), base_url="http://door") as client:
        yield client


async def stored(stage: Stage) -> list[int]:
    """The numbers of all stored updates."""
    async with stage.services.database.read() as session:
        return list(await session.scalars(select(UpdateSeen.update_id)))


async def test_an_update_is_stored_before_it_is_confirmed(stage: Stage, door: httpx.AsyncClient) -> None:
    stage.telegram.slow["sendMessage"] = asyncio.Event()
    update = stage.a_message(ANN, text="hello")

    answer = await door.post("/in", json=update, headers=KNOWN)

    assert (answer.status_code, await stored(stage)) == (200, [update["update_id"]])
    stage.telegram.slow["sendMessage"].set()
    await until(lambda: stage.telegram.chat(ANN))


async def test_an_update_brought_twice_is_handled_once(stage: Stage, door: httpx.AsyncClient) -> None:
    update = stage.a_message(ANN, text="hello")

    answers = [await door.post("/in", json=update, headers=KNOWN) for _ in range(2)]
    await stage.handle()

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(stage.telegram.chat(ANN)) == 1


async def test_an_update_that_cannot_be_stored_is_not_confirmed_and_comes_again(
    stage: Stage, door: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OSError("the disk is full")

    update = stage.a_message(ANN, text="hello")
    with monkeypatch.context() as broken:
        broken.setattr(Database, "write_at_once", away)
        refused = await door.post("/in", json=update, headers=KNOWN)
    accepted = await door.post("/in", json=update, headers=KNOWN)
    await stage.handle()

    assert (refused.status_code, accepted.status_code) == (503, 200)
    assert ["not lost" in words for words in stage.telegram.words(ANN)] == [True, False]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: "wrong"},
        {SECRET_HEADER: SECRET + "x"},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: "ünknown"},
        {"X-Forwarded-For": "149.154.160.1", "X-Forwarded-Proto": "https"},
    ],
    ids=["none", "wrong", "longer", "empty", "odd", "only a proxy's word"],
)
async def test_who_does_not_know_the_secret_is_turned_away(
    stage: Stage, door: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}

    answer = await door.post("/in", json=stage.a_message(ANN, text="hello"), headers=raw)

    assert (answer.status_code, await stored(stage)) == (403, [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b"{}",
        *(b'{"update_id":%b}' % number for number in (b'"1"', b"true", b"-1", b"1e99", b"99999999999999999999")),
    ],
    ids=lambda body: repr(body[:30]),
)
async def test_what_is_no_update_is_refused(stage: Stage, door: httpx.AsyncClient, body: bytes) -> None:
    answer = await door.post("/in", content=body, headers=KNOWN)

    assert (answer.status_code, await stored(stage)) == (400, [])


async def test_a_body_too_large_is_refused_whatever_its_header_says(stage: Stage, door: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(webhook.MAX_BODY_BYTES // 1000 + 2):
            yield b" " * 1000

    answer = await door.post("/in", content=endless(), headers=KNOWN)

    assert answer.status_code == 413


async def test_an_update_nobody_can_understand_keeps_no_later_one_waiting(
    stage: Stage, door: httpx.AsyncClient
) -> None:
    strange = {"update_id": 5, "message": {"message_id": "?", "date": "yesterday", "chat": 7}}

    answers = [
        await door.post("/in", json=update, headers=KNOWN) for update in (strange, stage.a_message(ANN, text="hello"))
    ]
    await stage.handle()

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(stage.telegram.chat(ANN)) == 1


@pytest.mark.parametrize(("path", "status"), [("/", 404), ("/in/", 404), ("/inn", 404), ("/in?x=1", 200)])
async def test_other_addresses_do_not_exist(stage: Stage, door: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await door.post(path, json=stage.a_message(ANN, text="hello"), headers=KNOWN)
    await stage.handle()

    assert answer.status_code == status


async def test_looking_is_not_bringing(door: httpx.AsyncClient) -> None:
    assert (await door.get("/in", headers=KNOWN)).status_code == 405


async def test_half_a_surrogate_pair_is_stored_and_answered(stage: Stage, door: httpx.AsyncClient) -> None:
    update = stage.a_message(ANN, text="hello \ud83d")
    update["message"]["from"]["first_name"] = "A\udc00"
    raw = json.dumps(update).encode()

    answer = await door.post("/in", content=raw, headers=KNOWN)
    await stage.handle()

    assert answer.status_code == 200
    assert len(stage.telegram.chat(ANN)) == 1


@asynccontextmanager
async def a_bot_with_a_webhook(stage: Stage, telegram: RecordingRequest) -> AsyncIterator[asyncio.Event]:
    """A bot that has its updates brought, started as in the product."""
    stop = asyncio.Event()
    async with a_stage(stage.services, telegram, webhook=a_config()) as hooked:
        serving = asyncio.create_task(app._receive(hooked.application, a_config(), stop))
        try:
            yield stop
        finally:
            stop.set()
            await serving


async def test_telegram_is_told_and_brings_updates_over_the_wire(
    stage: Stage, telegram: RecordingRequest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with a_bot_with_a_webhook(stage, telegram), httpx.AsyncClient() as client:
        await until(lambda: "setWebhook" in telegram.methods())
        [port] = [record.__dict__["port"] for record in caplog.records if record.message == "updates are brought"]
        address = f"http://127.0.0.1:{port}/in"
        answer = await client.post(address, json=stage.a_message(ANN, text="hello"), headers=KNOWN)
        await until(lambda: telegram.chat(ANN))

    [told] = [call.parameters for call in telegram.calls if call.method == "setWebhook"]
    assert answer.status_code == 200
    assert (told["url"], told["secret_token"]) == ("https://bot.example.org/in", SECRET)
    assert told["allowed_updates"] == ["message", "callback_query", "my_chat_member", "inline_query"]
    assert not told.get("drop_pending_updates")
    assert "deleteWebhook" not in telegram.methods()


async def test_a_webhook_is_set_once_telegram_can_be_reached(
    stage: Stage, telegram: RecordingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "FIRST_WAIT_S", 0.01)
    telegram.refuse("setWebhook", raises=TimedOut())
    telegram.refuse("setWebhook", "Bad Gateway", 502)

    async with a_bot_with_a_webhook(stage, telegram):
        await until(lambda: telegram.methods().count("setWebhook") == 3)


async def test_an_address_telegram_refuses_is_the_operators_to_mend(stage: Stage, telegram: RecordingRequest) -> None:
    telegram.refuse("setWebhook", "Bad Request: bad webhook: Failed to resolve host")

    with pytest.raises(BadWebhook, match="failed to resolve host"):
        async with a_stage(stage.services, telegram, webhook=a_config()) as hooked:
            await app._receive(hooked.application, a_config(), asyncio.Event())


async def test_a_taken_port_is_the_operators_to_mend(stage: Stage, telegram: RecordingRequest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        config = a_config(other.getsockname()[1])
        async with a_stage(stage.services, telegram, webhook=config) as hooked:
            with pytest.raises(BadWebhook, match="port is taken"):
                await app._receive(hooked.application, config, asyncio.Event())


def test_the_secret_stays_out_of_sight() -> None:
    assert SECRET not in repr(a_config())


@pytest.mark.parametrize("secret", ["", "a b", "ä", "a" * 257])
def test_a_secret_telegram_would_not_take_is_refused(secret: str) -> None:
    with pytest.raises(BadWebhook):
        WebhookConfig(url="https://bot.example.org/in", secret=secret)
