"""Where transactions come from: one connection that writes, a few that only read."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from models import driver
from models.errors import UnsupportedDatabase

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5000
READERS = 4
# How long a caller waits for the one write connection. Transactions last milliseconds: this long means an outage.
WRITER_WAIT_S = 30.0


class Database:
    """Two pools: one write connection (BEGIN IMMEDIATE) and read-only ones (query_only).

    With several writers and a deferred BEGIN, most read-then-write transactions end in "database is locked";
    with one writer that takes the lock first, none does.
    """

    def __init__(self, writer: AsyncEngine, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

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
        return cls(
            _sqlite_engine(url, begin="BEGIN IMMEDIATE", query_only=False, pool_size=1),
            _sqlite_engine(url, begin="BEGIN", query_only=True, pool_size=READERS),
        )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction that may write: commits at the end, undoes everything on an error.

        Never open one inside another, and never await the outside world in it: everybody else waits.
        """
        async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One consistent view of the database; nothing can be written through it."""
        async with AsyncSession(self._readers, expire_on_commit=False, autoflush=False) as session:
            yield session

    async def dispose(self) -> None:
        """Close every connection. Each has a thread of its own, which ends here."""
        await asyncio.shield(asyncio.gather(self._readers.dispose(), self._writer.dispose()))


def _sqlite_engine(url: str, *, begin: str, query_only: bool, pool_size: int) -> AsyncEngine:
    path = os.path.abspath(str(make_url(url).database))  # the working directory may be another when it connects
    # An error of the database is logged in full: what people wrote must not be part of it.
    database = create_async_engine(
        url,
        async_creator=lambda: driver.connect(path),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WRITER_WAIT_S,
        hide_parameters=True,
    )

    @event.listens_for(database.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, record: Any) -> None:
        # The driver would begin transactions by itself, deferred and only before the first write.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        if query_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(database.sync_engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return database
