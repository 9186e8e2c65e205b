from dataclasses import replace

import pytest
import torch

from engine.losses import Moments
from engine.nets import NOISE_SIDE, READER_LAYERS, StyleReader, Transformer, noise_tile
from tests.engine.training import TINY


@pytest.fixture(scope="module")
def painter() -> Transformer:
    torch.manual_seed(0)
    return Transformer(TINY).requires_grad_(False)


def a_batch(count: int = 1, height: int = 40, width: int = 32) -> torch.Tensor:
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(1))


def some_styles(painter: Transformer, count: int = 1) -> torch.Tensor:
    return 0.3 * torch.randn(count, painter.style_length, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize(("height", "width"), [(64, 64), (37, 51), (65, 33), (1, 1), (7, 90)], ids=str)
def test_the_result_has_the_contents_size(painter: Transformer, height: int, width: int) -> None:
    content = a_batch(height=height, width=width)

    painted = painter(content, some_styles(painter))

    assert painted.shape == content.shape
    assert painted.isfinite().all()


def test_the_identity_leaves_the_content_as_it_is(painter: Transformer) -> None:
    content = a_batch()

    painted = painter(content, painter.identity()[None])

    torch.testing.assert_close(painted, content, atol=1e-5, rtol=0)


def test_a_batch_of_different_styles_equals_single_pictures(painter: Transformer) -> None:
    contents, styles = a_batch(3), some_styles(painter, 3)

    together = painter(contents, styles)

    single = torch.cat([painter(contents[k : k + 1], styles[k : k + 1]) for k in range(3)])
    torch.testing.assert_close(together, single, atol=1e-4, rtol=0)


def test_another_style_paints_another_picture(painter: Transformer) -> None:
    content = a_batch().expand(2, -1, -1, -1)

    first, second = painter(content, some_styles(painter, 2))

    assert (first - second).abs().mean() > 0.01


def test_the_gradient_of_the_styled_norm_is_that_of_its_formula(painter: Transformer) -> None:
    norm = painter.stem.norm
    hidden = torch.randn(2, 32, 5, 6, generator=torch.Generator().manual_seed(3)).requires_grad_(True)
    style = 0.5 * torch.randn(2, 64, generator=torch.Generator().manual_seed(4)).requires_grad_(True)
    weights = torch.randn(2, 32, 5, 6, generator=torch.Generator().manual_seed(5))

    ours = torch.autograd.grad((norm(hidden, style) * weights).sum(), (hidden, style))

    plain = torch.nn.functional.instance_norm(hidden, eps=1e-3)
    scale, shift = style[..., None, None].chunk(2, dim=1)
    expected = torch.autograd.grad(((plain * (1 + scale) + shift) * weights).sum(), (hidden, style))
    for got, wanted in zip(ours, expected, strict=True):
        torch.testing.assert_close(got, wanted, atol=1e-4, rtol=1e-4)


def test_tiles_see_the_noise_of_their_own_place(painter: Transformer) -> None:
    whole = painter._noise((NOISE_SIDE + 20, 30), (0, 0))

    part = painter._noise((20, 30), (NOISE_SIDE, 0))

    assert torch.equal(part, whole[..., NOISE_SIDE:, :])


def test_noise_is_the_same_everywhere_and_has_unit_variance() -> None:
    tile = noise_tile()

    assert tile[0, 0, 0, :3].tolist() == pytest.approx(FIRST_NOISE, abs=1e-6)
    assert tile.mean().abs() < 0.02
    torch.testing.assert_close(tile.std(dim=(2, 3)), torch.ones(1, len(tile[0])), atol=0.15, rtol=0)


# Trained weights know this very noise: whoever changes it must train anew.
FIRST_NOISE = [-1.7320508, -0.3174880, 1.0970747]


def test_a_wider_network_has_a_longer_style() -> None:
    wider = Transformer(replace(TINY, width=64))

    assert wider.style_length > Transformer(TINY).style_length


def test_the_reader_bounds_what_a_strange_picture_does_to_the_vector() -> None:
    torch.manual_seed(0)
    reader = StyleReader(dict.fromkeys(READER_LAYERS, 8), 20).requires_grad_(False)
    usual = {
        layer: Moments(torch.rand(5, 8), torch.eye(8).expand(5, 8, 8) * torch.rand(5, 1, 1)) for layer in READER_LAYERS
    }
    reader.learn_what_is_usual(usual)

    strange = {layer: Moments(torch.full((1, 8), 1e4), 1e8 * torch.eye(8)[None]) for layer in READER_LAYERS}
    vector = reader(strange)

    assert vector.isfinite().all()
    assert vector.abs().max() < 100


def test_strength_leads_from_the_content_to_the_style_and_beyond(painter: Transformer) -> None:
    content, style = a_batch(), some_styles(painter)
    style[:, -1] = 0

    painted = [painter(content, painter.strengthened(style, strength)) for strength in (0.0, 1.0, 1.5)]

    torch.testing.assert_close(painted[0], content, atol=1e-5, rtol=0)
    assert torch.equal(painted[1], painter(content, style))
    assert (painted[2] - painted[1]).abs().mean() > 0.001
