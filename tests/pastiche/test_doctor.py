"""`pastiche doctor`: what it finds, the exit code that tells, and what it never shows."""

import json
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from models.upgrade import upgrade_now
from pastiche.alive import NAME
from pastiche.cli import main
from pastiche.data_folder import held
from pastiche.run import DATABASE_NAME, database_url
from pastiche.settings import Settings, variable_of
from tests.pastiche.file_server import FileServer, serving

TOKEN = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghi"
ME = json.dumps({"ok": True, "result": {"id": 123456, "username": "pastiche_bot"}}).encode()

Doctor = Callable[..., tuple[int, str]]


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Runs the command with these settings; gives exit code and output."""
    for field in Settings.model_fields:
        monkeypatch.delenv(variable_of(field), raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **env: str) -> tuple[int, str]:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["pastiche", "doctor", *arguments])
        with pytest.raises(SystemExit) as exit_info:
            main()
        return int(exit_info.value.code or 0), capsys.readouterr().out

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder, private and without a database."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def the_line_about(what: str, output: str) -> str:
    [line] = [line for line in output.splitlines() if line[2:].startswith(what)]
    return line


def test_a_fresh_installation_is_fine(doctor: Doctor, tmp_path: Path) -> None:
    code, output = doctor()

    assert code == 0
    assert all(line.startswith("✓ ") for line in output.splitlines())
    assert not list(tmp_path.iterdir())


def test_a_used_data_folder_is_described(doctor: Doctor, data: Path) -> None:
    with held(data):
        upgrade_now(database_url(data).replace("+aiosqlite", ""))
        (data / NAME).touch()

        code, output = doctor()

    assert code == 0
    assert "(mode 0700, private)" in the_line_about("data folder", output)
    assert "up to date" in the_line_about("database", output)
    assert f"held by process {os.getpid()}, which gives signs" in the_line_about("lock", output)


def test_a_holder_without_signs_of_life_is_noted(doctor: Doctor, data: Path) -> None:
    (data / NAME).touch()
    os.utime(data / NAME, (0, 0))

    with held(data):
        code, output = doctor()

    assert code == 0
    assert the_line_about("lock", output).startswith("! ")


def test_an_open_data_folder_is_noted(doctor: Doctor, data: Path) -> None:
    data.chmod(0o755)

    code, output = doctor()

    assert code == 0
    assert the_line_about("data folder", output).startswith("! ")


@pytest.mark.parametrize(
    ("revision", "sign", "said", "expected_code"),
    [("f00dfeed", "✗", "newer version", 1), (None, "!", "brings it up to date", 0)],
    ids=["newer", "older"],
)
def test_another_version_s_database_is_recognised(
    doctor: Doctor, data: Path, revision: str | None, sign: str, said: str, expected_code: int
) -> None:
    with closing(sqlite3.connect(data / DATABASE_NAME)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.executemany("INSERT INTO alembic_version VALUES (?)", [(revision,)] if revision else [])

    code, output = doctor()

    assert code == expected_code
    assert the_line_about("database", output).startswith(sign)
    assert said in output


@pytest.mark.parametrize(
    ("env", "what", "said"),
    [
        pytest.param({"PASTICHE_BACKBONE": "vgg19"}, "backbone", "pastiche weights pull vgg19", id="not installed"),
        pytest.param({"PASTICHE_WEIGHTS": "none"}, "weights", "not there", id="no weights"),
        pytest.param({"PASTICHE_DEVICE": "mars"}, "torch", "no device", id="no device"),
        pytest.param({"PASTICHE_DATA_DIR": "file"}, "data folder", "cannot be written", id="file as folder"),
        pytest.param({"PASTICHE_PLAYGROUND": "false"}, "telegram", "@BotFather", id="no token"),
    ],
)
def test_what_must_be_mended_is_told(doctor: Doctor, tmp_path: Path, env: dict[str, str], what: str, said: str) -> None:
    (tmp_path / "file").touch()

    code, output = doctor(**env)

    assert code == 1
    assert the_line_about(what, output).startswith("✗ ")
    assert said in the_line_about(what, output)


def test_a_file_that_is_no_database_is_told(doctor: Doctor, data: Path) -> None:
    (data / DATABASE_NAME).write_text("this is no database")

    code, output = doctor()

    assert code == 1
    assert the_line_about("database", output).startswith("✗ ")


def test_without_torch_it_says_that_it_cannot_paint(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pastiche.doctor.find_spec", lambda name: None)

    code, output = doctor()

    assert code == 0
    assert the_line_about("torch", output).startswith("! ")


@pytest.mark.parametrize(
    ("data", "status", "expected_code", "said"),
    [
        (ME, None, 0, "knows this bot as @pastiche_bot"),
        (b"", 401, 1, "does not know it"),
        (b"<html>", None, 1, "does not answer as a Bot API (200)"),
    ],
    ids=["known", "unknown token", "something else"],
)
def test_telegram_is_asked_and_the_token_never_shown(
    doctor: Doctor, data: bytes, status: int | None, expected_code: int, said: str
) -> None:
    with serving(FileServer(data, status=status)) as server:
        code, output = doctor(TELEGRAM_BOT_TOKEN=TOKEN, PASTICHE_TELEGRAM_API_URL=server.url)

    assert code == expected_code
    assert said in the_line_about("telegram", output)
    assert TOKEN not in output


@pytest.mark.parametrize("token", [TOKEN, "no\x7ftoken"], ids=["good", "odd"])
def test_an_unreachable_telegram_is_told_without_the_token(doctor: Doctor, token: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://somebody:secret@127.0.0.1:{closed.getsockname()[1]}/k/key"

    code, output = doctor(TELEGRAM_BOT_TOKEN=token, PASTICHE_TELEGRAM_API_URL=url)

    assert code == 1
    assert the_line_about("telegram", output).startswith("✗ ")
    assert not any(secret in output for secret in (token, "secret", "key"))


def test_json_says_the_same(doctor: Doctor) -> None:
    code, output = doctor("--json", PASTICHE_BACKBONE="vgg16")

    findings = json.loads(output)
    assert code == 1
    assert [finding["what"] for finding in findings if finding["mark"] == "wrong"] == ["backbone"]
