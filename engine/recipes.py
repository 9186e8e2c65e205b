"""The settings an optimisation starts from, by name: which layers, how much of each, how many steps. Free of torch."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

Init = Literal["content", "noise", "stats", "instant"]
StyleLoss = Literal["w2", "gram", "covariance", "normalised-gram"]
Optimiser = Literal["adam", "lbfgs"]
Pooling = Literal["max", "average", "l2"]
# Layers in order of preference, and their weight relative to the other roles; see Encoder.prefer for what is lacking.
Roles = tuple[tuple[tuple[str, ...], float], ...]

FILE = Path(__file__).with_name("recipes.toml")
STANDARD = "standard"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What recipes.toml explains, value by value."""

    style_layers: Roles
    content_layers: Roles
    content_weight: float
    tv_weight: float
    steps: tuple[int, ...]
    learning_rate: float
    ema_decay: float
    refining_steps: tuple[int, ...] = ()
    optimiser: Optimiser = "lbfgs"
    line_search: bool = False
    betas: tuple[float, float] = (0.9, 0.99)
    style_loss: StyleLoss = "w2"
    style_weight: float = 1.0
    pooling: Pooling = "max"
    init: Init = "content"
    scales: int = 0
    tiles: int = 1
    style_scale: float = 1.0


def recipe_names() -> tuple[str, ...]:
    """Of all recipes."""
    return tuple(_table())


def source_of(name: str) -> str:
    """Where a recipe's idea is from, in a sentence."""
    source: str = _table()[name]["source"]
    return source


def recipe_of(name: str, otherwise: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe of that name, with these of its values replaced."""
    told = _table()[STANDARD] | _table()[name] | dict(otherwise or {})
    weights = told["content_weights"]
    told.setdefault("content_weight", weights[told["style_loss"]])
    told = told["paces"][told["optimiser"]] | told
    return Recipe(**{field.name: _frozen(told[field.name]) for field in fields(Recipe) if field.name in told})


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


STYLE_LAYERS = recipe_of(STANDARD).style_layers
