"""Pressed buttons that wait for their answer. They are not kept over a restart: nobody waits any more by then."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from playground.errors import bad_request


@dataclass(frozen=True)
class CallbackAnswer:
    """What the bot says to a press: a toast, or an alert that has to be closed; text may be empty."""

    text: str | None
    alert: bool


@dataclass
class Press:
    """One callback query and the answer to come."""

    id: str
    bot_id: int
    at: float
    answer: asyncio.Future[CallbackAnswer] = field(repr=False)


class Presses:
    """All callback queries that may still be answered."""

    def __init__(self, lifetime_s: float) -> None:
        self._lifetime_s = lifetime_s
        self._open: dict[str, Press] = {}

    def begin(self, bot_id: int) -> Press:
        now = time.monotonic()
        self._open = {key: press for key, press in self._open.items() if now - press.at < self._lifetime_s}
        press = Press(str(secrets.randbits(62)), bot_id, now, asyncio.get_running_loop().create_future())
        self._open[press.id] = press
        return press

    def answer(self, query_id: str, bot_id: int, answer: CallbackAnswer) -> None:
        """Hand the answer to whoever pressed; raises ApiError for a query that is old, unknown or answered."""
        press = self._open.get(query_id)
        too_old = press is None or press.bot_id != bot_id or time.monotonic() - press.at > self._lifetime_s
        if press is None or too_old:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        del self._open[query_id]
        if not press.answer.done():
            press.answer.set_result(answer)


async def answer_within(press: Press, timeout_s: float, closed: asyncio.Event) -> dict[str, Any]:
    """The answer as the person's side shows it; answered is false when none came in time or the playground closes."""
    closing = asyncio.ensure_future(closed.wait())
    either: list[asyncio.Future[Any]] = [press.answer, closing]
    await asyncio.wait(either, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    closing.cancel()
    if not press.answer.done():
        return {"answered": False, "text": None, "alert": False}
    answer = press.answer.result()
    return {"answered": True, "text": answer.text, "alert": answer.alert}
