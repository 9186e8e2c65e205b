"""L-BFGS on a canvas: it finds what can be found, stays in range, and survives a look that yields no number."""

import math
from functools import partial

import pytest
import torch
from torch import Tensor

import engine.lbfgs as lbfgs_module
from engine.errors import Diverged
from engine.gatys import Canvas
from engine.lbfgs import FIRST_STEP, MAX_RESTARTS, Lbfgs, LineSearched, look_at_free
from engine.recipes import Recipe, recipe_of

# Nothing is known beforehand of how these losses bend.
PlainLbfgs = partial(Lbfgs, guess=Tensor.clone)
GOAL = torch.linspace(-0.2, 1.2, 48).view(1, 3, 4, 4)


STANDARD, KERAS = recipe_of("standard"), recipe_of("keras")
both_kinds = pytest.mark.parametrize(("kind", "recipe"), [(PlainLbfgs, STANDARD), (LineSearched, KERAS)])
Kind = partial[Lbfgs] | type[LineSearched]


def a_canvas() -> Canvas:
    return Canvas.starting_with(torch.full((1, 3, 4, 4), 0.5))


def away_from_goal(pixels: Tensor, scale: float = 1.0) -> tuple[dict[str, Tensor], Tensor]:
    """The loss and its gradient."""
    stiffness = scale * torch.linspace(1, 20, 48).view(1, 3, 4, 4)
    return {"style": (stiffness * (pixels - GOAL).square()).sum()}, 2 * stiffness * (pixels - GOAL)


@both_kinds
def test_the_goal_is_reached_as_far_as_colours_reach(kind: Kind, recipe: Recipe) -> None:
    canvas = a_canvas()
    lbfgs = kind(canvas, away_from_goal, recipe)

    losses = [float(lbfgs.improve()["style"]) for _ in range(40)]

    assert losses[0] == pytest.approx(float(away_from_goal(a_canvas().pixels)[0]["style"]))
    away = (canvas.picture(recipe.ema_decay) - GOAL.clamp(0, 1)).abs()
    assert float(away.mean()) < 0.01
    assert float(away.max()) < 0.1


@both_kinds
def test_a_step_into_nothing_is_taken_back(kind: Kind, recipe: Recipe) -> None:
    canvas, looks = a_canvas(), 0

    def once_nothing(pixels: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        nonlocal looks
        looks += 1
        return away_from_goal(pixels, torch.nan if looks == 4 else 1.0)

    lbfgs = kind(canvas, once_nothing, recipe)
    for _ in range(30):
        lbfgs.improve()

    assert float((canvas.pixels - GOAL.clamp(0, 1)).abs().mean()) < 0.01


def test_steps_of_full_length_are_those_of_torch_but_for_the_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lbfgs_module, "STRETCH", 1.0)
    canvas, parameter = a_canvas(), a_canvas().pixels.requires_grad_(True)
    torchs = torch.optim.LBFGS([parameter], lr=1, max_iter=1, history_size=10, tolerance_grad=0, tolerance_change=0)
    ours = PlainLbfgs(canvas, away_from_goal, STANDARD)

    @torch.no_grad()
    def look() -> float:
        _, total, parameter.grad = look_at_free(away_from_goal, parameter)
        return float(total)

    slope = away_from_goal(canvas.pixels)[1]
    # So that torch's first step is as long as ours.
    torchs.param_groups[0]["lr"] = FIRST_STEP / float(slope.square().mean().sqrt()) * max(1.0, float(slope.abs().sum()))
    for _ in range(14):
        ours.improve()
        torchs.step(look)
        torchs.param_groups[0]["lr"] = 1.0

    torch.testing.assert_close(canvas.pixels, parameter.detach().clamp(0, 1), atol=1e-4, rtol=0)


def test_nothing_but_nothing_is_no_number_after_some_steps() -> None:
    canvas = a_canvas()
    lbfgs = PlainLbfgs(canvas, lambda pixels: (away_from_goal(pixels)[0], torch.full_like(pixels, torch.nan)), STANDARD)

    losses = [float(lbfgs.improve()["style"]) for _ in range(MAX_RESTARTS + 1)]

    assert [math.isnan(loss) for loss in losses] == [False] * MAX_RESTARTS + [True]
    torch.testing.assert_close(canvas.pixels, a_canvas().pixels)


def test_nothing_but_nothing_diverges_in_a_line_search() -> None:
    lbfgs = LineSearched(a_canvas(), lambda pixels: away_from_goal(pixels, torch.nan), KERAS)

    for _ in range(MAX_RESTARTS):
        lbfgs.improve()

    with pytest.raises(Diverged):
        lbfgs.improve()
