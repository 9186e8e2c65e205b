"""Presets that admins add and change while the bot runs: it offers them at once, painted as the network predicts."""

import asyncio
import logging
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image

from engine import find_preset
from engine.errors import PresetError
from engine.presets import NAME, PREVIEW, STYLE, every_preset, own, own_folder, shipped_table
from jobs.clock import Clock, now
from jobs.errors import PresetReason, PresetRefused
from jobs.fitting import want_fit
from models import standings
from models.database import Database

log = logging.getLogger(__name__)

# As `pastiche styles add` keeps them.
STYLE_SIDE_PX, PREVIEW_SIDE_PX = 1024, 320
QUALITY = 92
ADD = "add style"


class PresetShelf:
    """Raises PresetRefused where something cannot be. The files change first: the record tells what was done."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database = database
        self._clock = clock

    async def add(self, admin_id: int, name: str, title: str, picture: bytes) -> None:
        """Offer a picture, as the decoder wrote it, as a style under a new name. Until it has been fitted, which is
        wanted from now on, its preview is the picture itself."""
        _check(name, title)
        if name in shipped_table() or name in {preset.name for preset in every_preset()}:
            raise PresetRefused("taken")
        await self._change(admin_id, ADD, name, lambda folder: _write(folder, name, title, picture))

    async def rename(self, admin_id: int, name: str, title: str) -> None:
        """Call a preset something else, in all languages. One that ships is called as the catalogue says until then,
        and again from when it gets the title that it came with."""
        _check(name, title)
        _insist_on_known(name)
        await self._change(admin_id, "rename style", name, lambda folder: own.rename(folder, name, title))

    async def hide(self, admin_id: int, name: str) -> None:
        """Offer a preset no longer."""
        if find_preset(name) is None:
            raise PresetRefused("unknown")
        await self._change(admin_id, "hide style", name, lambda folder: own.hide(folder, name), otherwise="last")

    async def show(self, admin_id: int, name: str) -> None:
        """Offer a preset again that was hidden."""
        _insist_on_known(name)
        await self._change(admin_id, "show style", name, lambda folder: own.show(folder, name))

    async def put_first(self, admin_id: int, name: str) -> None:
        """Offer a preset before all others."""
        _insist_on_known(name)
        await self._change(admin_id, "style first", name, lambda folder: own.put_first(folder, name))

    async def _change(
        self, admin_id: int, act: str, name: str, change: Callable[[Path], None], otherwise: PresetReason = "away"
    ) -> None:
        folder = own_folder()
        if folder is None:
            raise PresetRefused("away")
        try:
            await asyncio.to_thread(change, folder)
        except PresetError as error:
            log.warning("a preset was not changed", extra={"preset": name, "reason": str(error)})
            raise PresetRefused(otherwise) from error
        async with self._database.write() as session:
            await standings.add_act(session, admin_id, act, name, self._clock())
            if act == ADD:
                await want_fit(session, name, admin_id)


def _check(name: str, title: str) -> None:
    if not NAME.fullmatch(name):
        raise PresetRefused("name")
    if not title.isprintable() or not 0 < len(title.strip()) <= own.LONGEST_WORDS:
        raise PresetRefused("title")


def _insist_on_known(name: str) -> None:
    if name not in {preset.name for preset in every_preset()}:
        raise PresetRefused("unknown")


def _write(folder: Path, name: str, title: str, picture: bytes) -> None:
    with Image.open(BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    entry: dict[str, str] = {}
    own.tell(entry, title=title)
    with own.changed(folder) as entries:
        (folder / name).mkdir(exist_ok=True)
        for file, side_px in ((STYLE, STYLE_SIDE_PX), (PREVIEW, PREVIEW_SIDE_PX)):
            small = image.copy()
            small.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
            small.save(folder / name / file, "JPEG", quality=QUALITY, subsampling=0)
        entries[name] = entry
