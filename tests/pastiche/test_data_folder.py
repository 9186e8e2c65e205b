"""The data folder is private and belongs to one process."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from pastiche import run
from pastiche.data_folder import held
from pastiche.errors import OperatorError
from tests.conftest import TinyDisk


def test_the_folder_is_made_and_private(tmp_path: Path) -> None:
    with held(tmp_path / "deep" / "data") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_made_inside_is_private(tmp_path: Path) -> None:
    with held(tmp_path / "data") as folder:
        (folder / "pastiche.db").touch()

        assert stat.S_IMODE((folder / "pastiche.db").stat().st_mode) == 0o600


def test_a_folder_of_everybody_s_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)

    with pytest.raises(OperatorError, match="belongs to everybody"), held(tmp_path):
        pass

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777


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


def test_a_full_disk_is_told_in_one_line(tiny_disk: TinyDisk) -> None:
    folder = tiny_disk.folder / "data"
    folder.mkdir()
    tiny_disk.fill()

    with pytest.raises(OperatorError, match="no space left") as caught, held(folder):
        pass

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("complaint", "advice"),
    [
        ("database or disk is full", "make room"),
        ("database is locked", "another program"),
        ("file is not a database", "restore a backup"),
    ],
)
async def test_a_database_that_cannot_be_used_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complaint: str, advice: str
) -> None:
    async def complain(url: str) -> None:
        raise DatabaseError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError(complaint))

    monkeypatch.setattr(run, "upgrade", complain)

    with pytest.raises(OperatorError, match=advice) as caught:
        await run.migrate_database(tmp_path)

    assert complaint in str(caught.value)
