"""What recipes get from backbones that lack some of their layers."""

import logging
from dataclasses import replace

import pytest

from engine import Optimisation, Painter, UnknownLayer
from engine.encoder import Encoder
from engine.objective import choose_layers
from engine.painter import recipe_for
from engine.recipes import recipe_names, recipe_of, source_of
from tests.engine.builders import a_photo, a_request

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


def test_layers_that_are_asked_for_are_taken_by_name_or_index(slim: Encoder) -> None:
    asked = Optimisation(style_layers=(("relu1_1", 3.0), ("2", 1.0)), content_layers=(("16", 1.0),))

    layers = choose_layers(CLASSIC, slim, asked)

    assert layers.style == {"relu1_1": 0.75, "conv1_2": 0.25}
    assert layers.content == {"conv3_4": 1.0}
    assert not layers.replaced


@pytest.mark.parametrize("layer", ["relu4_1", "20", "fc6"])
def test_a_layer_that_is_asked_for_is_never_replaced(prefix_encoder: Encoder, layer: str) -> None:
    with pytest.raises(UnknownLayer, match=r"it has conv1_1, relu1_1, .*relu3_4"):
        choose_layers(CLASSIC, prefix_encoder, Optimisation(style_layers=((layer, 1.0),)))


def test_what_is_asked_for_goes_before_the_recipe() -> None:
    recipe = recipe_of("keras", {"tv_weight": 0.0, "steps": (7,)})

    assert (recipe.tv_weight, recipe.steps, recipe.optimiser, recipe.line_search) == (0.0, (7,), "lbfgs", True)


def test_content_counts_by_the_style_loss_where_nothing_else_is_said() -> None:
    weights = {loss: recipe_of("standard", {"style_loss": loss}).content_weight for loss in ("w2", "gram")}

    assert weights == {"w2": 0.08, "gram": 0.04}
    assert recipe_of("standard", {"style_loss": "gram", "content_weight": 0.5}).content_weight == 0.5


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_names_its_source_and_paints(name: str, slim_painter: Painter) -> None:
    painting = slim_painter.paint(a_request(recipe=name, steps=2), lambda progress: None, lambda: False)

    assert source_of(name) == painting.report["recipe"]["source"]
    assert painting.picture.tobytes() != a_photo().tobytes()
    assert painting.report["steps"] == 2


def test_a_canvas_too_large_for_what_l_bfgs_remembers_is_left_to_adam() -> None:
    asked = a_request(longest_side_px=4096, optimisation=Optimisation(optimiser="lbfgs", learning_rate=0.5))

    recipe, usual = recipe_for(asked), recipe_for(replace(asked, longest_side_px=1024))

    assert (recipe.optimiser, recipe.learning_rate, recipe.ema_decay) == ("adam", 0.02, 0.9)
    assert (usual.optimiser, usual.learning_rate, usual.ema_decay) == ("lbfgs", 0.5, 0.0)
