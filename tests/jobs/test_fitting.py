"""A style that an admin added is fitted when nobody wants anything, piece by piece, also over a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image

from engine.presets import OWN_FOLDER_VARIABLE
from jobs import fitting
from jobs.fitting import SO_FAR, FitBook, FitEnd, Fitter
from jobs.painter_process import PainterOptions, PainterProcess
from jobs.preset_shelf import PresetShelf
from jobs.worker import Worker
from models import standings
from tests.jobs.conftest import Office
from tests.jobs.pictures import encoded
from tests.jobs.test_worker import SHORT, a_wish, until, until_closed

ADMIN, NAME = 99, "firebrick"  # as the painter of these tests calls a colour


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files of the style lie."""
    monkeypatch.setenv(OWN_FOLDER_VARIABLE, str(tmp_path / "presets"))
    monkeypatch.setattr(fitting, "LOOK_EVERY_S", 0.02)
    return tmp_path / "presets" / NAME


@pytest.fixture
async def book(office: Office) -> FitBook:
    """With one style that is wanted."""
    picture = encoded(Image.new("RGB", (64, 64), "firebrick"), "PNG")
    await PresetShelf(office.database, office.clock).add(ADMIN, NAME, "Our wall", picture)
    return FitBook(office.database, office.clock)


@asynccontextmanager
async def at_work(office: Office, book: FitBook, painter: str = "QuickPainter", steps: int = 6) -> AsyncIterator[None]:
    process = PainterProcess(PainterOptions(painter=f"tests.jobs.painters:{painter}"))
    fitter = Fitter(book, office.dispatcher, steps=steps, piece=4)
    stop = asyncio.Event()
    working = asyncio.create_task(
        Worker(office.desk, office.dispatcher, process, office.blobs, fitter=fitter).run(stop)
    )
    yield
    stop.set()
    async with asyncio.timeout(30):
        await working


async def until_ended(book: FitBook) -> None:
    async def ended() -> bool:
        return await book.next_wanted() is None

    await until(ended)


async def acts(office: Office) -> list[tuple[int, str, str]]:
    async with office.database.read() as session:
        return [(act.admin_id, act.act, act.subject) for act in await standings.list_acts(session, 9)]


async def test_a_style_is_fitted_in_pieces_and_its_admin_is_told_once(
    office: Office, book: FitBook, folder: Path
) -> None:
    async with at_work(office, book):
        await until_ended(book)

    assert (folder / "fitted.safetensors").read_bytes() == b"0 4 6"
    assert not (folder / SO_FAR).exists()
    with Image.open(folder / "preview.jpg") as preview:
        assert preview.width > 64  # no longer the style's own picture
    assert await acts(office) == [(ADMIN, "style fitted", NAME), (ADMIN, "add style", NAME)]
    assert await book.take_ends() == [FitEnd(name=NAME, admin_id=ADMIN, fitted=True)]
    assert await book.take_ends() == []


async def test_people_go_first_and_a_restart_goes_on(office: Office, book: FitBook, folder: Path) -> None:
    async with at_work(office, book, steps=100_000):
        await until(lambda: asyncio.to_thread((folder / SO_FAR).exists))
        job_id = await a_wish(office, SHORT)
        await until_closed(office, job_id)
    stood = (folder / SO_FAR).read_bytes()

    async with at_work(office, book, steps=int(stood.split()[-1]) + 1):
        await until_ended(book)

    assert (folder / "fitted.safetensors").read_bytes().startswith(stood)


async def test_what_brings_the_painter_down_is_given_up(office: Office, book: FitBook, folder: Path) -> None:
    async with at_work(office, book, "DyingPainter"):
        await until_ended(book)

    assert await book.take_ends() == [FitEnd(name=NAME, admin_id=ADMIN, fitted=False)]
    assert (await acts(office))[0] == (ADMIN, "style not fitted", NAME)
    assert not (folder / "fitted.safetensors").exists()
