import asyncio

import pytest

from playground.errors import ApiError
from playground.presses import CallbackAnswer, Presses, answer_within

YES = CallbackAnswer("yes", alert=False)


async def test_an_answer_in_time_is_handed_on() -> None:
    presses = Presses(lifetime_s=60)
    press = presses.begin(bot_id=7)

    presses.answer(press.id, 7, YES)

    assert await answer_within(press, 1, asyncio.Event()) == {"answered": True, "text": "yes", "alert": False}


async def test_nobody_waits_longer_than_said() -> None:
    press = Presses(lifetime_s=60).begin(bot_id=7)

    assert (await answer_within(press, 0.01, asyncio.Event()))["answered"] is False


async def test_a_closing_playground_keeps_nobody_waiting() -> None:
    press, closed = Presses(lifetime_s=60).begin(bot_id=7), asyncio.Event()
    closed.set()

    async with asyncio.timeout(20):
        assert (await answer_within(press, 60, closed))["answered"] is False


@pytest.mark.parametrize(("lifetime_s", "bot_id"), [(0, 7), (60, 8)], ids=["too-old", "another-bots"])
async def test_other_queries_cannot_be_answered(lifetime_s: float, bot_id: int) -> None:
    presses = Presses(lifetime_s)
    press = presses.begin(bot_id=7)
    await asyncio.sleep(0.001)

    with pytest.raises(ApiError, match="query is too old"):
        presses.answer(press.id, bot_id, YES)
