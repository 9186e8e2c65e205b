"""A running playground as tests see it: the bot's side by plain HTTP, the person's side, and pictures to send."""

import asyncio
import io
import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
from PIL import Image

from playground.config import PlaygroundConfig
from playground.serve import serve

Json = dict[str, Any]

_bot_numbers = itertools.count(4242)


def a_token() -> str:
    """A token that no other test has."""
    return f"{next(_bot_numbers)}:AAtestAAtestAAtestAAtestAAtestAAtes"


class Running:
    """A playground as one test sees it: with a bot, and so with chats, of its own."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url = url
        self.http = http
        self.token = a_token()
        self.bot_id = int(self.token.partition(":")[0])

    async def call(
        self, method: str, *, token: str | None = None, files: Any = None, **parameters: Any
    ) -> httpx.Response:
        """Call a Bot API method: JSON, or a form where files go along."""
        path = f"/bot{token or self.token}/{method}"
        if files is not None:
            return await self.http.post(path, data=parameters, files=files)
        return await self.http.post(path, json=parameters)

    async def result(self, method: str, **parameters: Any) -> Any:
        """What a call that must succeed returns."""
        response = await self.call(method, **parameters)
        assert response.json()["ok"], response.text
        return response.json()["result"]

    async def refusal(self, method: str, **parameters: Any) -> str:
        """Why a call that must fail is refused; status and error_code must agree."""
        response = await self.call(method, **parameters)
        answer = response.json()
        assert not answer["ok"]
        assert answer["error_code"] == response.status_code
        return str(answer["description"])

    async def says(self, text: str, user: str = "ada", **more: Any) -> int:
        response = await self.http.post(f"/person/{user}/text", json={"text": text, **more})
        assert response.status_code == 200, response.text
        return int(response.json()["message_id"])

    async def sends(
        self, *pictures: bytes, user: str = "ada", action: str | None = None, name: str = "picture.png", **fields: str
    ) -> list[int]:
        files = [("file", (name, picture)) for picture in pictures]
        action = action or ("album" if len(pictures) > 1 else "photo")
        response = await self.http.post(f"/person/{user}/{action}", files=files, data=fields)
        assert response.status_code == 200, response.text
        return list(response.json()["message_ids"])

    async def chat(self, user: str = "ada", **where: int) -> list[Json]:
        response = await self.http.get(f"/person/{user}/chat", params=where)
        return list(response.json()["messages"])

    async def events(self, user: str = "ada", **known: Any) -> Json:
        response = await self.http.get(
            f"/person/{user}/events", params={name: str(value) for name, value in known.items()}
        )
        return dict(response.json())

    async def news_with_messages(self, news: Json) -> Json:
        """The next news of ada's that hold messages; other people's doings wake the page as well."""
        async with asyncio.timeout(30):
            while True:
                news = await self.events(after=news["revision"], epoch=news["epoch"])
                if news["messages"]:
                    return news

    async def until_polled(self) -> None:
        """Return when somebody waits for this test's bot's updates."""
        async with asyncio.timeout(30):
            while True:
                news = await self.events(after=0, epoch="")  # as a new page does, which is answered at once
                if news["bot"].get("connected"):
                    return
                await asyncio.sleep(0.02)

    async def updates(self, **parameters: Any) -> list[Json]:
        return list(await self.result("getUpdates", **parameters))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Running]:
    """A test's view of the playground at this address."""
    # verify=False: nothing here is encrypted, and reading the certificates costs more than most tests.
    async with httpx.AsyncClient(base_url=url, headers={"X-Playground": "1"}, timeout=30, verify=False) as http:
        yield Running(url, http)


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[Running]:
    """A playground for as long as the block lasts."""
    with served(**settings) as url:
        async with connected(url) as playground:
            yield playground


@contextmanager
def served(**settings: Any) -> Iterator[str]:
    """The address of a playground that runs in a thread of its own. Only tests of the flood meter meet it."""
    server = _ServerThread(PlaygroundConfig(port=0, **{"flood": None, **settings}))
    server.start()
    try:
        yield server.address().partition("/?")[0].rstrip("/")
    finally:
        server.end()


class _ServerThread(threading.Thread):
    def __init__(self, config: PlaygroundConfig) -> None:
        super().__init__(daemon=True)
        self._config = config
        self._address: str | None = None
        self._known = threading.Event()

    def run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._known.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        await serve(self._config, self._end, self._tell)

    def _tell(self, address: str) -> None:
        self._address = address
        self._known.set()

    def address(self) -> str:
        assert self._known.wait(timeout=10)
        assert self._address is not None, "the playground did not start"
        return self._address

    def end(self) -> None:
        if self.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        self.join(timeout=10)


def a_picture(width: int = 64, height: int = 48, colour: str = "teal", kind: str = "PNG") -> bytes:
    """A small picture as a file."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, kind)
    return target.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))
