"""Files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pastiche.errors import OperatorError


def check_writable(path: Path) -> None:
    """Better now than after the painting."""
    try:
        if path.is_dir():
            raise OperatorError(f"{path} is a folder: give the name of a file")
        if not path.parent.is_dir():
            raise OperatorError(f"there is no folder {path.parent}")
        _open_draft(path).unlink()
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror or error}") from error


def _open_draft(path: Path) -> Path:
    """A new empty file beside the path; its short name fits wherever the path's own does."""
    handle, name = tempfile.mkstemp(prefix=".pastiche-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    return Path(name)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A draft beside the path that takes its place when it is complete: nobody ever sees half a file."""
    draft = _open_draft(path)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())  # mkstemp is stricter than what a user expects of a result
        draft.replace(path)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
