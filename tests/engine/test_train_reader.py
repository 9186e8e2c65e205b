"""A new `slim` under the same painter: its reader writes what the old one's wrote, and presets go along."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.encoder import Encoder
from engine.instant_weights import load_nets, network_id, new_nets, save_nets
from engine.pictures import to_tensor
from engine.presets import FITTED, FOLDER
from engine.presets.fitted import load_fitted
from engine.train.reader import Lessons, hand_over, prepare, teach
from tests.engine.builders import a_style
from tests.engine.conftest import CPU
from tests.engine.training import TINY


@pytest.fixture(scope="module")
def weights(slim: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reader") / "instant.safetensors"
    torch.manual_seed(0)
    save_nets(path, *new_nets(TINY, slim))
    return path


@pytest.fixture(scope="module")
def other(slim: Encoder) -> Encoder:
    """An encoder as wide as the one that ships, which sees everything a little differently."""
    return slim.with_pooling("average")


@pytest.fixture(scope="module")
def lessons(slim: Encoder, other: Encoder, weights: Path) -> Lessons:
    def picture(index: int) -> Tensor:
        return to_tensor(a_style(32, 32, hue=0.3 * index), (32, 32), CPU)

    return prepare(picture, 20, slim, other, weights, lambda done, of, what: None)


def test_the_reader_learns_to_write_what_the_old_one_wrote(lessons: Lessons, slim: Encoder, weights: Path) -> None:
    _, reader = load_nets(weights, slim)
    told: list[tuple[int, int, str]] = []

    before = teach(reader, lessons, 1, lambda *how: told.append(how))
    after = teach(reader, lessons, 40, lambda *how: told.append(how))

    assert after < 0.7 * before
    assert told[-1] == (40, 40, "teaching")


def test_weights_and_presets_are_handed_over_together(
    other: Encoder, weights: Path, slim: Encoder, tmp_path: Path
) -> None:
    _, reader = load_nets(weights, slim)
    drawn, painted = "brush-strokes", "the-scream"
    picture = tmp_path / "picture.png"
    a_style().save(picture)

    hand_over(weights, other, reader, {drawn: picture, painted: picture}, tmp_path)

    found = {name: load_fitted(tmp_path / "presets" / name / FITTED) for name in (drawn, painted)}
    old = {name: load_fitted(FOLDER / name / FITTED) for name in found}
    assert {each.network for each in found.values()} == {network_id(tmp_path / weights.name)}
    assert all(torch.equal(found[name].vectors[1.0], old[name].vectors[1.0]) for name in found)
    assert not found[drawn].moments
    now, before = (each[painted].moments[512]["relu1_1"].mean for each in (found, old))
    assert not torch.allclose(now, before, rtol=0.1)
