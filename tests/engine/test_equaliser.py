"""The equaliser: an honest first guess of a Hessian, and one that saves steps."""

from functools import partial

import torch
from torch import Tensor

from engine.encoder import Encoder
from engine.equaliser import Equaliser
from engine.gatys import Canvas
from engine.gradients import gradient_of
from engine.lbfgs import Guess, Lbfgs
from engine.objective import Objective, choose_layers
from engine.pictures import to_tensor
from engine.recipes import recipe_of
from engine.request import Style
from tests.conftest import photo_of
from tests.engine.builders import a_request
from tests.engine.conftest import CPU

SIZE = 18, 23


def noise(seed: int) -> Tensor:
    return torch.rand(1, 3, *SIZE, generator=torch.Generator().manual_seed(seed))


def waves(colour: tuple[float, float, float], period_px: int) -> Tensor:
    """A colour that comes and goes from left to right."""
    stripes = torch.sin(torch.arange(24) * 2 * torch.pi / period_px).expand(24, 24)
    return (torch.tensor(colour)[:, None, None] * stripes)[None]


def test_it_is_linear_and_symmetric_and_never_turns_uphill() -> None:
    equalise = Equaliser(SIZE, CPU)
    one, other = noise(1) - 0.5, noise(2) - 0.5

    once, twice = equalise(one), equalise(other)

    torch.testing.assert_close(equalise(one + 3 * other), once + 3 * twice)
    torch.testing.assert_close((one * twice).sum(), (once * other).sum())
    assert float((one * once).sum()) > 0


def test_what_is_hardly_seen_moves_as_far_as_what_is_seen_well() -> None:
    equalise = Equaliser((24, 24), CPU)
    brightness, colour = waves((1, 1, 1), 4), waves((1, 0, -1), 4)

    gains = [float(equalise(wave).norm() / wave.norm()) for wave in (brightness, colour, waves((1, 1, 1), 24))]

    assert gains[1] > 4 * gains[0]
    assert gains[2] > 2 * gains[0]


def test_it_saves_steps_before_the_encoder_that_ships(slim: Encoder) -> None:
    known, unknown = (_loss_after(10, slim, guess) for guess in (Equaliser((96, 96), CPU), Tensor.clone))

    assert known < 0.95 * unknown


def _loss_after(steps: int, slim: Encoder, guess: Guess) -> float:
    photo, recipe = photo_of("astronaut", 96), recipe_of("standard")
    canvas = Canvas.starting_with(to_tensor(photo, photo.size, CPU))
    request = a_request(content=photo, styles=(Style(preset="brush-strokes"),), longest_side_px=96)
    objective = Objective(request, recipe, choose_layers(recipe, slim), slim, canvas.pixels.clone())
    look = partial(gradient_of, objective)
    lbfgs = Lbfgs(canvas, look, recipe, guess)
    for _ in range(steps):
        lbfgs.improve()
    return float(torch.stack(list(look(canvas.pixels)[0].values())).sum())
