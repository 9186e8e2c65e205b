"""`pastiche run`: bot, worker and sweeps in one event loop, with painter and decoder as children."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from bot.app import BotConfig, Services, run_bot
from bot.errors import BadToken
from jobs.blobs import LocalBlobs
from jobs.decoder import Decoder
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.events import LocalEvents
from jobs.painter_process import PainterProcess
from jobs.sweeps import Sweeps
from jobs.worker import Worker
from models.database import Database
from models.errors import NewerSchema
from models.upgrade import upgrade
from pastiche import playground
from pastiche.errors import OperatorError
from pastiche.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Telegram:
    """Where the bot speaks: api_url None is Telegram itself."""

    token: str
    api_url: str | None


async def run_everything(settings: Settings, folder: Path) -> None:
    """Run until SIGTERM or SIGINT; raises OperatorError for what an operator can mend."""
    stop = stop_on_signals()
    await migrate_database(folder)
    async with _telegram(settings, folder) as telegram:
        try:
            await _run_roles(settings, folder, telegram, stop)
        except* BadToken:
            raise OperatorError(
                "Telegram does not know this TELEGRAM_BOT_TOKEN: copy it once more from @BotFather"
            ) from None


async def run_playground(settings: Settings, listen: str) -> None:
    """Run the playground alone until SIGTERM or SIGINT."""
    await playground.run_alone(settings, listen, stop_on_signals())


async def migrate_database(folder: Path) -> None:
    """Bring the tables to this version; raises OperatorError where the database is newer."""
    try:
        await upgrade(database_url(folder))
    except NewerSchema as error:
        raise OperatorError(str(error)) from error


def database_url(folder: Path) -> str:
    """The embedded database of a data folder."""
    return f"sqlite+aiosqlite:///{folder.resolve() / 'pastiche.db'}"


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; a second one ends the process at once, as without us."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def begin(number: signal.Signals) -> None:
        log.info("stopping", signal=number.name)
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, begin, number)
    return stop


@asynccontextmanager
async def _telegram(settings: Settings, folder: Path) -> AsyncIterator[Telegram]:
    if settings.telegram_bot_token is not None:
        yield Telegram(token=settings.telegram_bot_token.get_secret_value(), api_url=settings.telegram_api_url)
    elif settings.playground:
        async with playground.playground_beside(settings, folder) as api_url:
            yield Telegram(token=playground.TOKEN, api_url=api_url)
    else:
        raise OperatorError("TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather")
