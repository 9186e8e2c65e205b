"""An operator's mistake is one line on standard error and exit code 2, never a traceback."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pastiche.cli import main
from pastiche.data_folder import held
from tests.end_to_end.stage import TOKEN
from tests.playground.helpers import served

Outcome = tuple[int, str]
RunPastiche = Callable[..., Outcome]


@pytest.fixture
def run_pastiche(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], log_as_before: None
) -> RunPastiche:
    """Exit code and standard error of a command that is expected to end by itself, run in this process."""

    def run(*arguments: str, **env: str) -> Outcome:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["pastiche", *arguments])
        with pytest.raises(SystemExit) as ending:
            main()
        return int(ending.value.code or 0), capsys.readouterr().err

    return run


def assert_one_line(outcome: Outcome, *words: str) -> None:
    code, errors = outcome
    [line] = errors.strip().splitlines()
    assert code == 2
    for word in words:
        assert word in line


def test_a_bad_token(run_pastiche: RunPastiche, tmp_path: Path) -> None:
    with served() as url:
        outcome = run_pastiche(
            "run",
            TELEGRAM_BOT_TOKEN="not-a-token",
            PASTICHE_TELEGRAM_API_URL=url,
            PASTICHE_DATA_DIR=str(tmp_path / "data"),
            PASTICHE_LOG_LEVEL="error",
        )

    assert_one_line(outcome, "TELEGRAM_BOT_TOKEN")
    assert "not-a-token" not in outcome[1]


def test_a_taken_port(run_pastiche: RunPastiche, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        outcome = run_pastiche(
            "run", PASTICHE_PLAYGROUND_PORT=port, PASTICHE_DATA_DIR=str(tmp_path / "data"), TELEGRAM_BOT_TOKEN=""
        )

    assert_one_line(outcome, port, "PASTICHE_PLAYGROUND_PORT")


def test_no_token_and_no_playground(run_pastiche: RunPastiche, tmp_path: Path) -> None:
    outcome = run_pastiche(
        "run", PASTICHE_PLAYGROUND="false", PASTICHE_DATA_DIR=str(tmp_path / "data"), TELEGRAM_BOT_TOKEN=""
    )

    assert_one_line(outcome, "TELEGRAM_BOT_TOKEN")


def test_a_data_folder_that_cannot_be_written(run_pastiche: RunPastiche, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")

    outcome = run_pastiche("run", PASTICHE_DATA_DIR=str(tmp_path / "data"), TELEGRAM_BOT_TOKEN="")

    assert_one_line(outcome, "PASTICHE_DATA_DIR")


def test_a_data_folder_in_use_by_another_process(tmp_path: Path) -> None:
    env = {**os.environ, "PASTICHE_DATA_DIR": str(tmp_path), "TELEGRAM_BOT_TOKEN": TOKEN}

    with held(tmp_path):
        command = [sys.executable, "-m", "pastiche", "run"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)

    assert_one_line((done.returncode, done.stderr), str(os.getpid()), "PASTICHE_DATA_DIR")


def test_a_database_from_a_newer_version(run_pastiche: RunPastiche, tmp_path: Path) -> None:
    assert run_pastiche("migrate", PASTICHE_DATA_DIR=str(tmp_path / "data"))[0] == 0
    [database] = (tmp_path / "data").glob("*.db")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'f00dfeed'")
    connection.close()

    outcome = run_pastiche("run", PASTICHE_DATA_DIR=str(tmp_path / "data"), TELEGRAM_BOT_TOKEN="")

    assert_one_line(outcome, "newer")


def test_a_database_that_is_none(run_pastiche: RunPastiche, tmp_path: Path) -> None:
    (tmp_path / "pastiche.db").write_text("this is no database")

    outcome = run_pastiche("run", PASTICHE_DATA_DIR=str(tmp_path), TELEGRAM_BOT_TOKEN="")

    assert_one_line(outcome, "pastiche.db", "restore")


def test_a_setting_out_of_range_is_named(run_pastiche: RunPastiche, tmp_path: Path) -> None:
    outcome = run_pastiche("run", PASTICHE_ADMIN_IDS="ada", PASTICHE_DATA_DIR=str(tmp_path / "data"))

    assert_one_line(outcome, "PASTICHE_ADMIN_IDS")
