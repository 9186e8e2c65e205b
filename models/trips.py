"""Statements that every update asks, compiled once, and run where the database's thread is.

SQLAlchemy takes longer to hand a statement over than SQLite to answer it. Where that is felt, a whole transaction is a
function of a Trip: it goes to the thread once, however much it asks there.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import ClauseElement, Select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
_DIALECT = sqlite_dialect(paramstyle="qmark")


class Prepared:
    """A statement with its values left open: each is a bindparam() of the name it is given by."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)  # what asks or changes rows, not tables
        self.sql = str(compiled)
        self._set = dict(compiled.params)
        self._names = tuple(compiled.positiontup or ())
        self._on_the_way_in = {name: convert for name in self._names if (convert := _in(compiled.binds[name].type))}
        kinds = [column.type for column in statement.selected_columns] if isinstance(statement, Select) else []
        self._on_the_way_out = {place: convert for place, kind in enumerate(kinds) if (convert := _out(kind))}

    def values(self, given: dict[str, Any]) -> list[Any]:
        """What the statement is run with, in order."""
        values = self._set | given
        for name, convert in self._on_the_way_in.items():
            values[name] = convert(values[name])
        return [values[name] for name in self._names]

    def row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row as it is meant."""
        if not self._on_the_way_out:
            return row
        converts = self._on_the_way_out
        return tuple(converts[place](value) if place in converts else value for place, value in enumerate(row))


class Trip:
    """What a transaction may do while it is there. Raises sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def change(self, statement: Prepared, **values: Any) -> int:
        """Run a statement; how many rows it changed."""
        return self._connection.execute(statement.sql, statement.values(values)).rowcount

    def find(self, statement: Prepared, **values: Any) -> tuple[Any, ...] | None:
        """The first row of what a statement finds."""
        row = self._connection.execute(statement.sql, statement.values(values)).fetchone()
        return statement.row(row) if row is not None else None

    def find_all(self, statement: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of what a statement finds."""
        return [statement.row(row) for row in self._connection.execute(statement.sql, statement.values(values))]


def _in(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _out(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
