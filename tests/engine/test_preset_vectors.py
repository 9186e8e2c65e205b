"""Vectors of presets, learned together with the painter."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from engine.encoder import Encoder
from engine.errors import InvalidRequest
from engine.instant import InstantNet
from engine.instant_weights import save_nets
from engine.judge import Judge
from engine.presets.fitted import Fitted, load_fitted, save_fitted
from engine.request import BRUSHES
from engine.train.net import Settings, Training
from engine.train.preset_vectors import PACE, PresetVectors
from engine.train.validation import Validation
from tests.engine.builders import a_style
from tests.engine.training import TINY, a_training, pictures

pytestmark = pytest.mark.usefixtures("small_styles")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures and the network lie."""
    return tmp_path_factory.mktemp("presets")


@pytest.fixture(scope="module")
def presets(folder: Path) -> dict[str, Path]:
    """Two pictures by name."""
    paths = {name: folder / f"{name}.png" for name in ("one", "other")}
    for hue, path in enumerate(paths.values()):
        a_style(hue=hue).save(path)
    return paths


@pytest.fixture(scope="module")
def weights(folder: Path) -> Path:
    """A network that somebody trained, a little."""
    nets = a_training(folder / "before").nets
    save_nets(folder / "weights.safetensors", nets.painter, nets.reader)
    return folder / "weights.safetensors"


@dataclass(frozen=True)
class Leg:
    """A training with presets that has come to its end, and the rows that it began with."""

    folder: Path
    training: Training
    before: torch.Tensor


@pytest.fixture(scope="module")
def leg(folder: Path, weights: Path, presets: dict[str, Path]) -> Leg:
    training = with_presets(folder, weights, presets)
    before = rows_of(training)
    training.run()
    return Leg(folder, training, before)


def with_presets(tmp_path: Path, weights: Path | None, presets: dict[str, Path]) -> Training:
    settings = Settings(
        out=tmp_path / "leg", steps=4, batch=4, side_px=32, bank=2, device="cpu", shape=TINY, save_every_s=0
    )
    return Training(settings, pictures(3), pictures(2, styles=True), weights, presets)


def rows_of(training: Training) -> torch.Tensor:
    assert training.nets.presets is not None
    return PACE * training.nets.presets.rows.detach().clone()


def test_they_begin_as_the_reader_predicts_and_are_learned_and_kept(
    tmp_path: Path, leg: Leg, weights: Path, presets: dict[str, Path], slim: Encoder
) -> None:
    training, before, net = leg.training, leg.before, InstantNet.load(slim, weights)
    predicted = net.read([a_style(hue=0)], BRUSHES[0])[0]

    resumed = with_presets(leg.folder, weights, presets)
    assert training.nets.presets is not None
    training.nets.presets.save(net, steps=4, folder=tmp_path / "presets")

    saved = load_fitted(tmp_path / "presets" / "other" / "fitted.safetensors")
    torch.testing.assert_close(before[0], predicted)
    assert (rows_of(training) - before).abs().max() > 1e-4
    assert torch.equal(rows_of(resumed), rows_of(training))
    torch.testing.assert_close(saved.vectors[BRUSHES[-1]], rows_of(training)[-1].half().float())
    assert (saved.network, saved.steps, sorted(saved.moments)) == (net.network, 4, [128, 512])


def test_what_is_fitted_to_the_network_is_gone_on_from(
    tmp_path: Path, weights: Path, presets: dict[str, Path], slim: Encoder
) -> None:
    net, folder = InstantNet.load(slim, weights), tmp_path / "presets"
    vectors = {brush: torch.full((net.style_length,), brush) for brush in BRUSHES}
    (folder / "one").mkdir(parents=True)
    save_fitted(folder / "one" / "fitted.safetensors", Fitted(network=net.network, steps=1, vectors=vectors))

    made = PresetVectors(net, presets, lambda pixels: {}, folder)

    assert (PACE * made.rows[: len(BRUSHES)]).mean(dim=1).tolist() == pytest.approx(BRUSHES)


def test_a_leg_with_presets_is_judged_by_them_as_well(leg: Leg, presets: dict[str, Path], slim: Encoder) -> None:
    training = leg.training
    learned = training.nets.presets
    assert learned is not None
    judge = Judge(slim, ("relu1_2", "relu2_2"))
    validation = Validation(pictures(2), pictures(2, styles=True), slim, judge, presets=learned.levels())
    nets = training.nets

    plain = validation.score(nets.painter, nets.reader)
    whole = validation.score(nets.painter, nets.reader, training.vectors)

    assert (plain["ratio"], plain["ssim"]) == (whole["ratio"], whole["ssim"])
    assert whole["preset ratio"] > 0
    assert whole["score"] > plain["score"]
    assert set(training.vectors) == set(presets)


def test_without_a_network_that_paints_there_is_nothing_to_begin_with(tmp_path: Path, presets: dict[str, Path]) -> None:
    with pytest.raises(InvalidRequest, match="train one without them first"):
        with_presets(tmp_path, None, presets)
