"""A child's log lines reach the parent with the job they concern."""

import io
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest

from jobs.child_logs import concerning, set_up_child_logs, understand

LineOf = Callable[..., str]


@pytest.fixture
def line_of(monkeypatch: pytest.MonkeyPatch) -> LineOf:
    """Logs as a child does and gives what lands on standard error."""
    root, stderr = logging.getLogger(), io.StringIO()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr(sys, "stderr", stderr)
    set_up_child_logs()

    def log(level: int, message: str, **more: Any) -> str:
        stderr.truncate(stderr.seek(0))
        logging.getLogger("engine.recipes").log(level, message, **more)
        [line] = stderr.getvalue().splitlines()
        return line

    return log


def test_a_line_inside_a_job_names_it(line_of: LineOf) -> None:
    with concerning(job_id=7, attempt=2):
        inside = line_of(logging.WARNING, "layers replaced", extra={"backbone": "vgg19"})
    outside = line_of(logging.INFO, "self-check done")

    assert understand(inside) == (
        logging.WARNING,
        {"line": "engine.recipes: layers replaced backbone=vgg19", "job_id": 7, "attempt": 2},
    )
    assert understand(outside) == (logging.INFO, {"line": "engine.recipes: self-check done"})


def test_a_traceback_stays_on_one_line(line_of: LineOf) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        line = line_of(logging.ERROR, "the engine broke", exc_info=True)

    level, facts = understand(line)
    assert level == logging.ERROR
    assert facts["line"].startswith("engine.recipes: the engine broke\nTraceback")
    assert "ValueError: broken" in facts["line"]


@pytest.mark.parametrize(
    "text",
    ["UserWarning: old", "{", "7", "[" * 100_000, '{"line": 7}', '{"job_id": 1}'],
    ids=["words", "half", "number", "nested", "no text", "no line"],
)
def test_anything_else_is_passed_on_as_it_is(text: str) -> None:
    assert understand(text) == (logging.INFO, {"line": text})


def test_only_numbers_name_a_job() -> None:
    said = '{"line": "x", "level": "LOUD", "job_id": "7", "attempt": true, "token": "secret"}'

    assert understand(said) == (logging.INFO, {"line": "x"})
