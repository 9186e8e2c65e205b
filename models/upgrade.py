"""Bring the tables up to date, from wherever the program was started.

Most starts find them so: Alembic, a quarter of the libraries of a start, is loaded where there is something to do.
"""

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

from models.errors import NewerSchema

if TYPE_CHECKING:
    from alembic.config import Config


async def upgrade(url: str) -> None:
    """Run all migrations the database at url lacks; creates it where it is missing.

    Raises NewerSchema where a newer version of the program has been here.
    """
    await asyncio.to_thread(upgrade_now, url)


def upgrade_now(url: str) -> None:
    """As upgrade, for callers without an event loop."""
    if refuse_newer(url) != revisions()[-1]:
        from alembic import command

        command.upgrade(make_config(url), "head")


def refuse_newer(url: str) -> str | None:
    """The revision of the database at url, None where it has no tables yet.

    Raises NewerSchema where it is none that we know.
    """
    database = create_engine(blocking_url(url), poolclass=NullPool)
    with database.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        present = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if present is not None and present not in revisions():
        raise NewerSchema(f"the database was changed by a newer version (revision {present}): install that one")
    return present


def revisions() -> list[str]:
    """From the first to the last: what the names of their files begin with."""
    return sorted(path.name.partition("_")[0] for path in (_migrations() / "versions").glob("[0-9]*.py"))


def make_config(url: str) -> "Config":
    """Alembic's settings in code: users have no alembic.ini, and the working directory may be anywhere."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_migrations()).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def blocking_url(url: str) -> str:
    """The same database through the driver that needs no event loop."""
    address = make_url(url)
    return address.set(drivername=address.get_backend_name()).render_as_string(hide_password=False)


def _migrations() -> Path:
    # Found by name, not imported: models knows nobody.
    spec = find_spec("migrations")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
