"""Presets are judged by what they paint: all of the style would be 0, the photograph itself 1."""

import numpy as np
import pytest
import torch

from engine.encoder import Encoder
from engine.instant import InstantNet
from engine.judge import Judge
from engine.presets import FOLDER, STYLE
from engine.train import preset_scores
from engine.train.pictures import Pictures
from engine.train.preset_scores import score_presets
from tests.conftest import photo_of

PICTURES = {"mosaic": FOLDER / "mosaic" / STYLE}
LAYERS = ("relu1_2", "relu2_2", "relu3_2")


@pytest.fixture
def photos() -> Pictures:
    pixels = torch.from_numpy(np.array(photo_of("coffee", 96))).permute(2, 0, 1)
    return Pictures(("coffee",), (pixels,))


def test_a_preset_brings_its_style_and_leaves_something_of_the_photograph(slim: Encoder, photos: Pictures) -> None:
    [score] = score_presets(InstantNet.load(slim), Judge(slim, LAYERS), photos, PICTURES)

    assert score.name == "mosaic"
    assert score.ratio < 0.6
    assert 0.05 < score.ssim < 0.9


def test_a_vector_that_changes_nothing_brings_nothing(
    slim: Encoder, photos: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = InstantNet.load(slim)
    monkeypatch.setattr(preset_scores, "load_vector", lambda *known: net.painter.identity())

    [score] = score_presets(net, Judge(slim, LAYERS), photos, PICTURES)

    assert score.ratio == pytest.approx(1, abs=0.02)
    assert score.ssim > 0.98
