"""`pastiche run`: bot, worker and sweeps in one event loop, with painter and decoder as children."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy.exc import DatabaseError

from bot.app import BotConfig, Services, run_bot
from bot.errors import BadToken, BadWebhook
from jobs.blobs import LocalBlobs
from jobs.decoder import MAX_BYTES, Decoder
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.errors import ChildError, PainterUnusable
from jobs.events import LocalEvents
from jobs.fairness import FairUse
from jobs.fitting import FitBook, Fitter
from jobs.painter_process import PainterOptions, PainterProcess
from jobs.sweeps import Sweeps
from jobs.worker import Worker
from models.database import Database
from models.errors import NewerSchema
from models.upgrade import upgrade
from pastiche.alive import beat
from pastiche.errors import OperatorError
from pastiche.settings import Settings
from pastiche.signals import stop_on_signals
from pastiche.webhook import webhook_config

log = structlog.get_logger(__name__)

DATABASE_NAME = "pastiche.db"
# The playground takes any token of the right shape; this one is no secret and opens nothing else.
PLAYGROUND_TOKEN = "8089:the-playground-knows-everybody-here"  # noqa: S105
# What to do where SQLite complains of this; the database itself may well be in order.
ADVICE = {"full": "make room on its disk", "locked": "another program holds it, close that one"}
# What Telegram hands out; a Bot API server of one's own knows no limit, and 50 megapixels hardly need more.
FILE_BYTES = 20_000_000
LOCAL_FILE_BYTES = 100_000_000


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
        except (BadToken, BadWebhook, ChildError, ExceptionGroup) as error:
            raise _mistake_in(error) or error from None


async def migrate_database(folder: Path) -> None:
    """Bring the tables to this version; raises OperatorError where the database is newer."""
    try:
        await upgrade(database_url(folder))
    except NewerSchema as error:
        raise OperatorError(str(error)) from error
    except DatabaseError as error:
        path, reason = folder / DATABASE_NAME, str(error.orig)
        advice = next((advice for word, advice in ADVICE.items() if word in reason), "restore a backup, or remove it")
        raise OperatorError(f"{path} cannot be used as the database ({reason}): {advice}") from error


def database_url(folder: Path) -> str:
    """The embedded database of a data folder."""
    return f"sqlite+aiosqlite:///{folder.resolve() / DATABASE_NAME}"


async def _run_roles(settings: Settings, folder: Path, telegram: Telegram, stop: asyncio.Event) -> None:
    config = _bot_config(settings, telegram, folder)
    async with _desk_and_services(folder, config.max_file_bytes, fair_use(settings)) as (services, dispatcher):
        painter = PainterProcess(painter_options(settings))
        fitter = Fitter(FitBook(services.database), dispatcher)
        name = f"worker-{os.getpid()}"
        worker = Worker(services.desk, dispatcher, painter, services.blobs, name=name, fitter=fitter)
        sweeps = Sweeps(services.desk, services.database, services.blobs, kept=_retention(settings))
        # The folder's lock is ours: whatever is marked as running ran in a process that is gone.
        await sweeps.recover_at_start()
        async with asyncio.TaskGroup() as roles:
            bot = run_bot(config, services, stop)
            for role in (bot, worker.run(stop), sweeps.run(stop), beat(folder, stop)):
                roles.create_task(role)
            log.info("ready", data_dir=str(folder))


@asynccontextmanager
async def _desk_and_services(
    folder: Path, max_file_bytes: int, fair: FairUse
) -> AsyncIterator[tuple[Services, LocalDispatcher]]:
    database, blobs = Database.open(database_url(folder)), _open_blobs(folder / "blobs")
    events, dispatcher = LocalEvents(), LocalDispatcher(fair.running)
    decoder = Decoder(max_bytes=max(MAX_BYTES, max_file_bytes))
    desk = Desk(database, dispatcher, blobs, events, fair_use=fair)
    try:
        await decoder.start()
        yield Services(database=database, desk=desk, events=events, decoder=decoder, blobs=blobs), dispatcher
    finally:
        await decoder.close()
        await database.dispose()


def _mistake_in(error: Exception) -> OperatorError | None:
    """What the operator can mend, where that ended a role; anything else keeps its traceback."""
    leaves = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
    for leaf in leaves:
        if isinstance(leaf, BadToken):
            return OperatorError("Telegram does not know this TELEGRAM_BOT_TOKEN: copy it once more from @BotFather")
        if isinstance(leaf, BadWebhook):
            return OperatorError(f"the webhook of PASTICHE_WEBHOOK_URL does not work: {leaf}")
        if isinstance(leaf, PainterUnusable):
            return OperatorError(f"the painter cannot start: {leaf}")
        if isinstance(leaf, ChildError):
            return OperatorError(f"{leaf}: what it said stands above; often there is too little memory")
    return None


def _open_blobs(folder: Path) -> LocalBlobs:
    try:
        return LocalBlobs(folder)
    except OSError as error:
        raise OperatorError(f"{folder} cannot be used for pictures ({(error.strerror or '').lower()})") from error


def painter_options(settings: Settings) -> PainterOptions:
    """How the painter process is to paint."""
    return PainterOptions(
        backbone=settings.backbone,
        weights=settings.weights,
        weights_dir=settings.weights_folder,
        device=settings.device,
        threads=settings.threads,
    )


def fair_use(settings: Settings) -> FairUse:
    """What one person may have; a setting of 0 is no limit."""
    token = settings.telegram_bot_token
    return FairUse(
        running=settings.running_limit or None,
        queued=settings.queued_limit or None,
        daily=settings.daily_limit or None,
        ageing=timedelta(minutes=settings.ageing_minutes),
        owners=settings.admin_ids,
        key=(token.get_secret_value() if token is not None else PLAYGROUND_TOKEN).encode(),
    )


def _bot_config(settings: Settings, telegram: Telegram, folder: Path) -> BotConfig:
    return BotConfig(
        token=telegram.token,
        api_url=telegram.api_url,
        local_files=settings.telegram_local,
        max_file_bytes=LOCAL_FILE_BYTES if settings.telegram_local else FILE_BYTES,
        webhook=webhook_config(settings, folder),
        calls_a_second=settings.telegram_rate,
        admin_ids=settings.admin_ids,
        instant_longest_side_px=settings.instant_size,
        hq_longest_side_px=settings.hq_size,
        kept=_retention(settings),
        data_dir=folder,
    )


def _retention(settings: Settings) -> timedelta:
    return timedelta(hours=settings.retention_hours)


@asynccontextmanager
async def _telegram(settings: Settings, folder: Path) -> AsyncIterator[Telegram]:
    if settings.telegram_bot_token is not None:
        yield Telegram(token=settings.telegram_bot_token.get_secret_value(), api_url=settings.telegram_api_url)
    elif settings.playground:
        from pastiche.playground import playground_beside  # with a web server, which nobody else needs

        async with playground_beside(settings, folder) as api_url:
            yield Telegram(token=PLAYGROUND_TOKEN, api_url=api_url)
    else:
        raise OperatorError("TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather")
