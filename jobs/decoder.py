"""The parent's side of the decoder children: strangers' bytes go in, a clean picture or one reason comes out."""

import asyncio
import logging
import signal
from dataclasses import dataclass
from typing import get_args

from jobs.children import Child
from jobs.errors import BadPicture, BadPictureReason, ChildError, ChildGone, ProtocolError
from jobs.frames import MIB, Frame

log = logging.getLogger(__name__)

MAX_BYTES = 20 * MIB
MAX_WALL_S = 5.0
# Starting is not the picture's fault and has a limit of its own.
START_S = 20.0
CLOSE_S = 1.0
# Whoever sends pictures that take long, one after another, holds up themselves and nobody else.
SIDE_BY_SIDE = 2
REASONS = frozenset(get_args(BadPictureReason))


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """An upright RGB picture in sRGB as PNG, nothing of what was sent but its pixels.

    animated: what was sent moves; this is its first frame
    """

    png: bytes
    width_px: int
    height_px: int
    animated: bool


class Decoder:
    """Warm children with one picture each; one that failed in any way is replaced.

    The first is there from the start, a second from when it is needed.
    """

    def __init__(self, *, max_wall_s: float = MAX_WALL_S, max_bytes: int = MAX_BYTES) -> None:
        self._max_wall_s = max_wall_s
        self._max_bytes = max_bytes
        self._turns = asyncio.Semaphore(SIDE_BY_SIDE)
        self._idle: list[Child] = []

    async def start(self) -> None:
        """Have a child ready before the first picture comes. Raises ChildError."""
        async with self._turns:
            self._idle.append(await self._take_child())

    async def inspect(self, data: bytes) -> Inspected:
        """Look at what somebody sent. Raises BadPicture, or ChildError where no decoder can be started."""
        if len(data) > self._max_bytes:
            raise BadPicture("too-large")
        async with self._turns:
            try:
                return await self._ask(data)
            except ChildGone:
                # It may have been killed for reasons of its own, such as the kernel's search for memory: once more.
                log.warning("decoder lost, trying once more")
            try:
                return await self._ask(data)
            except ChildGone as error:
                raise BadPicture("broken") from error

    async def close(self) -> None:
        """End the children, each after its picture. A later inspect starts another."""
        for _ in range(SIDE_BY_SIDE):
            await self._turns.acquire()
        children, self._idle = self._idle, []
        for child in children:
            await child.close(CLOSE_S)
        for _ in range(SIDE_BY_SIDE):
            self._turns.release()

    async def _ask(self, data: bytes) -> Inspected:
        # Until it has answered in order it is as good as lost, also if our caller is cancelled.
        child = await self._take_child()
        try:
            frame = await self._exchange(child, data)
            answer = _read_answer(frame)
        except BaseException as error:
            returncode = await asyncio.shield(child.kill())
            if isinstance(error, ChildGone) and returncode == -signal.SIGXCPU:
                raise BadPicture("too-slow") from error
            if isinstance(error, ProtocolError):
                log.exception("decoder talks nonsense")
                raise BadPicture("broken") from error
            raise
        self._idle.append(child)
        if isinstance(answer, BadPicture):
            raise answer
        return answer

    async def _exchange(self, child: Child, data: bytes) -> Frame:
        try:
            async with asyncio.timeout(self._max_wall_s):
                await child.send({}, data)
                return await child.receive()
        except TimeoutError as error:
            raise BadPicture("too-slow") from error

    async def _take_child(self) -> Child:
        while self._idle:
            child = self._idle.pop()
            if child.returncode is None:
                return child
            await child.kill()
        return await _start_child()


async def _start_child() -> Child:
    """A child that is ready. Raises ChildError where the second one does not get there either."""
    try:
        return await _spawn_child()
    except ChildGone:
        log.warning("decoder lost while it started, trying once more")
    try:
        return await _spawn_child()
    except ChildGone as error:
        raise ChildError("the decoder does not start") from error


async def _spawn_child() -> Child:
    child = await Child.spawn("jobs.decoder_main")
    try:
        async with asyncio.timeout(START_S):
            await child.receive()  # it is ready
    except BaseException as error:
        await asyncio.shield(child.kill())
        if isinstance(error, TimeoutError):
            raise ChildError("the decoder does not start") from error
        raise
    return child


def _read_answer(frame: Frame) -> Inspected | BadPicture:
    """What the child says. Raises ProtocolError where that makes no sense: it may no longer be ours."""
    body = frame.body
    if body.get("bad") in REASONS:
        return BadPicture(body["bad"])
    width_px, height_px, animated = body.get("width_px"), body.get("height_px"), body.get("animated")
    if type(width_px) is not int or type(height_px) is not int or type(animated) is not bool:
        raise ProtocolError("neither a picture nor a reason")
    if len(frame.attachments) != 1:
        raise ProtocolError("no picture")
    return Inspected(png=frame.attachments[0], width_px=width_px, height_px=height_px, animated=animated)
