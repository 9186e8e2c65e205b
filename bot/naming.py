"""What styles are called in front of people."""

from collections.abc import Sequence

from bot import texts
from bot.studies import title_of
from jobs.presets import find_preset
from jobs.values import JobView, MixPart

BETWEEN_STYLES = " + "


def style_name(view: JobView, language: str | None) -> str:
    """What the preset or saved style is called, or that it was the person's own picture; of a mix, all of them.

    A study is called by its own name.
    """
    if view.spec.study is not None:
        return title_of(view.spec, language)
    return mix_name(view.mix, language) if view.mix else _preset_name(view.preset, language)


def mix_name(parts: Sequence[MixPart], language: str | None) -> str:
    """What several styles are called together."""
    return BETWEEN_STYLES.join(part_name(part, language) for part in parts)


def part_name(part: MixPart, language: str | None) -> str:
    """What a style of several is called; one that was saved and is gone, like any picture of somebody's."""
    return part.name if part.name is not None else _preset_name(part.preset, language)


def _preset_name(name: str | None, language: str | None) -> str:
    if name is None:
        return texts.plain(language, "own-style")
    preset = find_preset(name)
    return texts.preset_title(language, preset) if preset is not None else name
