"""A plug-in of the suite: every statement is compiled once for all tests, as in the life of one product.

SQLAlchemy remembers compiled statements database by database, and each test has one of its own: compiling them anew
took a third of the time of all tests of the bot.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@contextmanager
def compiled_once() -> Iterator[None]:
    """One memory for all databases: their dialects are alike."""
    from sqlalchemy import Connection, Engine, event
    from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite as Dialect

    compiled: dict[Any, Any] = {}

    def share(connection: Connection) -> None:
        if isinstance(connection.dialect, Dialect):
            connection.execution_options(compiled_cache=compiled)

    with pytest.MonkeyPatch.context() as patch:
        # A compiled statement is found by its dialect and its words.
        patch.setattr(Dialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(Dialect, "__hash__", lambda one: hash(type(one)))
        event.listen(Engine, "engine_connect", share)
        yield
        event.remove(Engine, "engine_connect", share)
