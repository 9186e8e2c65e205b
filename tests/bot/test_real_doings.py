"""Groups, topics, webhooks and bad days: the real run_bot against the playground, which is as strict as Telegram."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot import delivery
from bot.config import Services, WebhookConfig
from tests.bot.conftest import TOKEN, a_jpeg
from tests.bot.test_app import HEADERS, a_playground, a_running_bot, paint, until_asked

ANN = 7


@dataclass
class Telegram:
    """The playground, with Ann in front of it."""

    url: str
    client: httpx.AsyncClient
    chat: int = ANN
    thread: int | None = None

    async def make_group(self, kind: str, *topics: str) -> dict[str, Any]:
        """A group of Ann's; from now on she writes there, in its first topic."""
        wanted = {"kind": kind, "title": "Painters", "members": [str(ANN)], "topics": list(topics)}
        made: dict[str, Any] = await self.post("/chat", json={name: value for name, value in wanted.items() if value})
        self.chat, self.thread = made["id"], made["topics"][0]["id"] if topics else None
        return made

    async def text(self, text: str) -> None:
        """Ann writes."""
        await self.post(f"/person/{ANN}/text", json={"text": text} | self._place())

    async def photo(self, kind: str = "photo") -> None:
        """Ann sends a picture that is meant for the bot."""
        form = {"caption": "@pastiche_bot"} | {name: str(value) for name, value in self._place().items()}
        await self.post(f"/person/{ANN}/{kind}", files={"file": ("a.jpg", a_jpeg("red"))}, data=form)

    async def said(self) -> list[dict[str, Any]]:
        """The bot's messages where Ann writes."""
        answer = await self.client.get(f"/person/{ANN}/chat", params=self._place())
        return [message for message in answer.json()["messages"] if message["from"] == "bot"]

    async def hears(self, words: str) -> dict[str, Any]:
        """Wait until the bot says so."""
        async with asyncio.timeout(60.0):
            while True:
                for message in await self.said():
                    if words in (message.get("text") or message.get("caption") or ""):
                        return message
                await asyncio.sleep(0.03)

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.client.post(path, headers=HEADERS, **body)
        answer.raise_for_status()
        return answer.json()

    def _place(self) -> dict[str, int]:
        place = {} if self.chat == ANN else {"chat": self.chat}
        return place | ({} if self.thread is None else {"thread": self.thread})


async def until_true(question: Callable[[], Awaitable[bool]]) -> None:
    """Ask until the answer is yes."""
    async with asyncio.timeout(60.0):
        while not await question():  # noqa: ASYNC110 - it happens in SQL or on the other side of HTTP
            await asyncio.sleep(0.03)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """A playground."""
    async with a_playground() as url, httpx.AsyncClient(base_url=url) as client:
        yield Telegram(url, client)


@contextlib.asynccontextmanager
async def a_bot(telegram: Telegram, services: Services, **settings: Any) -> AsyncIterator[None]:
    """The bot, once it answers."""
    async with a_running_bot(telegram.url, services, **settings) as running:

        async def is_up() -> bool:
            return running.done() or "setMyCommands" in (await telegram.client.get("/calls")).text

        await until_true(is_up)
        yield


async def test_updates_are_brought_by_webhook_and_fetched_again_afterwards(
    telegram: Telegram, services: Services
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as finder:
        port = finder.getsockname()[1]
    webhook = WebhookConfig(url=f"http://127.0.0.1:{port}/in", port=port, path="/in", secret="only-Telegram-knows")
    async with a_bot(telegram, services, webhook=webhook):
        await telegram.text("/help")
        await telegram.hears("What I can do")
    await telegram.text("/cancel")

    async with a_bot(telegram, services):
        await telegram.hears("nothing to cancel")

    calls = {call["method"] for call in (await telegram.client.get("/calls")).json()["calls"]}
    assert {"setWebhook", "deleteWebhook", "getUpdates"} <= calls
    assert len(await telegram.said()) == 2


async def test_a_topic_gets_its_file_and_picture_after_a_restart_and_a_lost_answer(
    telegram: Telegram, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_RETRY_S", "LOOK_EVERY_S"):
        monkeypatch.setattr(delivery, name, 0.1)
    async with a_bot(telegram, services):
        await telegram.make_group("forum", "Oil", "Ink")
        await telegram.photo("document")
        await telegram.hears("I have your photo")
        await telegram.photo()
        await until_asked(services, 1)
        await telegram.hears("you are next")

    async with a_bot(telegram, services):
        await telegram.post("/faults", json={"method": "editMessageMedia", "after_accept": True})
        await paint(services, 1)
        await telegram.hears("here is your picture")

        async def has_file() -> bool:
            return bool((await telegram.said())[-1].get("document"))

        await until_true(has_file)

    said = await telegram.said()
    assert [message["thread"] for message in said] == [telegram.thread] * len(said)
    assert sum("here is your picture" in (message.get("caption") or "") for message in said) == 1


async def test_a_group_that_becomes_a_supergroup_gets_its_picture_there(telegram: Telegram, services: Services) -> None:
    async with a_bot(telegram, services):
        old = await telegram.make_group("group")
        for words in ("I have your photo", "you are next"):
            await telegram.photo()
            await telegram.hears(words)
        telegram.chat = (await telegram.post(f"/chat/{old['id']}/migrate"))["id"]

        await paint(services, 1)

        await telegram.hears("here is your picture")


async def test_a_second_poller_is_told_to_the_admin_once_and_the_bot_goes_on(
    telegram: Telegram, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_bot(telegram, services, admin_ids=frozenset({ANN})):
        await telegram.text("/help")
        await telegram.hears("What I can do")
        for _ in range(2):
            await telegram.client.get(f"/bot{TOKEN}/getUpdates")
            await telegram.hears("same token")
        await telegram.text("/cancel")
        await telegram.hears("nothing to cancel")

    said = [message.get("text") or "" for message in await telegram.said()]
    assert sum("same token" in words for words in said) == 1
    assert sum("somebody else polls" in record.message for record in caplog.records) == 1


async def test_who_blocks_the_bot_and_comes_back_is_served_again(telegram: Telegram, services: Services) -> None:
    async with a_bot(telegram, services):
        for words in ("I have your photo", "you are next"):
            await telegram.photo()
            await telegram.hears(words)
        await telegram.post(f"/person/{ANN}/block", json={"blocked": True})
        await paint(services, 1)

        async def is_given_up() -> bool:
            return not await services.desk.due_deliveries()

        await until_true(is_given_up)
        await telegram.post(f"/person/{ANN}/block", json={"blocked": False})
        await telegram.text("/help")

        await telegram.hears("What I can do")
