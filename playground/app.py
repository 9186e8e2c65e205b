"""The playground as one web application: the bots' side, the people's side and the page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from playground.attachment_api import TYPES, AttachmentApi
from playground.bot_api import BotApi
from playground.config import PlaygroundConfig
from playground.errors import Refused
from playground.guard import Guard
from playground.inline import InlineQueries
from playground.inline_api import InlineApi
from playground.person_api import PersonApi
from playground.presses import Presses
from playground.tester_api import TesterApi
from playground.webhooks import Webhooks
from playground.world import World

STATIC = Path(__file__).parent / "static"


def create_app(config: PlaygroundConfig) -> Starlette:
    """Wire a playground: app.state holds its world and its people's side.

    Raises StateUnusable where the state folder is of no use.
    """
    world = World(config)
    presses = Presses(config.callback_lifetime_s)
    queries = InlineQueries(config.callback_lifetime_s)
    bots = BotApi(world, presses, queries)
    people, tester = PersonApi(world, presses), TesterApi(world, bots)
    inline, attachments = InlineApi(people, queries), AttachmentApi(people)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        chores = [asyncio.create_task(chore()) for chore in (Webhooks(world).run, world.sweep_now_and_then)]
        try:
            yield
            world.close_waits()
            await asyncio.gather(*chores)
        finally:
            world.close()

    app = Starlette(
        routes=_routes(bots, people, inline, attachments, tester),
        middleware=[Middleware(Guard, config=config)],
        # Starlette types handlers by Exception.
        exception_handlers={Refused: _refused, ClientDisconnect: _gone},  # type: ignore[dict-item]
        lifespan=lifespan,
    )
    app.state.world, app.state.people = world, people
    return app


def _routes(
    bots: BotApi, people: PersonApi, inline: InlineApi, attachments: AttachmentApi, tester: TesterApi
) -> list[Route | Mount]:
    return [
        Route("/bot{token}/{method}", bots.call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", bots.download),
        Route("/person/{user}/text", people.text, methods=["POST"]),
        Route("/person/{user}/photo", people.photo, methods=["POST"]),
        Route("/person/{user}/document", people.document, methods=["POST"]),
        Route("/person/{user}/album", people.album, methods=["POST"]),
        *(Route(f"/person/{{user}}/{kind}", attachments.file, methods=["POST"]) for kind in TYPES),
        Route("/person/{user}/contact", attachments.contact, methods=["POST"]),
        Route("/person/{user}/location", attachments.location, methods=["POST"]),
        Route("/person/{user}/poll", attachments.poll, methods=["POST"]),
        Route("/person/{user}/press", people.press, methods=["POST"]),
        Route("/person/{user}/delete", people.delete, methods=["POST"]),
        Route("/person/{user}/block", people.block, methods=["POST"]),
        Route("/person/{user}/start", people.start, methods=["POST"]),
        Route("/person/{user}/language", people.language, methods=["POST"]),
        Route("/person/{user}/inline", inline.ask, methods=["POST"]),
        Route("/person/{user}/choose", inline.choose, methods=["POST"]),
        Route("/person/{user}/chat", people.chat),
        Route("/person/{user}/events", people.events),
        Route("/chat", tester.make_chat, methods=["POST"]),
        Route("/chat/{chat}/migrate", tester.migrate, methods=["POST"]),
        Route("/faults", tester.faults, methods=["GET", "POST", "DELETE"]),
        Route("/calls", tester.calls),
        Route("/files/{file_id}", people.file),
        Route("/", _page),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


async def _page(_: Request) -> Response:
    return FileResponse(STATIC / "index.html")


async def _refused(_: Request, error: Refused) -> Response:
    return JSONResponse({"error": error.reason}, error.status)


async def _gone(_: Request, _error: ClientDisconnect) -> Response:
    """Whoever asked hung up in the middle of the question: nobody hears this, and nothing broke."""
    return Response(status_code=400)
