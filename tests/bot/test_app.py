"""The whole bot over HTTP: the real run_bot against the playground's Bot API, as it would meet Telegram."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.app import run_bot
from bot.config import BotConfig, Services
from bot.errors import BadToken
from jobs.values import Outcome
from models.states import JobState
from playground.config import PlaygroundConfig
from playground.serve import serve
from tests.bot.conftest import QUIET_S, TOKEN, a_jpeg

HEADERS = {"X-Playground": "1"}


@dataclass
class Person:
    """Somebody with a messenger."""

    client: httpx.AsyncClient
    user: int = 7

    async def text(self, text: str) -> None:
        """Write."""
        await self.post("text", json={"text": text})

    async def photo(self, data: bytes, kind: str = "photo", name: str = "a.jpg") -> None:
        """Send a picture."""
        await self.post(kind, files={"file": (name, data)})

    async def album(self, *pictures: bytes) -> None:
        """Send several pictures at once."""
        await self.post("album", files=[("file", (f"{number}.jpg", data)) for number, data in enumerate(pictures)])

    async def press(self, message: dict[str, Any], label: str) -> dict[str, Any]:
        """Press a button; returns the answer."""
        return await self.post("press", json={"message_id": message["id"], "label": label})

    async def hears(self, words: str, seconds: float = 60.0) -> dict[str, Any]:
        """Wait until the bot's last message says so."""
        async with asyncio.timeout(seconds):
            while True:
                messages = (await self.client.get(f"/person/{self.user}/chat")).json()["messages"]
                said = [message for message in messages if message["from"] == "bot"]
                if said and words in (said[-1].get("text") or said[-1].get("caption") or ""):
                    return dict(said[-1])
                await asyncio.sleep(0.05)

    async def post(self, kind: str, **body: Any) -> dict[str, Any]:
        """Do something by the person's side of the playground."""
        response = await self.client.post(f"/person/{self.user}/{kind}", headers=HEADERS, **body)
        response.raise_for_status()
        return dict(response.json())


@contextlib.asynccontextmanager
async def a_playground(port: int = 0) -> AsyncIterator[str]:
    """A playground's address."""
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(PlaygroundConfig(port=port), stop, address.set_result))
    try:
        yield (await address).rstrip("/")
    finally:
        stop.set()
        await serving


@contextlib.asynccontextmanager
async def a_running_bot(url: str, services: Services, **settings: Any) -> AsyncIterator[asyncio.Task[None]]:
    """The bot at work."""
    stop = asyncio.Event()
    defaults: dict[str, Any] = {
        "token": TOKEN,
        "progress_every_s": 0.1,
        "album_quiet_s": QUIET_S,
        "quiet_s": QUIET_S,
    }
    config = BotConfig(api_url=url, **(defaults | settings))
    running = asyncio.create_task(run_bot(config, services, stop))
    try:
        yield running
    finally:
        stop.set()
        await running


async def until_asked(services: Services, job_id: int) -> None:
    """Wait until there is that job."""
    async with asyncio.timeout(60.0):
        while await services.desk.view(job_id) is None:  # noqa: ASYNC110 - it happens in SQL
            await asyncio.sleep(0.02)


async def paint(services: Services, job_id: int) -> None:
    """Paint a job at once."""
    claimed = await services.desk.claim(job_id, "painter at hand")
    assert claimed is not None
    key = await services.blobs.put(a_jpeg("gold", (256, 192)), ".jpg")
    await services.desk.finish(job_id, claimed.attempt, Outcome(state=JobState.DONE, result_key=key))


async def test_two_photos_go_in_and_a_picture_comes_out(services: Services) -> None:
    async with a_playground() as url, httpx.AsyncClient(base_url=url) as client, a_running_bot(url, services):
        ann = Person(client)
        await ann.text("/start")
        await ann.hears("Hello")
        await ann.photo(a_jpeg("red"))
        await ann.hears("I have your photo")
        await ann.photo(a_jpeg("blue"), "document")
        await until_asked(services, 1)
        await paint(services, 1)
        instant = await ann.hears("here is your picture")
        await ann.press(instant, "✨ Paint in high quality")
        await ann.hears("you are next")

        await paint(services, 2)

        result = await ann.hears("in high quality")
        assert (instant["photo"]["width"], result["photo"]["width"]) == (256, 256)
        assert [button["label"] for row in result["buttons"] for button in row][-2] == "🔀 Swap the two"


async def test_an_album_and_a_tapped_style_work_too(services: Services) -> None:
    async with a_playground() as url, httpx.AsyncClient(base_url=url) as client, a_running_bot(url, services):
        ann, ben = Person(client, 7), Person(client, 8)
        await ann.album(a_jpeg("red"), a_jpeg("blue"))
        await until_asked(services, 1)
        await ben.photo(a_jpeg("red"))
        sheet = await ben.hears("I have your photo")
        answer = await ben.press(sheet, sheet["buttons"][0][0]["label"])
        waiting = await ben.hears("1 ahead of you")  # an instant picture that is long in coming says so
        await ben.press(waiting, "Cancel")

        assert answer["text"] == "I am on it!"
        stopped = await ben.hears("stopped, as you asked")
        assert stopped["id"] == sheet["id"]


async def test_four_people_are_served_in_four_languages_and_find_styles_in_theirs(services: Services) -> None:
    async with a_playground() as url, httpx.AsyncClient(base_url=url) as client, a_running_bot(url, services):
        people = {code: Person(client, user) for user, code in enumerate(("en", "es", "id", "ru"), start=7)}
        for code, person in people.items():
            await person.post("language", json={"language": code})
            await person.photo(a_jpeg("red"))
        sheets = [
            await people[code].hears(words)
            for code, words in (
                ("en", "I have your photo"),
                ("es", "ya tengo tu foto"),
                ("id", "fotomu sudah kuterima"),
                ("ru", "фото у меня"),
            )
        ]
        await people["ru"].press(sheets[3], "2. Звёздная ночь")
        await until_asked(services, 1)
        await paint(services, 1)
        result = await people["ru"].hears("вот твоя картина")
        found = await people["ru"].post("inline", json={"query": "звезд"})
        await people["ru"].post("choose", json={"query_id": found["query_id"], "result_id": "job.1"})

    labels = [{button["label"] for row in sheet["buttons"] for button in row} for sheet in sheets]
    starry = ["2. Starry Night", "2. Noche estrellada", "2. Malam Berbintang", "2. Звёздная ночь"]
    assert [label for label, shown in zip(starry, labels, strict=True) if label not in shown] == []
    assert [each["id"] for each in found["results"]] == ["job.1", "style.starry-night"]
    assert found["results"][0]["file"]["url"] == result["photo"]["url"]


async def test_a_text_named_jpg_gets_its_sentence(services: Services) -> None:
    async with a_playground() as url, httpx.AsyncClient(base_url=url) as client, a_running_bot(url, services):
        ann = Person(client)
        await ann.photo(b"not a picture", "document", "cat.jpg")

        await ann.hears("not a picture I can read")


async def test_what_came_in_while_the_bot_was_away_is_answered(services: Services) -> None:
    async with a_playground() as url, httpx.AsyncClient(base_url=url) as client:
        ann = Person(client)
        async with a_running_bot(url, services):
            await ann.text("/help")
            await ann.hears("What I can do")
        await ann.text("/cancel")

        async with a_running_bot(url, services):
            await ann.hears("nothing to cancel")


async def test_admins_find_their_command_in_the_menu(services: Services) -> None:
    async with a_playground() as url, httpx.AsyncClient(base_url=url) as client:
        async with a_running_bot(url, services, admin_ids=frozenset({7})):
            await Person(client).text("/admin")
            await Person(client).hears("Jobs")
        calls = (await client.get("/calls")).json()

    assert "setMyCommands" in str(calls)


async def test_a_bot_waits_for_telegram_to_appear(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.app.FIRST_WAIT_S", 0.1)
    async with a_playground() as url:
        port = int(url.rsplit(":", 1)[1])
    async with a_running_bot(url, services):
        await asyncio.sleep(0.3)

        async with a_playground(port) as url, httpx.AsyncClient(base_url=url) as client:
            await Person(client).text("/help")
            await Person(client).hears("What I can do")


async def test_a_bot_that_waits_for_telegram_can_be_stopped(services: Services) -> None:
    async with asyncio.timeout(20):
        async with a_running_bot("http://127.0.0.1:9", services):
            await asyncio.sleep(0.2)


async def test_a_token_telegram_does_not_know_is_told_without_showing_it(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing:
        """A Bot API that knows nobody."""

        async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            body = b'{"ok":false,"error_code":401,"description":"Unauthorized"}'
            head = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
            writer.write(head + body)
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(Refusing(), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        with pytest.raises(BadToken) as caught:
            await run_bot(BotConfig(token="1000:hush", api_url=url), services, asyncio.Event())
    finally:
        server.close()
        await server.wait_closed()

    assert "hush" not in repr(caught.value)
    assert caught.value.__cause__ is None
