"""An operator's mistake is one line on standard error and exit code 2, never a traceback."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.stage import TOKEN, Stage


def run_pastiche(*arguments: str, **env: str) -> tuple[int, str]:
    """Exit code and standard error of a pastiche command that is expected to end by itself."""
    done = subprocess.run(
        [sys.executable, "-m", "pastiche", *arguments],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


def assert_one_line(outcome: tuple[int, str], *words: str) -> None:
    code, errors = outcome
    [line] = errors.strip().splitlines()
    assert code == 2
    for word in words:
        assert word in line


def test_a_bad_token(stage: Stage, tmp_path: Path) -> None:
    outcome = run_pastiche(
        "run",
        TELEGRAM_BOT_TOKEN="not-a-token",
        PASTICHE_TELEGRAM_API_URL=stage.url,
        PASTICHE_DATA_DIR=str(tmp_path / "data"),
        PASTICHE_LOG_LEVEL="error",
    )

    assert_one_line(outcome, "TELEGRAM_BOT_TOKEN")
    assert "not-a-token" not in outcome[1]


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        outcome = run_pastiche(
            "run", PASTICHE_PLAYGROUND_PORT=port, PASTICHE_DATA_DIR=str(tmp_path / "data"), TELEGRAM_BOT_TOKEN=""
        )

    assert_one_line(outcome, port, "PASTICHE_PLAYGROUND_PORT")


def test_no_token_and_no_playground(tmp_path: Path) -> None:
    outcome = run_pastiche(
        "run", PASTICHE_PLAYGROUND="false", PASTICHE_DATA_DIR=str(tmp_path / "data"), TELEGRAM_BOT_TOKEN=""
    )

    assert_one_line(outcome, "TELEGRAM_BOT_TOKEN")


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")

    outcome = run_pastiche("run", PASTICHE_DATA_DIR=str(tmp_path / "data"), TELEGRAM_BOT_TOKEN="")

    assert_one_line(outcome, "PASTICHE_DATA_DIR")


def test_a_data_folder_in_use(stage: Stage) -> None:
    bot = stage.start_bot()
    bot.wait_for_line("ready")

    outcome = run_pastiche("run", PASTICHE_DATA_DIR=str(stage.folder / "data"), TELEGRAM_BOT_TOKEN=TOKEN)

    assert_one_line(outcome, str(bot.process.pid), "PASTICHE_DATA_DIR")


def test_a_database_from_a_newer_version(tmp_path: Path) -> None:
    assert run_pastiche("migrate", PASTICHE_DATA_DIR=str(tmp_path / "data"))[0] == 0
    [database] = (tmp_path / "data").glob("*.db")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'f00dfeed'")
    connection.close()

    outcome = run_pastiche("run", PASTICHE_DATA_DIR=str(tmp_path / "data"), TELEGRAM_BOT_TOKEN="")

    assert_one_line(outcome, "newer")


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "pastiche.db").write_text("this is no database")

    outcome = run_pastiche("run", PASTICHE_DATA_DIR=str(tmp_path), TELEGRAM_BOT_TOKEN="")

    assert_one_line(outcome, "pastiche.db", "restore")


def test_a_setting_out_of_range_is_named(tmp_path: Path) -> None:
    outcome = run_pastiche("run", PASTICHE_ADMIN_IDS="ada", PASTICHE_DATA_DIR=str(tmp_path / "data"))

    assert_one_line(outcome, "PASTICHE_ADMIN_IDS")
