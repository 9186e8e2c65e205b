"""A fresh database for every test of the tables."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.database import Database


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'pastiche.sqlite'}"


@pytest.fixture
async def database(url: str, tmp_path: Path, empty_database: Path) -> AsyncIterator[Database]:
    """A database with all its tables."""
    shutil.copy(empty_database, tmp_path)
    database = Database.open(url)
    yield database
    await database.dispose()
