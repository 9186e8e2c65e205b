"""The disk is full, the database locked, the pictures gone, the machine lost: nobody's job is."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pastiche.backup import NUMBERS_SKIPPED, back_up, restore
from pastiche.data_folder import held
from tests.conftest import TinyDisk
from tests.crash.painters import LONG, SOME
from tests.crash.stage import DATABASE, OPEN, Person, Stage, a_stage
from tests.crash.zygote import Zygote


@pytest.fixture
def tiny_stage(tiny_disk: TinyDisk, tmp_path: Path, zygote: Zygote) -> Iterator[Stage]:
    """A stage whose data lie on a disk that can be filled, and its log elsewhere."""
    folder = tiny_disk.folder / "data"
    folder.mkdir()
    (folder / "whole.log").symlink_to(tmp_path / "whole.log")
    with a_stage(folder, zygote) as made:
        yield made


def painted_and_held(stage: Stage, program: str) -> Person:
    """Somebody whose picture is painted, in a process that stops before anything of it is stored."""
    person = stage.person()
    stage.arm("painted", signal.SIGSTOP)
    stage.start(program)
    person.orders(SOME)  # so that the bot is through with the press by then, and writes nothing
    stage.until(lambda: not stage.is_armed("painted"), "a painting")
    return person


def go_on(stage: Stage) -> None:
    [pid] = stage.running.values()
    os.kill(pid, signal.SIGCONT)


def until_told(stage: Stage, *words: str) -> None:
    stage.until(lambda: all(word in stage.log() for word in words), f"{words} in the log")


def outcomes(stage: Stage) -> list[tuple[str, int, int]]:
    return stage.rows("SELECT state, attempt, interruptions FROM jobs ORDER BY id")


def test_full_disk_holds_everything_up_and_loses_nothing(tiny_stage: Stage, tiny_disk: TinyDisk) -> None:
    stage = tiny_stage
    painted_and_held(stage, "whole")
    ben = stage.person()

    tiny_disk.fill()
    ben.sends_photo()
    go_on(stage)
    until_told(stage, "blobs are away", "No space left", "an update cannot be stored yet")
    half_written = [path.name for path in (stage.folder / "blobs").iterdir() if path.suffix == ".part"]
    tiny_disk.make_room()
    ben.presses(ben.shown("preset"), "preset")
    stage.until(stage.is_settled, "peace")

    assert half_written == []
    assert outcomes(stage) == [("done", 1, 0)] * 2
    assert stage.lost_jobs() == []
    assert stage.is_sound()


def test_locked_database_holds_everything_up_and_loses_nothing(stage: Stage) -> None:
    painted_and_held(stage, "hasty")
    ben = stage.person()

    with closing(sqlite3.connect(stage.folder / DATABASE, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        ben.sends_photo()
        go_on(stage)
        until_told(stage, "database is locked", "trying once more", "an update cannot be stored yet")
        another.execute("ROLLBACK")
    ben.presses(ben.shown("preset"), "preset")
    stage.until(stage.is_settled, "peace")

    assert outcomes(stage) == [("done", 1, 0)] * 2
    assert stage.lost_jobs() == []
    assert stage.is_sound()


def test_removed_pictures_are_told_and_new_ones_are_painted(stage: Stage) -> None:
    ann, ben, carl = stage.person(), stage.person(), stage.person()
    stage.start("whole")
    ann.orders(LONG)
    stage.until(lambda: stage.rows("SELECT 1 FROM jobs WHERE step > 0"), "a step")
    ben.orders()
    ben.job()

    shutil.rmtree(stage.folder / "blobs")
    ann.presses(ann.shown("cancel"), "cancel")
    carl.orders()
    stage.until(stage.is_settled, "peace")

    assert stage.rows("SELECT state, error FROM jobs WHERE user_id = ?", ben.id) == [("failed", "pictures-gone")]
    assert "no longer have the pictures" in ben.chat()[-1].words
    assert stage.rows("SELECT state FROM jobs WHERE user_id = ?", carl.id) == [("done",)]


def test_a_backup_made_at_work_loses_no_job_on_another_machine(stage: Stage, tmp_path: Path) -> None:
    ann, ben, carl, dora, eve, fay = (stage.person() for _ in range(6))
    stage.start("whole")
    ann.orders()
    stage.until(stage.is_settled, "ann's picture")
    ben.orders(LONG)
    stage.until(lambda: stage.rows("SELECT 1 FROM jobs WHERE user_id = ? AND step > 0", ben.id), "a step")
    for person in (carl, dora):
        person.orders()
        person.job()
    dora.presses(dora.shown("cancel"), "cancel")
    stage.until(lambda: stage.rows("SELECT 1 FROM jobs WHERE state = 'cancelled'"), "a cancelled job")

    file = back_up(stage.folder, tmp_path / "backup.tar").path
    eve.orders()  # which no backup can know
    eve.job()
    stage.kill("whole")
    with held(tmp_path / "elsewhere") as folder:
        contents = restore(file, folder)
    stage.move_to(folder)
    stage.start("whole")
    ben.presses(ben.shown("cancel"), "cancel")
    stage.until(lambda: not stage.rows(f"SELECT 1 FROM jobs WHERE state IN ({OPEN})"), "every end")
    stage.until(lambda: not stage.lost_jobs(), "every answer")
    fay.orders()

    assert contents.jobs == 4
    assert [state for state, _, _ in outcomes(stage)[:4]] == ["done", "cancelled", "done", "cancelled"]
    assert fay.job() > NUMBERS_SKIPPED
    assert stage.is_sound()
