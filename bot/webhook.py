"""Updates that Telegram brings: a small server that says "got it" only once an update is committed.

Meant to stand behind a proxy that speaks HTTPS; nothing the proxy says about the caller is believed, the secret is.
"""

import asyncio
import contextlib
import errno
import hmac
import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update

from bot.config import WebhookConfig
from bot.errors import BadWebhook
from bot.intake import Intake

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
# Telegram's largest update, an album's caption with a long answer inside, is far below.
MAX_BODY_BYTES = 1024 * 1024
MAX_BODY_S = 20.0
LARGEST_UPDATE_ID = 2**63 - 1
LAST_RESPONSES_S = 5


class Reception:
    """Takes updates at the door: from whoever knows the secret, well-formed, and not too large."""

    def __init__(self, intake: Intake, bot: Bot, secret: str) -> None:
        self._intake = intake
        self._bot = bot
        self._secret = secret.encode()

    async def receive(self, request: Request) -> Response:
        """200 once the update is committed; anything else makes Telegram bring it again."""
        told = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(told, self._secret):
            raise HTTPException(403)
        update = self._parse(await _read(request))
        if update is not None:
            await self._keep(update)
        return Response()

    async def _keep(self, update: Update) -> None:
        try:
            await self._intake.accept(update)
        except Exception as error:
            log.exception("an update cannot be stored yet", extra={"update_id": update.update_id})
            raise HTTPException(503) from error

    def _parse(self, body: bytes) -> Update | None:
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400) from error
        update_id = data.get("update_id") if isinstance(data, dict) else None
        if type(update_id) is not int or not 0 <= update_id <= LARGEST_UPDATE_ID:
            raise HTTPException(400)
        try:
            return Update.de_json(data, self._bot)
        except Exception as error:
            # Refused, it would come again and again and keep all later ones waiting.
            log.error("an update cannot be understood", extra={"update_id": update_id, "error": type(error).__name__})
            return None


async def _read(request: Request) -> bytes:
    """The body. Its length is counted, not believed."""
    body = bytearray()
    try:
        async with asyncio.timeout(MAX_BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    return bytes(body)


def create_app(config: WebhookConfig, intake: Intake, bot: Bot) -> Starlette:
    """The one address that answers; the rest of the world is 404."""
    reception = Reception(intake, bot, config.secret)
    app = Starlette(routes=[Route(config.path, reception.receive, methods=["POST"])])
    app.router.redirect_slashes = False
    return app


@asynccontextmanager
async def served(app: Starlette, config: WebhookConfig, stop: asyncio.Event) -> AsyncIterator[int]:
    """Answer while inside, at the port that is given; an accident of the server sets stop.

    Raises BadWebhook where nobody can listen there.
    """
    with contextlib.closing(_listen(config)) as listener:
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                ws="none",
                lifespan="off",
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=LAST_RESPONSES_S,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        serving.add_done_callback(lambda _: stop.set())
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """A server that leaves the signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(config: WebhookConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.listen else socket.AF_INET
    try:
        return socket.create_server((config.listen, config.port), family=family, backlog=128)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "the port is taken" if taken else (error.strerror or str(error)).partition(" (")[0]
        raise BadWebhook(f"cannot listen on {config.listen}:{config.port}: {reason}") from error
