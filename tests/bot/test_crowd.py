"""Hundreds of people wait: what one change costs does not grow with them, and each hears of their place in turn."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Chat, Message

from bot import status
from bot.pacing import Limits, Pacing
from bot.status import StatusBoard
from jobs.events import JobChanged, LocalEvents
from jobs.values import JobSpec, JobView
from models.states import JobState, Lane
from tests.bot.virtual_time import in_virtual_time

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
# Somebody before all of them.
FIRST = 0


class Town:
    """Waiting people with a message each, and a board; who was looked at, and whose message was changed."""

    def __init__(self, people: int, limits: Limits | None = None) -> None:
        self.looked_at: list[int] = []
        self.told: list[int] = []
        self.ahead = people
        self.events = LocalEvents()
        parts: Any = self
        pacing = Pacing(limits or Limits(all_rate=1000, all_burst=1000))
        self.board = StatusBoard(parts, parts, self.events, parts, pacing, every_s=3.0, quiet_s=1.5, clock=lambda: NOW)
        self.pacing = pacing
        self.people = range(1, people + 1)

    async def view(self, job_id: int, *, in_line: bool = True) -> JobView:
        """As Desk.view."""
        if in_line:
            self.looked_at.append(job_id)
        return a_waiting_job(job_id, self.ahead)

    async def language(self, user_id: int, chat_id: int) -> str:
        """As People.language."""
        return "en"

    async def edit_message_caption(self, chat_id: int, message_id: int, **_: Any) -> Message:
        """As Bot.edit_message_caption."""
        self.told.append(chat_id)
        return Message(message_id, NOW, Chat(chat_id, "private"))

    async def live(self, seconds: float) -> None:
        """Let everybody be announced, then somebody of those before them be painted each tenth of a second."""
        stop = asyncio.Event()
        for job_id in self.people:
            await self.board.announce(job_id)
        self.looked_at.clear()
        self.told.clear()
        running = asyncio.create_task(self.board.run(stop))
        for _ in range(round(10 * seconds)):
            await asyncio.sleep(0.1)
            self.ahead -= 1
            self.events.publish(JobChanged(job_id=FIRST, ended=True))
        stop.set()
        await running


def a_waiting_job(job_id: int, ahead: int) -> JobView:
    fields: dict[str, Any] = dict.fromkeys(JobView.__dataclass_fields__)
    return JobView(
        **fields
        | {"id": job_id, "user_id": job_id, "chat_id": job_id, "lane": Lane.HQ, "spec": JobSpec(), "ahead": ahead}
        | {"state": JobState.QUEUED, "attempt": 0, "mix": (), "preset": "mosaic", "status_message_id": 1}
        | {"created_at": NOW - timedelta(minutes=1), "cancel_requested": False}
    )


@in_virtual_time
async def test_ten_times_as_many_people_cost_no_more_looks_at_the_line() -> None:
    few, many = Town(people=50), Town(people=500)

    await few.live(4.0)
    await many.live(4.0)

    assert len(many.looked_at) <= len(few.looked_at) + 1
    assert len(few.looked_at) <= 4.0 / status.ROUND_EVERY_S + 1


@in_virtual_time
async def test_each_hears_of_their_place_in_turn() -> None:
    town = Town(people=20)

    await town.live(10.0)

    assert set(town.told) == set(town.people)
    assert town.told[:20] == list(town.people)


@in_virtual_time
async def test_nobody_is_looked_at_while_nothing_could_be_sent() -> None:
    town = Town(people=20, limits=Limits(all_rate=1, all_burst=20))
    town.pacing._all.pause(60.0)

    await town.live(5.0)

    assert town.looked_at == []


@in_virtual_time
async def test_where_nothing_moves_nobody_is_looked_at_again() -> None:
    town = Town(people=3)
    await town.live(0.0)
    running = asyncio.create_task(town.board.run(stop := asyncio.Event()))

    await asyncio.sleep(30.0)
    stop.set()
    await running

    assert town.looked_at == []
