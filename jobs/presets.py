"""The styles that ship with the project, for those who may not import the engine."""

from engine import Preset, find_preset
from engine import load_presets as list_presets

__all__ = ["Preset", "find_preset", "is_generator", "list_presets"]


def is_generator(name: str | None) -> bool:
    """Whether that preset paints with a network of its own: with no brush, no strength beyond 1, and at once only."""
    preset = find_preset(name) if name is not None else None
    return preset is not None and preset.generator_path is not None
