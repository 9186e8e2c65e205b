"""Rows as they stand, without what a session costs: copies, which change nothing."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, select

from models.tables import Base
from models.trips import Prepared, Trip

Row = TypeVar("Row", bound=Base)


def copy_of(trip: Trip, table: type[Row], **key: Any) -> Row | None:
    """The row of that key; None where there is none. Its defaults are not made up: every column is as stored."""
    names = _names(table)
    row = trip.find(_find(table, tuple(key)), **{_KEY + name: value for name, value in key.items()})
    return table(**dict(zip(names, row, strict=True))) if row is not None else None


_KEY = "key_"


@cache
def _names(table: type[Base]) -> tuple[str, ...]:
    return tuple(table.__table__.columns.keys())


@cache
def _find(table: type[Base], key: tuple[str, ...]) -> Prepared:
    columns = {name: getattr(table, name) for name in _names(table)}
    wanted = [columns[name] == bindparam(_KEY + name, type_=columns[name].type) for name in key]
    return Prepared(select(*columns.values()).where(*wanted))
