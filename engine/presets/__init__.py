"""The styles to choose from: those that ship, a folder and a table each, and an operator's own. Read without torch."""

import logging
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from engine.errors import PresetError

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
TABLE = "presets.toml"
STYLE, PREVIEW, FITTED, GENERATOR = "style.jpg", "preview.jpg", "fitted.safetensors", "generator.safetensors"
# Where an operator's own presets lie. In the environment, so that the painter, a child, sees what the bot offers.
OWN_FOLDER_VARIABLE = "PASTICHE_OWN_PRESETS"
# Also the name of a folder, and what a button carries.
NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")

# What an operator's table says by true; all else by texts.
SWITCHES = frozenset({"hidden", "first"})

Kind = Literal["drawn", "painted", "own", "cyclegan"]
Table = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A style to choose by name.

    name: short id, lower-case letters, digits and hyphens; also the folder's name
    kind: drawn by our code, a painting, or an operator's own: a picture ("own") or a generator ("cyclegan")
    artist, year: of a painting, where known
    style_path: the picture whose look is borrowed; None where only what was fitted to it ships, or for a generator
    generator_path: of a "cyclegan": the network that paints in place of the instant one
    preview_path: the same look on a photo that may be shown
    painting: what the painting's file is called where presets are fitted; hidden: by the operator, so not offered
    renamed: ships, but the operator calls it something else
    """

    name: str
    title: str
    kind: Kind
    style_path: Path | None
    preview_path: Path
    generator_path: Path | None = None
    artist: str = ""
    year: str = ""
    painting: str = ""
    hidden: bool = False
    renamed: bool = False

    @property
    def ships(self) -> bool:
        """Whether it came with the project."""
        return self.kind in ("drawn", "painted")

    @property
    def fitted_path(self) -> Path:
        """Where what was fitted to it lies, if it was."""
        folder = None if self.ships else own_folder()
        return (folder or FOLDER) / self.name / FITTED


def load_presets() -> tuple[Preset, ...]:
    """All presets on offer, those of an operator first. Costs a look at one file's age: ask anew for every use."""
    return tuple(preset for preset in every_preset() if not preset.hidden)


def find_preset(name: str) -> Preset | None:
    """The preset of that name, or None where none is on offer."""
    return next((preset for preset in load_presets() if preset.name == name), None)


def every_preset() -> tuple[Preset, ...]:
    """Those on offer and the hidden ones."""
    folder = own_folder()
    return _assembled(folder, state_of(folder / TABLE) if folder else None)


def own_folder() -> Path | None:
    """Where an operator's own presets lie, whether there are any or not."""
    named = os.environ.get(OWN_FOLDER_VARIABLE)
    return Path(named) if named else None


@cache
def shipped_table() -> Table:
    """The tables of presets.toml, in their order."""
    return tomllib.loads((FOLDER / TABLE).read_text(encoding="utf-8"))


def read_own_table(folder: Path) -> Table:
    """The tables of an operator's presets.toml. Raises PresetError, in one sentence, where it is no such file."""
    path = folder / TABLE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:  # nobody has added any
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PresetError(f"{path} is no TOML file: {error}") from error
    except OSError as error:
        raise PresetError(f"{path} cannot be read: {error.strerror or error}") from error
    for name, entry in table.items():
        if not NAME.fullmatch(name) or not isinstance(entry, dict):
            raise PresetError(f"{path}: {name[:40]!r} is not the table of a preset")
        if not all(isinstance(value, bool if key in SWITCHES else str) for key, value in entry.items()):
            raise PresetError(f"{path}: {name} may hold texts, hidden = true and first = true only")
    return table


def state_of(path: Path) -> tuple[int, int, int] | None:
    """Another one whenever the file is another one: what lies there is always replaced, never changed."""
    try:
        found = path.stat()
    except OSError:  # not there, or not readable: then what ships is all there is
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@lru_cache(maxsize=4)
def _assembled(folder: Path | None, state: tuple[int, int, int] | None) -> tuple[Preset, ...]:
    own: Table = {}
    if folder and state:
        try:
            own = read_own_table(folder)
        except PresetError as error:  # a slip of the pen must not stop a running bot
            log.error("own presets left out", extra={"reason": str(error)})
    shipped = {name: _shipped(folder, name, entry, own.get(name, {})) for name, entry in shipped_table().items()}
    leading = [name for name, entry in own.items() if name not in shipped or entry.get("first")]
    found = [shipped.pop(name, None) or (folder and _own(folder, name, own[name])) for name in leading]
    return (*(preset for preset in found if preset), *shipped.values())


def _own(folder: Path, name: str, entry: Mapping[str, Any]) -> Preset | None:
    style, generator, preview = (_first_file(folder, name, file) for file in (STYLE, GENERATOR, PREVIEW))
    if preview is None or (style is None and generator is None):
        reason = f"{PREVIEW} is missing, or {STYLE} and {GENERATOR} are"
        log.error("own preset left out", extra={"preset": name, "reason": reason})
        return None
    told = {key: entry.get(key, "") for key in ("artist", "year")}
    return Preset(
        name=name,
        title=entry.get("title") or name,
        kind="own" if style else "cyclegan",
        style_path=style,
        preview_path=preview,
        generator_path=None if style else generator,
        hidden=entry.get("hidden", False),
        **told,
    )


def _shipped(folder: Path | None, name: str, entry: Mapping[str, Any], own: Mapping[str, Any]) -> Preset:
    """As it ships, but for pictures in the operator's folder and what the operator's table says."""
    told = {key: own.get(key) or entry.get(key, "") for key in ("title", "artist", "year")}
    preview = _first_file(folder, name, PREVIEW)
    return Preset(
        name=name,
        kind="drawn" if "seed" in entry else "painted",
        style_path=_first_file(folder, name, STYLE),
        preview_path=preview or FOLDER / name / PREVIEW,
        painting=entry.get("painting", ""),
        hidden=own.get("hidden", False),
        renamed=bool(own.get("title")),
        **told,
    )


def _first_file(folder: Path | None, name: str, file: str) -> Path | None:
    candidates = (folder / name / file if folder else None, FOLDER / name / file)
    return next((path for path in candidates if path is not None and path.is_file()), None)
