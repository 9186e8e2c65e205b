"""A fresh database for every test of the tables."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.database import Database
from models.upgrade import upgrade_now


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'pastiche.sqlite'}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A database with all its tables."""
    upgrade_now(url)
    database = Database.open(url)
    yield database
    await database.dispose()
