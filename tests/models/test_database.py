"""Transactions: who may write, what a failure leaves behind, and that nothing outlives dispose()."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models import updates
from models.database import Database, after_commit, at_once
from models.driver import Writer
from models.errors import UnsupportedDatabase
from models.tables import User
from models.trips import Prepared, Trip

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def a_person(number: int) -> Callable[[Trip], None]:
    """The work of making somebody's row."""
    return lambda trip: updates.note_person(trip, number, "x", None, NOW)


async def test_error_in_a_transaction_undoes_all_of_it(database: Database) -> None:
    async def fail_midway() -> None:
        async with database.write() as session:
            session.add(User(id=10, name="x", created_at=NOW))
            await session.flush()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await fail_midway()

    async with database.read() as session:
        assert await session.get(User, 10) is None


async def test_readers_cannot_write(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(OperationalError, match="readonly"):
            await at_once(session, a_person(10))


async def test_read_then_write_transactions_side_by_side_never_meet_a_lock(database: Database) -> None:
    async def read_then_write(number: int) -> None:
        async with database.write() as session:
            await session.get(User, number)
            session.add(User(id=number, name="x", created_at=NOW))

    await asyncio.gather(*(read_then_write(number) for number in range(50)))

    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM users")) == 50


async def test_cancelled_transaction_leaves_the_write_connection_usable(database: Database) -> None:
    inside = asyncio.Event()

    async def linger() -> None:
        async with database.write() as session:
            await at_once(session, a_person(10))
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(linger())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])

    await database.write_at_once(a_person(11))
    async with database.read() as session:
        assert list(await session.scalars(text("SELECT id FROM users"))) == [11]


async def test_transactions_of_the_same_time_wait_for_the_disk_together_and_fail_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits, told = count(), []
    settle = Writer.settle

    async def counted(writer: Writer) -> None:
        next(commits)
        await settle(writer)

    async def write(number: int) -> None:
        async with database.write() as session:
            session.add(User(id=number, name="x", created_at=NOW))
            await session.flush()
            after_commit(session, lambda: told.append(number))
            if number % 3 == 0:
                raise RuntimeError("after it wrote")

    monkeypatch.setattr(Writer, "settle", counted)

    ends = await asyncio.gather(*(write(number) for number in range(1, 31)), return_exceptions=True)

    async with database.read() as session:
        kept = list(await session.scalars(text("SELECT id FROM users ORDER BY id")))
    assert kept == told == [number for number in range(1, 31) if number % 3]
    assert sum(isinstance(end, RuntimeError) for end in ends) == 10
    assert next(commits) < 5


async def test_a_transaction_of_one_trip_is_undone_alone_where_it_fails(database: Database) -> None:
    def fail(trip: Trip) -> None:
        a_person(2)(trip)
        raise RuntimeError("after it wrote")

    async def write(number: int) -> None:
        async with database.write() as session:
            await at_once(session, a_person(number))

    ends = await asyncio.gather(
        write(1), database.write_at_once(fail), database.write_at_once(a_person(3)), return_exceptions=True
    )

    async with database.read() as session:
        assert list(await session.scalars(text("SELECT id FROM users ORDER BY id"))) == [1, 3]
    assert [type(end) for end in ends] == [type(None), RuntimeError, type(None)]


async def test_a_transaction_of_one_trip_is_kept_though_nobody_waits_for_it(database: Database) -> None:
    began, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def linger(trip: Trip) -> None:
        loop.call_soon_threadsafe(began.set)
        assert go_on.wait(20)
        a_person(1)(trip)

    task = asyncio.create_task(database.write_at_once(linger))
    await began.wait()
    task.cancel()
    await asyncio.wait([task])
    go_on.set()
    await database.write_at_once(a_person(2))

    async with database.read() as session:
        assert list(await session.scalars(text("SELECT id FROM users ORDER BY id"))) == [1, 2]


@pytest.mark.parametrize("is_used", [False, True], ids=["while it opens", "in a statement"])
async def test_a_transaction_of_one_trip_finds_its_way_after_the_connection_was_lost(
    database: Database, is_used: bool
) -> None:
    async def linger() -> None:
        async with database.write() as session:
            began.set()
            await session.execute(
                text("WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n LIMIT 99999) SELECT 1 FROM n")
            )

    began = asyncio.Event()
    # As after a migration: two that turn a new file to WAL at the same time lock each other out, without waiting.
    with closing(sqlite3.connect(database._path)) as file:
        file.execute("PRAGMA journal_mode = WAL")
    if is_used:
        await database.write_at_once(a_person(2))
    task = asyncio.create_task(linger())
    await began.wait()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await database.write_at_once(a_person(1))

    async with database.read() as session:
        assert 1 in list(await session.scalars(text("SELECT id FROM users")))


async def test_a_failing_statement_of_a_trip_is_told_as_any_other(database: Database) -> None:
    broken = Prepared(text("SELECT one FROM nowhere"))

    with pytest.raises(OperationalError, match="nowhere"):
        await database.write_at_once(lambda trip: trip.find(broken))

    async with database.read() as session:
        with pytest.raises(OperationalError, match="nowhere"):
            await at_once(session, lambda trip: trip.find(broken))


async def test_what_is_to_be_done_after_a_first_transaction_without_a_statement_is_done(tmp_path: Path) -> None:
    database, told = Database.open(f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite'}"), list[int]()

    async with database.write() as session:
        after_commit(session, lambda: told.append(1))

    await database.dispose()
    assert told == [1]


async def test_whoever_is_cancelled_in_the_middle_takes_nobody_along(database: Database) -> None:
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"
    inside = asyncio.Event()

    async def write(number: int) -> None:
        async with database.write() as session:
            session.add(User(id=number, name="x", created_at=NOW))
            await session.flush()
            if number == 2:
                asyncio.get_running_loop().call_soon(inside.set)
                await session.execute(text(slow))

    first, second = (asyncio.create_task(write(number)) for number in (1, 2))
    await inside.wait()
    second.cancel()
    ends = await asyncio.gather(first, second, return_exceptions=True)
    await write(3)

    async with database.read() as session:
        assert list(await session.scalars(text("SELECT id FROM users ORDER BY id"))) == [1, 3]
    assert (ends[0], type(ends[1])) == (None, asyncio.CancelledError)


async def test_a_commit_that_fails_is_told_to_all_who_waited_for_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(writer: Writer) -> None:
        writer._conn.rollback()
        raise sqlite3.OperationalError("database or disk is full")

    async def write(number: int) -> None:
        async with database.write() as session:
            session.add(User(id=number, name="x", created_at=NOW))
            await session.flush()

    monkeypatch.setattr(Writer, "_settle", fail)
    ends = await asyncio.gather(*map(write, (1, 2, 3)), return_exceptions=True)
    monkeypatch.undo()
    await write(4)

    async with database.read() as session:
        assert list(await session.scalars(text("SELECT id FROM users"))) == [4]
    assert [type(end) for end in ends] == [OperationalError] * 3


async def test_storage_rules_hold_on_every_connection(database: Database) -> None:
    async def pragma(name: str, *, writing: bool) -> object:
        async with database.write() if writing else database.read() as session:
            return await session.scalar(text(f"PRAGMA {name}"))

    assert await pragma("journal_mode", writing=True) == "wal"
    assert await pragma("synchronous", writing=True) == 2
    for writing in (True, False):
        assert await pragma("foreign_keys", writing=writing) == 1
        assert await pragma("busy_timeout", writing=writing) == 5000
    assert await pragma("query_only", writing=False) == 1


async def test_dispose_ends_every_thread_of_the_database(database: Database) -> None:
    before = threading.active_count()
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
    async with database.read() as session:
        await session.execute(text("SELECT 1"))
    while_open = threading.active_count()

    await database.dispose()

    async with asyncio.timeout(30):
        while threading.active_count() > before:  # noqa: ASYNC110 - a thread that ends rings no bell
            await asyncio.sleep(0.01)
    assert while_open == before + 2


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "postgresql+psycopg://u:secret@host/db", "sqlite:///x"])
def test_other_databases_are_turned_down_without_their_password(url: str) -> None:
    with pytest.raises(UnsupportedDatabase) as caught:
        Database.open(url)

    assert "secret" not in str(caught.value)
