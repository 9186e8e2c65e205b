"""Style pictures drawn by our own code: one module per preset, named like it.

Needs numpy, so the engine's front never imports this package; the drawn pictures are committed.
"""

import tomllib
from importlib import import_module

from PIL import Image

from engine.presets import FOLDER

SIZE_PX = 768


def drawn_presets() -> dict[str, int]:
    """Name and seed of every preset that our code draws: those with a seed in presets.toml."""
    table = tomllib.loads((FOLDER / "presets.toml").read_text(encoding="utf-8"))
    return {name: entry["seed"] for name, entry in table.items() if "seed" in entry}


def draw_style(name: str, seed: int, size_px: int = SIZE_PX) -> Image.Image:
    """The style picture of a preset; the same seed and size give the same pixels."""
    module = import_module(f"engine.presets.draw.{name.replace('-', '_')}")
    picture = module.draw(size_px, seed)
    assert isinstance(picture, Image.Image)
    return picture
