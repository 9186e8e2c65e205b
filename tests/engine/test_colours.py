"""Keeping colours: the canvas's light, the content's colours."""

import torch
from torch import Tensor

from engine.colours import keep_chroma, luminance


def muted(seed: int) -> Tensor:
    """Middle greys with a little colour, so that nothing is clipped."""
    pixels = torch.rand(1, 3, 6, 8, generator=torch.Generator().manual_seed(seed))
    return 0.4 + 0.2 * pixels


def chroma(pixels: Tensor) -> Tensor:
    """Cb and Cr, each up to its factor."""
    return pixels[:, [2, 0]] - luminance(pixels)


def test_luminance_of_white_is_one_and_green_is_the_brightest_primary() -> None:
    pixels = torch.tensor([[1.0, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]).T.reshape(1, 3, 1, 4)

    torch.testing.assert_close(luminance(pixels)[0, 0, 0], torch.tensor([1.0, 0.299, 0.587, 0.114]))


def test_result_has_the_canvas_s_luminance_and_the_content_s_chroma() -> None:
    canvas, content = muted(1), muted(2)

    kept = keep_chroma(canvas, content)

    torch.testing.assert_close(luminance(kept), luminance(canvas))
    torch.testing.assert_close(chroma(kept), chroma(content))


def test_content_alone_comes_back_unchanged() -> None:
    content = muted(3)

    torch.testing.assert_close(keep_chroma(content, content), content)


def test_result_stays_in_range_where_a_bright_canvas_meets_a_strong_colour() -> None:
    red = torch.tensor([1.0, 0, 0]).view(1, 3, 1, 1)

    kept = keep_chroma(torch.ones(1, 3, 1, 1), red)

    assert 0 <= float(kept.min()) <= float(kept.max()) <= 1
