"""Pictures on the local disk, under random names."""

import asyncio
import logging
import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from jobs import faults
from jobs.errors import BlobMissing, BlobsAway

log = logging.getLogger(__name__)

KEY = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,8}")
SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
HALF_WRITTEN = ".part"


class LocalBlobs:
    """One folder, mode 0700, one file a blob, mode 0600. A blob is there completely or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._make_folder()

    async def put(self, data: bytes, suffix: str) -> str:
        """Keep the bytes; returns their key once file and name are on the disk. suffix: such as ".png".

        Raises BlobsAway.
        """
        if not SUFFIX.fullmatch(suffix):
            raise ValueError(f"not a suffix: {suffix!r}")
        key = secrets.token_hex(16) + suffix
        with _outages_named():
            await asyncio.to_thread(self._write, key, data)
        return key

    async def get(self, key: str) -> bytes:
        """The bytes of that key. Raises BlobMissing, or BlobsAway."""
        with _outages_named():
            return await asyncio.to_thread(self._read, key)

    async def delete(self, key: str) -> None:
        """Forget the bytes; nothing happens where they are gone already."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def sweep(self, known: Collection[str], older_than: datetime) -> int:
        """Delete what is not known and older than that, half-written files too; returns how many files went.

        Younger ones stay: a blob is written before the row that knows it is committed.
        """
        return await asyncio.to_thread(self._sweep, frozenset(known), older_than)

    def _path(self, key: str) -> Path:
        # A key that put() cannot have made names no blob; above all it never leads out of the folder.
        if not KEY.fullmatch(key):
            raise BlobMissing(key)
        return self._folder / key

    def _read(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(key) from error

    def _write(self, key: str, data: bytes) -> None:
        part = self._folder / (key + HALF_WRITTEN)
        self._make_folder()  # somebody may have tidied up
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            faults.hit("blob_written")
            part.rename(self._folder / key)
            faults.hit("blob_named")
            self._sync_folder()
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _make_folder(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _sync_folder(self) -> None:
        """The new name must survive a loss of power as well as the bytes."""
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _sweep(self, known: frozenset[str], older_than: datetime) -> int:
        gone = 0
        self._make_folder()
        for path in self._folder.iterdir():
            ours = KEY.fullmatch(path.name.removesuffix(HALF_WRITTEN)) is not None
            if ours and path.name not in known and _changed_at(path) < older_than:
                path.unlink(missing_ok=True)
                gone += 1
        return gone


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.error("blobs are away", extra={"reason": error.strerror})
        raise BlobsAway(error.errno, error.strerror) from error


def _changed_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # deleted meanwhile: nothing left to sweep
        return datetime.max.replace(tzinfo=UTC)
