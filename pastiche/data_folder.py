"""The folder that holds database and blobs: private, and held by one process at a time."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pastiche.errors import OperatorError

LOCK_NAME = "lock"


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Create the folder (mode 0700) and hold its exclusive lock; raises OperatorError where that cannot be.

    The kernel drops the lock with the process, however it ends: nothing has to be cleaned up after kill -9.
    """
    _create(folder)
    lock = _open_lock(folder)
    # What is made inside is private too, should somebody copy it elsewhere.
    umask = os.umask(0o077)
    try:
        _lock_or_say_who(lock, folder)
        _write_pid(lock, folder)
        yield folder
    finally:
        os.umask(umask)
        os.close(lock)


def holder_of(folder: Path) -> str | None:
    """The process id of whoever holds the folder now; None where nobody does. Raises OSError."""
    try:
        lock = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return _read_holder(lock)
    finally:
        os.close(lock)


def _create(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & stat.S_IWOTH:  # /tmp made private would bring the machine down
            raise OperatorError(
                f"the data folder {folder} belongs to everybody: set PASTICHE_DATA_DIR to one of its own"
            )
        folder.chmod(0o700)
    except OSError as error:
        raise OperatorError(_unusable(folder, error)) from error


def _open_lock(folder: Path) -> int:
    try:
        return os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OperatorError(_unusable(folder, error)) from error


def _unusable(folder: Path, error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"the data folder {folder} cannot be used ({reason}): make it writable or set PASTICHE_DATA_DIR"


def _lock_or_say_who(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = _read_holder(lock)
        raise OperatorError(
            f"the data folder {folder} is in use by process {pid}: stop that one or set another PASTICHE_DATA_DIR"
        ) from None


def _write_pid(lock: int, folder: Path) -> None:
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:  # the disk is full
        raise OperatorError(_unusable(folder, error)) from error


def _read_holder(lock: int) -> str:
    return os.pread(lock, 32, 0).decode(errors="replace").strip() or "unknown"
