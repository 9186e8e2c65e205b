"""The settings a method starts from: which layers, how much of each, how many steps."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from engine.encoder import Encoder

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Layers stand in order of preference, each tuple for one role; see Encoder.prefer for what a backbone lacks.

    steps: for the first, second, … scale, coarse to fine
    refining_steps: for the last scales where the canvas begins as an instant picture
    """

    style_layers: tuple[tuple[tuple[str, ...], float], ...]
    content_layers: tuple[str, ...]
    content_weight: float
    tv_weight: float
    steps: tuple[int, ...]
    refining_steps: tuple[int, ...] = (40, 30, 40)
    learning_rate: float = 0.02
    betas: tuple[float, float] = (0.9, 0.99)
    ema_decay: float = 0.9


@dataclass(frozen=True)
class Layers:
    """What a backbone offers for a recipe: style layers with weights that sum to 1, the content layer, replacements."""

    style: Mapping[str, float]
    content: str
    replaced: Mapping[str, str]


STYLE_LAYERS = (
    (("relu1_1",), 1.0),
    (("relu2_1",), 1.0),
    (("relu3_1",), 1.0),
    (("relu4_1", "relu3_4"), 1.0),
    (("relu5_1",), 1.0),
)
CONTENT_LAYERS = ("relu4_2", "relu3_2")

GATYS: dict[str, Recipe] = {
    "w2": Recipe(
        style_layers=STYLE_LAYERS,
        content_layers=CONTENT_LAYERS,
        content_weight=0.06,
        tv_weight=0.15,
        steps=(100, 70, 50, 45, 40),
    ),
    "gram": Recipe(
        style_layers=STYLE_LAYERS,
        content_layers=CONTENT_LAYERS,
        content_weight=0.04,
        tv_weight=0.15,
        steps=(100, 70, 50, 45, 40),
    ),
}


def choose_layers(recipe: Recipe, encoder: Encoder) -> Layers:
    """Find the recipe's layers in the backbone; one log line names those that had to be replaced."""
    style: dict[str, float] = {}
    replaced: dict[str, str] = {}
    for preferences, weight in recipe.style_layers:
        layer = encoder.prefer(preferences)
        # Two roles may fall back to one layer, which then carries both weights.
        style[layer] = style.get(layer, 0.0) + weight
        if layer != preferences[0]:
            replaced[preferences[0]] = layer
    content = encoder.prefer(recipe.content_layers)
    if content != recipe.content_layers[0]:
        replaced[recipe.content_layers[0]] = content
    if replaced:
        log.info("layers replaced", extra={"backbone": encoder.name, "replaced": replaced})
    total = sum(style.values())
    return Layers({layer: weight / total for layer, weight in style.items()}, content, replaced)
