"""Fits the network to styles that admins added: in pieces, when the painter has nothing else to do.

Until then a style is painted as the network predicts. What is wanted stands in a row, what is done so far lies beside
the style's picture: a restart goes on there.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from engine.presets import FITTED, PREVIEW, STYLE, Preset, every_preset, own, own_folder
from engine.presets.preview import PHOTOGRAPH, save
from engine.presets.preview import SIDE_PX as PREVIEW_SIDE_PX
from jobs.clock import Clock, now
from jobs.errors import PainterError, PainterLost, PaintingFailed
from jobs.painter_process import NO_JOB, FitOrder, Painted, PainterProcess, PaintOrder
from jobs.ports import Dispatcher
from jobs.values import JobSpec
from models import standings
from models.database import Database

log = logging.getLogger(__name__)

# The switch that lists what is wanted, and what nobody has been told of yet.
FITS = "fits"
# As `pastiche styles add` takes them; a piece lasts some seconds on a processor.
STEPS, PIECE = 30, 5
SO_FAR = "fitting.safetensors"
LOOK_EVERY_S = 2.0
# What has brought the painter down so often is not tried again.
MAX_TRIES = 3

Ready = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class FitEnd:
    """What an admin should hear: their style is fitted, or could not be."""

    name: str
    admin_id: int
    fitted: bool


async def want_fit(session: AsyncSession, name: str, admin_id: int) -> None:
    """In the transaction that puts a new style on record: it is to be fitted as well."""
    wanted = await standings.read_switch(session, FITS) or {}
    await standings.set_switch(session, FITS, wanted | {name: {"by": admin_id, "tries": 0}})


class FitBook:
    """What is wanted, and how it ended."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database = database
        self._clock = clock

    async def next_wanted(self) -> str | None:
        """The style that is to be fitted next."""
        async with self._database.read() as session:
            wanted = await standings.read_switch(session, FITS) or {}
        return next((name for name, entry in wanted.items() if "fitted" not in entry), None)

    async def count_try(self, name: str) -> None:
        """The painter was lost over it; the third time it is given up."""
        entry = await self._change(name, lambda entry: entry | {"tries": entry.get("tries", 0) + 1})
        if entry is not None and entry["tries"] >= MAX_TRIES:
            await self.end(name, fitted=False)

    async def end(self, name: str, *, fitted: bool) -> None:
        """It is through; the audit says so, and whoever added it has to be told."""
        await self._change(
            name, lambda entry: entry | {"fitted": fitted}, "style fitted" if fitted else "style not fitted"
        )

    async def drop(self, name: str) -> None:
        """There is no such style any more."""
        await self._change(name, lambda entry: None)

    async def take_ends(self) -> list[FitEnd]:
        """What has to be told, which is then forgotten: a crash costs a message, and repeats none."""
        async with self._database.read() as session:
            if not _ended(await standings.read_switch(session, FITS)):
                return []
        async with self._database.write() as session:
            wanted = await standings.read_switch(session, FITS) or {}
            ended = _ended(wanted)
            left = {name: entry for name, entry in wanted.items() if name not in ended}
            await standings.set_switch(session, FITS, left or None)
        return [FitEnd(name=name, admin_id=entry["by"], fitted=entry["fitted"]) for name, entry in ended.items()]

    async def _change(
        self, name: str, change: Callable[[dict[str, Any]], dict[str, Any] | None], act: str | None = None
    ) -> dict[str, Any] | None:
        async with self._database.write() as session:
            wanted = await standings.read_switch(session, FITS) or {}
            if name not in wanted:
                return None
            entry = change(wanted[name])
            left = {other: kept for other, kept in wanted.items() if other != name}
            await standings.set_switch(session, FITS, (left | ({name: entry} if entry is not None else {})) or None)
            if act is not None and entry is not None:
                await standings.add_act(session, entry["by"], act, name, self._clock())
        return entry


class Fitter:
    """What the worker does when nobody wants anything."""

    def __init__(self, book: FitBook, dispatcher: Dispatcher, *, steps: int = STEPS, piece: int = PIECE) -> None:
        self._book = book
        self._dispatcher = dispatcher
        self._steps = steps
        self._piece = piece
        self._numbers = itertools.count(1)

    async def run(self, painter: PainterProcess, ready: Ready, stop: asyncio.Event) -> None:
        """Fit what is wanted until stop is set. ready: has a warm painter, or says that we are to stop"""
        while not stop.is_set():
            try:
                worked = self._is_idle() and await self._go_on(painter, ready, stop)
            except Exception:  # the fitter lives as long as the worker: it looks again after a pause
                log.exception("a style could not be fitted just now")
                worked = False
            if not worked:
                with contextlib.suppress(TimeoutError):  # not stopped: time to look again
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await stop.wait()

    def _is_idle(self) -> bool:
        stats = self._dispatcher.stats()
        return not stats.in_hand and not any(stats.waiting.values())

    async def _go_on(self, painter: PainterProcess, ready: Ready, stop: asyncio.Event) -> bool:
        """One piece more of the next style; False where there was nothing to do."""
        name, folder = await self._book.next_wanted(), own_folder()
        if name is None or folder is None:
            return False
        preset = next((preset for preset in every_preset() if preset.name == name), None)
        if preset is None or preset.style_path is None:
            await self._book.drop(name)
            return True
        if not await ready():
            return False
        try:
            await self._work(painter, preset, folder / name, stop)
        except PaintingFailed as error:
            log.warning("a style cannot be fitted", extra={"preset": name, "reason": str(error)})
            await self._book.end(name, fitted=False)
        except PainterLost as loss:
            log.warning("the painter was lost over a fit", extra={"preset": name, "cause": loss.cause})
            if loss.in_step:
                await self._book.count_try(name)
        except PainterError:  # stopped: by us
            return False
        return True

    async def _work(self, painter: PainterProcess, preset: Preset, folder: Path, stop: asyncio.Event) -> None:
        picture, state = await asyncio.to_thread(lambda: (_read(folder / STYLE), _read(folder / SO_FAR)))
        assert picture is not None  # a preset without its files is not listed
        order = FitOrder(number=next(self._numbers), picture=picture, state=state, steps=self._steps, piece=self._piece)
        left = await painter.paint(order, lambda beat: _unless(stop))
        if left.report["done"] < self._steps:
            await asyncio.to_thread(_replace, folder / SO_FAR, left.jpeg)
            return
        await asyncio.to_thread(_replace, folder / FITTED, left.jpeg)
        with contextlib.suppress(PainterError):  # then the preview stays as it is, and the style is fitted all the same
            await asyncio.to_thread(_show, folder, await self._preview(painter, preset, stop))
        (folder / SO_FAR).unlink(missing_ok=True)
        log.info("style fitted", extra={"preset": preset.name, "steps": self._steps})
        await self._book.end(preset.name, fitted=True)

    async def _preview(self, painter: PainterProcess, preset: Preset, stop: asyncio.Event) -> Painted:
        spec = JobSpec(method="instant", longest_side_px=PREVIEW_SIDE_PX)
        photos = (await asyncio.to_thread(PHOTOGRAPH.read_bytes),)
        number = next(self._numbers)
        order = PaintOrder(job_id=NO_JOB, attempt=number, spec=spec, photos=photos, preset=preset.name)
        return await painter.paint(order, lambda beat: _unless(stop))


def _ended(wanted: dict[str, Any] | None) -> dict[str, Any]:
    return {name: entry for name, entry in (wanted or {}).items() if "fitted" in entry}


async def _unless(stop: asyncio.Event) -> bool:
    return not stop.is_set()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(data)
    draft.replace(path)


def _show(folder: Path, painted: Painted) -> None:
    """The preview in place of the style's own picture; the table's age tells a running bot to look again."""
    draft = folder / f"{PREVIEW}.draft"
    with own.changed(folder.parent), Image.open(BytesIO(painted.jpeg)) as opened:
        save(opened.convert("RGB"), draft)
        draft.replace(folder / PREVIEW)
