"""Masks: as many flat colours as styles, dark first, soft edges forgiven."""

import pytest
import torch
from PIL import Image, ImageFilter

from engine.errors import InvalidRequest
from engine.masks import flat_colours
from engine.pictures import to_regions
from tests.engine.builders import a_photo
from tests.engine.conftest import CPU

BLUE, RED, WHITE = (0, 0, 200), (200, 0, 0), (255, 255, 255)


def stripes(*colours: tuple[int, int, int]) -> Image.Image:
    mask = Image.new("RGB", (30 * len(colours), 40))
    for place, colour in enumerate(colours):
        mask.paste(colour, (30 * place, 0, 30 * place + 30, 40))
    return mask


def test_colours_are_found_from_dark_to_bright() -> None:
    assert flat_colours(stripes(WHITE, BLUE, RED), 3) == [BLUE, RED, WHITE]


def test_levels_that_lie_side_by_side_are_told_apart() -> None:
    mask = stripes((1, 1, 1), (2, 2, 2), (0, 0, 0))

    regions = to_regions(mask, flat_colours(mask, 3), mask.size, CPU)

    assert [float(region.mean()) for region in regions] == pytest.approx([1 / 3] * 3)
    assert float(regions[0][..., 60:].min()) == 1


def test_a_soft_edge_belongs_to_what_it_resembles() -> None:
    mask = stripes(BLUE, WHITE).filter(ImageFilter.GaussianBlur(2))

    left, right = to_regions(mask, flat_colours(mask, 2), (30, 20), CPU)

    torch.testing.assert_close(left + right, torch.ones(1, 1, 20, 30))
    assert float(left[..., :15].mean()) > 0.95 > 0.05 > float(left[..., 15:].mean())


@pytest.mark.parametrize("mask", [stripes(RED), stripes(RED, BLUE, WHITE), a_photo()], ids=["one", "three", "photo"])
def test_a_mask_of_other_colours_than_styles_is_refused(mask: Image.Image) -> None:
    with pytest.raises(InvalidRequest, match="flat colours, and there are 2 styles"):
        flat_colours(mask, 2)
