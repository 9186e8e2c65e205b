"""The loop's parts: the canvas against torch's own Adam, and gradients that are no numbers."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from PIL import Image
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import Diverged, OutOfMemory
from engine.gatys import Canvas, Run
from engine.losses import Moments, W2Loss, moments
from engine.objective import Looks, Objective, choose_layers
from engine.painter import recipe_for
from engine.pictures import to_tensor
from engine.recipes import Recipe, StyleLoss, recipe_of
from engine.request import Optimisation, Style, StyleRequest
from engine.weights import load_weights
from tests.engine.builders import a_flat_picture, a_photo, a_request, a_style
from tests.engine.conftest import CPU

RECIPE = recipe_of("standard", {"optimiser": "adam", "content_weight": 0.05, "tv_weight": 1.0, "steps": (4,)})


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


def test_average_of_two_steps_is_theirs_by_their_weights() -> None:
    canvas, decay = Canvas.starting_with(some_pixels(1)), 0.8
    canvas.keep(decay)
    canvas.pixels = some_pixels(2)

    canvas.keep(decay)

    expected = (decay * some_pixels(1) + some_pixels(2)) / (decay + 1)
    torch.testing.assert_close(canvas.picture(decay), expected)


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


def looks(encoder: Encoder, recipe: Recipe = RECIPE, **changes: Any) -> Mapping[str, Moments]:
    """The moments of a request's only style."""
    request = a_request(**changes)
    content = to_tensor(request.content, (64, 64), CPU)
    return Looks(request, recipe, choose_layers(recipe, encoder), encoder, content).blended(request.styles)


def seen(encoder: Encoder, pixels: Tensor) -> Moments:
    return moments(encoder.features(pixels, ["relu2_1"])["relu2_1"])


def test_a_tiled_style_looks_like_small_ones_side_by_side(encoder: Encoder) -> None:
    found = looks(encoder, replace(RECIPE, tiles=4))["relu2_1"]

    expected = seen(encoder, to_tensor(a_style(), (16, 16), CPU).repeat(1, 1, 4, 4))
    torch.testing.assert_close(found.gram, expected.gram)


@pytest.mark.parametrize(
    ("recipe", "changes"),
    [(replace(RECIPE, style_scale=2.0), {}), (RECIPE, {"brush": 2.0})],
    ids=["style scale", "brush"],
)
def test_a_larger_style_has_larger_strokes(encoder: Encoder, recipe: Recipe, changes: dict[str, Any]) -> None:
    found = looks(encoder, recipe, **changes)["relu2_1"]

    torch.testing.assert_close(found.gram, seen(encoder, to_tensor(a_style(), (128, 128), CPU)).gram)


def test_a_style_that_is_the_content_in_other_colours_becomes_the_content_by_matching(encoder: Encoder) -> None:
    style = Style(picture=a_photo().point(lambda level: level * 0.6 + 60))

    found = looks(encoder, keep_colours="match", styles=(style,))["relu2_1"]

    content, other = (seen(encoder, to_tensor(each, (64, 64), CPU)) for each in (a_photo(), _picture_of(style)))
    assert float(W2Loss(content)(found)) < 0.1 * float(W2Loss(content)(other))


def test_a_mask_keeps_styles_apart(encoder: Encoder) -> None:
    mask = Image.new("L", (64, 64))
    mask.paste(255, (32, 0, 64, 64))
    recipe = replace(RECIPE, style_layers=((("relu1_1",), 1.0),), content_weight=0.0, tv_weight=0.0)

    def gradient(right: Image.Image) -> Tensor:
        objective = an_objective(encoder, Style(picture=a_style()), Style(picture=right), recipe=recipe, mask=mask)
        pixels = to_tensor(a_photo(), (64, 64), CPU).requires_grad_(True)
        return torch.autograd.grad(objective(pixels)["style"], pixels)[0]

    one, other = gradient(a_style(hue=1.0)), gradient(a_flat_picture(200))

    assert torch.equal(one[..., :30], other[..., :30])
    assert float(one[..., :30].abs().max()) > 0
    assert not torch.allclose(one[..., 34:], other[..., 34:])


@pytest.mark.parametrize("part", ["content", "style"])
def test_a_part_without_weight_has_no_say(encoder: Encoder, part: str) -> None:
    recipe = recipe_of("standard", {f"{part}_weight": 0.0})

    parts = an_objective(encoder, Style(picture=a_style()), recipe=recipe)(to_tensor(a_style(), (64, 64), CPU))

    assert [name for name, value in parts.items() if float(value) == 0] == [part]


def a_run(encoder: Encoder, request: StyleRequest) -> Run:
    recipe = recipe_for(request)
    layers = choose_layers(recipe, encoder, request.optimisation)
    return Run(request, recipe, layers, encoder, lambda _: None, lambda: False, request.start)


def test_noise_in_the_style_s_colours_has_its_colours(encoder: Encoder) -> None:
    still = Optimisation(learning_rate=1e-6, ema_decay=0.0)

    painted = a_run(encoder, a_request(init="stats", optimisation=still, steps=1)).paint()

    expected = to_tensor(a_style(), (48, 48), CPU).mean(dim=(0, 2, 3))
    torch.testing.assert_close(painted.mean(dim=(0, 2, 3)), expected, atol=0.05, rtol=0)


def test_a_picture_given_is_where_the_canvas_begins(encoder: Encoder) -> None:
    still = Optimisation(learning_rate=1e-6, ema_decay=0.0)

    painted = a_run(encoder, a_request(start=a_style(32, 32), optimisation=still, steps=1)).paint()

    torch.testing.assert_close(painted, to_tensor(a_style(32, 32), (64, 64), CPU), atol=1e-3, rtol=0)


class Cramped(Encoder):
    """A device whose memory ends at a certain size."""

    largest_px = 0

    def features(self, pixels: Tensor, layers: Collection[str]) -> dict[str, Tensor]:
        if max(pixels.shape[-2:]) > self.largest_px:
            raise torch.OutOfMemoryError("out of memory")
        return super().features(pixels, layers)


@pytest.mark.parametrize("scales", [None, 1], ids=["later", "at once"])
def test_a_scale_too_large_for_the_memory_becomes_a_smaller_one_with_a_note(
    small_file: Path, scales: int | None
) -> None:
    encoder = Cramped(load_weights(small_file), name="slim", device=CPU)
    encoder.largest_px = 130
    run = a_run(encoder, a_request(longest_side_px=181, steps=2, optimisation=Optimisation(scales=scales)))

    painted = run.paint()

    assert painted.shape == (1, 3, 181, 181)
    assert [scale["width_px"] for scale in run.scales] == [128]
    assert run.notes == ["the memory did not suffice at 181 px: painted smaller, enlarged"]


def test_a_memory_for_nothing_is_said_to_be_too_small(small_file: Path) -> None:
    encoder = Cramped(load_weights(small_file), name="slim", device=CPU)

    with pytest.raises(OutOfMemory):
        a_run(encoder, a_request(longest_side_px=181)).paint()


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


@pytest.mark.parametrize("begins_with", ["content", "a picture"])
def test_the_fine_detail_of_a_start_survives_the_coarse_scales(small_file: Path, begins_with: str) -> None:
    encoder = Encoder(load_weights(small_file), name="slim", device=CPU)
    start, request = a_photo(182, 182), a_request(longest_side_px=182)
    run = a_run(encoder, replace(request, content=start) if begins_with == "content" else replace(request, start=start))
    coarse = Canvas.starting_with(to_tensor(start, (129, 129), CPU))
    coarse.pixels.mul_(0.9)  # what the coarse scale has changed

    fine = run._enlarged(coarse, (182, 182)).pixels

    sharp = to_tensor(start, (182, 182), CPU)
    changed = torch.nn.functional.interpolate(coarse.pixels / 9, (182, 182), mode="bicubic")
    torch.testing.assert_close(fine, (sharp - changed).clamp(0, 1), atol=0.01, rtol=0)


def test_noise_leaves_nothing_of_the_content_s_detail(small_file: Path) -> None:
    encoder = Encoder(load_weights(small_file), name="slim", device=CPU)
    run = a_run(encoder, a_request(longest_side_px=182, init="noise"))
    coarse = Canvas.starting_with(torch.full((1, 3, 129, 129), 0.5))

    fine = run._enlarged(coarse, (182, 182)).pixels

    torch.testing.assert_close(fine, torch.full_like(fine, 0.5))


def _picture_of(style: Style) -> Image.Image:
    assert style.picture is not None
    return style.picture
