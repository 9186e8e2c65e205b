"""Run a playground until somebody says stop."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.applications import Starlette

from playground.app import create_app
from playground.config import PlaygroundConfig
from playground.errors import CannotListen, PortTaken
from playground.world import World

# Long polls end by themselves when the world closes; this is for downloads on a dead line.
LAST_RESPONSES_S = 2
# A client that picks up an idle connection just as it is closed sees a network error; bots pause for seconds often.
IDLE_CONNECTIONS_S = 75


class _Server(uvicorn.Server):
    """A server that leaves the signals to whoever runs it, and tells when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


async def serve(
    config: PlaygroundConfig,
    stop: asyncio.Event,
    on_ready: Callable[[str], None] | None = None,
    app: Starlette | None = None,
) -> None:
    """Serve until stop is set. on_ready gets the address for people, with the real port, once it answers.

    app: the playground of this config, where the caller has made it to look inside
    Raises PortTaken, CannotListen and StateUnusable before anything is served.
    """
    listener = _listen(config)
    try:
        app = app or create_app(config)
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                ws="none",
                lifespan="on",
                server_header=False,
                timeout_keep_alive=IDLE_CONNECTIONS_S,
                timeout_graceful_shutdown=LAST_RESPONSES_S,
            )
        )
        port: int = listener.getsockname()[1]
        await _run(server, app.state.world, listener, stop, lambda: on_ready and on_ready(config.page_url(port)))
    finally:
        listener.close()


async def _run(
    server: _Server, world: World, listener: socket.socket, stop: asyncio.Event, on_ready: Callable[[], object]
) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    ready = asyncio.create_task(server.ready.wait())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            on_ready()
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ready.cancel()
        stopping.cancel()
        world.close_waits()
        server.should_exit = True
        await serving


def _listen(config: PlaygroundConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        # Listening at once, not only bound: else two playgrounds could both believe that the port is theirs.
        listener = socket.create_server((config.host, config.port), family=family, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(config.host, config.port) from error
        # Python appends which address it tried; that stands in our sentence already.
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise CannotListen(f"cannot listen on {config.host}:{config.port}: {reason}") from error
    # Connections inherit it. asyncio sets it only where the socket names its protocol, which create_server does not;
    # without it each answer waits 40 ms for the other side to confirm its first half.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
