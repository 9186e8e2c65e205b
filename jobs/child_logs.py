"""How a child's log lines reach its parent's log with the job they concern: one JSON object a line on standard error.

Anything else that appears there, such as a library's warning, is passed on as it is.
"""

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

ABOUT = ("job_id", "attempt")
LEVELS = logging.getLevelNamesMapping()

_about: ContextVar[Mapping[str, int]] = ContextVar("about")
_PLAIN = frozenset(vars(logging.makeLogRecord({})))


def set_up_child_logs() -> None:
    """In the child: log to standard error in the way that understand() reads."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


@contextmanager
def concerning(*, job_id: int, attempt: int) -> Iterator[None]:
    """In the child: what is logged inside concerns this job."""
    token = _about.set({"job_id": job_id, "attempt": attempt})
    try:
        yield
    finally:
        _about.reset(token)


def understand(text: str) -> tuple[int, dict[str, Any]]:
    """In the parent: level and facts of a line."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("line"), str):
        return logging.INFO, {"line": text}
    about = {name: said[name] for name in ABOUT if type(said.get(name)) is int}
    return LEVELS.get(str(said.get("level")), logging.INFO), {"line": said["line"], **about}


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f" {name}={value}" for name, value in vars(record).items() if name not in _PLAIN)
        # In this order: formatting adds to the record.
        line = f"{record.name}: {super().format(record)}"
        return json.dumps({"level": record.levelname, "line": line + facts, **_about.get({})})
