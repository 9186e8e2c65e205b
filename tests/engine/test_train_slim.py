"""Distilling `slim`: it comes nearer to its teachers, resumes, and ships as it is read."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.encoder import Encoder
from engine.errors import InvalidRequest, WeightsError
from engine.train.slim import FILE_NAME, Settings, Training, unseen_pictures
from engine.train.teachers import Teacher
from engine.weights import load_weights
from tests.engine.builders import LAST_OF_PREFIX, a_weights_file, small_tensors
from tests.engine.training import pictures

FIFTH_BLOCKS_SECOND = 30  # conv5_2


@pytest.fixture(autouse=True)
def _few_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """How large features are is seen in two of them: measuring takes longer than these trainings."""
    monkeypatch.setattr("engine.train.slim.SCALE_BATCHES", 2)


@pytest.fixture(scope="module")
def student_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small weights to begin with, without heads."""
    return a_weights_file(tmp_path_factory.mktemp("student"), small_tensors(gain=0.9))


@pytest.fixture(scope="module")
def deeper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student of the teacher's, with its own idea of what relu4_1 is."""
    tensors = small_tensors()
    tensors |= {"aux.conv4_1.weight": torch.ones(12, 8, 1, 1), "aux.conv4_1.bias": torch.zeros(12)}
    return a_weights_file(tmp_path_factory.mktemp("deeper"), tensors)


def a_training(out: Path, teacher: Teacher, start: Path, minutes: float = 60.0) -> Training:
    settings = Settings(out=out, minutes=minutes, batch=4, side_px=64, device="cpu", save_every_s=0.0)
    return Training(settings, pictures(3), pictures(2, styles=True), teacher, start)


def test_each_layer_comes_from_the_first_teacher_that_has_it(tmp_path: Path, deeper: Path) -> None:
    first = a_weights_file(tmp_path, small_tensors(LAST_OF_PREFIX))
    pixels = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))

    features = Teacher.load([first, deeper])(pixels)

    true = Encoder(load_weights(first), name="vgg19", device=torch.device("cpu")).features(pixels, ["relu3_4"])
    assert list(features)[-4:] == ["relu3_4", "relu4_1", "relu4_2", "relu5_1"]
    assert [features[layer].shape[1] for layer in ("relu3_4", "relu4_1", "relu4_2")] == [8, 12, 8]
    torch.testing.assert_close(features["relu3_4"], true["relu3_4"])


def test_it_comes_nearer_to_its_teacher_and_goes_on_where_it_stopped(
    tmp_path: Path, deeper: Path, student_file: Path
) -> None:
    teacher, out = Teacher.load([deeper]), tmp_path / "out"
    training = a_training(out, teacher, student_file)
    unseen = unseen_pictures(pictures(1), pictures(1, styles=True), 48)
    before = training.look(unseen)

    for _ in range(16):  # two of them compare gradients
        parts = training.step()
    after = training.look(unseen)
    training.settings.out.mkdir(exist_ok=True)
    training.learner.seconds = 1e9
    training.run(unseen)

    resumed = a_training(out, teacher, student_file)
    assert "gradient" in parts
    assert sum(after.values()) < sum(before.values())
    assert resumed.learner.step == 16
    shipped = Encoder.load(out / FILE_NAME, name="slim", device=torch.device("cpu"))
    raw = load_file(out / FILE_NAME)
    assert shipped.layers[-1] == "relu5_1"
    assert (raw["heads.19.weight"].shape, raw["heads.19.weight"].dtype) == ((12, 8, 1, 1), torch.float16)


def test_a_deeper_teacher_adds_a_layer(tmp_path: Path, student_file: Path) -> None:
    teacher = Teacher.load([a_weights_file(tmp_path, small_tensors(FIFTH_BLOCKS_SECOND))])

    training = a_training(tmp_path / "out", teacher, student_file)
    training.step()

    assert training.student.encoder().layers[-1] == "relu5_2"


def test_a_head_that_is_none_is_turned_down(tmp_path: Path) -> None:
    save_file(
        small_tensors() | {"aux.conv4_1.weight": torch.ones(12, 8, 3, 3), "aux.conv4_1.bias": torch.zeros(12)},
        tmp_path / "teacher.safetensors",
    )

    with pytest.raises(WeightsError, match="no 1×1 map"):
        Teacher.load([tmp_path / "teacher.safetensors"])


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"side_px": 40}, {"batch": 2}], ids=["no time", "tiny", "few"])
def test_settings_that_make_no_training_are_turned_down(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidRequest):
        Settings(**({"out": tmp_path, "minutes": 1.0} | wrong))  # type: ignore[arg-type]
