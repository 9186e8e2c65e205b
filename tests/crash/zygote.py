"""Starts programs in milliseconds: everything is imported once, then every program is a fork of this process.

A fresh Python with all of the product costs seconds, and a hundred kills want as many starts. Forked while there is no
thread, loop or connection, a program is as good as a fresh one; painters and decoders are really started anew.
"""

import contextlib
import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import Any
from unittest.mock import patch

from jobs import faults
from jobs.frames import PR_SET_PDEATHSIG
from tests.statements import compiled_once


class Zygote:
    """The process that forks, seen from the test."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.zygote"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, program: str, folder: Path, **env: str) -> int:
        """Start a program of tests/crash/programs.py on a folder; returns its process id."""
        return self._ask(start=program, folder=str(folder), env=env)

    def rehearse(self, program: str, folder: Path, **env: str) -> int:
        """Be that program itself until SIGTERM: what a life imports and works out as it begins, all have from then on.

        Returns its process id.
        """
        return self._ask(rehearse=program, folder=str(folder), env=env)

    def wait(self, pid: int) -> int:
        """Wait until a program ends; returns how, negative for a signal."""
        return self._ask(wait=pid)

    def close(self) -> None:
        """End it, and every program with it."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, **question: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def main() -> None:
    from tests.crash import programs  # not by whoever only talks to a zygote: it takes seconds

    with compiled_once():
        for line in sys.stdin:
            match json.loads(line):
                case {"start": program, "folder": folder, "env": env}:
                    answer = os.fork()
                    if not answer:
                        _become(getattr(programs, program), Path(folder), env)
                case {"rehearse": program, "folder": folder, "env": env}:
                    sys.stdout.write(f"{os.getpid()}\n")
                    sys.stdout.flush()
                    _rehearse(getattr(programs, program), Path(folder), env)
                    continue
                case {"wait": pid}:
                    answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            sys.stdout.write(f"{answer}\n")
            sys.stdout.flush()


def _rehearse(program: Any, folder: Path, env: dict[str, str]) -> None:
    log = (folder / "rehearsal.log").open("w")
    with log, contextlib.redirect_stderr(log), patch.dict(os.environ, env):
        program(folder)
    assert threading.active_count() == 1  # no fork has more than one
    gc.collect()
    gc.freeze()


def _become(program: Any, folder: Path, env: dict[str, str]) -> None:
    code = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        log = os.open(folder / f"{program.__name__}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for descriptor, name in ((null, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, name)
        os.environ.update(env)
        faults.arm()
        program(folder)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
