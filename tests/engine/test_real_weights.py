"""The published VGG19 (conv1_1 … conv3_4) and the slim that ships, painting for real."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from engine import Optimisation, Painter, Painting, Progress, WeightsError, open_painter
from engine.encoder import Encoder
from engine.recipes import StyleLoss, recipe_names
from engine.weights import SHIPPED_SLIM
from tests.engine.builders import a_photo, a_request
from tests.engine.conftest import CPU


@pytest.fixture(scope="module")
def teacher(prefix_file: Path, cache_folder: Path) -> Painter:
    return open_painter(weights=prefix_file, device="cpu", threads=1)


def paint(painter: Painter, optimisation: Optimisation) -> tuple[Painting, list[float]]:
    losses: list[float] = []

    def note(progress: Progress) -> None:
        losses.extend([] if progress.loss is None else [progress.loss])

    return painter.paint(a_request(steps=30, optimisation=optimisation), note, lambda: False), losses


@pytest.mark.weights
@pytest.mark.parametrize("style_loss", ["w2", "gram"])
def test_prefix_paints_and_says_which_layers_it_lacked(teacher: Painter, style_loss: StyleLoss) -> None:
    painting, losses = paint(teacher, Optimisation(style_loss=style_loss))

    assert losses[1] < losses[0]
    assert painting.report["backbone"] == "vgg19"
    assert painting.report["layers"]["content"] == {"relu3_2": 1.0}
    assert painting.report["layers"]["replaced"]["relu5_1"] == "relu3_4"


@pytest.mark.weights
@pytest.mark.parametrize("recipe", recipe_names())
def test_every_recipe_paints_on_the_prefix(teacher: Painter, recipe: str) -> None:
    painting = teacher.paint(a_request(recipe=recipe, steps=1), lambda progress: None, lambda: False)

    assert painting.report["backbone"] == "vgg19"
    assert painting.picture.size == (64, 64)


@pytest.mark.weights
def test_features_of_slim_under_its_heads_resemble_the_teacher_s(
    test_data: Path, prefix_file: Path, slim: Encoder
) -> None:
    teacher, folder = Encoder.load(prefix_file, name="vgg19", device=CPU), test_data / "data" / "photos"
    with Image.open(sorted(folder.glob("bs_*"))[0]) as photo:
        small = np.asarray(photo.convert("RGB").resize((128, 128)), dtype=np.float32) / 255
    pixels = torch.from_numpy(small).permute(2, 0, 1)[None]
    weights = load_file(SHIPPED_SLIM)

    ours = slim.features(pixels, ["relu3_2"])["relu3_2"]
    matrix, bias = weights["heads.12.weight"].float().flatten(1), weights["heads.12.bias"].float()
    predicted = torch.einsum("ij,bjhw->bihw", matrix, ours) + bias[:, None, None]

    theirs = teacher.features(pixels, ["relu3_2"])["relu3_2"] / weights["scale.12"].view(-1, 1, 1)
    error = (predicted - theirs).square().mean() / theirs.square().mean()
    assert float(error) < 0.4


@pytest.mark.weights
def test_a_pickled_copy_of_the_weights_is_refused(prefix_file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "vgg19-dcbb9e9d.pth"
    torch.save(load_file(prefix_file), copy)

    with pytest.raises(WeightsError, match="no intact safetensors file"):
        open_painter(weights=copy, device="cpu")


def test_slim_that_ships_paints_the_style_and_keeps_the_content(slim_painter: Painter) -> None:
    # Between soft light and hard stripes the usual weight leaves little of the light.
    painting, losses = paint(slim_painter, Optimisation(style_loss="w2", content_weight=0.2))

    assert losses[1] < losses[0]
    assert painting.report["backbone"] == "slim"
    assert not painting.report["layers"]["replaced"]
    painted, content = (np.asarray(each.convert("L"), dtype=np.float64) for each in (painting.picture, a_photo()))
    likeness = np.mean((painted - painted.mean()) * (content - content.mean())) / (painted.std() * content.std())
    assert likeness > 0.3
