"""Where transactions come from: one connection that writes, a few that only read."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self, TypeVar

from sqlalchemy import AsyncAdaptedQueuePool, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from models.driver import Reader, Writer
from models.errors import UnsupportedDatabase
from models.trips import Trip

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5000
READERS = 4
# How long a caller waits for the one write connection. Transactions last milliseconds: this long means an outage.
WRITER_WAIT_S = 30.0
AFTER_COMMIT = "after commit"

T = TypeVar("T")


@dataclass
class _Batch:
    """Transactions that become durable together. acts: what is to be done then"""

    writer: Writer
    settled: asyncio.Future[None]
    acts: list[Callable[[], None]] = field(default_factory=list)


class Database:
    """Two pools: one write connection (BEGIN IMMEDIATE) and read-only ones (query_only).

    With several writers and a deferred BEGIN, most read-then-write transactions end in "database is locked";
    with one writer that takes the lock first, none does. Waiting for the disk is what a commit costs: those who write
    at the same time wait for it together.
    """

    def __init__(self, path: str) -> None:
        self._path = os.path.abspath(path)  # the working directory may be another when it connects
        self._turn = asyncio.Lock()
        self._writer: Writer | None = None  # the one that the pool holds
        self._batch: _Batch | None = None
        self._settling: set[asyncio.Task[None]] = set()
        self._quick: Reader | None = None  # beside the pool, for read_at_once
        self._connecting = asyncio.Lock()
        self._writers = _engine(self._connect_writer, pool_size=1)
        self._readers = _engine(self._connect_reader, pool_size=READERS)

    @classmethod
    def open(cls, url: str) -> Self:
        """The database at that address, such as sqlite+aiosqlite:////data/pastiche.sqlite; connects on first use.

        Raises UnsupportedDatabase for anything but an SQLite file.
        """
        address = make_url(url)
        if address.drivername != "sqlite+aiosqlite" or address.database in (None, "", ":memory:"):
            # PostgreSQL enters here: one engine for both pools, none of the pragmas below.
            raise UnsupportedDatabase(f"not an SQLite file: {address.render_as_string(hide_password=True)}")
        log.info("database opened", extra={"path": address.database, "sqlite_version": sqlite3.sqlite_version})
        return cls(str(address.database))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction that may write: durable at the end, all undone on an error.

        Never open one inside another, and never await the outside world in it: everybody else waits.
        """
        async with self._having_turn():
            async with AsyncSession(self._writers, expire_on_commit=False) as session, session.begin():
                yield session
            if self._writer is None:  # nobody has asked anything so far: there is nothing to wait for
                _perform(_acts_of(session))
                return
            batch = self._join(self._writer, _acts_of(session))
        await asyncio.shield(batch.settled)

    async def write_at_once(self, work: Callable[[Trip], T]) -> T:
        """The same for a transaction that can do without us: it runs in the database's thread, to the end.

        Whoever is cancelled here does not know whether it was done.
        """
        async with self._having_turn():
            writer = await self._connected_writer()
            # Before it sets out: it is committed even where nobody waits for it any more.
            batch = self._join(writer)
            try:
                done = await writer.take(work)
            except sqlite3.Error as error:
                raise OperationalError(None, None, error) from error
        await asyncio.shield(batch.settled)
        return done

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One consistent view of the database; nothing can be written through it."""
        async with AsyncSession(self._readers, expire_on_commit=False, autoflush=False) as session:
            yield session

    async def read_at_once(self, work: Callable[[Trip], T]) -> T:
        """The same where all questions are one function: it runs in the database's thread.

        There is one thread for all of these: what may take long is asked with read().
        """
        async with self._connecting:
            if self._quick is None or not self._quick.is_open:
                self._quick = await self._connect_reader()
        try:
            return await self._quick.take(work)
        except sqlite3.Error as error:
            raise OperationalError(None, None, error) from error

    async def dispose(self) -> None:
        """Close every connection. Each has a thread of its own, which ends here."""
        await asyncio.gather(*self._settling)
        if self._quick is not None:
            await asyncio.shield(self._quick.close())
        await asyncio.shield(asyncio.gather(self._readers.dispose(), self._writers.dispose()))

    @asynccontextmanager
    async def _having_turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(WRITER_WAIT_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise NoConnection("somebody else writes for too long") from error
        try:
            yield
        finally:
            self._turn.release()

    async def _connected_writer(self) -> Writer:
        """The write connection, for whoever has the turn: nobody else has it, though the pool keeps it."""
        if self._writer is None or not self._writer.is_open:
            async with self._writers.connect():
                pass
        assert self._writer is not None  # the pool has asked for it
        return self._writer

    def _join(self, writer: Writer, acts: Iterable[Callable[[], None]] = ()) -> _Batch:
        """Those who wait for their turn already are still taken along: the commit stands behind them in line."""
        if self._batch is None or self._batch.writer is not writer:
            self._batch = _Batch(writer, asyncio.get_running_loop().create_future())
            task = asyncio.create_task(self._settle(self._batch))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)
        self._batch.acts += acts
        return self._batch

    async def _settle(self, batch: _Batch) -> None:
        async with self._turn:
            if self._batch is batch:
                self._batch = None
            try:
                await batch.writer.settle()
            except Exception as error:
                batch.settled.set_exception(OperationalError("COMMIT", None, error))
                batch.settled.exception()  # perhaps nobody waits any more
                return
        _perform(batch.acts)
        batch.settled.set_result(None)

    async def _connect_writer(self) -> Writer:
        self._writer = Writer(lambda: _open_file(self._path, query_only=False))
        await self._writer
        return self._writer

    async def _connect_reader(self) -> Reader:
        reader = Reader(lambda: _open_file(self._path, query_only=True))
        await reader
        return reader


async def at_once(session: AsyncSession, work: Callable[[Trip], T]) -> T:
    """Do it in a session's transaction, in one trip."""
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert isinstance(driver, Reader | Writer)  # ours
    try:
        return await driver.visit(work)
    except sqlite3.Error as error:
        raise OperationalError(None, None, error) from error


def after_commit(session: AsyncSession, act: Callable[[], None]) -> None:
    """Act once what the session's transaction does is durable; not at all where it is undone."""
    session.info.setdefault(AFTER_COMMIT, []).append(act)


def _acts_of(session: AsyncSession) -> list[Callable[[], None]]:
    acts: list[Callable[[], None]] = session.info.get(AFTER_COMMIT, [])
    return acts


def _perform(acts: Iterable[Callable[[], None]]) -> None:
    for act in acts:
        act()


def _engine(connect: Callable[[], object], *, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        "sqlite+aiosqlite://",
        async_creator=connect,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WRITER_WAIT_S,
        # An error of the database is logged in full: what people wrote must not be part of it.
        hide_parameters=True,
    )


def _open_file(path: str, *, query_only: bool) -> sqlite3.Connection:
    # In autocommit mode: the driver would begin transactions by itself, deferred and only before the first write.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    if query_only:
        connection.execute("PRAGMA query_only = ON")
    else:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    return connection
