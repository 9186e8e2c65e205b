"""A picture in pieces: the same moments, the same loss and the same gradient as in one, and less memory."""

import pytest
import torch
from PIL import Image
from torch import Tensor

from engine import pieces
from engine.encoder import Encoder
from engine.gradients import gradient_of
from engine.objective import Objective, choose_layers
from engine.pictures import to_tensor
from engine.recipes import recipe_of
from engine.request import Optimisation, Style
from tests.engine.builders import a_photo, a_request, a_style
from tests.engine.conftest import CPU

SIZE = (310, 140)  # larger than a piece of 64 px with what relu5_1 sees around it
LAYERS = ("relu1_1", "relu3_2", "pool3", "relu5_1")


@pytest.fixture
def pixels() -> Tensor:
    noise = torch.rand(1, 3, SIZE[1], SIZE[0], generator=torch.Generator().manual_seed(1))
    return to_tensor(a_photo(*SIZE), SIZE, CPU).lerp(noise, 0.2)


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(pieces, "WHOLE_PX", {"cpu": 64 * 64})
    monkeypatch.setattr(pieces, "PIECE_PX", 64)
    return monkeypatch


def test_moments_and_features_in_pieces_are_those_of_the_whole(
    encoder: Encoder, pixels: Tensor, in_pieces: pytest.MonkeyPatch
) -> None:
    moments, features = pieces.moments_of(encoder, pixels, LAYERS), pieces.features_of(encoder, pixels, LAYERS)

    in_pieces.undo()
    whole = pieces.moments_of(encoder, pixels, LAYERS)
    for layer, expected in pieces.features_of(encoder, pixels, LAYERS).items():
        torch.testing.assert_close(features[layer], expected, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(moments[layer].mean, whole[layer].mean, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(moments[layer].covariance, whole[layer].covariance, rtol=1e-3, atol=1e-4)


def check(objective: Objective, pixels: Tensor, in_pieces: pytest.MonkeyPatch) -> None:
    parts, gradient = gradient_of(objective, pixels)

    in_pieces.undo()
    whole_parts, whole = gradient_of(objective, pixels)
    found, expected = ({name: float(part) for name, part in each.items()} for each in (parts, whole_parts))
    assert found == pytest.approx(expected, rel=1e-3)
    assert float((gradient - whole).norm() / whole.norm()) < 1e-3


def test_gradient_in_pieces_is_that_of_the_whole(
    encoder: Encoder, pixels: Tensor, in_pieces: pytest.MonkeyPatch
) -> None:
    recipe, request = recipe_of("standard"), a_request(content=a_photo(*SIZE))
    content = to_tensor(request.content, SIZE, CPU)
    objective = Objective(request, recipe, choose_layers(recipe, encoder), encoder, content)

    check(objective, pixels, in_pieces)


def test_gradient_in_pieces_minds_heads_and_masks(slim: Encoder, pixels: Tensor, in_pieces: pytest.MonkeyPatch) -> None:
    size = (150, 110)
    mask = Image.new("L", size)
    mask.paste(255, (40, 30, 150, 110))
    styles = (Style(picture=a_style(150, 150)), Style(picture=a_style(150, 150, hue=2.0)))
    request = a_request(content=a_photo(*size), styles=styles, mask=mask)
    recipe = recipe_of("standard")
    asked = Optimisation(style_layers=(("relu1_1", 1.0), ("relu3_1", 1.0)), content_layers=(("relu3_2", 1.0),))
    content = to_tensor(request.content, size, CPU)
    objective = Objective(request, recipe, choose_layers(recipe, slim, asked), slim, content)

    check(objective, pixels[..., :110, :150], in_pieces)
