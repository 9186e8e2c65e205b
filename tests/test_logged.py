"""The search through the suite's logs finds what it looks for."""

import json
import logging
import shutil
from pathlib import Path

import pytest

from tests.logged import PRIVATE, offences_below, offences_in


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("GET /bot4242:end-to-end-test-token-0123456789abcde/getMe", ["a token"]),
        (json.dumps({"event": "said", "text": f"he said {PRIVATE}"}), ["a caption"]),
        (repr(b"\xff\xd8\xff\xe0\x00\x10JFIF"), ["a picture"]),
        ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg", ["a picture"]),
        (json.dumps({"event": "job claimed", "job_id": 7}), ["a job without its attempt"]),
        (json.dumps({"event": "job claimed", "job_id": 7, "attempt": 1}), []),
        ('{"timestamp": "2026-01-02T03:04:05.678901Z", "url": "http://127.0.0.1:8089/"}', []),
    ],
    ids=["token", "caption", "bytes", "base64", "no attempt", "complete", "harmless"],
)
def test_an_offence_is_recognised(line: str, found: list[str]) -> None:
    assert offences_in(line) == found


def test_an_offence_is_named_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "run.log").write_text(f"fine\n{PRIVATE}\n")

    found = offences_below(tmp_path)
    shutil.rmtree(tmp_path / "deep")  # or the suite's own search would find it too

    assert found == [f"{tmp_path}/deep/run.log:2: a caption"]


def test_what_this_process_logs_is_kept_without_the_token(everything_logged: Path) -> None:
    token = "777:ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghi"

    logging.getLogger("bot.somewhere").info("asked for /bot%s/getMe", token)

    kept = everything_logged.read_text()
    assert "/bot<token>/getMe" in kept
    assert token not in kept
