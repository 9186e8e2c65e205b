"""Changes an operator's own presets: files first, and last the table by which a running bot sees them."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.errors import PresetError
from engine.presets import NAME, TABLE, every_preset, read_own_table, shipped_table

LOCK = ".lock"
LONGEST_WORDS = 40

Entries = dict[str, dict[str, Any]]


@contextmanager
def changed(folder: Path) -> Iterator[Entries]:
    """The table of the operator's presets, to be changed; written whole at the end, one change at a time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        entries = {name: dict(entry) for name, entry in read_own_table(folder).items()}
        yield entries
        draft = folder / f"{TABLE}.draft"
        draft.write_text(_toml(entries), encoding="utf-8")
        draft.replace(folder / TABLE)


def check_name(name: str) -> None:
    """Raises PresetError where no preset can be called so."""
    if not NAME.fullmatch(name):
        raise PresetError(
            f"{name[:40]!r} cannot be a preset's name: 2 to 31 small letters, digits and hyphens, a letter first"
        )


def tell(entry: dict[str, Any], **words: str | None) -> None:
    """Put what was said of a preset into its entry. Raises PresetError for what does not fit under a picture."""
    for key, said in words.items():
        if said is None:
            continue
        if not said.isprintable() or not 0 < len(said.strip()) <= LONGEST_WORDS:
            raise PresetError(f"{key} must be 1 to {LONGEST_WORDS} printable signs")
        entry[key] = said.strip()


def rename(folder: Path, name: str, title: str) -> None:
    """Call a preset something else; one that ships is itself again by its first title. Raises PresetError."""
    with changed(folder) as entries:
        entry = entries.setdefault(name, {})
        tell(entry, title=title)
        if entry["title"] == shipped_table().get(name, {}).get("title"):
            del entry["title"]
        _tidy(entries, name)


def show(folder: Path, name: str) -> None:
    """Offer a preset again that was hidden."""
    with changed(folder) as entries:
        entries.get(name, {}).pop("hidden", None)
        _tidy(entries, name)


def hide(folder: Path, name: str) -> None:
    """Offer a preset no longer; nothing of it goes. Raises PresetError."""
    _insist_on_others(folder, name)
    with changed(folder) as entries:
        entries.setdefault(name, {})["hidden"] = True


def put_first(folder: Path, name: str) -> None:
    """Offer a preset before all others. Raises PresetError where there is none of that name."""
    with changed(folder) as entries:
        if name not in entries and name not in shipped_table():
            raise PresetError(f"there is no preset {name}")
        # What an operator added stands where the table has it; what ships does so only where the table says "first".
        first = {name: entries.pop(name, {}) | ({"first": True} if name in shipped_table() else {})}
        rest = dict(entries)
        entries.clear()
        entries.update(first | rest)


def remove(folder: Path, name: str) -> bool:
    """Remove an own preset, or hide a shipped one: True where files are gone. Raises PresetError."""
    _insist_on_others(folder, name)
    own = name not in shipped_table()
    with changed(folder) as entries:
        if own:
            entries.pop(name, None)
        else:
            entries.setdefault(name, {})["hidden"] = True
    if own:
        shutil.rmtree(folder / name, ignore_errors=True)
    return own


def _insist_on_others(folder: Path, name: str) -> None:
    """Raises PresetError where there is no such preset, or none but that."""
    if name not in {preset.name for preset in every_preset()} | read_own_table(folder).keys():
        raise PresetError(f"there is no preset {name}")
    if {preset.name for preset in every_preset() if not preset.hidden} == {name}:
        raise PresetError(f"{name} is the last preset on offer: add another one first")


def _tidy(entries: Entries, name: str) -> None:
    """A preset that ships needs no entry where nothing is said of it."""
    if name in shipped_table() and not entries.get(name):
        entries.pop(name, None)


def _toml(entries: Entries) -> str:
    """JSON's strings and booleans are TOML's, too."""
    tables = [
        "".join(
            [f"[{name}]\n", *(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in entry.items())]
        )
        for name, entry in entries.items()
    ]
    return "# Written by `pastiche styles`.\n\n" + "\n".join(tables)
