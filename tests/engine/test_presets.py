"""The presets that ship: complete, drawn by our code, and unlike each other."""

import re
import subprocess
import sys
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from engine.presets import FOLDER, Preset, find_preset, load_presets
from engine.presets.draw import SIZE_PX, draw_style, drawn_presets

SMALL_PX = 32
NAMES = [preset.name for preset in load_presets()]
DRAWN = drawn_presets()


def pixels(picture: Image.Image) -> npt.NDArray[np.float32]:
    return np.asarray(picture.convert("RGB"), dtype=np.float32)


def character(name: str) -> npt.NDArray[np.float64]:
    """Mean colour, spread of colours, how strong the edges are, and the share of each of 27 colours in per cent."""
    with Image.open(FOLDER / name / "style.jpg") as style:
        values = pixels(style.resize((256, 256)))
    edges = [np.abs(np.diff(values, axis=axis)).mean() for axis in (0, 1)]
    boxes = (values / 86).astype(int) @ (9, 3, 1)
    shares = np.bincount(boxes.ravel(), minlength=27) / boxes.size * 100
    return np.array([*values.mean(axis=(0, 1)), *values.std(axis=(0, 1)), *edges, *shares])


@pytest.mark.parametrize("name", NAMES)
def test_preset_is_found_by_its_name(name: str) -> None:
    preset = find_preset(name)

    assert isinstance(preset, Preset)
    assert preset.name == name
    assert preset.title[0].isupper()


def test_unknown_name_finds_nothing() -> None:
    assert find_preset("no-such-preset") is None


def test_names_and_titles_are_unique_and_fit_into_a_button() -> None:
    titles = [preset.title for preset in load_presets()]

    assert len(set(NAMES)) == len(NAMES)
    assert len(DRAWN) >= 13
    assert len(NAMES) >= len(DRAWN) + 12
    assert len(set(titles)) == len(titles)
    assert all(re.fullmatch(r"[a-z][a-z-]{1,30}", name) for name in NAMES)


def test_every_folder_with_a_preview_is_in_the_table() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/preview.jpg")}

    assert folders == set(NAMES)


def test_drawn_presets_ship_as_pictures_and_paintings_do_not() -> None:
    with_picture = {path.parent.name for path in FOLDER.glob("*/style.jpg")}

    assert with_picture == set(DRAWN)
    assert {preset.name for preset in load_presets() if preset.kind == "painted"} == set(NAMES) - set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_style_opens_and_is_light_enough_to_ship(name: str) -> None:
    path = FOLDER / name / "style.jpg"

    with Image.open(path) as style:
        style.load()

    assert (style.mode, style.size) == ("RGB", (SIZE_PX, SIZE_PX))
    assert path.stat().st_size < 250_000


@pytest.mark.parametrize("preset", load_presets(), ids=NAMES)
def test_a_preview_opens_and_is_light_enough_to_ship(preset: Preset) -> None:
    with Image.open(preset.preview_path) as preview:
        preview.load()

    assert preview.mode == "RGB"
    assert min(preview.size) >= 256
    assert preset.preview_path.stat().st_size < 80_000


@pytest.mark.parametrize("name", DRAWN)
def test_committed_style_is_what_the_code_draws(name: str) -> None:
    drawn = draw_style(name, DRAWN[name])

    with Image.open(FOLDER / name / "style.jpg") as committed:
        difference = np.abs(pixels(committed) - pixels(drawn)).mean()
    assert difference < 10.0  # JPEG alone costs 2 to 9, another drawing 40 and more


@pytest.mark.parametrize("name", DRAWN)
def test_same_seed_draws_the_same_pixels_and_another_seed_does_not(name: str) -> None:
    first, again, other = (draw_style(name, seed, SMALL_PX) for seed in (1, 1, 2))

    assert first.size == (SMALL_PX, SMALL_PX)
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize("name", DRAWN)
def test_drawing_uses_the_whole_range_of_tones_and_leaves_no_flat_area(name: str) -> None:
    with Image.open(FOLDER / name / "style.jpg") as style:
        luminance = np.asarray(style.convert("L"), dtype=np.float32)

    blocks = luminance.reshape(12, SIZE_PX // 12, 12, SIZE_PX // 12).std(axis=(1, 3))
    assert np.percentile(luminance, 98) - np.percentile(luminance, 2) > 150
    assert blocks.min() > 2.0


def test_any_two_presets_differ_in_colour_or_stroke() -> None:
    characters = {name: character(name) for name in DRAWN}

    alike = [
        (one, other)
        for one, other in combinations(DRAWN, 2)
        if np.abs(characters[one] - characters[other]).max() <= 10.0
    ]

    assert alike == []


def test_listing_presets_needs_neither_torch_nor_numpy() -> None:
    code = "import sys, engine; engine.load_presets(); sys.stdout.write(str({'torch', 'numpy'} & set(sys.modules)))"

    listing = subprocess.run([sys.executable, "-c", code], cwd=FOLDER.parents[1], capture_output=True, text=True)

    assert listing.stdout.strip() == "set()", listing.stderr
