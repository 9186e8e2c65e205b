"""A stage for each test; the one that most share is in sharing.py."""

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
