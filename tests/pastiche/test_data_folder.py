"""The data folder is private and belongs to one process."""

import os
import stat
from pathlib import Path

import pytest

from pastiche.data_folder import held
from pastiche.errors import OperatorError


def test_the_folder_is_made_and_private(tmp_path: Path) -> None:
    with held(tmp_path / "deep" / "data") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_made_inside_is_private(tmp_path: Path) -> None:
    with held(tmp_path / "data") as folder:
        (folder / "pastiche.db").touch()

        assert stat.S_IMODE((folder / "pastiche.db").stat().st_mode) == 0o600


def test_a_second_holder_learns_who_has_it(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(OperatorError, match=rf"in use by process {os.getpid()}:"), held(tmp_path):
        pass


def test_the_lock_is_free_afterwards(tmp_path: Path) -> None:
    with held(tmp_path):
        pass

    with held(tmp_path) as folder:
        assert folder == tmp_path


def test_a_file_in_the_way_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(OperatorError, match="cannot be used") as caught, held(tmp_path / "data"):
        pass

    assert "\n" not in str(caught.value)
