"""Commands that run in the tests' own process: the log is put back, self-checks are remembered."""

from pathlib import Path

import pytest

from engine.presets import OWN_FOLDER_VARIABLE


@pytest.fixture(autouse=True)
def _in_this_process(log_as_before: None, cache_folder: Path) -> None:
    """For every test of this folder."""


@pytest.fixture(autouse=True)
def _own_presets_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands name the operator's folder in the environment; afterwards it is as it was."""
    monkeypatch.setenv(OWN_FOLDER_VARIABLE, "")
