"""Between pictures and tensors: exact values, sizes and ranges."""

import numpy as np
import pytest
import torch
from PIL import Image

from engine.pictures import PREVIEW_SIDE_PX, to_picture, to_preview, to_tensor
from tests.engine.builders import a_photo
from tests.engine.conftest import CPU


def test_a_picture_survives_the_way_there_and_back() -> None:
    photo = a_photo(31, 17)

    tensor = to_tensor(photo, photo.size, CPU)

    assert tensor.shape == (1, 3, 17, 31)
    assert tensor.dtype == torch.float32
    assert np.array_equal(np.asarray(to_picture(tensor)), np.asarray(photo))


def test_white_is_one_and_black_is_zero() -> None:
    picture = Image.fromarray(np.array([[[255, 0, 51]]], dtype=np.uint8))

    assert to_tensor(picture, (1, 1), CPU).flatten().tolist() == pytest.approx([1, 0, 0.2])


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_pictures_of_other_modes_become_rgb(mode: str) -> None:
    assert to_tensor(a_photo(16, 16).convert(mode), (8, 8), CPU).shape == (1, 3, 8, 8)


def test_values_beyond_the_range_are_clipped() -> None:
    canvas = torch.tensor([-0.5, 0.5, 1.5]).view(1, 3, 1, 1)

    assert to_picture(canvas).getpixel((0, 0)) == (0, 128, 255)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((64, 48), (64, 48)), ((1024, 512), (512, 256)), ((4, 2048), (1, 512))],
    ids=["small", "large", "strip"],
)
def test_a_preview_is_reduced_to_its_limit_and_never_enlarged(size: tuple[int, int], expected: tuple[int, int]) -> None:
    preview = to_preview(torch.zeros(1, 3, size[1], size[0]))

    assert preview.size == expected
    assert max(preview.size) <= PREVIEW_SIDE_PX
