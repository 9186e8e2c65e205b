"""Inline queries: asked by a person who types "@bot words", answered by the bot, one of the results then sent.

Nothing here is kept over a restart: nobody waits any more by then.
"""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from playground.errors import Refused, bad_request
from playground.formatting import Formatted
from playground.records import Button

# Of older answers nothing can be sent any more.
ANSWERS_KEPT = 200


@dataclass(frozen=True)
class Found:
    """One result. file: what is sent, with the text as its caption; without one the text alone is sent."""

    id: str
    kind: str
    title: str
    description: str
    text: Formatted
    file: str | None
    keyboard: list[list[Button]]


@dataclass(frozen=True)
class InlineAnswer:
    """What the bot shows. button: above the results, its words and what it sends behind /start."""

    results: list[Found]
    button: tuple[str, str] | None
    next_offset: str


@dataclass
class InlineQuery:
    """One question and the answer to come."""

    id: str
    bot_id: int
    person_id: int
    at: float
    answer: asyncio.Future[InlineAnswer] = field(repr=False)


class InlineQueries:
    """All questions that may still be answered, and the latest answers."""

    def __init__(self, lifetime_s: float) -> None:
        self._lifetime_s = lifetime_s
        self._asked: dict[str, InlineQuery] = {}

    def begin(self, bot_id: int, person_id: int) -> InlineQuery:
        answer: asyncio.Future[InlineAnswer] = asyncio.get_running_loop().create_future()
        query = InlineQuery(str(secrets.randbits(62)), bot_id, person_id, time.monotonic(), answer)
        self._asked[query.id] = query
        while len(self._asked) > ANSWERS_KEPT:
            del self._asked[next(iter(self._asked))]
        return query

    def check(self, query_id: str, bot_id: int) -> InlineQuery:
        """The question that a bot is about to answer; raises ApiError for one that is old, unknown or answered."""
        query = self._asked.get(query_id)
        if query is None or query.bot_id != bot_id or query.answer.done() or self._is_old(query):
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return query

    def result(self, query_id: str, result_id: str, person_id: int) -> Found:
        """A result that this person was shown; raises Refused for any other."""
        query = self._asked.get(query_id)
        if query is None or query.person_id != person_id or not query.answer.done():
            raise Refused(404, "no such query, or it was not answered")
        found = next((each for each in query.answer.result().results if each.id == result_id), None)
        if found is None:
            raise Refused(404, f"the bot found no {result_id!r}")
        return found

    def _is_old(self, query: InlineQuery) -> bool:
        return time.monotonic() - query.at > self._lifetime_s


async def answer_within(query: InlineQuery, timeout_s: float, closed: asyncio.Event) -> InlineAnswer | None:
    """The answer; None when it did not come in time or the playground closes."""
    closing = asyncio.ensure_future(closed.wait())
    either: list[asyncio.Future[Any]] = [query.answer, closing]
    await asyncio.wait(either, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    closing.cancel()
    return query.answer.result() if query.answer.done() else None
