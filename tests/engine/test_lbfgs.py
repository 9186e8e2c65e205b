"""L-BFGS on a canvas: it finds what can be found, stays in range, and survives a look that yields no number."""

import pytest
import torch
from torch import Tensor

from engine.errors import Diverged
from engine.gatys import Canvas
from engine.lbfgs import MAX_RESTARTS, Lbfgs
from engine.recipes import Recipe, recipe_of

GOAL = torch.linspace(-0.2, 1.2, 48).view(1, 3, 4, 4)


@pytest.fixture(params=["peluche", "keras"])
def recipe(request: pytest.FixtureRequest) -> Recipe:
    """One without a line search and one with it."""
    return recipe_of(request.param)


def a_canvas() -> Canvas:
    return Canvas.starting_with(torch.full((1, 3, 4, 4), 0.5))


def away_from_goal(pixels: Tensor, scale: float = 1.0) -> tuple[dict[str, Tensor], Tensor]:
    """The loss and its gradient."""
    stiffness = scale * torch.linspace(1, 20, 48).view(1, 3, 4, 4)
    return {"style": (stiffness * (pixels - GOAL).square()).sum()}, 2 * stiffness * (pixels - GOAL)


def test_the_goal_is_reached_as_far_as_colours_reach(recipe: Recipe) -> None:
    canvas = a_canvas()
    lbfgs = Lbfgs(canvas, away_from_goal, recipe)

    losses = [float(lbfgs.improve()["style"]) for _ in range(40)]

    assert losses[0] == pytest.approx(float(away_from_goal(a_canvas().pixels)[0]["style"]))
    away = (canvas.picture(recipe.ema_decay) - GOAL.clamp(0, 1)).abs()
    assert float(away.mean()) < 0.01
    assert float(away.max()) < 0.1


def test_a_step_into_nothing_is_taken_back(recipe: Recipe) -> None:
    canvas, looks = a_canvas(), 0

    def once_nothing(pixels: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        nonlocal looks
        looks += 1
        return away_from_goal(pixels, torch.nan if looks == 4 else 1.0)

    lbfgs = Lbfgs(canvas, once_nothing, recipe)
    for _ in range(30):
        lbfgs.improve()

    assert float((canvas.pixels - GOAL.clamp(0, 1)).abs().mean()) < 0.01


def test_nothing_but_nothing_diverges(recipe: Recipe) -> None:
    lbfgs = Lbfgs(a_canvas(), lambda pixels: away_from_goal(pixels, torch.nan), recipe)

    for _ in range(MAX_RESTARTS):
        lbfgs.improve()

    with pytest.raises(Diverged):
        lbfgs.improve()
