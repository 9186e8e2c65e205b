"""What `pastiche playground` lets an operator choose."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from pastiche import playground
from pastiche.settings import Settings
from tests.playground.helpers import Running, connected

ADA = 1001


@asynccontextmanager
async def alone(monkeypatch: pytest.MonkeyPatch, **options: bool) -> AsyncIterator[Running]:
    """The playground as the command starts it; ada has said /start."""
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    monkeypatch.setattr(playground, "_announce", address.set_result)
    running = asyncio.create_task(playground.run_alone(Settings(playground_port=0), "127.0.0.1", stop, **options))
    async with connected((await address).rstrip("/")) as started:
        await started.says("/start")
        yield started
    stop.set()
    await running


@pytest.mark.parametrize(("flood", "refused"), [(True, {200, 429}), (False, {200})])
async def test_the_flood_meter_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, flood: bool, refused: set[int]
) -> None:
    async with alone(monkeypatch, flood=flood) as started:
        answers = [await started.call("sendMessage", chat_id=ADA, text=str(number)) for number in range(22)]

    assert {answer.status_code for answer in answers} == refused


async def test_unknown_parameters_can_be_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async with alone(monkeypatch, lenient=True) as started:
        sent = await started.result("sendMessage", chat_id=ADA, text="x", receiver_user_id=ADA)

    assert sent["text"] == "x"
