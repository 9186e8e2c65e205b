"""The loop's parts: the canvas against torch's own Adam, and gradients that are no numbers."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from PIL import Image
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import Diverged
from engine.gatys import Canvas, Run
from engine.losses import moments
from engine.objective import Looks, Objective, choose_layers
from engine.pictures import to_tensor
from engine.recipes import Recipe, StyleLoss, recipe_of
from engine.request import Style
from engine.weights import load_weights
from tests.engine.builders import a_photo, a_request, a_style
from tests.engine.conftest import CPU

RECIPE = recipe_of("standard", {"content_weight": 0.05, "tv_weight": 1.0, "steps": (4,)})


def some_pixels(seed: int) -> Tensor:
    return 0.4 + 0.2 * torch.rand(1, 3, 6, 8, generator=torch.Generator().manual_seed(seed))


def test_steps_are_those_of_torch_s_adam() -> None:
    canvas, parameter = Canvas.starting_with(some_pixels(1)), some_pixels(1).requires_grad_(True)
    adam = torch.optim.Adam([parameter], lr=RECIPE.learning_rate, betas=RECIPE.betas, eps=1e-8)

    for seed in range(2, 7):
        gradient = some_pixels(seed) - 0.5
        canvas.step(gradient, RECIPE)
        parameter.grad = gradient
        adam.step()

    torch.testing.assert_close(canvas.pixels, parameter.detach(), rtol=1e-5, atol=1e-6)


def test_canvas_stays_in_range() -> None:
    canvas = Canvas.starting_with(some_pixels(1))

    for _ in range(100):
        canvas.step(torch.full_like(canvas.pixels, -1.0), RECIPE)

    assert float(canvas.pixels.max()) == 1.0
    assert float(canvas.picture(RECIPE.ema_decay).max()) <= 1.0 + 1e-5


def test_average_of_a_canvas_that_rests_is_the_canvas() -> None:
    canvas = Canvas.starting_with(some_pixels(1))

    canvas.step(torch.zeros_like(canvas.pixels), RECIPE)

    torch.testing.assert_close(canvas.picture(RECIPE.ema_decay), some_pixels(1))


def test_enlarged_canvas_keeps_adam_s_moments_and_restarts_its_average() -> None:
    canvas = Canvas.starting_with(some_pixels(1))
    canvas.step(torch.ones_like(canvas.pixels), RECIPE)

    larger = canvas.enlarged((16, 12), RECIPE.ema_decay)

    assert larger.pixels.shape == larger.momentum.shape == larger.energy.shape == (1, 3, 12, 16)
    assert (larger.updates, larger.averaged) == (1, 0)
    assert float(larger.energy.min()) >= 0
    torch.testing.assert_close(larger.momentum.mean(), canvas.momentum.mean())
    torch.testing.assert_close(larger.pixels.mean(), canvas.pixels.mean(), rtol=1e-2, atol=0)


def an_objective(encoder: Encoder, *styles: Style, recipe: Recipe = RECIPE, **changes: Any) -> Objective:
    content = to_tensor(a_photo(), (64, 64), CPU)
    request = a_request(styles=styles, **changes)
    return Objective(request, recipe, choose_layers(recipe, encoder), encoder, content)


def test_the_content_itself_has_no_content_loss_and_the_style_itself_no_style_loss(encoder: Encoder) -> None:
    objective = an_objective(encoder, Style(picture=a_style(64, 64)))

    of_content = objective(to_tensor(a_photo(), (64, 64), CPU))
    of_style = objective(to_tensor(a_style(64, 64), (64, 64), CPU))

    assert float(of_content["content"]) == 0 < float(of_style["content"])
    assert float(of_style["style"]) == pytest.approx(0, abs=1e-3)
    assert float(of_content["style"]) > 0.01


def test_strength_multiplies_the_style_s_share_alone(encoder: Encoder) -> None:
    pixels = to_tensor(a_style(), (64, 64), CPU)

    plain, double = (an_objective(encoder, Style(picture=a_style()), strength=strength)(pixels) for strength in (1, 2))

    torch.testing.assert_close(double["style"], 2 * plain["style"])
    torch.testing.assert_close(double["content"], plain["content"])
    torch.testing.assert_close(double["tv"], plain["tv"])


def test_targets_of_several_styles_are_their_weighted_mean(encoder: Encoder) -> None:
    styles = [Style(picture=a_style(64, 64), weight=1.0), Style(picture=a_style(64, 64, hue=2.0), weight=3.0)]
    request = a_request(styles=tuple(styles))
    content = to_tensor(a_photo(), (64, 64), CPU)
    looks = Looks(request, RECIPE, choose_layers(RECIPE, encoder), encoder, content)

    found = looks.blended(styles)

    for layer, target in found.items():
        one, other = (
            moments(encoder.features(to_tensor(_picture_of(style), (64, 64), CPU), [layer])[layer]) for style in styles
        )
        torch.testing.assert_close(target.mean, 0.25 * one.mean + 0.75 * other.mean)
        torch.testing.assert_close(target.gram, 0.25 * one.gram + 0.75 * other.gram)


@pytest.mark.parametrize("style_loss", get_args(StyleLoss))
def test_gradient_of_the_objective_agrees_with_a_finite_difference(slim: Encoder, style_loss: StyleLoss) -> None:
    recipe = replace(RECIPE, style_loss=style_loss)
    objective = an_objective(slim, Style(picture=a_style()), recipe=recipe)
    noise = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    pixels = to_tensor(a_photo(50, 60), (64, 64), CPU).lerp(noise, 0.1).requires_grad_(True)

    def total(canvas: Tensor) -> Tensor:
        return torch.stack(list(objective(canvas).values())).sum()

    (gradient,) = torch.autograd.grad(total(pixels), pixels)
    direction = gradient / gradient.norm()
    with torch.no_grad():
        difference = total(pixels + 0.005 * direction) - total(pixels - 0.005 * direction)
    assert float(difference) / 0.01 == pytest.approx(float(gradient.norm()), rel=0.02)


class Cliff(Encoder):
    """Features that are finite, with a gradient that is no number."""

    def features(self, pixels: Tensor, layers: Collection[str]) -> dict[str, Tensor]:
        return super().features(pixels + (pixels * 0).sqrt(), layers)


def test_a_gradient_that_is_no_number_diverges_even_at_the_last_step(small_file: Path) -> None:
    encoder = Cliff(load_weights(small_file), name="slim", device=CPU)
    request = a_request(steps=1)
    run = Run(request, RECIPE, choose_layers(RECIPE, encoder), encoder, lambda _: None, lambda: False)

    with pytest.raises(Diverged):
        run.paint()


def test_the_fine_strokes_of_a_start_survive_the_coarse_scales(small_file: Path) -> None:
    encoder = Encoder(load_weights(small_file), name="slim", device=CPU)
    start, request = a_photo(182, 182), a_request(longest_side_px=182)
    run = Run(request, RECIPE, choose_layers(RECIPE, encoder), encoder, lambda _: None, lambda: False, start)
    coarse = Canvas.starting_with(to_tensor(start, (129, 129), CPU))
    coarse.pixels.mul_(0.9)  # what the coarse scale has changed

    fine = run._enlarged(coarse, (182, 182)).pixels

    sharp = to_tensor(start, (182, 182), CPU)
    changed = torch.nn.functional.interpolate(coarse.pixels / 9, (182, 182), mode="bicubic")
    torch.testing.assert_close(fine, (sharp - changed).clamp(0, 1), atol=0.01, rtol=0)


def _picture_of(style: Style) -> Image.Image:
    assert style.picture is not None
    return style.picture
