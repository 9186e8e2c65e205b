"""SQLite on a thread of its own, each statement in one visit there.

aiosqlite makes four: for a cursor, for the statement, for its rows, and to close. A visit wakes one thread and then
the other, which takes longer than most of our statements do.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite

ROWS_AT_ONCE = 64  # aiosqlite's own, for what is read piece by piece: nothing here is


class Connection(aiosqlite.Connection):
    """aiosqlite's, with cursors that bring everything along at once."""

    def cursor(self) -> "Cursor":  # type: ignore[override]
        """No visit yet."""
        return Cursor(self)

    async def visit(self, do: Callable[[sqlite3.Cursor], None]) -> None:
        """On the thread, with a cursor that is closed again."""

        def there() -> None:
            assert self._connection is not None  # _execute has seen to it
            cursor = self._connection.cursor()
            try:
                do(cursor)
            finally:
                cursor.close()

        await self._execute(there)  # type: ignore[no-untyped-call]


class Cursor:
    """As much of a cursor as SQLAlchemy's adapter asks for. There is nothing to open and nothing to close."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute, and bring all rows along."""
        await self._connection.visit(lambda cursor: self._keep(cursor.execute(sql, parameters)))
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Execute once for each."""
        await self._connection.visit(lambda cursor: self._keep(cursor.executemany(sql, parameters)))
        return self

    async def fetchall(self) -> list[Any]:
        """What was brought along."""
        return self._rows

    async def close(self) -> None:
        """It was open for a moment only."""

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall()  # first: a statement that returns rows has changed them all only then
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid


def connect(path: str) -> Connection:
    """A connection to be awaited. Its thread does not keep the process alive."""
    # Whoever closes the last reference to a connection may be on another thread.
    made = Connection(lambda: sqlite3.connect(path, check_same_thread=False), ROWS_AT_ONCE)
    made._thread.daemon = True
    return made
