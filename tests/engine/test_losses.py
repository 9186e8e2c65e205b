"""Losses with answers that can be worked out by hand."""

import pytest
import torch
from torch import Tensor

from engine.losses import (
    ROWS,
    STYLE_LOSSES,
    CovarianceLoss,
    GramLoss,
    Moments,
    NormalisedGramLoss,
    W2Loss,
    blend,
    content_loss,
    moments,
    square_roots,
    total_variation,
    trace_of_root,
    transform,
)


def some_features(seed: int, channels: int = 6) -> Tensor:
    return torch.rand(1, channels, 9, 11, generator=torch.Generator().manual_seed(seed))


def diagonal(mean: list[float], variances: list[float]) -> Moments:
    return Moments(torch.tensor(mean), torch.diag(torch.tensor(variances)))


def a_positive_matrix(channels: int = 5) -> Tensor:
    factor = torch.rand(channels, channels, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    return factor @ factor.T + torch.eye(channels, dtype=torch.float64)


def test_moments_of_two_pixels_are_those_worked_out_by_hand() -> None:
    features = torch.tensor([[1.0, 3.0], [0.0, 4.0]]).reshape(1, 2, 1, 2)

    found = moments(features)

    assert found.mean.tolist() == [2.0, 2.0]
    assert found.covariance.tolist() == [[1.0, 2.0], [2.0, 4.0]]
    assert found.gram.tolist() == [[5.0, 6.0], [6.0, 8.0]]


def test_gradient_of_moments_is_what_autograd_finds() -> None:
    features = some_features(1).requires_grad_(True)
    by_mean, by_covariance = torch.arange(6.0), some_features(2)[0, :, :6, 0]
    flat = features[0].flatten(1)
    centred = flat - flat.mean(dim=1, keepdim=True)
    plain = (flat.mean(dim=1) * by_mean).sum() + (centred @ centred.T / flat.shape[1] * by_covariance).sum()
    (expected,) = torch.autograd.grad(plain, features)

    ours = moments(features)
    (found,) = torch.autograd.grad((ours.mean * by_mean).sum() + (ours.covariance * by_covariance).sum(), features)

    torch.testing.assert_close(found, expected)


def test_moments_of_many_positions_are_those_of_all_at_once_and_so_is_their_gradient() -> None:
    features = torch.rand(1, 6, 2, ROWS + 5, generator=torch.Generator().manual_seed(3)).requires_grad_(True)
    rows = features.permute(0, 2, 3, 1).flatten(0, 2).double()
    expected = torch.cov(rows.T, correction=0)

    found = moments(features)

    torch.testing.assert_close(found.covariance.double(), expected)
    (ours,) = torch.autograd.grad(found.covariance.square().sum(), features)
    (plain,) = torch.autograd.grad(expected.square().sum(), features)
    torch.testing.assert_close(ours, plain)


def test_flat_features_far_from_zero_have_no_covariance() -> None:
    found = moments(torch.full((1, 4, 64, 64), 1000.1))

    assert float(found.covariance.abs().max()) < 1e-6


def test_moments_are_taken_in_fp32_even_under_autocast() -> None:
    features = some_features(1).bfloat16()

    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = moments(features)

    assert found.covariance.dtype == torch.float32
    torch.testing.assert_close(found.covariance, moments(features.float()).covariance, rtol=0, atol=0)


def test_blend_is_the_weighted_mean_of_raw_moments() -> None:
    one, other = moments(some_features(1)), moments(some_features(2))

    blended = blend([(0.25, one), (0.75, other)])

    torch.testing.assert_close(blended.mean, 0.25 * one.mean + 0.75 * other.mean)
    torch.testing.assert_close(blended.gram, 0.25 * one.gram + 0.75 * other.gram)


def test_blend_of_equal_halves_is_what_both_pictures_have_side_by_side() -> None:
    left, right = some_features(1), some_features(2)

    blended = blend([(0.5, moments(left)), (0.5, moments(right))])

    both = moments(torch.cat([left, right], dim=-1))
    torch.testing.assert_close(blended.mean, both.mean)
    torch.testing.assert_close(blended.covariance, both.covariance)


def test_transformed_moments_are_those_of_transformed_features() -> None:
    features, matrix, shift = some_features(1), some_features(2)[0, :, :6, 0], torch.arange(6.0)

    found = transform(moments(features), matrix, shift)

    expected = moments(torch.einsum("ij,bjhw->bihw", matrix, features) + shift[:, None, None])
    torch.testing.assert_close(found.mean, expected.mean)
    torch.testing.assert_close(found.covariance, expected.covariance)


@pytest.mark.parametrize("loss", STYLE_LOSSES)
def test_equal_moments_are_no_distance_apart(loss: str) -> None:
    same = moments(some_features(1))

    assert float(STYLE_LOSSES[loss](same)(same)) == pytest.approx(0, abs=1e-5)


def test_w2_of_diagonal_gaussians_is_the_closed_form() -> None:
    target = diagonal([0.0, 1.0, 2.0], [1.0, 4.0, 9.0])
    now = diagonal([1.0, 1.0, 0.0], [4.0, 1.0, 1.0])

    found = float(W2Loss(target)(now))

    means, spreads = 1 + 0 + 4, (1 - 2) ** 2 + (2 - 1) ** 2 + (3 - 1) ** 2
    mean_square = (1 + 4 + 9) + (0 + 1 + 4)
    assert found == pytest.approx((means + spreads) / mean_square, rel=1e-3)


def test_w2_of_means_alone_is_their_squared_distance() -> None:
    target, now = diagonal([3.0, 4.0], [0.0, 0.0]), diagonal([0.0, 0.0], [0.0, 0.0])

    assert float(W2Loss(target)(now)) == pytest.approx(1.0, rel=1e-3)


def test_gram_loss_is_the_distance_relative_to_the_target() -> None:
    target, now = diagonal([0.0, 0.0], [1.0, 2.0]), diagonal([0.0, 1.0], [1.0, 2.0])

    assert float(GramLoss(target)(now)) == pytest.approx(1 / (1 + 4))


def test_covariance_loss_does_not_see_the_mean() -> None:
    target = diagonal([0.0, 0.0], [1.0, 2.0])

    assert float(CovarianceLoss(target)(diagonal([5.0, 7.0], [1.0, 2.0]))) == 0
    assert float(CovarianceLoss(target)(diagonal([0.0, 0.0], [2.0, 4.0]))) == pytest.approx((1 + 4) / (1 + 4))


def test_normalised_gram_sees_which_channels_go_together_and_not_how_strong_they_are() -> None:
    together, apart = torch.tensor([[4.0, 4.0], [4.0, 4.0]]), torch.tensor([[9.0, 0.0], [0.0, 1.0]])
    loss = NormalisedGramLoss(Moments(torch.zeros(2), together))

    assert float(loss(Moments(torch.zeros(2), together * 25))) == pytest.approx(0, abs=1e-6)
    assert float(loss(Moments(torch.zeros(2), apart))) == pytest.approx((1 + 1) / 4, rel=1e-2)


def test_moments_of_a_region_are_those_of_its_pixels_alone() -> None:
    features = some_features(1)
    inside = torch.zeros(1, 1, 9, 11)
    inside[..., :4] = 1

    found = moments(features, inside)

    alone = moments(features[..., :4])
    torch.testing.assert_close(found.mean, alone.mean)
    torch.testing.assert_close(found.covariance, alone.covariance)


def test_moments_of_no_pixels_are_nothing() -> None:
    found = moments(some_features(1), torch.zeros(1, 1, 9, 11))

    assert float(found.gram.abs().max()) == 0


@pytest.mark.parametrize("loss", STYLE_LOSSES)
@pytest.mark.parametrize("features", [torch.zeros(1, 4, 3, 3), torch.ones(1, 4, 3, 3)], ids=["dead", "flat"])
def test_flat_features_give_finite_losses_and_gradients(loss: str, features: Tensor) -> None:
    canvas = features.clone().requires_grad_(True)

    value = STYLE_LOSSES[loss](moments(features))(moments(canvas))
    value.backward()

    assert float(value.detach()) == pytest.approx(0, abs=1e-3)
    assert canvas.grad is not None
    assert canvas.grad.isfinite().all()


def test_square_roots_are_a_root_and_its_inverse() -> None:
    matrix = a_positive_matrix()

    root, inverse = square_roots(matrix, steps=20)

    torch.testing.assert_close(root @ root, matrix)
    torch.testing.assert_close(root @ inverse, torch.eye(5, dtype=torch.float64))


def test_trace_of_a_diagonal_root_is_the_sum_of_roots() -> None:
    assert float(trace_of_root(torch.diag(torch.tensor([1.0, 4.0, 9.0])))) == pytest.approx(6, rel=1e-5)


def test_gradient_of_the_trace_agrees_with_finite_differences() -> None:
    matrix = a_positive_matrix().requires_grad_(True)

    def of_symmetric(entries: Tensor) -> Tensor:
        return trace_of_root((entries + entries.T) / 2)

    assert torch.autograd.gradcheck(of_symmetric, (matrix,), atol=1e-4)


@pytest.mark.parametrize("loss", STYLE_LOSSES)
def test_gradient_of_a_style_loss_agrees_with_a_finite_difference(loss: str) -> None:
    distance = STYLE_LOSSES[loss](moments(some_features(1)))
    features = some_features(2).requires_grad_(True)
    direction = some_features(3) - 0.5

    (gradient,) = torch.autograd.grad(distance(moments(features)), features)

    step = 1e-2
    with torch.no_grad():
        ahead = distance(moments(features + step * direction))
        behind = distance(moments(features - step * direction))
    assert float((gradient * direction).sum()) == pytest.approx(float(ahead - behind) / (2 * step), rel=0.02)


def test_content_loss_is_the_difference_relative_to_the_target() -> None:
    target = torch.full((1, 2, 3, 3), 2.0)

    assert float(content_loss(target, target)) == 0
    assert float(content_loss(target + 1, target)) == pytest.approx(1 / 4)


def test_content_loss_of_a_black_target_is_finite() -> None:
    nothing = torch.zeros(1, 2, 3, 3)

    assert float(content_loss(nothing, nothing)) == 0


def test_flat_canvas_has_no_variation() -> None:
    assert float(total_variation(torch.full((1, 3, 5, 7), 0.4))) == 0


def test_variation_of_one_bright_pixel_is_that_of_its_eight_steps() -> None:
    canvas = torch.zeros(1, 3, 5, 5)
    canvas[..., 2, 2] = 1

    # Four straight steps count twice, four diagonal ones once.
    assert float(total_variation(canvas)) == pytest.approx((4 * 2 + 4 * 1) / 3 / (5 * 5))


def test_variation_of_a_strip_of_one_pixel_is_finite() -> None:
    assert float(total_variation(torch.tensor([0.0, 1.0, 0.0]).expand(1, 3, 1, 3))) == pytest.approx(2 * 2 / (3 * 3))


def test_variation_looks_alike_from_every_side() -> None:
    canvas = some_features(5, channels=3)

    expected = float(total_variation(canvas))

    assert float(total_variation(canvas.flip(-1))) == pytest.approx(expected, rel=1e-5)
    assert float(total_variation(canvas.transpose(-1, -2))) == pytest.approx(expected, rel=1e-5)


def test_gradient_of_variation_agrees_with_finite_differences() -> None:
    canvas = some_features(6, channels=3)[..., :4, :4].double().requires_grad_(True)

    assert torch.autograd.gradcheck(total_variation, (canvas,))


@pytest.mark.parametrize("factor", [0.5, 1.5, 2.0])
def test_w2_of_scaled_features_is_the_square_of_what_was_added(factor: float) -> None:
    features = some_features(1)

    found = float(W2Loss(moments(features))(moments(features * factor)))

    assert found == pytest.approx((factor - 1) ** 2, rel=2e-2)
