"""Keeping colours: the canvas's light, the content's colours."""

import torch
from torch import Tensor

from engine.colours import keep_chroma, luminance, noise_in_colours, recoloured
from engine.losses import Moments, moments


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


def test_recoloured_picture_has_the_mean_and_covariance_of_the_other() -> None:
    pixels, other = (0.35 + 0.3 * torch.rand(1, 3, 24, 24, generator=torch.Generator().manual_seed(k)) for k in (1, 2))
    other = other * torch.tensor([1.0, 0.5, 0.8]).view(1, 3, 1, 1)

    found = moments(recoloured(pixels, moments(other)))

    torch.testing.assert_close(found.mean, moments(other).mean, atol=1e-3, rtol=0)
    torch.testing.assert_close(found.covariance, moments(other).covariance, atol=1e-3, rtol=0)


def test_recolouring_like_itself_changes_nothing() -> None:
    pixels = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))

    torch.testing.assert_close(recoloured(pixels, moments(pixels)), pixels, atol=1e-4, rtol=0)


def test_noise_has_the_colours_asked_for() -> None:
    like = Moments(torch.tensor([0.5, 0.4, 0.6]), torch.diag(torch.tensor([0.01, 0.004, 0.0])))

    found = moments(noise_in_colours(like, torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))))

    torch.testing.assert_close(found.mean, like.mean, atol=0.01, rtol=0)
    torch.testing.assert_close(found.covariance, like.covariance, atol=1e-3, rtol=0)
