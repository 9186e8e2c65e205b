"""The playground's memory on disk: one SQLite table of JSON records, so that a kill loses nothing that was answered."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playground.errors import StateUnusable

SCHEMA = "CREATE TABLE IF NOT EXISTS records (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"


class Journal:
    """Records by kind and key. Writes wait for commit(); one process at a time may hold the file."""

    def __init__(self, path: Path) -> None:
        try:
            # The event loop's thread is the only user, but not always the thread that opened the file.
            self._database = sqlite3.connect(path, timeout=0.2, check_same_thread=False)
            # Set before the first read: with it a second playground cannot open the same file.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            # The process may be killed at any time; the machine's loss of power is not our concern here.
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute(SCHEMA)
            self._database.commit()
        except sqlite3.Error as error:
            raise StateUnusable(f"cannot use {path}: {error}") from error

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        for (body,) in self._database.execute("SELECT body FROM records WHERE kind = ?", (kind,)):
            yield json.loads(body)

    def save(self, kind: str, key: str, body: dict[str, Any]) -> None:
        self._database.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (kind, key, json.dumps(body)))

    def drop(self, kind: str, key: str) -> None:
        self._database.execute("DELETE FROM records WHERE kind = ? AND key = ?", (kind, key))

    def commit(self) -> None:
        self._database.commit()

    def close(self) -> None:
        self._database.close()
