"""Bytes of files, each under its own random id: names that people or bots give are never part of a path."""

import secrets
import shutil
import tempfile
import weakref
from collections.abc import Set
from pathlib import Path

from playground.errors import StateUnusable


class Shelf:
    """A folder of files. Without a state folder it is a temporary one that goes with the process."""

    def __init__(self, state_dir: Path | None) -> None:
        if state_dir is None:
            state_dir = Path(tempfile.mkdtemp(prefix="playground-"))
            weakref.finalize(self, shutil.rmtree, state_dir, ignore_errors=True)
        self.state_dir = state_dir
        self._files = state_dir / "files"
        try:
            state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._files.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StateUnusable(f"cannot write to {state_dir}: {error.strerror}") from error

    def put(self, data: bytes) -> str:
        """Keep these bytes; returns the id that finds them again."""
        file_id = secrets.token_hex(10)
        target = self.path(file_id)
        # Renamed into place: a kill in mid-write leaves no half file under an id.
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(data)
        unfinished.rename(target)
        return file_id

    def keep_only(self, file_ids: Set[str]) -> None:
        """Delete everything else, what an interrupted put() left included."""
        for path in self._files.iterdir():
            if path.name not in file_ids:
                path.unlink(missing_ok=True)

    def path(self, file_id: str) -> Path:
        """Where the bytes of an id lie; ids come from put() and from nowhere else."""
        return self._files / file_id
