"""What a statement costs and brings: one visit to the connection's thread."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.database import Database
from models.driver import Connection, connect


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of whatever is done on threads of connections."""
    done: list[str] = []
    plain = Connection._execute

    async def noted(self: Connection, function: Any, *arguments: Any, **named: Any) -> Any:
        done.append(function.__name__)
        return await plain(self, function, *arguments, **named)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(Connection, "_execute", noted)
    return done


async def test_a_transaction_visits_its_thread_once_for_each_statement(database: Database, visits: list[str]) -> None:
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
    visits.clear()

    async with database.write() as session:
        two = (await session.scalars(text("SELECT 1 UNION SELECT 2"))).all()

    assert two == [1, 2]
    assert visits == ["there", "there", "commit", "rollback"]  # BEGIN and SELECT; the pool makes sure it is over


async def test_rows_counts_and_numbers_are_those_of_the_statement(tmp_path: Path) -> None:
    connection = connect(str(tmp_path / "plain.db"))
    await connection
    await connection.cursor().execute("CREATE TABLE words (word TEXT)")

    many = await connection.cursor().executemany("INSERT INTO words VALUES (?)", [("a",), ("b",)])
    changed = await connection.cursor().execute("UPDATE words SET word = word || '!' RETURNING word")

    assert (many.rowcount, many.description, await many.fetchall()) == (2, None, [])
    assert (changed.rowcount, changed.description[0][0]) == (2, "word")
    assert await changed.fetchall() == [("a!",), ("b!",)]
    await connection.close()
