"""The way to SQLite's thread, made short: one trip for a statement, its rows and, where it is the first, its BEGIN.

aiosqlite alone makes four trips for a statement and more for BEGIN. Under load these trips, and not the database, were
most of what an update cost.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import aiosqlite

from models.trips import Trip

CHUNK = 64
Work = Callable[[sqlite3.Cursor], None]
T = TypeVar("T")


class OneTrip(aiosqlite.Connection):
    """A connection that begins a transaction together with its first statement."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        """connector: opens it, in autocommit mode"""
        super().__init__(connector, CHUNK)
        self._thread.daemon = True
        self._used = False  # by whoever has it now

    def cursor(self) -> "OneTripCursor":  # type: ignore[override]  # SQLAlchemy enters what it gets
        """What runs statements."""
        return OneTripCursor(self)

    async def run(self, work: Work) -> None:
        """Do it in the thread, inside a transaction."""
        self._used = True
        await self._execute(self._run, work)  # type: ignore[no-untyped-call]

    async def visit(self, work: Callable[[Trip], T]) -> T:
        """Ask whatever is to be asked there, inside a transaction."""
        self._used = True
        found: T = await self._execute(self._visit, work)  # type: ignore[no-untyped-call]
        return found

    def _visit(self, work: Callable[[Trip], T]) -> T:
        self._enter()
        return work(Trip(self._conn))

    def _run(self, work: Work) -> None:
        self._enter()
        cursor = self._conn.cursor()
        try:
            work(cursor)
        finally:
            cursor.close()

    def _enter(self) -> None:
        raise NotImplementedError


class Reader(OneTrip):
    """A connection that only reads."""

    async def rollback(self) -> None:
        """End what was seen. Nobody waits for that: whoever comes next comes after it, in the thread's order."""
        if self._used:
            self._used = False
            self._tx.put_nowait((None, self._conn.rollback))

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return self._running and self._connection is not None

    async def take(self, work: Callable[[Trip], T]) -> T:
        """A user who comes and is through in one trip."""
        taken: T = await self._execute(self._take, work)  # type: ignore[no-untyped-call]
        return taken

    def _enter(self) -> None:
        if not self._conn.in_transaction:
            self._conn.execute("BEGIN")

    def _take(self, work: Callable[[Trip], T]) -> T:
        try:
            return self._visit(work)
        finally:
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")


class Writer(OneTrip):
    """A connection whose users, one after the other, share a transaction; settle() commits what all of them did.

    Where SQLite undoes the whole of it by itself, as on a full disk, everybody hears so from settle().
    """

    _mine = False  # whoever has it now has begun
    _others = 0  # those who are through, and wait for settle()
    _lost = False  # with their work
    _ended: asyncio.Future[None] | None = None

    async def commit(self) -> None:
        """Whoever has it is through; the rest is settle()."""
        self._used = False
        if self._mine:
            self._mine = False
            self._others += 1

    async def rollback(self) -> None:
        """Undo what whoever has it did, and nothing of the others."""
        if not self._used:
            return
        self._used = False
        # In the thread's order: a statement whose caller was cancelled may still be on its way there.
        await self._execute(self._undo)  # type: ignore[no-untyped-call]

    @property
    def is_open(self) -> bool:
        """Whether it can be used: it is neither closed, nor about to be, nor did it fail to open."""
        return self._running and self._connection is not None and self._ended is None

    async def take(self, work: Callable[[Trip], T]) -> T:
        """A user who comes and is through in one trip. It is done to the end even if the caller is cancelled."""
        taken: T = await self._execute(self._take, work)  # type: ignore[no-untyped-call]
        return taken

    async def settle(self) -> None:
        """Commit. Raises sqlite3.Error where that cannot be."""
        if self._ended is None:
            await self._execute(self._settle)  # type: ignore[no-untyped-call]
        else:
            await asyncio.shield(self._ended)

    async def close(self) -> None:
        """Close it; what others did is committed before: SQLAlchemy closes a connection whose user was cancelled."""
        self._part()
        await super().close()

    def stop(self) -> asyncio.Future[Any] | None:
        """The same, without waiting for it."""
        self._part()
        return super().stop()

    def _part(self) -> None:
        if self._ended is None and self._connection is not None:
            self._ended = asyncio.get_running_loop().create_future()
            self._ended.add_done_callback(lambda ended: ended.exception())  # perhaps nobody asks
            self._tx.put_nowait((self._ended, self._settle_others))

    def _enter(self) -> None:
        if self._mine and self._conn.in_transaction:
            return
        if self._mine or self._lost:
            raise sqlite3.OperationalError("the transaction was undone")
        self._conn.execute("SAVEPOINT mine" if self._conn.in_transaction else "BEGIN IMMEDIATE")
        self._mine = True

    def _take(self, work: Callable[[Trip], T]) -> T:
        try:
            self._enter()
            taken = work(Trip(self._conn))
        except BaseException:
            self._undo()
            raise
        self._mine = False
        self._others += 1
        return taken

    def _undo(self) -> None:
        if self._mine:
            self._mine = False
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK TO mine" if self._others else "ROLLBACK")
            else:
                self._lost = self._others > 0

    def _settle(self) -> None:
        others, lost, self._others, self._lost = self._others, self._lost, 0, False
        if others and (lost or not self._conn.in_transaction):
            raise sqlite3.OperationalError("the transaction was undone")
        try:
            self._conn.commit()
        except sqlite3.Error:
            self._conn.rollback()
            raise

    def _settle_others(self) -> None:
        self._undo()
        self._settle()


class OneTripCursor:
    """A statement and all its rows; nothing is left to close."""

    def __init__(self, connection: OneTrip) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "OneTripCursor":
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "OneTripCursor":
        """Run a statement and fetch what it answers."""
        await self._connection.run(lambda cursor: self._take(cursor.execute(sql, parameters)))
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> "OneTripCursor":
        """Run a statement for each of these."""
        await self._connection.run(lambda cursor: self._take(cursor.executemany(sql, parameters)))
        return self

    async def fetchall(self) -> list[Any]:
        """What was answered."""
        return self._rows

    async def close(self) -> None:
        """The thread has closed its own already."""

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
