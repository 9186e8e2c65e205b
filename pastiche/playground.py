"""The playground beside the bot: started where there is no token, and never on a server."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pastiche.errors import OperatorError
from pastiche.settings import Settings
from pastiche.signals import stop_on_signals
from playground.config import LOOPBACK, PlaygroundConfig
from playground.errors import PlaygroundError, PortTaken
from playground.flood import FloodLimits
from playground.serve import serve


async def run_until_signalled(settings: Settings, listen: str, *, lenient: bool, flood: bool) -> None:
    """Only the playground, until SIGTERM or SIGINT."""
    await run_alone(settings, listen, stop_on_signals(), lenient=lenient, flood=flood)


async def run_alone(
    settings: Settings, listen: str, stop: asyncio.Event, *, lenient: bool = False, flood: bool = True
) -> None:
    """Only the playground, until stop is set; lenient and flood as in its own command line."""
    config = PlaygroundConfig(
        host=listen,
        port=settings.playground_port,
        key=None if listen in LOOPBACK else secrets.token_urlsafe(24),
        lenient=lenient,
        flood=FloodLimits() if flood else None,
    )
    await _serve(config, stop, _announce)


@asynccontextmanager
async def playground_beside(settings: Settings, folder: Path) -> AsyncIterator[str]:
    """A playground on 127.0.0.1 that remembers its chats in the folder; gives the address for the bot."""
    config = PlaygroundConfig(port=settings.playground_port, state_dir=folder / "playground")
    stop = asyncio.Event()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(_serve(config, stop, address.set_result))
    first: list[asyncio.Future[Any]] = [serving, address]
    await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving  # raises what kept it from starting
    _announce(address.result())
    try:
        yield address.result().rstrip("/")
    finally:
        stop.set()
        await serving


async def _serve(config: PlaygroundConfig, stop: asyncio.Event, on_ready: Callable[[str], None]) -> None:
    try:
        await serve(config, stop, on_ready)
    except PortTaken as error:
        raise OperatorError(
            f"port {config.port} of {config.host} is taken: set PASTICHE_PLAYGROUND_PORT to another, or to 0 for any"
        ) from error
    except PlaygroundError as error:
        raise OperatorError(str(error)) from error


def _announce(address: str) -> None:
    # On standard output, for people: the log goes to standard error and may be JSON.
    print(f"\n  The playground is open: {address}\n", flush=True)  # noqa: T201
