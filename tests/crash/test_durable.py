"""Nothing is acknowledged before the disk has it: seen from the kernel."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from models.upgrade import upgrade_now
from tests.conftest import missing

WRITES, SYNCS = ("pwrite64", "write"), ("fsync", "fdatasync")
# 1234  fdatasync(9</data/pastiche.db-wal>) = 0
CALL = re.compile(r'(?P<thread>\d+) +(?P<call>\w+)\((?P<file>\d+)<(?P<path>[^>]*)>(?:, "(?P<text>[^"]*))?')
RESUMED = re.compile(r"(?P<thread>\d+) +<\.\.\. \w+ resumed>")

Event = tuple[str, str, str]


def events_of(lines: Iterable[str]) -> Iterator[Event]:
    """Call, path and what was written, in the order in which the calls came back."""
    pending: dict[str, Event] = {}
    for line in lines:
        if found := CALL.match(line):
            event = found["call"], found["path"], found["text"] or ""
            if line.rstrip().endswith("<unfinished ...>"):
                pending[found["thread"]] = event
            else:
                yield event
        elif (found := RESUMED.match(line)) and found["thread"] in pending:
            yield pending.pop(found["thread"])


def steps_of(events: Iterable[Event]) -> dict[str, list[Event]]:
    """What was done before each word of acknowledgement, since the one before."""
    steps: dict[str, list[Event]] = {}
    since: list[Event] = []
    for event in events:
        if event[0] == "write" and event[1].startswith("pipe:"):
            steps[event[2].removesuffix("\\n")] = since
            since = []
        else:
            since.append(event)
    return steps


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Event]]:
    """What a process does before it says stored, kept, known and accepted."""
    if shutil.which("strace") is None:
        missing("no strace on this machine")
    folder = tmp_path_factory.mktemp("durable")
    upgrade_now(f"sqlite+aiosqlite:///{folder / 'pastiche.db'}")
    trace = folder / "trace"
    calls = ",".join((*WRITES, *SYNCS))
    strace = ["strace", "-f", "-y", "--seccomp-bpf", "-e", f"trace={calls}", "-e", "signal=none", "-o", str(trace)]
    program = [sys.executable, "-m", "tests.crash.acknowledging", str(folder)]
    done = subprocess.run([*strace, *program], capture_output=True, text=True, check=False)
    if "ptrace" in done.stderr:
        missing("strace may not look into processes on this machine")
    assert done.returncode == 0, done.stderr
    return steps_of(events_of(trace.read_text().splitlines()))


@pytest.mark.parametrize("word", ["stored", "known", "accepted"])
def test_committed_rows_are_on_the_disk_before_it_is_said(steps: dict[str, list[Event]], word: str) -> None:
    of_the_log = [call for call, path, _ in steps[word] if path.endswith("-wal")]

    assert set(of_the_log) & set(WRITES)
    assert of_the_log[-1] in SYNCS


def test_kept_picture_and_its_name_are_on_the_disk_before_it_is_said(steps: dict[str, list[Event]]) -> None:
    of_the_blobs = [(call, Path(path).suffix) for call, path, _ in steps["kept"] if "/blobs" in path]

    assert [(call in SYNCS, suffix) for call, suffix in of_the_blobs] == [(False, ".part"), (True, ".part"), (True, "")]
