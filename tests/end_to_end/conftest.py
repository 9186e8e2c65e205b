"""A stage for each test, or one for all tests of a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.stage import Stage

# Long enough that a test can look at a running job.
SLOW = {"PASTICHE_HQ_SIZE": "512"}


@pytest.fixture
def stage(tmp_path: Path, cache_folder: Path) -> Iterator[Stage]:
    """An empty stage: the playground runs, the bot is started by the test."""
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Stage]:
    """A stage with the bot running, shared by the tests of a file: each uses people of its own."""
    made = Stage(tmp_path_factory.mktemp("stage"))
    made.start_bot()
    yield made
    made.close()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Stage]:
    """The same with a bot that paints large pictures: no job ends by itself."""
    made = Stage(tmp_path_factory.mktemp("busy"))
    made.start_bot(**SLOW)
    yield made
    made.close()
