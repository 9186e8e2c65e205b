"""What parent and child say to each other: a JSON object and a few byte strings at a time.

Never pickle: a child that was taken over by a hostile picture must not run code in its parent. On the wire:
4 bytes length of the header, the header {"body": …, "sizes": […]}, then the attachments end to end.
"""

import argparse
import ctypes
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.errors import ProtocolError

MIB = 1024 * 1024
LENGTH = struct.Struct(">I")
MAX_HEADER_BYTES = MIB
MAX_ATTACHMENTS = 8
MAX_ATTACHED_BYTES = 256 * MIB
PR_SET_PDEATHSIG = 1

# Job and attempt: what an order goes by on either side of the pipe.
Name = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One thing said."""

    body: Mapping[str, Any]
    attachments: tuple[bytes, ...] = ()


def pack(frame: Frame) -> list[bytes]:
    """The frame as it goes over the wire, in pieces, so that large attachments are not copied."""
    header = json.dumps({"body": frame.body, "sizes": [len(data) for data in frame.attachments]}).encode()
    if len(header) > MAX_HEADER_BYTES:
        raise ProtocolError(f"a header of {len(header)} bytes")
    return [LENGTH.pack(len(header)) + header, *frame.attachments]


def unpack_length(data: bytes) -> int:
    """How long the header is. Raises ProtocolError where it is too long to be one."""
    (length,) = LENGTH.unpack(data)
    if length > MAX_HEADER_BYTES:
        raise ProtocolError(f"a header of {length} bytes")
    return int(length)


def unpack_header(data: bytes) -> tuple[dict[str, Any], list[int]]:
    """Body and sizes of the attachments. Raises ProtocolError for anything else: the sender is not trusted."""
    try:
        header = json.loads(data)
        body, sizes = header["body"], header["sizes"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProtocolError("not a header") from error
    if not isinstance(body, dict) or not isinstance(sizes, list) or len(sizes) > MAX_ATTACHMENTS:
        raise ProtocolError("not a header")
    if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) > MAX_ATTACHED_BYTES:
        raise ProtocolError("attachments of impossible size")
    return body, sizes


class ParentPipe:
    """The child's end: calls wait until all is said or heard."""

    def __init__(self, pipe: socket.socket) -> None:
        self._pipe = pipe

    def send(self, body: Mapping[str, Any], *attachments: bytes) -> None:
        """Say it. Raises OSError where the parent is gone."""
        for piece in pack(Frame(body=body, attachments=attachments)):
            self._pipe.sendall(piece)

    def receive(self) -> Frame | None:
        """The next thing said; None where the parent is gone."""
        length = self._read(LENGTH.size)
        if length is None:
            return None
        header = self._read(unpack_length(length))
        if header is None:
            return None
        body, sizes = unpack_header(header)
        attachments = [self._read(size) for size in sizes]
        if None in attachments:
            return None
        return Frame(body=body, attachments=tuple(data for data in attachments if data is not None))

    def _read(self, size: int) -> bytes | None:
        data = bytearray(size)
        left = memoryview(data)
        while left:
            try:
                count = self._pipe.recv_into(left)
            except ConnectionError:
                return None
            if count == 0:
                return None
            left = left[count:]
        return bytes(data)


def add_pipe_arguments(parser: argparse.ArgumentParser) -> None:
    """What every child is told when it is started."""
    parser.add_argument("--pipe", type=int, required=True, help="number of the open socket to the parent")
    parser.add_argument("--parent", type=int, required=True, help="process id of the parent")


def meet_parent(arguments: argparse.Namespace) -> ParentPipe:
    """Take up the pipe, and arrange to die with the parent, but not before it."""
    # A service manager sends these to everybody at once; what becomes of the work in hand is the parent's decision.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        # Where the parent is killed while the child is busy, or stopped, the closed pipe would go unnoticed.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != arguments.parent:  # it died before the line above
            os._exit(1)
    return ParentPipe(socket.socket(fileno=arguments.pipe))
