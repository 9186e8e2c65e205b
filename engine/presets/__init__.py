"""The styles that ship with the project: one folder each, read without torch."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A style that ships with the bot.

    name: short id, lower-case letters and hyphens; also the folder's name
    style_path: the picture whose look is borrowed; preview_path: the same look on a photo that may be shown
    """

    name: str
    title: str
    style_path: Path
    preview_path: Path


@cache
def load_presets() -> tuple[Preset, ...]:
    """All presets in the order of presets.toml."""
    table = tomllib.loads((FOLDER / "presets.toml").read_text(encoding="utf-8"))
    return tuple(
        Preset(
            name=name,
            title=entry["title"],
            style_path=FOLDER / name / "style.jpg",
            preview_path=FOLDER / name / "preview.jpg",
        )
        for name, entry in table.items()
    )


def find_preset(name: str) -> Preset | None:
    """The preset of that name, or None."""
    return next((preset for preset in load_presets() if preset.name == name), None)
