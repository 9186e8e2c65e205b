"""What was backed up is there again after a restore, and neither ever leaves half of anything."""

import fcntl
import io
import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from jobs.blobs import LocalBlobs
from jobs.values import CancelOutcome, JobFailure, Outcome
from models.database import Database
from models.queries import BLOB_COLUMNS
from models.states import OPEN_STATES, JobState
from models.tables import Base, Chat, User
from pastiche import backup, cli
from pastiche.backup import back_up, restore
from pastiche.data_folder import held
from pastiche.errors import OperatorError
from tests.conftest import TinyDisk
from tests.jobs.conftest import ANN, START, ClockAtHand, Office
from tests.jobs.test_worker import PAINTING, PHOTO, SHORT, at_work, until_closed

Pastiche = Callable[..., int]


@pytest.fixture
def pastiche(monkeypatch: pytest.MonkeyPatch) -> Pastiche:
    """The command line, in this process."""

    def run(*arguments: object, data_dir: Path) -> int:
        monkeypatch.setenv("PASTICHE_DATA_DIR", str(data_dir))
        monkeypatch.setenv("PASTICHE_LOG_LEVEL", "error")
        monkeypatch.setattr("sys.argv", ["pastiche", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return run


def an_office(folder: Path) -> Office:
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'pastiche.db'}")
    return Office(database, LocalBlobs(folder / "blobs"), ClockAtHand())


@pytest.fixture
def data(tmp_path: Path, empty_database: Path) -> Path:
    """A data folder with an empty database."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(empty_database, folder / "pastiche.db")
    return folder


@pytest.fixture
async def office(data: Path) -> AsyncIterator[Office]:
    """At work in the data folder."""
    office = an_office(data)
    async with office.database.write() as session:
        session.add(User(id=ANN, name="Ann", created_at=START))
        session.add(Chat(id=ANN, kind="private", created_at=START))
    yield office
    await office.database.dispose()


async def a_job(office: Office) -> int:
    content, style = await office.a_picture(PHOTO), await office.a_picture(PAINTING)
    return await office.a_queued_job(content_picture_id=content, style_picture_id=style, preset=None, spec=SHORT)


async def a_claimed_job(office: Office) -> tuple[int, int]:
    claimed = await office.desk.claim(await a_job(office), "worker")
    assert claimed is not None
    return claimed.id, claimed.attempt


async def jobs_in_every_state(office: Office) -> dict[str, int]:
    """One of each kind, by what it is."""
    jobs = {}
    for kind in ("delivered", "done"):
        jobs[kind], attempt = await a_claimed_job(office)
        key = await office.blobs.put(b"jpeg", ".jpg")
        assert await office.desk.finish(jobs[kind], attempt, Outcome(state=JobState.DONE, result_key=key))
    await office.desk.delivered(jobs["delivered"], message_id=1, file_id="file")
    jobs["failed"], attempt = await a_claimed_job(office)
    failed = Outcome(state=JobState.FAILED, error=JobFailure.ENGINE_FAILED)
    assert await office.desk.finish(jobs["failed"], attempt, failed)
    jobs["cancelled"] = await a_job(office)
    assert await office.desk.cancel(jobs["cancelled"], user_id=ANN) is CancelOutcome.CANCELLED
    jobs["dead"] = await a_job(office)
    for _ in range(3):
        claimed = await office.desk.claim(jobs["dead"], "worker")
        assert claimed is not None
        await office.desk.record_death(claimed.id, claimed.attempt, "died")
    jobs["stopping"], _ = await a_claimed_job(office)
    assert await office.desk.cancel(jobs["stopping"], user_id=ANN) is CancelOutcome.STOPPING
    jobs["running"], _ = await a_claimed_job(office)
    jobs["queued"] = await a_job(office)
    return jobs


def a_backup(data: Path, tmp_path: Path) -> Path:
    return back_up(data, tmp_path / "backup.tar").path


def an_empty_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


async def test_every_job_of_a_backup_is_painted_and_told_after_a_restore(
    office: Office, data: Path, tmp_path: Path
) -> None:
    jobs = await jobs_in_every_state(office)
    async with office.database.write() as session:
        # A transaction is open, as it may be at any moment: what it writes is not committed, and not in the backup.
        await session.execute(text("UPDATE users SET name = 'nobody'"))
        file = a_backup(data, tmp_path)
    folder = an_empty_folder(tmp_path)

    with held(folder):
        contents = restore(file, folder)
    reborn = an_office(folder)
    await reborn.desk.recover_at_start()
    await reborn.desk.enqueue_uncarried()
    async with at_work(reborn):
        for job_id in jobs.values():
            await until_closed(reborn, job_id)

    assert contents.jobs == len(jobs)
    states = {kind: (await reborn.row(job_id)).state for kind, job_id in jobs.items()}
    assert states == {
        "delivered": JobState.DONE,
        "done": JobState.DONE,
        "failed": JobState.FAILED,
        "cancelled": JobState.CANCELLED,
        "dead": JobState.DEAD,
        "stopping": JobState.CANCELLED,
        "running": JobState.DONE,
        "queued": JobState.DONE,
    }
    assert not OPEN_STATES & set(states.values())
    owed = {due for due, _ in await reborn.desk.due_deliveries()}
    assert owed == set(jobs.values()) - {jobs["delivered"]}
    assert await reborn.desk.result_bytes(jobs["done"]) == b"jpeg"
    async with reborn.database.read() as session:
        assert await session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert await session.scalar(text("SELECT name FROM users")) == "Ann"
    await reborn.database.dispose()


async def test_a_backup_is_private_and_alone_and_holds_what_rows_name(
    office: Office, data: Path, tmp_path: Path
) -> None:
    await office.a_picture(PHOTO)
    orphan = await office.blobs.put(b"orphan", ".png")
    target = tmp_path / "backups"
    target.mkdir()

    with held(data):  # as `run` does
        contents = back_up(data, target)

    assert [contents.path] == list(target.iterdir())
    assert contents.path.name.startswith("pastiche-")
    assert stat.S_IMODE(contents.path.stat().st_mode) == 0o600
    with tarfile.open(contents.path) as tar:
        held_names = tar.getnames()
    assert (held_names[0], held_names[-1], len(held_names)) == ("manifest.json", "pastiche.db", 3)
    assert not any(orphan in name for name in held_names)


async def test_a_blob_that_is_swept_during_the_backup_is_let_go_of(office: Office, data: Path, tmp_path: Path) -> None:
    kept, swept = await office.a_picture(PHOTO), await office.a_picture(PAINTING)
    async with office.database.read() as session:
        key = await session.scalar(text(f"SELECT blob_key FROM pictures WHERE id = {swept}"))

    def sweep(done: int, total: int) -> None:
        (data / "blobs" / key).unlink(missing_ok=True)

    contents = back_up(data, tmp_path / "backup.tar", sweep)
    folder = an_empty_folder(tmp_path)
    restore(contents.path, folder)

    with closing(sqlite3.connect(folder / "pastiche.db")) as rows:
        found = dict(rows.execute("SELECT id, blob_key FROM pictures"))
    assert contents.pictures == 1
    assert found[swept] is None
    assert (folder / "blobs" / found[kept]).read_bytes() == PHOTO


def test_every_column_that_names_a_blob_is_known() -> None:
    keys = {
        column
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_key") and column.name != "idem_key"
    }

    assert {column.property.columns[0] for column in BLOB_COLUMNS} == keys


def test_no_backup_is_written_over_something(data: Path, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"dear to somebody")

    with pytest.raises(OperatorError, match="exists already"):
        back_up(data, tmp_path / "photo.jpg")

    assert (tmp_path / "photo.jpg").read_bytes() == b"dear to somebody"


def test_what_a_killed_backup_left_is_cleared_by_the_next(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "backups"
    target.mkdir()
    for name in ("pastiche.tar.partial", "pastiche.tar.partial.db"):
        (target / name).write_bytes(b"half" * 1000)

    contents = back_up(data, target)

    assert list(target.iterdir()) == [contents.path]
    assert restore(contents.path, an_empty_folder(tmp_path)).jobs == 0


def test_two_backups_at_once_do_not_meet(data: Path, tmp_path: Path) -> None:
    with (tmp_path / "backup.tar.partial").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(OperatorError, match="another backup"):
            back_up(data, tmp_path / "backup.tar")

    assert not (tmp_path / "backup.tar").exists()


def test_a_full_disk_is_told_in_one_line_and_nothing_is_left(data: Path, tiny_disk: TinyDisk) -> None:
    tiny_disk.fill()

    with pytest.raises(OperatorError, match="disk is full") as caught:
        back_up(data, tiny_disk.folder / "backup.tar")

    assert "\n" not in str(caught.value)
    assert names(tiny_disk.folder) == {"ballast"}


def test_a_restore_onto_a_full_disk_is_told_and_leaves_nothing(data: Path, tmp_path: Path, tiny_disk: TinyDisk) -> None:
    file = a_backup(data, tmp_path)
    folder = tiny_disk.folder / "data"
    folder.mkdir()
    tiny_disk.fill()

    with pytest.raises(OperatorError, match="disk is full"):
        restore(file, folder)

    assert names(folder) == set()


@pytest.mark.parametrize(
    ("target", "words"),
    [("nowhere/backup.tar", "no folder"), ("backup.tar", "no database")],
    ids=["no such folder", "nothing to back up"],
)
def test_a_backup_that_cannot_be_is_told(
    target: str, words: str, data: Path, tmp_path: Path, pastiche: Pastiche, capsys: pytest.CaptureFixture[str]
) -> None:
    data_dir = data if "folder" in words else tmp_path

    code = pastiche("backup", tmp_path / target, data_dir=data_dir)

    [line] = capsys.readouterr().err.splitlines()
    assert code == 2
    assert words in line


def test_the_commands_say_what_they_did(
    data: Path, tmp_path: Path, pastiche: Pastiche, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = (
        pastiche("backup", tmp_path / "backup.tar", data_dir=data),
        pastiche("restore", tmp_path / "backup.tar", data_dir=tmp_path / "new"),
    )

    said = capsys.readouterr()
    assert codes == (0, 0)
    assert said.err == ""
    assert "backup.tar: 0 jobs, 0 pictures" in said.out
    assert stat.S_IMODE((tmp_path / "new" / "pastiche.db").stat().st_mode) == 0o600


def test_a_folder_in_use_is_not_restored_into(
    data: Path, tmp_path: Path, pastiche: Pastiche, capsys: pytest.CaptureFixture[str]
) -> None:
    file = a_backup(data, tmp_path)

    with held(tmp_path / "new"):
        code = pastiche("restore", file, data_dir=tmp_path / "new")

    [line] = capsys.readouterr().err.splitlines()
    assert (code, str(os.getpid()) in line) == (2, True)


def test_a_folder_that_holds_something_is_not_restored_into(
    data: Path, tmp_path: Path, pastiche: Pastiche, capsys: pytest.CaptureFixture[str]
) -> None:
    file, before = a_backup(data, tmp_path), (data / "pastiche.db").read_bytes()

    code = pastiche("restore", file, data_dir=data)

    [line] = capsys.readouterr().err.splitlines()
    assert (code, "not empty" in line) == (2, True)
    assert (data / "pastiche.db").read_bytes() == before


def a_tar(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, body in members:
            info = tarfile.TarInfo(name)
            info.size = len(body)
            info.type, info.linkname = (kind, "/etc/passwd") if name != "manifest.json" else (tarfile.REGTYPE, "")
            tar.addfile(info, io.BytesIO(body))
    return out.getvalue()


MANIFEST = ("manifest.json", b'{"format": 1}')
NOT_OURS = {
    "a text": (b"this is no backup", "no backup of ours"),
    "nothing": (b"", "no backup of ours"),
    "another tar": (a_tar(("notes.txt", b"hello")), "no backup of ours"),
    "a way out": (a_tar(MANIFEST, ("../escape", b"x")), "no backup of ours"),
    "another way out": (a_tar(MANIFEST, ("blobs/../../escape", b"x")), "no backup of ours"),
    "a link": (a_tar(MANIFEST, ("pastiche.db", b""), kind=tarfile.SYMTYPE), "no backup of ours"),
    "twice the same": (a_tar(MANIFEST, ("pastiche.db", b"x"), ("pastiche.db", b"y")), "no backup of ours"),
    "no database": (a_tar(MANIFEST), "only a part"),
    "a database that is none": (a_tar(MANIFEST, ("pastiche.db", b"no database" * 100)), "not a database"),
    "a manifest that is none": (a_tar(("manifest.json", b"[]")), "no backup of ours"),
    "a newer form": (a_tar(("manifest.json", b'{"format": 2, "pastiche": "9.0"}')), "Pastiche 9.0"),
}


@pytest.mark.parametrize(("content", "words"), NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_no_backup_is_told_and_leaves_nothing(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    folder = an_empty_folder(tmp_path)

    with pytest.raises(OperatorError, match=words):
        restore(tmp_path / "file", folder)

    assert names(tmp_path) == {"file", "elsewhere"}


async def test_a_backup_that_was_cut_short_is_told_wherever_that_is(office: Office, data: Path, tmp_path: Path) -> None:
    await office.a_picture(PHOTO)
    whole = a_backup(data, tmp_path).read_bytes()
    folder = an_empty_folder(tmp_path)

    for length in range(0, len(whole) - 20_480, 10_240):
        (tmp_path / "cut.tar").write_bytes(whole[:length])
        with pytest.raises(OperatorError):
            restore(tmp_path / "cut.tar", folder)

    assert names(folder) == set()


async def a_spoilt_backup(data: Path, tmp_path: Path, statement: str) -> Path:
    """A backup of a data folder in which something is wrong."""
    with closing(sqlite3.connect(data / "pastiche.db")) as rows:
        rows.execute(statement)
        rows.commit()
    return a_backup(data, tmp_path)


async def test_a_backup_of_a_newer_version_is_told(data: Path, tmp_path: Path) -> None:
    file = await a_spoilt_backup(data, tmp_path, "UPDATE alembic_version SET version_num = 'f00dfeed'")
    folder = an_empty_folder(tmp_path)

    with pytest.raises(OperatorError, match=r"newer version .*f00dfeed"):
        restore(file, folder)

    assert names(folder) == set()


async def test_a_backup_without_one_of_its_pictures_is_told(office: Office, data: Path, tmp_path: Path) -> None:
    await office.a_picture(PHOTO)
    file = a_backup(data, tmp_path)
    with tarfile.open(file) as whole:
        kept = [(name, whole.extractfile(name)) for name in whole.getnames() if not name.startswith("blobs/")]
        (tmp_path / "less.tar").write_bytes(a_tar(*((name, body.read()) for name, body in kept if body)))

    with pytest.raises(OperatorError, match="1 pictures are missing"):
        restore(tmp_path / "less.tar", an_empty_folder(tmp_path))


def test_a_damaged_database_is_not_backed_up_as_if_nothing_were_wrong(data: Path, tmp_path: Path) -> None:
    with (data / "pastiche.db").open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 40_000)

    with pytest.raises(OperatorError):
        back_up(data, tmp_path / "backup.tar")

    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_a_killed_restore_left_is_cleared_by_the_next(data: Path, tmp_path: Path) -> None:
    file, folder = a_backup(data, tmp_path), an_empty_folder(tmp_path)
    for name in ("restore.partial", "blobs"):
        (folder / name).mkdir()
        (folder / name / "left").touch()

    restore(file, folder)

    assert names(folder) == {"pastiche.db", "blobs"}


def test_a_bar_is_shown_to_nobody_who_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with backup.progress_shown("backing up") as on_bytes:
        on_bytes(1, 2)

    assert capsys.readouterr() == ("", "")
