"""Bring the tables up to date, from wherever the program was started."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from models.errors import NewerSchema


async def upgrade(url: str) -> None:
    """Run all migrations the database at url lacks; creates it where it is missing.

    Raises NewerSchema where a newer version of the program has been here.
    """
    await asyncio.to_thread(upgrade_now, url)


def upgrade_now(url: str) -> None:
    """As upgrade, for callers without an event loop."""
    refuse_newer(url)
    command.upgrade(make_config(url), "head")


def refuse_newer(url: str) -> None:
    """Raises NewerSchema where the database at url knows revisions that we do not."""
    known = {script.revision for script in ScriptDirectory.from_config(make_config(url)).walk_revisions()}
    database = create_engine(blocking_url(url), poolclass=NullPool)
    with database.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    unknown = [revision for revision in present if revision not in known]
    if unknown:
        raise NewerSchema(f"the database was changed by a newer version (revision {unknown[0]}): install that one")


def make_config(url: str) -> Config:
    """Alembic's settings in code: users have no alembic.ini, and the working directory may be anywhere."""
    # Found by name, not imported: models knows nobody.
    spec = find_spec("migrations")
    assert spec is not None
    assert spec.origin is not None
    config = Config()
    config.set_main_option("script_location", str(Path(spec.origin).parent).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def blocking_url(url: str) -> str:
    """The same database through the driver that needs no event loop."""
    address = make_url(url)
    return address.set(drivername=address.get_backend_name()).render_as_string(hide_password=False)
