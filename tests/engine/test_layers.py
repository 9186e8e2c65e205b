"""Names and indices of layers, and what a backbone offers for layers that it lacks."""

import pytest

from engine.errors import UnknownLayer
from engine.layers import VGG16, VGG19

PREFIX = VGG19.last_index(16)  # weights up to conv3_4
SLIM = VGG19.last_index(28)  # weights up to conv5_1


@pytest.mark.parametrize(
    ("name", "index"),
    [("conv1_1", 0), ("relu1_1", 1), ("pool1", 4), ("relu3_2", 13), ("relu4_2", 22), ("conv5_1", 28), ("pool5", 36)],
)
def test_a_layer_is_known_by_name_and_by_index(name: str, index: int) -> None:
    assert VGG19.index_of(name) == VGG19.index_of(index) == VGG19.index_of(str(index)) == index


@pytest.mark.parametrize("layer", ["relu6_1", "conv1_3", "37", 37, -1, "-1", "", "RELU1_1", "²"])
def test_an_unknown_layer_is_answered_with_those_there_are(layer: str | int) -> None:
    with pytest.raises(UnknownLayer, match=r"relu1_1.*pool5"):
        VGG19.index_of(layer)


@pytest.mark.parametrize(
    ("last_conv", "deepest"),
    [(0, "relu1_1"), (2, "pool1"), (16, "pool3"), (28, "relu5_1"), (34, "pool5")],
    ids=["conv1_1", "conv1_2", "conv3_4", "conv5_1", "conv5_4"],
)
def test_the_deepest_layer_is_the_relu_or_the_pool_behind_the_last_convolution(last_conv: int, deepest: str) -> None:
    assert VGG19.names[VGG19.last_index(last_conv)] == deepest


def test_a_layer_asked_for_is_never_replaced() -> None:
    assert VGG19.require("relu3_4", PREFIX) == VGG19.require(17, PREFIX) == "relu3_4"
    with pytest.raises(UnknownLayer, match=r"no layer relu4_1; it has conv1_1, .*pool3$"):
        VGG19.require("relu4_1", PREFIX)


@pytest.mark.parametrize(
    ("preferences", "deepest", "expected"),
    [
        (("relu4_1", "relu3_4"), SLIM, "relu4_1"),
        (("relu4_1", "relu3_4"), PREFIX, "relu3_4"),
        (("relu5_1",), PREFIX, "relu3_4"),
        (("relu4_2", "relu3_2"), PREFIX, "relu3_2"),
        (("conv5_2",), SLIM, "relu5_1"),
        (("relu5_1",), 1, "relu1_1"),
    ],
    ids=["there", "second choice", "deepest below", "content", "keras on slim", "least backbone"],
)
def test_a_recipe_gets_the_deepest_there_is_at_or_below(
    preferences: tuple[str, ...], deepest: int, expected: str
) -> None:
    assert VGG19.prefer(preferences, deepest) == expected


@pytest.mark.parametrize(
    ("preferences", "expected"),
    [
        (("relu4_1", "relu3_4"), "relu4_1"),
        (("relu3_4",), "relu3_3"),
        (("conv5_4",), "relu5_2"),
        (("pool5",), "relu5_3"),
    ],
    ids=["there", "longer block", "conv of a longer block", "pool"],
)
def test_a_recipe_for_vgg19_finds_its_layers_in_vgg16(preferences: tuple[str, ...], expected: str) -> None:
    deepest = VGG16.index_of("relu5_3")

    assert VGG16.prefer(preferences, deepest) == expected


@pytest.mark.parametrize(
    ("layer", "stride_px", "receptive_px"),
    [("relu1_1", 1, 3), ("relu2_2", 2, 14), ("pool3", 8, 44), ("relu5_1", 16, 156)],
)
def test_reach_covers_the_receptive_field(layer: str, stride_px: int, receptive_px: int) -> None:
    assert VGG19.stride_px(layer) == stride_px
    assert receptive_px <= 2 * VGG19.reach_px(layer) + 1 <= receptive_px * 1.4 + 2
