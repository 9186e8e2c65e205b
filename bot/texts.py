"""Every sentence the bot says, from the catalogues in locales/; nothing else in this package holds one."""

import unicodedata
from functools import cache
from html import escape
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast

from jobs.presets import Preset

LOCALES = Path(__file__).parent / "locales"
FALLBACK = "en"
SECONDS_A_MINUTE = 60
MINUTES_AN_HOUR = 60
# Up to here seconds are told, rounded to tens above twenty.
TELL_SECONDS_UP_TO = 90
TELL_MINUTES_UP_TO = 90
NAME_LENGTH = 48
# What old telephones call Indonesian.
OLD_CODES = {"in": "id"}

Fact = str | int | float


def render(language: str | None, key: str, **facts: Fact) -> str:
    """The sentence as Telegram's HTML; facts are escaped, so a name can hold any sign."""
    safe = {name: escaped(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return plain(language, key, **safe)


def plain(language: str | None, key: str, **facts: Fact) -> str:
    """The sentence without escaping: for button labels and for answers to presses, which know no HTML."""
    return _format(known(language), key, **facts) if facts else _unchanging(known(language), key)


@cache
def _unchanging(language: str, key: str) -> str:
    return _format(language, key)


def _format(language: str, key: str, **facts: Fact) -> str:
    bundle = _bundle(language)
    pattern = bundle.get_message(key).value
    if pattern is None:
        raise KeyError(key)
    text, errors = bundle.format_pattern(pattern, facts)
    if errors:
        raise ValueError(f"{key}: {errors[0]}")
    return str(text)


def escaped(words: str) -> str:
    """What stands for itself in Telegram's HTML."""
    return escape(words, quote=False)


def preset_title(language: str | None, preset: Preset) -> str:
    """What people call a preset: the catalogue's word, or its title where an operator added it or renamed it."""
    key = f"preset-{preset.name}"
    by_catalogue = not preset.renamed and _bundle(known(language)).has_message(key)
    return plain(language, key) if by_catalogue else preset.title


def about(language: str | None, seconds: float) -> str:
    """A duration as people say it: about 40 s, about 3 min, about 5 h."""
    if seconds > TELL_MINUTES_UP_TO * SECONDS_A_MINUTE:
        return plain(language, "about-hours", hours=round(seconds / SECONDS_A_MINUTE / MINUTES_AN_HOUR))
    if seconds > TELL_SECONDS_UP_TO:
        return plain(language, "about-minutes", minutes=round(seconds / SECONDS_A_MINUTE))
    rounded = max(1, round(seconds)) if seconds < 20 else round(seconds / 10) * 10
    return plain(language, "about-seconds", seconds=rounded)


def age(language: str | None, seconds: float) -> str:
    """How long ago something happened, short."""
    whole = max(0, int(seconds))
    if whole < SECONDS_A_MINUTE:
        return plain(language, "age-seconds", seconds=whole)
    if whole < SECONDS_A_MINUTE * MINUTES_AN_HOUR:
        return plain(language, "age-minutes", minutes=whole // SECONDS_A_MINUTE)
    return plain(language, "age-hours", hours=whole // (SECONDS_A_MINUTE * MINUTES_AN_HOUR))


def tidied(name: str) -> str:
    """A name without control and direction signs, which could turn the rest of a sentence round."""
    kept = "".join(sign for sign in name if not unicodedata.category(sign).startswith("C"))
    return " ".join(kept.split())


def tidy_name(name: str) -> str:
    """The same, and not too long."""
    return tidied(name)[:NAME_LENGTH]


def keys(language: str) -> set[str]:
    """All keys of one catalogue."""
    return {entry.id.name for entry in _resource(language).body if isinstance(entry, ast.Message)}


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, the one for everybody else first."""
    found = {folder.name for folder in LOCALES.iterdir() if (folder / "bot.ftl").is_file()}
    return FALLBACK, *sorted(found - {FALLBACK})


def known(code: str | None) -> str:
    """The language with a catalogue for a code such as es-MX; English where there is none."""
    language = (code or FALLBACK).lower().split("-")[0]
    language = OLD_CODES.get(language, language)
    return language if language in languages() else FALLBACK


@cache
def _bundle(language: str) -> FluentBundle:
    """A catalogue, read. Only of languages that there are: what people's telephones send would fill the memory."""
    # Isolating marks around facts would show as boxes in some clients; tidy_name keeps names harmless instead.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(_resource(language))
    return bundle


def _resource(language: str) -> ast.Resource:
    return FluentResource((LOCALES / language / "bot.ftl").read_text(encoding="utf-8"))
