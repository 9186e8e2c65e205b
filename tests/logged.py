"""A plug-in of the suite: whatever is logged is kept, and searched at the end for what nobody may log.

Programs that tests start log into files *.log under the tests' temporary folder; records of this process go through
the product's own formatting into one more. With pytest-xdist only the process that reports looks, over all of them.
"""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pastiche.logs import QUIET, make_handler

# What people write under their pictures in the tests.
PRIVATE = "words meant for nobody's log"
FORBIDDEN = {
    "a token": re.compile(r"\d+:[A-Za-z0-9_-]{30,}"),
    "a caption": re.compile(re.escape(PRIVATE)),
    # The beginnings of JPEG and PNG: as bytes, as Python shows bytes, in base64.
    "a picture": re.compile(r"JFIF|\x89PNG|\\xff\\xd8\\xff|\\x89PNG|/9j/[A-Za-z0-9+/]{4}|iVBORw0KGgo"),
}
OURS = ("bot", "engine", "jobs", "models", "pastiche", "playground")


def offences_in(line: str) -> list[str]:
    """What is wrong with a line of a log."""
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(line)]
    return [*found, *(["a job without its attempt"] if _lacks_attempt(line) else [])]


def offences_below(folder: Path) -> list[str]:
    """What is wrong in all log files of a folder, with file and line, the line itself left out."""
    return [
        f"{path}:{number}: {offence}"
        for path in sorted(folder.rglob("*.log"))
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        for offence in offences_in(line)
    ]


def _lacks_attempt(line: str) -> bool:
    try:
        facts = json.loads(line)
    except ValueError:
        return False
    return isinstance(facts, dict) and "job_id" in facts and "attempt" not in facts


@pytest.fixture(scope="session", autouse=True)
def everything_logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keeps the records of this process, as the product would have written them."""
    path = tmp_path_factory.getbasetemp() / "suite.log"
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in OURS]
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    with path.open("w", encoding="utf-8") as out:
        handler = make_handler("json", out)
        root.addHandler(handler)
        for logger in ours:
            logger.setLevel(logging.INFO)
        yield path
        root.removeHandler(handler)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run where something was logged that must not be."""
    if hasattr(session.config, "workerinput"):  # the process that started this one looks
        return
    folder: Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # as pytest-xdist does
    found = offences_below(folder)
    session.config.stash[OFFENCES] = found
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the lines."""
    for offence in config.stash.get(OFFENCES, []):
        terminalreporter.write_line(f"LOGGED {offence}", red=True)


OFFENCES = pytest.StashKey[list[str]]()
