"""The styles that ship with the project, for those who may not import the engine."""

from engine import Preset, find_preset
from engine import load_presets as list_presets

__all__ = ["Preset", "find_preset", "list_presets"]
