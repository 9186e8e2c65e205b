"""One file with everything that matters, written while `pastiche run` goes on; and the way back.

A plain tar: manifest.json, blobs/…, and last the database, so that a file cut short is never taken for whole.
"""

import errno
import fcntl
import io
import json
import os
import shutil
import sqlite3
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from jobs.blobs import KEY
from models.errors import NewerSchema
from models.queries import BLOB_COLUMNS
from models.upgrade import refuse_newer
from pastiche.data_folder import LOCK_NAME
from pastiche.errors import OperatorError

FORMAT = 1
DATABASE_NAME = "pastiche.db"
BLOBS_NAME = "blobs"
MANIFEST_NAME = "manifest.json"
PARTIAL = ".partial"
# Where a restore is put together; one that did not come to its end is cleared away by the next.
WORKSHOP_NAME = "restore" + PARTIAL
MAX_MANIFEST_BYTES = 65_536
BUSY_TIMEOUT_S = 30.0
# More than are given out between two backups: a button from before a restore must not meet a newer job or picture.
NUMBERS_SKIPPED = 100_000

OnBytes = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a backup holds, and where it lies."""

    path: Path
    jobs: int
    pictures: int
    size_bytes: int

    def __str__(self) -> str:
        return f"{self.path}: {self.jobs} jobs, {self.pictures} pictures, {self.size_bytes / 1e6:.1f} MB"


def back_up(folder: Path, target: Path, on_bytes: OnBytes = lambda done, total: None) -> Contents:
    """Write the data folder into target, a new file or a folder to put one into; whole or not at all, mode 0600.

    Raises OperatorError. on_bytes hears of bytes copied and in all.
    """
    source = folder / DATABASE_NAME
    if not source.is_file():
        raise OperatorError(f"there is no database in {folder}: nothing to back up")
    path, partial = _places(target)
    with _told(f"the backup {path} could not be written"), _alone(partial) as file, _snapshot(source, partial) as copy:
        keys = _blob_keys(copy)
        pictures = _pack(folder, copy, keys, partial, file, on_bytes)
        [jobs] = copy.execute("SELECT count(*) FROM jobs").fetchone()
        os.fsync(file.fileno())
        partial.rename(path)
        _sync(path.parent)
        return Contents(path=path, jobs=jobs, pictures=pictures, size_bytes=path.stat().st_size)


def restore(file: Path, folder: Path, on_bytes: OnBytes = lambda done, total: None) -> Contents:
    """Bring a backup back into an empty data folder that we hold; whole or not at all. Raises OperatorError."""
    _clear_unfinished(folder)
    if any(path.name != LOCK_NAME for path in folder.iterdir()):
        raise OperatorError(f"the data folder {folder} is not empty: restore into a new one (PASTICHE_DATA_DIR)")
    workshop = folder / WORKSHOP_NAME
    try:
        with _told(f"{file} could not be restored"):
            (workshop / BLOBS_NAME).mkdir(mode=0o700, parents=True)
            _unpack(file, workshop, on_bytes)
            contents = _examine(file, workshop)
            _skip_numbers(workshop / DATABASE_NAME)
            os.sync()  # once for all, before anything gets its name
            (workshop / BLOBS_NAME).rename(folder / BLOBS_NAME)
            (workshop / DATABASE_NAME).rename(folder / DATABASE_NAME)
            _sync(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return contents


@contextmanager
def progress_shown(what: str) -> Iterator[OnBytes]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _places(target: Path) -> tuple[Path, Path]:
    """The file to be, and what it is called until it is whole."""
    if target.is_dir():
        moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        # The same name every time: what a killed backup left behind is taken over by the next.
        path, partial = target / f"pastiche-{moment}.tar", target / f"pastiche.tar{PARTIAL}"
    else:
        path, partial = target, target.with_name(target.name + PARTIAL)
    if path.exists():
        raise OperatorError(f"{path} exists already: name another file, or a folder")
    if not path.parent.is_dir():
        raise OperatorError(f"there is no folder {path.parent} to put a backup into")
    return path, partial


@contextmanager
def _alone(partial: Path) -> Iterator[IO[bytes]]:
    """The unfinished file, empty and ours; it goes where it does not get its name."""
    with open(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = os.fstat(file.fileno()).st_ino == partial.stat().st_ino
        except (BlockingIOError, FileNotFoundError):
            ours = False
        if not ours:  # or it got its name just now: then it is somebody's backup
            raise OperatorError(f"another backup is being written to {partial.parent}")
        try:
            file.truncate(0)
            yield file
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def _snapshot(source: Path, partial: Path) -> Iterator[sqlite3.Connection]:
    """The database as it is at one moment, in a file of its own beside the backup. Nobody has to wait meanwhile."""
    path = _snapshot_path(partial)
    path.unlink(missing_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        with closing(_connect(source)) as database:
            database.execute("VACUUM INTO ?", [str(path)])
        with closing(_connect(path)) as copy:
            copy.execute("PRAGMA journal_mode = MEMORY")
            _check_integrity(copy, source)
            yield copy
    finally:
        path.unlink(missing_ok=True)


def _snapshot_path(partial: Path) -> Path:
    return partial.with_name(partial.name + ".db")


def _pack(
    folder: Path, copy: sqlite3.Connection, keys: list[str], partial: Path, file: IO[bytes], on_bytes: OnBytes
) -> int:
    """Everything into the tar; returns how many blobs."""
    blobs = [folder / BLOBS_NAME / key for key in keys]
    total = sum(_size(path) for path in blobs)
    done = packed = 0
    on_bytes(done, total)
    with tarfile.open(fileobj=file, mode="w") as tar:
        _add(tar, MANIFEST_NAME, io.BytesIO(_manifest(copy)))
        for path in blobs:
            try:
                with path.open("rb") as blob:
                    done += _add(tar, f"{BLOBS_NAME}/{path.name}", blob)
                    packed += 1
            except FileNotFoundError:
                # Gone since the snapshot: a row lets go of its blob first. So the snapshot lets go of it as well.
                _let_go(copy, path.name)
            on_bytes(done, total)
        with _snapshot_path(partial).open("rb") as database:
            _add(tar, DATABASE_NAME, database)
    return packed


def _add(tar: tarfile.TarFile, name: str, data: IO[bytes]) -> int:
    info = tarfile.TarInfo(name)
    info.size, info.mode = data.seek(0, os.SEEK_END), 0o600
    data.seek(0)
    tar.addfile(info, data)
    return info.size


def _manifest(copy: sqlite3.Connection) -> bytes:
    [revision] = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {"format": FORMAT, "pastiche": version("pastiche"), "revision": revision, "made_at": made_at}
    return json.dumps(facts, indent=1).encode()


def _blob_keys(database: sqlite3.Connection) -> list[str]:
    """Every blob that a row refers to."""
    questions = [f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL" for table, name in _blob_columns()]  # noqa: S608
    return sorted(key for (key,) in database.execute(" UNION ".join(questions)))


def _let_go(copy: sqlite3.Connection, key: str) -> None:
    for table, name in _blob_columns():
        copy.execute(f"UPDATE {table} SET {name} = NULL WHERE {name} = ?", [key])  # noqa: S608


def _blob_columns() -> list[tuple[str, str]]:
    return [(column.class_.__tablename__, column.key) for column in BLOB_COLUMNS]


def _clear_unfinished(folder: Path) -> None:
    """What a killed restore left: the database comes last, so without one the blobs are its own."""
    if (folder / WORKSHOP_NAME).exists() and not (folder / DATABASE_NAME).exists():
        shutil.rmtree(folder / BLOBS_NAME, ignore_errors=True)
        shutil.rmtree(folder / WORKSHOP_NAME)


def _unpack(file: Path, workshop: Path, on_bytes: OnBytes) -> None:
    """Nothing but what back_up() writes, and nowhere but into the workshop: the names in a tar may be anybody's."""
    total, done = file.stat().st_size, 0
    try:
        with tarfile.open(file, "r:") as tar:
            _check_manifest(file, tar)
            for member in tar:
                if member.name == MANIFEST_NAME:
                    continue
                blob = member.name.removeprefix(f"{BLOBS_NAME}/")
                ours = member.name == DATABASE_NAME or (blob != member.name and KEY.fullmatch(blob))
                if not member.isreg() or not ours:
                    raise OperatorError(f"{file} is no backup of ours: it holds {member.name!r}")
                _write(workshop / member.name, tar.extractfile(member))
                done += member.size
                on_bytes(done, total)
    except (tarfile.TarError, FileExistsError, EOFError) as error:
        raise OperatorError(f"{file} is no backup of ours, or only a part of one") from error


def _check_manifest(file: Path, tar: tarfile.TarFile) -> None:
    first = tar.next()
    try:
        if first is None or first.name != MANIFEST_NAME or not first.isreg() or first.size > MAX_MANIFEST_BYTES:
            raise ValueError("no manifest")
        made = tar.extractfile(first)
        assert made is not None  # it is a regular file
        facts: dict[str, Any] = json.load(made)
        newer = facts["format"] > FORMAT
    except (ValueError, KeyError, TypeError) as error:
        raise OperatorError(f"{file} is no backup of ours") from error
    if newer:
        raise OperatorError(f"{file} was made by Pastiche {facts.get('pastiche')}: install that one or a newer")


def _write(path: Path, data: IO[bytes] | None) -> None:
    assert data is not None  # only regular files come here
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        shutil.copyfileobj(data, out)


def _examine(file: Path, workshop: Path) -> Contents:
    """Whether what was unpacked is whole, and of a version that we understand."""
    database = workshop / DATABASE_NAME
    if not database.exists():
        raise OperatorError(f"{file} is only a part of a backup: the database is missing")
    with closing(_connect(database)) as connection:
        _check_integrity(connection, file)
        [jobs] = connection.execute("SELECT count(*) FROM jobs").fetchone()
        keys = set(_blob_keys(connection))
    try:
        refuse_newer(f"sqlite:///{database.resolve()}")
    except NewerSchema as error:
        raise OperatorError(f"{file}: {error}") from error
    there = {path.name for path in (workshop / BLOBS_NAME).iterdir()}
    if keys - there:
        raise OperatorError(f"{file} is damaged: {len(keys - there)} pictures are missing")
    return Contents(path=file, jobs=jobs, pictures=len(there), size_bytes=file.stat().st_size)


def _skip_numbers(database: Path) -> None:
    with closing(_connect(database)) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = seq + ?", [NUMBERS_SKIPPED])


def _check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != ("ok",):
        raise OperatorError(f"the database of {path} is damaged: {found[0]}")


def _connect(path: Path) -> sqlite3.Connection:
    # Never creates one. Read-only it must not be: a database in WAL mode could then not be opened after a clean end.
    address = f"{path.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S)


@contextmanager
def _told(failure: str) -> Iterator[None]:
    """What disk and database complain about, in one line."""
    try:
        yield
    except OSError as error:
        raise OperatorError(f"{failure} ({_reason(error)})") from error
    except sqlite3.Error as error:
        raise OperatorError(f"{failure} ({error})") from error


def _reason(error: OSError) -> str:
    return "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else (error.strerror or str(error)).lower()


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):  # swept while the backup is made
        return path.stat().st_size
    return 0


def _sync(folder: Path) -> None:
    """The new name must survive a loss of power as well as the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
