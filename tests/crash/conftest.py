"""One zygote for all tests, stages as they are needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.stage import Stage, a_stage
from tests.crash.zygote import Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Starts programs quickly."""
    made = Zygote()
    yield made
    made.close()


@pytest.fixture
def stage(tmp_path: Path, zygote: Zygote) -> Iterator[Stage]:
    """An empty stage for one test."""
    with a_stage(tmp_path, zygote) as made:
        yield made
