"""A preset that is a CycleGAN generator: it paints what needs no optimisation, alone, and refuses the rest."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine import InvalidRequest, Painter, Style, StyleRequest
from engine.colours import keep_chroma
from engine.cyclegan import Generator, load_generator, save_generator
from engine.pictures import to_picture, to_tensor
from engine.presets import GENERATOR, OWN_FOLDER_VARIABLE, PREVIEW, find_preset, own
from tests.engine.builders import a_photo, a_request, a_style

CPU = torch.device("cpu")
BY_GENERATOR = (Style(preset="night"),)


def a_generator(seed: int = 3) -> Generator:
    """Small and random, but with colours of its own."""
    torch.manual_seed(seed)
    return Generator(width=4, blocks=2).requires_grad_(False).eval()


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a preset called night."""
    monkeypatch.setenv(OWN_FOLDER_VARIABLE, str(tmp_path / "presets"))
    with own.changed(tmp_path / "presets") as entries:
        (tmp_path / "presets" / "night").mkdir()
        save_generator(tmp_path / "presets" / "night" / GENERATOR, a_generator())
        a_photo().save(tmp_path / "presets" / "night" / PREVIEW)
        entries["night"] = {"title": "Night"}
    return tmp_path / "presets" / "night" / GENERATOR


def painted(painter: Painter, **changes: Any) -> Image.Image:
    plain: dict[str, Any] = {"styles": BY_GENERATOR, "method": "instant", "steps": None}
    return painter.paint(a_request(**(plain | changes)), lambda progress: None, lambda: False).picture


def expected(path: Path, content: Image.Image) -> Image.Image:
    return to_picture(load_generator(path)(to_tensor(content, content.size, CPU)))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean, in levels."""
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


def test_it_is_a_preset_of_a_kind_of_its_own(path: Path) -> None:
    preset = find_preset("night")

    assert preset is not None
    assert (preset.kind, preset.generator_path, preset.style_path) == ("cyclegan", path, None)


@pytest.mark.parametrize("method", ["instant", "poster"])
def test_the_generator_paints_whatever_the_brush(painter: Painter, path: Path, method: str) -> None:
    content = a_photo(80, 53)

    pictures = [
        painted(painter, content=content, longest_side_px=80, method=method, brush=brush) for brush in (1.0, 2.0)
    ]

    for picture in pictures:
        assert picture.size == content.size
        assert difference(picture, expected(path, content)) < 1.5
        assert difference(picture, content) > 10


@pytest.mark.parametrize("method", ["instant", "poster"])
def test_strength_leads_from_the_content_to_the_painting_and_no_further(painter: Painter, method: str) -> None:
    none, half, full, more = (painted(painter, method=method, strength=each) for each in (0.0, 0.5, 1.0, 1.5))

    assert none.tobytes() == a_photo().tobytes()
    assert more.tobytes() == full.tobytes()
    assert difference(half, none) == pytest.approx(difference(full, none) / 2, abs=1)


@pytest.mark.parametrize("method", ["instant", "poster"])
def test_the_photos_colours_can_be_kept(painter: Painter, path: Path, method: str) -> None:
    kept = painted(painter, method=method, keep_colours="luminance")

    pixels = to_tensor(a_photo(), (64, 64), CPU)
    assert difference(kept, to_picture(keep_chroma(load_generator(path)(pixels), pixels))) < 1.5


def test_beside_others_it_paints_what_it_paints_alone(painter: Painter) -> None:
    requests = [
        a_request(method="instant", steps=None, styles=styles, content=content)
        for styles, content in (
            ((Style(picture=a_style()),), a_photo()),
            (BY_GENERATOR, a_photo(64, 40)),
            ((Style(preset="frost"),), a_photo()),
        )
    ]

    together = painter.paint_instant(requests)

    for request, painting in zip(requests, together, strict=True):
        [alone] = painter.paint_instant([request])
        assert difference(painting.picture, alone.picture) < 0.5


def test_a_file_that_was_replaced_is_read_anew_and_otherwise_kept(painter: Painter, path: Path) -> None:
    content, before = a_photo(), painted(painter)
    generation = path.stat()
    path.write_bytes(b"x" * generation.st_size)
    os.utime(path, ns=(generation.st_atime_ns, generation.st_mtime_ns))
    kept = painted(painter)

    save_generator(path.with_suffix(".draft"), a_generator(seed=4))
    path.with_suffix(".draft").replace(path)

    assert kept.tobytes() == before.tobytes()
    assert difference(painted(painter), expected(path, content)) < 1.5
    assert difference(painted(painter), before) > 5


@pytest.mark.parametrize("method", ["instant", "poster"])
def test_a_mix_with_others_is_refused(painter: Painter, method: str) -> None:
    with pytest.raises(InvalidRequest, match="night is a CycleGAN generator: it cannot be mixed with other styles"):
        painted(painter, method=method, styles=(Style(preset="frost"), *BY_GENERATOR))


@pytest.mark.parametrize("init", ["content", "instant"])
@pytest.mark.parametrize("others", [(), (Style(picture=a_style()),)], ids=["alone", "mixed"])
def test_an_optimisation_is_refused(painter: Painter, init: str, others: tuple[Style, ...]) -> None:
    request: StyleRequest = a_request(styles=(*BY_GENERATOR, *others), init=init)

    with pytest.raises(InvalidRequest, match="night is a CycleGAN generator: it has no style picture to optimise for"):
        painter.paint(request, lambda progress: None, lambda: False)
