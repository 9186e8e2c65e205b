"""The product as one process, and the same cut in two: what the zygote turns into. Only the painter is another."""

import asyncio
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

from bot.app import BotConfig, Services, run_bot
from jobs.blobs import LocalBlobs
from jobs.decoder import Decoder
from jobs.desk import Desk
from jobs.dispatch.local import LocalDispatcher
from jobs.events import LocalEvents
from jobs.health import Bounds, Health
from jobs.painter_process import PainterOptions, PainterProcess
from jobs.sweeps import Sweeps
from jobs.values import NewJob, Ticket
from jobs.worker import Worker
from models.database import Database
from models.states import Lane
from pastiche import data_folder, run
from pastiche.logs import set_up_logs
from pastiche.settings import Settings
from pastiche.signals import stop_on_signals
from tests.crash.painters import FIRST_IN_A_HURRY
from tests.crash.telegram import TOKEN
from tests.end_to_end.brisk import brisk

PAINTER = PainterOptions(painter="tests.crash.painters:ColourfulPainter")
# A process on its own hears nothing from another: it looks into the rows.
LOOK_EVERY_S = 0.2
# While a file of this name lies in the folder, its disk is full.
FULL = "full"


def whole(folder: Path) -> None:
    """`pastiche run`."""
    set_up_logs("info", "json")
    settings = Settings(data_dir=folder)
    painter = patch.object(run, "painter_options", lambda settings: PAINTER)
    with painter, patch.object(run, "Desk", DeskOfTwoKinds), data_folder.held(folder):
        asyncio.run(run.run_everything(settings, folder))


def product(folder: Path) -> None:
    """`pastiche run` with the painter that ships."""
    set_up_logs("info", "json")
    with data_folder.held(folder):
        asyncio.run(run.run_everything(Settings(data_dir=folder), folder))


def idle(folder: Path) -> None:
    """The same with a painter that never gets done: for lives that end before anything is painted."""
    _product_with("IdlePainter", folder)


def held(folder: Path) -> None:
    """The same with the painter that ships held in mid-run: for lives that end there on the quickest machine."""
    _product_with("HeldPainter", folder)


def _product_with(painter: str, folder: Path) -> None:
    options = PainterOptions(painter=f"tests.crash.painters:{painter}")
    with patch.object(run, "painter_options", lambda settings: options):
        product(folder)


def hasty(folder: Path) -> None:
    """`pastiche run` that does not wait long for a locked database."""
    with patch("models.database.BUSY_TIMEOUT_MS", 100):
        whole(folder)


def watchful(folder: Path) -> None:
    """`pastiche run` in a hurry that looks for trouble all the time, forgets it soon, and has a full disk when told."""
    bounds = Bounds(within=timedelta(seconds=3))

    def disk_usage(_: Path) -> Usage:
        return Usage(free=0 if (folder / FULL).exists() else 10**12)

    with (
        brisk(),
        patch("bot.admin.watchman.EVERY_S", LOOK_EVERY_S),
        patch("bot.admin.fitted.LOOK_EVERY_S", LOOK_EVERY_S),
        patch("jobs.fitting.LOOK_EVERY_S", LOOK_EVERY_S),
        patch("bot.app.Health", partial(Health, bounds=bounds)),
        patch("jobs.health.shutil.disk_usage", disk_usage),
    ):
        whole(folder)


def front(folder: Path) -> None:
    """The bot alone."""
    set_up_logs("info", "json")
    with patch("bot.delivery.LOOK_EVERY_S", LOOK_EVERY_S):
        asyncio.run(_front(folder))


def worker(folder: Path) -> None:
    """The worker alone."""
    set_up_logs("info", "json")
    asyncio.run(_worker(folder))


@dataclass(frozen=True)
class Usage:
    """As much of a disk's usage as anybody asks for."""

    free: int


class DeskOfTwoKinds(Desk):
    """The kind of a job goes by the person, not by the button: these tests are about its way through the processes."""

    async def submit(self, new: NewJob, *, by: int | None = None) -> Ticket:
        """See Desk.submit."""
        lane, method = (Lane.INSTANT, "instant") if new.user_id >= FIRST_IN_A_HURRY else (Lane.HQ, "gatys")
        return await super().submit(replace(new, lane=lane, spec=replace(new.spec, method=method)), by=by)


async def _front(folder: Path) -> None:
    stop = stop_on_signals()
    database, decoder, events = Database.open(run.database_url(folder)), Decoder(), LocalEvents()
    blobs = LocalBlobs(folder / "blobs")
    desk = DeskOfTwoKinds(database, LocalDispatcher(), blobs, events)
    await decoder.start()
    config = BotConfig(token=TOKEN, api_url=os.environ["PASTICHE_TELEGRAM_API_URL"])
    services = Services(database=database, desk=desk, events=events, decoder=decoder, blobs=blobs)
    await run_bot(config, services, stop)
    await decoder.close()
    await database.dispose()


async def _worker(folder: Path) -> None:
    stop = stop_on_signals()
    database, dispatcher = Database.open(run.database_url(folder)), LocalDispatcher()
    blobs = LocalBlobs(folder / "blobs")
    desk = Desk(database, dispatcher, blobs, LocalEvents())
    sweeps = Sweeps(desk, database, blobs)
    await sweeps.recover_at_start()  # the only worker of this database
    await asyncio.gather(
        Worker(desk, dispatcher, PainterProcess(PAINTER), blobs).run(stop), sweeps.run(stop, LOOK_EVERY_S)
    )
    await database.dispose()
