"""Styles by the names people type."""

import pytest

from bot.style_names import find_style, near_styles
from jobs.presets import Preset, list_presets


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("mosaic", "mosaic"),
        ("Stained Glass", "stained-glass"),
        ("stained-glass", "stained-glass"),
        ("stainedglass", "stained-glass"),
        ("mosiac", "mosaic"),
        ("stained glas", "stained-glass"),
        ("watercol", "watercolour"),
        ("WATERCOLOR", "watercolour"),
        ("  ink wash  ", "ink-wash"),
    ],
)
def test_a_name_is_understood_with_a_slip(said: str, name: str) -> None:
    found = find_style(said, "en")

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("said", ["", "  ", "🎨", "m", "rembrandt", "a" * 4000, "\u202e"])
def test_what_is_no_name_is_not_guessed(said: str) -> None:
    assert find_style(said, "en") is None


def test_near_names_are_offered_best_first_and_something_always() -> None:
    assert near_styles("water glass", "en")[0].name in ("watercolour", "stained-glass")
    assert near_styles("", "en") == list(list_presets()[:3])


@pytest.mark.parametrize("preset", list_presets(), ids=lambda preset: preset.name)
def test_every_style_is_found_by_its_name_and_its_title(preset: Preset) -> None:
    assert {find_style(said, "en") for said in (preset.name, preset.title)} == {preset}
