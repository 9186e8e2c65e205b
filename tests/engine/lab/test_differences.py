"""Alignment and differences on pictures where the answer is known."""

import pytest
import torch
from PIL import Image, ImageDraw, ImageEnhance
from torch import Tensor

from engine import Laboratory
from engine.lab import SpotDifferenceRequest
from engine.lab.alignment import find_shift, in_the_light_of, shifted
from engine.lab.differences import find_places
from engine.pictures import to_tensor
from tests.conftest import photo_of
from tests.engine.conftest import CPU


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return photo_of("coffee", 192)


@pytest.fixture(scope="module")
def pixels(photo: Image.Image) -> Tensor:
    return to_tensor(photo, photo.size, CPU)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (5.0, -3.0), (-2.4, 4.3)], ids=str)
def test_a_shift_is_found(pixels: Tensor, shift: tuple[float, float]) -> None:
    right, down = find_shift(pixels, shifted(pixels, (-shift[0], -shift[1])))

    assert (right, down) == pytest.approx(shift, abs=0.4)


def test_other_light_is_taken_back(pixels: Tensor) -> None:
    brighter = (pixels * 0.8 + 0.1).clamp(0, 1)

    seen = in_the_light_of(pixels, brighter)

    torch.testing.assert_close(seen, pixels, atol=0.02, rtol=0)


def test_connected_cells_are_one_place() -> None:
    differing = torch.zeros(64, 128)
    differing[10:20, 20:30] = 0.9
    differing[40:44, 100:104] = 0.5

    one, other = find_places(differing)

    assert (one.left, one.top, one.right, one.bottom) == (20, 10, 30, 20)
    assert (other.left, other.top, other.right, other.bottom) == (100, 40, 104, 44)
    assert one.strength > other.strength


def test_what_was_added_is_found_though_the_camera_moved(slim_painter: Laboratory, photo: Image.Image) -> None:
    second = photo.copy()
    ImageDraw.Draw(second).ellipse((20, 15, 34, 29), fill=(30, 90, 60))
    second = ImageEnhance.Brightness(second).enhance(1.1)
    second = second.transform(second.size, Image.Transform.AFFINE, (1, 0, -4, 0, 1, 3), Image.Resampling.BICUBIC)

    study = slim_painter.study(
        SpotDifferenceRequest(first=photo, second=second, longest_side_px=192, steps=12, frames=8),
        lambda progress: None,
        lambda: False,
    )

    [place] = study.report["places"]
    assert place["left"] <= 22
    assert place["right"] >= 32
    assert place["right"] - place["left"] <= 30
    assert study.report["shift_px"] == pytest.approx([-4, 3], abs=0.6)
    assert len(study.frames) == 8
    red, green, _ = study.frames[-2].crop((27, 22, 28, 23)).tobytes()
    assert green > red


def test_equal_pictures_have_no_differences(slim_painter: Laboratory, photo: Image.Image) -> None:
    study = slim_painter.study(
        SpotDifferenceRequest(first=photo, second=photo, longest_side_px=192, steps=4, frames=4),
        lambda progress: None,
        lambda: False,
    )

    assert study.report["places"] == []
    assert study.frames[0].tobytes() == study.picture.tobytes()
