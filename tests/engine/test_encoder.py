"""Features by layer name: the right values, untouched by what follows, and no frame at the border."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import UnknownLayer
from engine.losses import W2Loss, moments, transform
from engine.recipes import Pooling
from engine.weights import SHIPPED_SLIM, Affine, load_weights
from tests.engine.builders import WIDTH
from tests.engine.conftest import CPU


def some_pixels(height: int = 32, width: int = 48, seed: int = 1) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def an_encoder(path: Path, **changes: Pooling | str) -> Encoder:
    return Encoder(load_weights(path), name="slim", device=CPU, **changes)  # type: ignore[arg-type]


def test_a_conv_value_is_taken_before_its_relu(encoder: Encoder) -> None:
    found = encoder.features(some_pixels(), ["conv2_1", "relu2_1"])

    assert float(found["conv2_1"].min()) < 0
    torch.testing.assert_close(found["relu2_1"], found["conv2_1"].relu())


def test_what_is_asked_for_besides_changes_nothing(encoder: Encoder) -> None:
    pixels = some_pixels()

    alone = encoder.features(pixels, ["relu3_1"])
    among = encoder.features(pixels, ["conv3_1", "relu3_1", "relu1_1", "relu5_1", "pool2"])

    torch.testing.assert_close(alone["relu3_1"], among["relu3_1"], rtol=0, atol=0)


def test_the_picture_itself_is_left_as_it_was(encoder: Encoder) -> None:
    pixels = some_pixels()
    before = pixels.clone()

    encoder.features(pixels, ["relu2_1"])

    torch.testing.assert_close(pixels, before, rtol=0, atol=0)


def test_a_layer_beyond_the_backbone_is_answered_with_those_there_are(prefix_encoder: Encoder) -> None:
    with pytest.raises(UnknownLayer, match=r"no layer relu4_1; it has conv1_1"):
        prefix_encoder.features(some_pixels(), ["relu1_1", "relu4_1"])


def test_only_the_picture_receives_a_gradient(encoder: Encoder) -> None:
    pixels = some_pixels().requires_grad_(True)

    encoder.features(pixels, ["relu5_1"])["relu5_1"].sum().backward()

    assert pixels.grad is not None
    assert float(pixels.grad.abs().sum()) > 0


def test_gradient_agrees_with_a_finite_difference(encoder: Encoder) -> None:
    pixels, direction = some_pixels(16, 16).requires_grad_(True), some_pixels(16, 16, seed=2) - 0.5

    def response(picture: Tensor) -> Tensor:
        return encoder.features(picture, ["relu3_1"])["relu3_1"].square().sum()

    (gradient,) = torch.autograd.grad(response(pixels), pixels)
    with torch.no_grad():
        difference = response(pixels + 1e-3 * direction) - response(pixels - 1e-3 * direction)
    assert float((gradient * direction).sum()) == pytest.approx(float(difference) / 2e-3, rel=0.02)


def test_replicated_border_leaves_no_frame_on_a_flat_picture(small_file: Path) -> None:
    flat = torch.full((1, 3, 64, 64), 0.8)
    layers = ["relu1_1", "relu3_4", "relu5_1"]

    replicated = an_encoder(small_file).features(flat, layers)
    framed = an_encoder(small_file, frame="zeros").features(flat, layers)

    for layer in layers:
        assert float(replicated[layer].std(dim=(-1, -2)).max()) < 1e-5
        assert float(framed[layer].std(dim=(-1, -2)).max()) > 1e-2


@pytest.mark.parametrize("pooling", ["max", "average", "l2"])
@pytest.mark.parametrize("size", [(1, 64), (64, 1), (1, 1), (3, 5)], ids=["row", "column", "pixel", "scrap"])
def test_thin_pictures_survive_every_pooling(small_file: Path, pooling: Pooling, size: tuple[int, int]) -> None:
    features = an_encoder(small_file, pooling=pooling).features(some_pixels(*size), ["relu5_1"])["relu5_1"]

    assert min(features.shape[-2:]) == 1
    assert features.isfinite().all()


@pytest.mark.parametrize(("pooling", "gain"), [("max", 1.0), ("average", 2.0), ("l2", 2 * 0.78)])
def test_pooling_of_flat_features_scales_them(small_file: Path, pooling: Pooling, gain: float) -> None:
    flat = torch.full((1, 3, 8, 8), 0.5)

    found = an_encoder(small_file, pooling=pooling).features(flat, ["relu1_2", "pool1"])

    inner = found["relu1_2"][..., 2:6, 2:6]
    torch.testing.assert_close(found["pool1"][..., 1:3, 1:3], gain * inner[..., ::2, ::2], rtol=1e-3, atol=2e-4)


def test_bfloat16_features_are_close_to_exact_ones(encoder: Encoder) -> None:
    pixels = some_pixels()

    exact = encoder.features(pixels, ["relu5_1"])["relu5_1"]
    rounded = encoder.with_dtype(torch.bfloat16).features(pixels, ["relu5_1"])["relu5_1"]

    assert rounded.dtype == torch.bfloat16
    likeness = functional.cosine_similarity(exact.flatten(), rounded.float().flatten(), dim=0)
    assert float(likeness) > 0.99


def test_encoder_in_another_dtype_keeps_name_pooling_and_frame(small_file: Path) -> None:
    changed = an_encoder(small_file, pooling="average", frame="zeros").with_dtype(torch.bfloat16)

    assert (changed.name, changed.pooling, changed.frame) == ("slim", "average", "zeros")


def test_slim_has_heads_for_relus_of_the_recipe_only(slim: Encoder) -> None:
    for layer in ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"):
        assert slim.head(layer) is not None
    assert slim.head("conv1_1") is None
    assert slim.head("pool1") is None
    assert slim.head("relu3_3") is None


@pytest.mark.parametrize("layer", ["relu1_1", "relu3_1", "relu4_2", "relu5_1"])
def test_distances_under_the_square_head_are_those_under_the_full_head(slim: Encoder, layer: str) -> None:
    full = load_weights(SHIPPED_SLIM).heads[slim.layers.index(layer) - 1]
    one, other = (slim.features(some_pixels(seed=seed), [layer])[layer] for seed in (1, 2))
    head = slim.head(layer)
    assert head is not None

    def mapped(features: Tensor, matrix: Tensor) -> Tensor:
        return torch.einsum("ij,bjhw->bihw", matrix, features)

    expected = (mapped(one, full.weight.flatten(1)) - mapped(other, full.weight.flatten(1))).square().sum()
    found = (mapped(one, head.matrix) - mapped(other, head.matrix)).square().sum()
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=0)


def test_w2_under_the_square_head_is_that_under_the_full_head(slim: Encoder) -> None:
    full = load_weights(SHIPPED_SLIM).heads[0]
    head = slim.head("relu1_1")
    assert head is not None
    one, other = (moments(slim.features(some_pixels(seed=seed) ** seed, ["relu1_1"])["relu1_1"]) for seed in (1, 2))

    def distance(matrix: Tensor, shift: Tensor) -> float:
        target = transform(one, matrix, shift)
        size = float(target.covariance.diagonal().sum() + target.mean.square().sum())
        return float(W2Loss(target)(transform(other, matrix, shift))) * size

    assert distance(head.matrix, head.shift) == pytest.approx(distance(full.weight.flatten(1), full.bias), rel=0.02)


def test_a_head_with_fewer_rows_than_channels_keeps_distances_too(small_file: Path) -> None:
    matrix = torch.randn(3, WIDTH, 1, 1, generator=torch.Generator().manual_seed(1))
    weights = replace(load_weights(small_file), heads={0: Affine(matrix, torch.ones(3))}, scales={0: torch.ones(3)})
    difference = torch.arange(float(WIDTH))

    head = Encoder(weights, name="slim", device=CPU).head("relu1_1")

    assert head is not None
    torch.testing.assert_close((head.matrix @ difference).norm(), (matrix.flatten(1) @ difference).norm())
