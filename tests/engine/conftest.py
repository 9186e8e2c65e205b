"""Painters and encoders that tests share; findings of self-checks stay in a folder of the test run's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine import Painter, open_painter
from engine.encoder import Encoder
from engine.weights import SHIPPED_SLIM
from tests.engine.builders import LAST_OF_PREFIX, a_weights_file, small_tensors
from tests.engine.training import LOOKING, SMALL_STYLE_PX

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def one_thread(cache_folder: Path) -> None:
    """Pictures this small gain nothing from a second one, and beside other work threads wait for each other."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights as deep as slim's."""
    return a_weights_file(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def small_styles() -> Iterator[None]:
    """Trainings and the network look at styles in a small size."""
    with pytest.MonkeyPatch.context() as patch:
        for name in LOOKING:
            patch.setattr(f"{name}.STYLE_SIDE_PX", SMALL_STYLE_PX)
        yield


@pytest.fixture(scope="session")
def painter(small_file: Path, cache_folder: Path) -> Painter:
    """A painter with a small random encoder: right in everything but taste."""
    return open_painter(backbone="slim", weights=small_file, device="cpu", threads=1)


@pytest.fixture(scope="session")
def slim_painter(cache_folder: Path) -> Painter:
    """What a user gets: the encoder that ships."""
    return open_painter(device="cpu", threads=1)


@pytest.fixture(scope="session")
def encoder(small_file: Path) -> Encoder:
    return Encoder.load(small_file, name="slim", device=CPU)


@pytest.fixture(scope="session")
def prefix_encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """As deep as the published prefix of VGG19."""
    path = a_weights_file(tmp_path_factory.mktemp("prefix"), small_tensors(LAST_OF_PREFIX))
    return Encoder.load(path, name="vgg19", device=CPU)


@pytest.fixture(scope="session")
def slim() -> Encoder:
    """The encoder that ships."""
    return Encoder.load(SHIPPED_SLIM, name="slim", device=CPU)


@pytest.fixture(scope="session")
def prefix_file(test_data: Path) -> Path:
    """The published prefix of VGG19."""
    return test_data / "weights" / "vgg19_conv1_to_conv3.safetensors"
