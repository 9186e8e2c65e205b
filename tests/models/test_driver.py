"""What a statement costs and brings: one visit to the connection's thread."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.database import Database
from models.driver import OneTrip, Writer


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of whatever is done on threads of connections."""
    done: list[str] = []
    plain = OneTrip._execute

    async def noted(self: OneTrip, function: Any, *arguments: Any, **named: Any) -> Any:
        done.append(function.__name__)
        return await plain(self, function, *arguments, **named)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(OneTrip, "_execute", noted)
    return done


async def test_a_transaction_visits_its_thread_once_for_each_statement(database: Database, visits: list[str]) -> None:
    for transaction in (database.write(), database.read()):
        async with transaction as session:
            await session.execute(text("SELECT 1"))
    visits.clear()

    async with database.write() as session:
        two = (await session.scalars(text("SELECT 1 UNION SELECT 2"))).all()
    async with database.read() as session:
        await session.scalar(text("SELECT 1"))

    assert two == [1, 2]
    assert visits == ["_run", "_settle", "_run"]  # BEGIN goes along; the end of what only read is not waited for


async def test_rows_counts_and_numbers_are_those_of_the_statement(tmp_path: Path) -> None:
    connection = Writer(lambda: sqlite3.connect(tmp_path / "plain.db", isolation_level=None, check_same_thread=False))
    await connection
    await connection.cursor().execute("CREATE TABLE words (word TEXT)")

    many = await connection.cursor().executemany("INSERT INTO words VALUES (?)", [("a",), ("b",)])
    changed = await connection.cursor().execute("UPDATE words SET word = word || '!' RETURNING word")

    assert (many.rowcount, many.description, await many.fetchall()) == (2, None, [])
    assert (changed.rowcount, changed.description[0][0]) == (2, "word")
    assert await changed.fetchall() == [("a!",), ("b!",)]
    await connection.close()
