"""Styles by the names people type: in any case, cut short, or with a slip."""

import unicodedata
from difflib import SequenceMatcher

from bot import texts
from jobs.presets import Preset, list_presets

# "stained glas" and "mosiac" are close enough to be meant; what is less like a name is only offered.
MEANT = 0.75
NEAR = 0.4
MOST_OFFERED = 3


def find_style(said: str, language: str | None) -> Preset | None:
    """The style somebody means, where that is clear: the name, the beginning of one only, or a slip away from one."""
    wanted = _plain(said)
    if not wanted:
        return None
    shown = list_presets()
    exact = [preset for preset in shown if wanted in _names(preset, language)]
    begun = [preset for preset in shown if any(name.startswith(wanted) for name in _names(preset, language))]
    alike = [preset for likeness, preset in _by_likeness(wanted, language) if likeness >= MEANT]
    return next((found[0] for found in (exact, begun if len(begun) == 1 else [], alike) if found), None)


def near_styles(said: str, language: str | None) -> list[Preset]:
    """The styles most like what was said, to choose from; the first ones where nothing is like it."""
    ranked = _by_likeness(_plain(said), language)
    near = [preset for likeness, preset in ranked if likeness >= NEAR]
    return (near or list(list_presets()))[:MOST_OFFERED]


def search_styles(said: str, language: str | None) -> list[Preset]:
    """The styles that fit what was typed so far, best first: all of them where nothing was."""
    wanted = _plain(said)
    shown = list_presets()
    begun = [preset for preset in shown if any(name.startswith(wanted) for name in _names(preset, language))]
    within = [preset for preset in shown if any(wanted in name for name in _names(preset, language))]
    alike = [preset for likeness, preset in _by_likeness(wanted, language) if likeness >= MEANT]
    return list(dict.fromkeys([*begun, *within, *alike]))


def fits(said: str, name: str) -> bool:
    """Whether what was typed so far stands in a name."""
    return _plain(said) in _plain(name)


def _by_likeness(wanted: str, language: str | None) -> list[tuple[float, Preset]]:
    rated = [
        (max(SequenceMatcher(None, wanted, name).ratio() for name in _names(preset, language)), preset)
        for preset in list_presets()
    ]
    return sorted(rated, key=lambda pair: -pair[0])


def _names(preset: Preset, language: str | None) -> set[str]:
    return {_plain(name) for name in (preset.name, preset.title, texts.preset_title(language, preset))}


def _plain(name: str) -> str:
    """Letters and digits only, and without accents: few people type "Звёздная" or "Composición" with them."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if sign.isalnum())
