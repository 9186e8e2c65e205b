"""What recipes get from backbones that lack some of their layers."""

import logging

import pytest

from engine.encoder import Encoder
from engine.objective import choose_layers
from engine.recipes import recipe_names, recipe_of

CLASSIC = recipe_of("standard")


def test_slim_has_all_layers_of_the_recipe(slim: Encoder) -> None:
    layers = choose_layers(CLASSIC, slim)

    assert layers.style == pytest.approx({f"relu{block}_1": 0.2 for block in range(1, 6)})
    assert layers.content == {"relu4_2": 1.0}
    assert not layers.replaced


def test_prefix_of_vgg19_carries_the_deep_layers_weights_in_its_deepest(prefix_encoder: Encoder) -> None:
    layers = choose_layers(CLASSIC, prefix_encoder)

    assert layers.style == pytest.approx({"relu1_1": 0.2, "relu2_1": 0.2, "relu3_1": 0.2, "relu3_4": 0.4})
    assert layers.content == {"relu3_2": 1.0}
    assert layers.replaced == {"relu4_1": "relu3_4", "relu5_1": "relu3_4", "relu4_2": "relu3_2"}


def test_one_log_line_names_what_was_replaced(prefix_encoder: Encoder, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        choose_layers(CLASSIC, prefix_encoder)

    [record] = caplog.records
    assert vars(record)["replaced"]["relu4_2"] == "relu3_2"


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_finds_layers_on_every_backbone(name: str, slim: Encoder, prefix_encoder: Encoder) -> None:
    for encoder in (slim, prefix_encoder):
        layers = choose_layers(recipe_of(name), encoder)

        assert sum(layers.style.values()) == pytest.approx(1) == sum(layers.content.values())
        assert {*layers.style, *layers.content} <= set(encoder.layers)
