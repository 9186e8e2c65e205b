"""Alembic's entry: runs the revisions in one transaction each time.

The database comes from models.upgrade, or from the command line: alembic -x url=sqlite:///file …
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

from models.tables import Base, UtcDateTime
from models.upgrade import blocking_url

BUSY_TIMEOUT_MS = 5000


def database_url() -> str:
    """Where to run: given by the program, or by -x url=… on the command line."""
    given = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get("url")
    if not given:
        raise SystemExit("which database? alembic -x url=sqlite:///file …")
    return str(given)


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own types are written as what they are in the database, since revisions import nothing of ours."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


def prepare(connection: DBAPIConnection, record: Any) -> None:
    """Take transactions over from the driver, which would leave changes of tables outside them."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    # Batch mode copies a table and drops the old one, which would empty every table that refers to it.
    # The pragma is without effect inside a transaction, so it comes before BEGIN.
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()


def begin_transaction(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def check_references(connection: Connection) -> None:
    """Nothing watched the references during the revisions: look now, while all of it can still be undone."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the revisions left {len(broken)} broken references, first {tuple(broken[0])}")


def run() -> None:
    database = create_engine(blocking_url(database_url()), poolclass=NullPool)
    on_sqlite = database.dialect.name == "sqlite"
    if on_sqlite:
        event.listen(database, "connect", prepare)
        event.listen(database, "begin", begin_transaction)
    with database.begin() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            transactional_ddl=True,
        )
        context.run_migrations()
        if on_sqlite:
            check_references(connection)


run()
