import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from typer.testing import CliRunner

from engine.errors import InvalidRequest, WeightsError
from engine.instant import InstantNet, look
from engine.instant_weights import load_nets, save_nets
from engine.judge import Judge
from engine.losses import stack
from engine.pictures import to_tensor
from engine.presets.fitted import load_fitted
from engine.train import commands
from engine.train.net import Settings, Training
from engine.train.objective import SLIM, Objective
from engine.train.optimiser import orthogonal
from engine.train.pack import pack
from engine.train.pictures import crop, hold_out, read_folders
from engine.train.pieces import PieceWork
from engine.train.shipping import Shelf, ship
from engine.train.style import Fit, Fitting
from engine.train.validation import Validation
from tests.engine.builders import a_photo, a_style
from tests.engine.training import SMALL_STYLE_PX, a_training, pictures

pytestmark = pytest.mark.usefixtures("small_styles")


def weights_of(training: Training) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in training.learner.net.state_dict().items()}


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    training = a_training(tmp_path, steps=30, bank=1)

    losses = [float(training.step()["style"]) for _ in range(30)]

    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])


def test_a_killed_training_goes_on_at_the_same_step_with_equal_weights(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.training", str(tmp_path / "killed")]
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    step = 0
    while child.poll() is None and step < 1:
        time.sleep(0.02)
        step = saved_step(tmp_path / "killed" / "checkpoint.safetensors")
    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    resumed = a_training(tmp_path / "killed", steps=100_000)
    begun_at = resumed.learner.step
    resumed.step()

    whole = a_training(tmp_path / "whole", steps=100_000)
    for _ in range(begun_at + 1):
        whole.step()
    assert begun_at >= 1
    assert resumed.learner.step == whole.learner.step
    assert all(torch.equal(tensor, weights_of(resumed)[name]) for name, tensor in weights_of(whole).items())


def saved_step(checkpoint: Path) -> int:
    if not checkpoint.is_file():
        return 0
    with safe_open(checkpoint, framework="pt") as file:
        return int(file.metadata()["step"])


def test_a_lost_checkpoint_is_replaced_by_the_shipped_weights_and_a_warm_up(tmp_path: Path) -> None:
    first = a_training(tmp_path / "first")
    save_nets(tmp_path / "shipped.safetensors", first.nets.painter, first.nets.reader)

    second = a_training(tmp_path / "second", tmp_path / "shipped.safetensors", steps=1000)

    assert second.learner.step == 0
    for name, tensor in weights_of(second).items():
        torch.testing.assert_close(tensor, weights_of(first)[name].half().float())
    second.step()
    assert second.learner.optimiser.share == pytest.approx(0.01, rel=0.01)


def test_a_checkpoint_of_another_network_is_one_clear_error(tmp_path: Path) -> None:
    training = a_training(tmp_path)
    training.checkpoint.write_bytes(b"no safetensors")

    with pytest.raises(WeightsError, match="no checkpoint of this training"):
        a_training(tmp_path)


def test_a_run_ends_after_its_steps_and_leaves_a_checkpoint(tmp_path: Path) -> None:
    training = a_training(tmp_path, steps=3)

    training.run()

    assert training.learner.step == 3
    assert saved_step(training.checkpoint) == 3


@pytest.mark.parametrize(
    "wrong",
    [{}, {"steps": 1, "minutes": 1.0}, {"steps": 0}, {"steps": 1, "batch": 0}, {"steps": 1, "side_px": 8}],
    ids=["no end", "two ends", "no steps", "no batch", "tiny crops"],
)
def test_settings_that_make_no_training_are_turned_down(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidRequest):
        Settings(out=tmp_path, **wrong)  # type: ignore[arg-type]


def a_validation(training: Training) -> Validation:
    judge = Judge(training.slim, ("relu1_2", "relu2_2"))
    return Validation(pictures(2), pictures(2, styles=True), training.slim, judge)


def test_validation_writes_a_score_a_sheet_and_the_weights(tmp_path: Path) -> None:
    training = a_training(tmp_path)

    score = training.validate(a_validation(training))

    [line] = (tmp_path / "scores.jsonl").read_text().splitlines()
    assert json.loads(line) == {"step": 0, "minutes": 0.0, **score}
    with Image.open(tmp_path / "sheet-000000.png") as sheet:
        assert sheet.width == 6 * 256
    load_nets(tmp_path / "newest.safetensors", training.slim)


def test_weights_ship_only_where_they_score_better(tmp_path: Path) -> None:
    training = a_training(tmp_path)
    validation, nets = a_validation(training), training.nets
    shelf = Shelf(tmp_path / "shipped.safetensors", tmp_path / "card.md")

    first = ship(shelf, validation, training.slim, nets.painter, nets.reader, "first leg")
    again = ship(shelf, validation, training.slim, nets.painter, nets.reader, "second leg")

    assert (first, again) == (True, False)
    [line] = shelf.card.read_text().splitlines()
    assert line.startswith("| first leg | ")


def test_fitting_a_style_brings_its_vector_closer(tmp_path: Path) -> None:
    training = a_training(tmp_path)
    nets, slim, style = training.nets, training.slim, a_style(64, 64)
    net = InstantNet(nets.painter, nets.reader, slim)
    fit = Fit(net, [style], Fitting(steps=20, views=1, side_px=32, rate=0.02))

    fit.run(pictures(2))

    predicted, vector = net.read([style]), fit.fitted()[0].vectors[1.0]
    seen = look(slim, to_tensor(style, (SMALL_STYLE_PX, SMALL_STYLE_PX), slim.device), tuple(SLIM.style))
    content = to_tensor(a_photo(), (64, 64), slim.device)
    losses = [
        Objective(slim, SLIM)(nets.painter(content, each), content, {layer: stack([seen[layer]]) for layer in seen})
        for each in (predicted, vector[None])
    ]
    assert sum(losses[1].values()) < sum(losses[0].values())


def test_pieces_of_a_fit_lead_where_the_whole_leads(tmp_path: Path) -> None:
    training = a_training(tmp_path)
    style, fitting = a_style(64, 64), Fitting(steps=3, views=1, side_px=32)
    net = InstantNet(training.nets.painter, training.nets.reader, training.slim, network="tiny")
    whole, first = PieceWork(net).go_on(style, None, fitting, 3, lambda: False), PieceWork(net)
    state = first.go_on(style, b"half a file", fitting, 1, lambda: False)
    stopped = first.go_on(style, state.data, fitting, 9, lambda: True)

    rest = PieceWork(net).go_on(style, stopped.data, fitting, 9, lambda: False)  # as after a restart

    fitted = []
    for name, piece in (("whole", whole), ("rest", rest)):
        (tmp_path / name).write_bytes(piece.data)
        fitted.append(load_fitted(tmp_path / name))
    assert [piece.done for piece in (whole, state, stopped, rest)] == [3, 1, 1, 3]
    assert torch.equal(*(found.vectors[1.0] for found in fitted))
    assert fitted[1].network == "tiny"


def a_folder(path: Path, count: int, *, styles: bool = False) -> Path:
    path.mkdir()
    for k in range(count):
        (a_style(40, 40, hue=k) if styles else a_photo(40, 40 + k)).save(path / f"{k:03d}.png")
    return path


def test_previews_and_other_files_are_no_styles(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "styles", 2, styles=True)
    (folder / "preset").mkdir()
    a_style().save(folder / "preset" / "style.jpg")
    a_photo().save(folder / "preset" / "preview.jpg")
    (folder / "styles.csv").write_text("no picture")

    found = read_folders([folder], shortest_side_px=32)

    assert found.names == ("000", "001", "preset")
    assert {min(levels.shape[1:]) for levels in found.levels} == {32}


def test_a_folder_without_pictures_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no pictures"):
        read_folders([tmp_path], shortest_side_px=32)


def test_the_same_names_are_held_out_every_time() -> None:
    names = [f"{k:03d}_painting" for k in range(30)]

    held_out = hold_out(names, 6, 0, ("003_", "017_"))

    assert held_out == hold_out(names[::-1], 6, 0, ("003_", "017_"))
    assert {"003_painting", "017_painting"} < held_out
    assert len(held_out) == 6


@pytest.mark.parametrize("side", [16, 64, 100])
def test_crops_have_their_side_whatever_the_picture(side: int) -> None:
    levels = pictures(1).levels[0]

    cut = crop(levels, side, torch.Generator().manual_seed(0))

    assert cut.shape == (3, side, side)
    assert 0 <= cut.min() <= cut.max() <= 1


def test_views_of_the_styles_are_pictures_and_repeat(tmp_path: Path) -> None:
    bank = a_training(tmp_path, bank=20)._bank

    views = [bank.picture(k) for k in range(20)]

    assert all(torch.equal(view, bank.picture(k)) for k, view in enumerate(views[:5]))
    assert all(float(view.min()) >= 0 and float(view.max()) <= 1 and view.isfinite().all() for view in views)
    assert len({round(float(view.mean()), 4) for view in views}) > 5


def test_orthogonal_directions_have_singular_values_near_one() -> None:
    matrix = torch.randn(16, 40, generator=torch.Generator().manual_seed(0))

    values = torch.linalg.svdvals(orthogonal(matrix))

    assert values.min() > 0.6
    assert values.max() < 1.3


def test_a_pack_can_be_trained_from(tmp_path: Path) -> None:
    photos, styles = a_folder(tmp_path / "photos", 3), a_folder(tmp_path / "styles", 2, styles=True)

    size = pack([photos], [styles], None, tmp_path / "pack")

    assert 0 < size < 1
    assert read_folders([tmp_path / "pack" / "photos"], shortest_side_px=256).names == ("000", "001", "002")


def test_the_commands_train_validate_and_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos, styles = a_folder(tmp_path / "photos", 4), a_folder(tmp_path / "styles", 4, styles=True)
    nets = a_training(tmp_path / "weights").nets
    save_nets(tmp_path / "weights" / "instant.safetensors", nets.painter, nets.reader)
    monkeypatch.setattr(commands, "WEIGHTS", tmp_path / "weights")
    options = ["--photos", str(photos), "--size", "32", "--steps", "1", "--threads", "1", "--device", "cpu"]
    whole = ["net", *options, "--styles", str(styles), "--out", str(tmp_path / "out"), "--batch", "1", "--bank", "1"]

    trained = CliRunner().invoke(commands.app, [*whole, "--resume"])
    again = CliRunner().invoke(commands.app, whole)
    fitted = CliRunner().invoke(
        commands.app, ["style", str(styles / "000.png"), *options, "-o", str(tmp_path / "vector.safetensors")]
    )

    assert trained.exit_code == 0, trained.output
    assert json.loads((tmp_path / "out" / "scores.jsonl").read_text())["step"] == 1
    assert len(json.loads((tmp_path / "out" / "held-out.json").read_text())["photos"]) == 1
    assert "--resume" in str(again.exception)
    assert fitted.exit_code == 0, fitted.output
    assert len(load_fitted(tmp_path / "vector.safetensors").vectors[0.5]) == nets.painter.style_length
