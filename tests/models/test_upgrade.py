"""Migrations: up, down, up again with rows in the tables; nothing left to generate; newer schemas are refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.pool import NullPool

from models.errors import NewerSchema
from models.tables import Base
from models.upgrade import blocking_url, make_config, upgrade, upgrade_now

TIME = "2026-01-02 03:04:05.000000"
ROWS_OF_0001 = f"""
INSERT INTO users (id, name, created_at) VALUES (1, 'Ann', '{TIME}');
INSERT INTO chats (id, kind, created_at) VALUES (1, 'private', '{TIME}');
INSERT INTO pictures (id, user_id, chat_id, message_id, file_id, file_unique_id, width_px, height_px, size_bytes,
    blob_key, created_at) VALUES (3, 1, 1, 1, 'f', 'u', 9, 9, 9, 'k.png', '{TIME}');
INSERT INTO drafts (chat_id, user_id, content_picture_id, updated_at) VALUES (1, 1, 3, '{TIME}');
INSERT INTO jobs (id, idem_key, user_id, chat_id, lane, state, attempt, deaths, interruptions, content_picture_id,
    preset, spec, step, steps, stage, created_at)
    VALUES (5, 'wish', 1, 1, 'hq', 'done', 1, 0, 0, 3, 'ink-wash', '{{}}', 0, 0, '', '{TIME}');
INSERT INTO deliveries (job_id, created_at, attempts, next_try_at, message_id) VALUES (5, '{TIME}', 0, '{TIME}', 77);
"""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    with create_engine(blocking_url(url), poolclass=NullPool).connect() as connection:
        yield connection


def test_there_is_exactly_one_head(url: str) -> None:
    assert len(ScriptDirectory.from_config(make_config(url)).get_heads()) == 1


def test_migrations_leave_nothing_to_generate(url: str) -> None:
    upgrade_now(url)

    with connected(url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_names_of_constraints_follow_the_convention(url: str) -> None:
    upgrade_now(url)

    with connected(url) as connection:
        checks = inspect(connection).get_check_constraints("jobs")
    assert [check["name"] for check in checks] == ["ck_jobs_one_style"]


async def test_upgrade_works_inside_a_running_event_loop_and_twice(url: str) -> None:
    await upgrade(url)
    await upgrade(url)

    with connected(url) as connection:
        assert "jobs" in inspect(connection).get_table_names()


def test_up_down_up_with_rows(url: str, tmp_path: Path) -> None:
    upgrade_now(url)
    with closing(sqlite3.connect(tmp_path / "pastiche.sqlite")) as rows:
        rows.execute("INSERT INTO users (id, name, created_at) VALUES (1, 'Ann', ?)", [TIME])
        rows.execute("INSERT INTO chats (id, kind, created_at) VALUES (1, 'private', ?)", [TIME])
        rows.execute(
            "INSERT INTO pictures (user_id, chat_id, message_id, file_id, file_unique_id, width_px, height_px,"
            " size_bytes, created_at) VALUES (1, 1, 1, 'f', 'u', 9, 9, 9, ?)",
            [TIME],
        )
        rows.commit()

    command.downgrade(make_config(url), "base")
    with connected(url) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    upgrade_now(url)

    with connected(url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_topics_and_files_come_and_go_and_the_rows_stay(url: str, tmp_path: Path) -> None:
    config, path = make_config(url), tmp_path / "pastiche.sqlite"
    command.upgrade(config, "0001")
    with closing(sqlite3.connect(path)) as rows:
        rows.executescript(ROWS_OF_0001)

    command.upgrade(config, "0002")
    with closing(sqlite3.connect(path)) as rows:
        rows.execute("UPDATE jobs SET thread_id = 7")
        rows.commit()
        kept = rows.execute("SELECT as_file, blob_key FROM pictures").fetchall()
    command.downgrade(config, "0001")
    command.upgrade(config, "0002")

    with closing(sqlite3.connect(path)) as rows:
        jobs = rows.execute("SELECT id, idem_key, thread_id FROM jobs").fetchall()
        deliveries = rows.execute("SELECT job_id, message_id, sending_at FROM deliveries").fetchall()
        tables = dict(rows.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    assert kept == [(0, "k.png")]
    assert (jobs, deliveries) == ([(5, "wish", None)], [(5, 77, None)])
    assert all("AUTOINCREMENT" in tables[name] for name in ("jobs", "pictures"))


def test_failed_revision_leaves_the_database_as_it_was(url: str, tmp_path: Path) -> None:
    upgrade_now(url)
    # A reference that leads nowhere: env.py finds it after the revisions and undoes them.
    with closing(sqlite3.connect(tmp_path / "pastiche.sqlite")) as rows:
        rows.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        rows.execute("CREATE TABLE children (parent_id INTEGER REFERENCES parents (id))")
        rows.execute("INSERT INTO children VALUES (404)")
        rows.commit()

    with pytest.raises(RuntimeError, match="broken references"):
        command.downgrade(make_config(url), "base")

    with connected(url) as connection:
        assert "jobs" in inspect(connection).get_table_names()


def test_database_of_a_newer_version_is_refused(url: str, tmp_path: Path) -> None:
    upgrade_now(url)
    with closing(sqlite3.connect(tmp_path / "pastiche.sqlite")) as rows:
        rows.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
        rows.commit()

    with pytest.raises(NewerSchema, match="from_the_future"):
        upgrade_now(url)
