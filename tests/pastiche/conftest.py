"""Commands that run in the tests' own process: the log is put back, self-checks are remembered."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _in_this_process(log_as_before: None, cache_folder: Path) -> None:
    """For every test of this folder."""
