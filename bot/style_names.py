"""Styles by the names people type: in any case, cut short, or with a slip."""

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from bot import texts
from jobs.presets import Preset, list_presets

# "stained glas" and "mosiac" are close enough to be meant; what is less like a name is only offered.
MEANT = 0.75
NEAR = 0.4
MOST_OFFERED = 3


# Longer than any name. To compare all that fits a message would keep everybody waiting for a third of a second.
MOST_SIGNS = 64


def find_style(said: str, language: str | None) -> Preset | None:
    """The style somebody means, where that is clear: the name, the beginning of one only, or a slip away from one.

    Names are understood in every language: those who share a chat, or a link, need not share one.
    """
    wanted = _plain(said[:MOST_SIGNS])
    if not wanted:
        return None
    exact = next((preset for preset in list_presets() if wanted in _names(preset, texts.languages())), None)
    if exact is not None:
        return exact
    for spoken in ((texts.known(language),), texts.languages()):
        begun = [preset for preset in list_presets() if _begins(wanted, preset, spoken)]
        if len(begun) == 1:
            return begun[0]
    alike = (preset for likeness, preset in _by_likeness(wanted, texts.languages()) if likeness >= MEANT)
    return next(alike, None)


def near_styles(said: str, language: str | None) -> list[Preset]:
    """The styles most like what was said, to choose from: none where nothing is like it."""
    ranked = _by_likeness(_plain(said[:MOST_SIGNS]), (texts.known(language),))
    return [preset for likeness, preset in ranked if likeness >= NEAR][:MOST_OFFERED]


def search_styles(said: str, language: str | None) -> list[Preset]:
    """The styles that fit what was typed so far, best first: all of them where nothing was."""
    wanted, spoken = _plain(said[:MOST_SIGNS]), (texts.known(language),)
    shown = list_presets()
    begun = [preset for preset in shown if _begins(wanted, preset, spoken)]
    within = [preset for preset in shown if any(wanted in name for name in _names(preset, spoken))]
    found = list(dict.fromkeys([*begun, *within]))
    return found or [preset for likeness, preset in _by_likeness(wanted, spoken) if likeness >= MEANT]


def fits(said: str, name: str) -> bool:
    """Whether what was typed so far stands in a name."""
    return _plain(said) in _plain(name)


def _begins(wanted: str, preset: Preset, spoken: tuple[str, ...]) -> bool:
    return any(name.startswith(wanted) for name in _names(preset, spoken))


def _by_likeness(wanted: str, spoken: tuple[str, ...]) -> list[tuple[float, Preset]]:
    rated = [
        (max(SequenceMatcher(None, wanted, name).ratio() for name in _names(preset, spoken)), preset)
        for preset in list_presets()
    ]
    return sorted(rated, key=lambda pair: -pair[0])


def _names(preset: Preset, spoken: tuple[str, ...]) -> Sequence[str]:
    """What a style is called, in those languages as well; an operator may rename it while we run."""
    titles = (texts.preset_title(language, preset) for language in spoken)
    return tuple({_plain(name) for name in (preset.name, preset.title, *titles)})


def _plain(name: str) -> str:
    """Letters and digits only, and without accents: few people type "Звёздная" or "Composición" with them."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if sign.isalnum())
