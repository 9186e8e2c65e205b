"""Styles by the names people type."""

import pytest

from bot import texts
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


def test_of_a_whole_letter_only_the_beginning_is_taken_for_a_name() -> None:
    letter = f"starry night{' ' * 60}{'and so on ' * 300}"

    assert [find_style(letter, "en"), near_styles(letter, "en")[0]] == [find_style("starry night", "en")] * 2


@pytest.mark.parametrize("spoken", texts.languages())
@pytest.mark.parametrize("language", texts.languages())
def test_a_name_of_another_language_is_understood(spoken: str, language: str) -> None:
    titles = {preset: texts.preset_title(language, preset) for preset in list_presets()}

    assert [title for preset, title in titles.items() if find_style(title, spoken) != preset] == []


def test_the_beginning_of_a_name_is_read_in_the_chats_language_first() -> None:
    assert find_style("вышив", "en") == find_style("вышив", "ru") == find_style("embroidery", "en")


def test_near_names_are_offered_best_first_and_something_always() -> None:
    assert near_styles("water glass", "en")[0].name in ("watercolour", "stained-glass")
    assert near_styles("", "en") == near_styles("xxxx", "en") == []


@pytest.mark.parametrize("preset", list_presets(), ids=lambda preset: preset.name)
def test_every_style_is_found_by_its_name_and_its_title(preset: Preset) -> None:
    assert {find_style(said, "en") for said in (preset.name, preset.title)} == {preset}
