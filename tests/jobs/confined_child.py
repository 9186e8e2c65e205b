"""A decoder child that somebody has taken over: python -m tests.jobs.confined_child TREASURE."""

import argparse
import ctypes
import os
import resource
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from jobs.decoder_main import get_ready
from jobs.frames import add_pipe_arguments


def connect() -> None:
    os.close(0)  # its number is free now
    socket.create_connection(("127.0.0.1", 9))


def send_a_datagram() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"gold", ("127.0.0.1", 9))


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def share_memory() -> None:
    if ctypes.CDLL(None, use_errno=True).shmget(0, 4096, 0o1600) < 0:
        raise OSError(ctypes.get_errno(), "no memory for all")


def lift_limits() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))


# What it tries, given the path of a file that everybody may read and write.
ATTEMPTS: dict[str, Callable[[Path], object]] = {
    "read": lambda treasure: treasure.read_text(),
    "write": lambda treasure: treasure.write_text("lead"),
    "create": lambda treasure: treasure.with_name("note").touch(),
    "truncate": lambda treasure: os.truncate(treasure, 0),
    "delete": lambda treasure: treasure.unlink(),
    "rename": lambda treasure: treasure.rename(treasure.with_name("mine")),
    "delete all around it": lambda treasure: shutil.rmtree(treasure.parent),
    "change its mode": lambda treasure: treasure.chmod(0),
    "change its owner": lambda treasure: os.chown(treasure, -1, -1),
    "change its times": lambda treasure: os.utime(treasure),
    "connect": lambda _: connect(),
    "send a datagram": lambda _: send_a_datagram(),
    "fork": lambda _: fork(),
    "share memory": lambda _: share_memory(),
    "run a program": lambda _: subprocess.run(["/bin/true"], check=True),
    "become another program": lambda _: os.execv("/bin/true", ["true"]),
    "kill its parent": lambda _: os.kill(os.getppid(), signal.SIGTERM),
    "lift limits": lambda _: lift_limits(),
}


def outcome_of(attempt: Callable[[Path], object], treasure: Path) -> str:
    try:
        attempt(treasure)
    except (OSError, ValueError):  # ValueError: a limit that may not be lifted
        return "refused"
    return "done"


def main() -> None:
    parser = argparse.ArgumentParser()
    add_pipe_arguments(parser)
    parser.add_argument("treasure", type=Path)
    arguments = parser.parse_args()
    pipe = get_ready(arguments)
    pipe.send({name: outcome_of(attempt, arguments.treasure) for name, attempt in ATTEMPTS.items()})


if __name__ == "__main__":
    main()
