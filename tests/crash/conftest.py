"""Stages as they are needed; the zygote that all tests share is in sharing.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.stage import Stage, a_stage
from tests.crash.zygote import Zygote


@pytest.fixture
def stage(tmp_path: Path, zygote: Zygote) -> Iterator[Stage]:
    """An empty stage for one test."""
    with a_stage(tmp_path, zygote) as made:
        yield made
