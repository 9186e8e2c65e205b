"""A stage for each test, or one for all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.stage import Stage


@pytest.fixture
def stage(tmp_path: Path, cache_folder: Path) -> Iterator[Stage]:
    """An empty stage: the playground runs, the bot is started by the test."""
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Stage]:
    """A stage with the bot running, shared by many files: each test uses people of its own. A start costs seconds."""
    made = Stage(tmp_path_factory.mktemp("stage"))
    made.start_bot()
    yield made
    made.close()
