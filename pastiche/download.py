"""Fetches a large file piece by piece: what has arrived stays, and the next try goes on from there."""

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path

import httpx

from engine.published import MIB
from pastiche.errors import OperatorError

TIMEOUT_S = 30.0
PAUSE_S = 1.0
# A download must leave others on the same disk, our own database perhaps, some room.
SPARE_BYTES = 32 * MIB

OnBytes = Callable[[int, int | None], None]


class Download:
    """One file on its way: `part` holds what has arrived, beside it a line that says of which version it is."""

    def __init__(self, url: str, part: Path) -> None:
        self._url = url
        self._host = httpx.URL(url).host
        self._part = part
        self._version_path = part.with_name(part.name + ".version")

    def fetch(self, sha256_begins: str, on_bytes: OnBytes) -> None:
        """Have the whole file in `part`, with a SHA-256 that begins like this; on_bytes hears of bytes had and total.

        A connection that breaks off is taken up again as long as every try brings something. Raises OperatorError;
        what has arrived then stays for the next time, unless it is wrong or the disk is full.
        """
        with self._alone() as file:
            if not _sha256(file).startswith(sha256_begins):
                self._fetch(file, on_bytes)
                self._check(file, sha256_begins)

    def discard(self) -> None:
        """Forget what has arrived."""
        self._part.unlink(missing_ok=True)
        self._version_path.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[BufferedRandom]:
        with self._part.open("a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OperatorError(f"{self._part.stem} is being fetched by another process") from None
            try:
                yield file
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    # Whoever else writes to that disk needs the room more.
                    self.discard()
                raise
            finally:
                if self._part.exists() and not self._part.stat().st_size:
                    self.discard()

    def _fetch(self, file: BufferedRandom, on_bytes: OnBytes) -> None:
        while True:
            had = _size(file)
            try:
                if self._go_on(file, had, on_bytes):
                    return
            except httpx.HTTPError as error:
                if _size(file) <= had:
                    raise self._broken_off(error, had) from error
                time.sleep(PAUSE_S)

    def _go_on(self, file: BufferedRandom, had: int, on_bytes: OnBytes) -> bool:
        """Receive what is missing; False where what we had turned out to be of no use and was dropped."""
        with httpx.stream(
            "GET", self._url, headers=self._headers(had), follow_redirects=True, timeout=TIMEOUT_S
        ) as got:
            if had and got.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                file.truncate(0)  # longer than the file that is there now: not the beginning of it
                return False
            if got.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                raise OperatorError(f"{self._host} answers {got.status_code} for {self._url}")
            if not _continues(got, had):
                had = 0
                file.truncate(0)
            self._remember_version(got)
            self._receive(got, file, had, on_bytes)
        return True

    def _receive(self, got: httpx.Response, file: BufferedRandom, had: int, on_bytes: OnBytes) -> None:
        length = got.headers.get("Content-Length")
        total = had + int(length) if length else None
        if total is not None and shutil.disk_usage(self._part.parent).free < total - had + SPARE_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._part))
        on_bytes(had, total)
        for piece in got.iter_raw():
            # As it comes: pieces of a fixed size would be held back, and lost with the connection.
            file.write(piece)
            file.flush()
            had += len(piece)
            on_bytes(had, total)

    def _headers(self, had: int) -> dict[str, str]:
        """Ask for the rest, but only of the very version that we have the beginning of."""
        plain = {"Accept-Encoding": "identity"}
        with suppress(OSError):  # no note of the version: begin anew
            version = self._version_path.read_text().strip()
            if had and version:
                return plain | {"Range": f"bytes={had}-", "If-Range": version}
        return plain

    def _remember_version(self, got: httpx.Response) -> None:
        etag: str = got.headers.get("ETag", "")
        # A weak one does not promise the same bytes.
        version = etag if etag and not etag.startswith("W/") else got.headers.get("Last-Modified", "")
        self._version_path.write_text(version)

    def _check(self, file: BufferedRandom, sha256_begins: str) -> None:
        found = _sha256(file)
        if not found.startswith(sha256_begins):
            self.discard()
            raise OperatorError(
                f"what {self._host} sent is not the published file: its SHA-256 begins with"
                f" {found[: len(sha256_begins)]} instead of {sha256_begins}; it was deleted"
            )

    def _broken_off(self, error: httpx.HTTPError, had: int) -> OperatorError:
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return OperatorError(
                f"{self._host} cannot be reached: this needs the network once (or PASTICHE_WEIGHTS_URL)"
            )
        arrived = f"after {had / MIB:.0f} MiB" if had else "before anything arrived"
        return OperatorError(f"the connection to {self._host} broke off {arrived}: run this again to go on from there")


def _continues(got: httpx.Response, had: int) -> bool:
    return got.status_code == httpx.codes.PARTIAL_CONTENT and got.headers.get("Content-Range", "").startswith(
        f"bytes {had}-"
    )


def _size(file: BufferedRandom) -> int:
    file.flush()
    return os.fstat(file.fileno()).st_size


def _sha256(file: BufferedRandom) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
