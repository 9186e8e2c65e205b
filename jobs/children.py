"""The one way to start a child process and to talk with it."""

import asyncio
import contextlib
import contextvars
import logging
import os
import re
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Self

from jobs.child_logs import understand
from jobs.errors import ChildGone
from jobs.frames import LENGTH, MIB, Frame, pack, unpack_header, unpack_length

log = logging.getLogger(__name__)

PACKAGES = Path(__file__).parents[1]
# A child works on what strangers send: it gets nothing that opens doors. Addresses may hold passwords.
SECRET_NAMES = re.compile(r"TOKEN|SECRET|PASSWORD|KEY|CREDENTIAL|DATABASE|PROXY|_URL", re.IGNORECASE)
READ_AHEAD_BYTES = MIB
LAST_WORDS_S = 1.0


class Child:
    """A running child with a pipe to it. It ends when the pipe closes, or when its parent does."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._name = name
        # Apart from whatever job was in hand when the child was started: its lines name their own.
        self._listening = asyncio.create_task(self._pass_on_words(), context=contextvars.Context())

    @classmethod
    async def spawn(cls, module: str, *arguments: str) -> Self:
        """Start python -m module; it finds its end of the pipe by meet_parent()."""
        ours, theirs = socket.socketpair()
        with theirs:
            reader, writer = await asyncio.open_unix_connection(sock=ours, limit=READ_AHEAD_BYTES)
            try:
                # Last of all: a caller that is cancelled must not leave a child that nobody knows.
                process = await _start(module, theirs, arguments)
            except BaseException:
                writer.close()
                raise
        return cls(process, reader, writer, module.rpartition(".")[2])

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, negative for a signal; None while it runs."""
        return self._process.returncode

    async def send(self, body: dict[str, Any], *attachments: bytes) -> None:
        """Say something. Raises ChildGone."""
        try:
            self._writer.writelines(pack(Frame(body=body, attachments=attachments)))
            await self._writer.drain()
        except OSError as error:
            raise ChildGone(self._name) from error

    async def receive(self) -> Frame:
        """The next thing it says. Raises ChildGone, or ProtocolError; after either it is of no more use."""
        try:
            length = unpack_length(await self._reader.readexactly(LENGTH.size))
            body, sizes = unpack_header(await self._reader.readexactly(length))
            attachments = [await self._reader.readexactly(size) for size in sizes]
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ChildGone(self._name) from error
        return Frame(body=body, attachments=tuple(attachments))

    async def close(self, grace_s: float) -> int:
        """Hang up, give it so long to end by itself, then kill it. Returns its return code."""
        self._writer.close()
        try:
            async with asyncio.timeout(grace_s):
                await self._process.wait()
        except TimeoutError:
            log.warning("child killed", extra={"child": self._name, "pid": self.pid})
        return await self.kill()

    async def kill(self) -> int:
        """End it at once, whatever it does. Returns its return code."""
        self._writer.close()
        if self._process.returncode is None:
            # Not process.kill(), which looks first whether the child has ended: that look takes the return code away
            # from asyncio's own watcher, and what the child died of would be lost.
            with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
                os.kill(self.pid, signal.SIGKILL)
        returncode = await self._process.wait()
        # Its last words may still be on their way; somebody it started may hold the line for ever.
        await asyncio.wait([self._listening], timeout=LAST_WORDS_S)
        self._listening.cancel()
        return returncode

    async def _pass_on_words(self) -> None:
        """Bring what it writes on standard error into our log, line by line."""
        stderr = self._process.stderr
        assert stderr is not None
        while True:
            try:
                line = await stderr.readline()
            except ValueError:  # longer than the buffer: that part is dropped
                continue
            if not line:
                return
            level, facts = understand(line.decode(errors="replace").rstrip())
            log.log(level, "child says", extra={"child": self._name, "pid": self.pid, **facts})


async def _start(module: str, pipe: socket.socket, arguments: tuple[str, ...]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # the working directory is the user's: nothing is imported from there
        "-m",
        module,
        *("--pipe", str(pipe.fileno()), "--parent", str(os.getpid())),
        *arguments,
        pass_fds=[pipe.fileno()],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(),
        # Ctrl-C in a terminal is for the parent, which then stops its children in order.
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    """Ours without secrets, and with the places we import from."""
    kept = {name: value for name, value in os.environ.items() if not SECRET_NAMES.search(name)}
    places = [str(PACKAGES), *(place for place in sys.path if place)]
    return kept | {"PYTHONPATH": os.pathsep.join(places)}
