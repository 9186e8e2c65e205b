"""Rows for whatever tables there are: found by looking at the database, so that no revision is forgotten."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, DateTime, Float, Integer, MetaData, String, Table

START = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - as SQLite keeps it
BOOKKEEPING = "alembic_version"
# Where rules tie columns together: of a job's two kinds of style one is set and the other is not.
TIED: dict[tuple[str, str], Any] = {("jobs", "preset"): {"full": None, "bare": "ink-wash"}}

# What may be missing today and had to be there before: going down leaves such rows out.
ALWAYS = {("jobs", "content_picture_id")}

Rows = dict[str, list[dict[str, Any]]]


def seed(connection: Connection, number: int) -> None:
    """Two more rows in every table: number with every column set, and the next one with what must be there."""
    for table in _tables(connection).sorted_tables:
        connection.execute(table.insert().values(_row(table, number, "full")))
        connection.execute(table.insert().values(_row(table, number + 1, "bare")))


def contents(connection: Connection) -> Rows:
    """Every row of every table, as SQLite has it: by the tables' types it would take several times as long."""
    tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
    names = [name for name in tables if name != BOOKKEEPING and not name.startswith("sqlite_")]
    return {name: _rows(connection, name) for name in names}


def _rows(connection: Connection, name: str) -> list[dict[str, Any]]:
    columns = connection.exec_driver_sql(f'PRAGMA table_info("{name}")').mappings()
    key = ", ".join(f'"{column["name"]}"' for column in columns if column["pk"])
    found = connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY {key}').mappings()
    return [dict(row) for row in found]


def kept(before: Rows, after: Rows) -> bool:
    """Whether what both know is the same: rows of tables, columns of rows."""
    for name in before.keys() & after.keys():
        pairs = zip(before[name], after[name], strict=True)
        if any(old[column] != new[column] for old, new in pairs for column in old.keys() & new.keys()):
            return False
    return True


def _tables(connection: Connection) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != BOOKKEEPING)
    return metadata


def _row(table: Table, number: int, how: str) -> dict[str, Any]:
    row = {}
    for column in table.columns:
        if (table.name, column.name) in TIED:
            row[column.name] = TIED[table.name, column.name][how]
        elif how == "full" or (table.name, column.name) in ALWAYS or not (column.nullable or column.server_default):
            row[column.name] = _value(column, number)
    return row


def _value(column: Column[Any], number: int) -> Any:
    """Something of the column's kind. Rows refer to those of their own number."""
    kinds: dict[type, Any] = {
        Boolean: True,
        Integer: number,
        Float: number / 4,
        DateTime: START + timedelta(days=number),
        JSON: {"number": number},
        String: f"{column.name} {number}"[: getattr(column.type, "length", None)],
    }
    return next(value for kind, value in kinds.items() if isinstance(column.type, kind))
