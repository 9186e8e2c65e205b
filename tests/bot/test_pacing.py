"""How fast the bot talks."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot import pacing
from bot.errors import ProgressSkipped
from bot.pacing import Bucket, Limits, Pacing, Priority
from tests.bot.virtual_time import in_virtual_time

QUICK = Limits(private_rate=20, private_burst=1, group_rate=10, group_burst=1, all_rate=1000, all_burst=1000)


@pytest.fixture(autouse=True)
def tomorrows_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the application asks for them."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


class Api:
    """Calls that succeed or are told to slow down, and remember their order."""

    def __init__(self, limits: Limits = QUICK) -> None:
        self.pacing = Pacing(limits)
        self.done: list[tuple[Any, float]] = []
        self.refusals: dict[Any, list[float]] = {}

    async def call(
        self, chat_id: int, name: Any = None, priority: Priority | None = None, endpoint: str = "sendMessage"
    ) -> None:
        """One call of the Bot API."""
        name = chat_id if name is None else name

        async def perform() -> bool:
            if self.refusals.get(chat_id):
                raise RetryAfter(self.refusals[chat_id].pop(0))  # type: ignore[arg-type]
            self.done.append((name, asyncio.get_running_loop().time()))
            return True

        await self.pacing.process_request(perform, (), {}, endpoint, {"chat_id": chat_id}, priority)

    def names(self) -> list[Any]:
        """What was done, in order."""
        return [name for name, _ in self.done]


async def seconds(work: Callable[[], Awaitable[Any]]) -> float:
    """How long something takes."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    await work()
    return loop.time() - started


@in_virtual_time
async def test_a_chat_is_served_at_its_rate() -> None:
    api = Api()

    took = await seconds(lambda: asyncio.gather(*(api.call(1) for _ in range(5))))

    assert took == pytest.approx(0.2, abs=0.01)


@in_virtual_time
async def test_chats_do_not_wait_for_each_other() -> None:
    api = Api()

    took = await seconds(lambda: asyncio.gather(*(api.call(chat) for chat in range(1, 50))))

    assert took < 0.01


@in_virtual_time
async def test_the_bot_as_a_whole_has_a_rate() -> None:
    api = Api(Limits(all_rate=50, all_burst=1))

    took = await seconds(lambda: asyncio.gather(*(api.call(chat) for chat in range(1, 12))))

    assert took == pytest.approx(0.2, abs=0.01)


@in_virtual_time
async def test_no_window_holds_more_than_telegram_allows() -> None:
    limits = Limits()

    assert limits.group_burst + limits.group_rate * 60 <= 20
    assert limits.all_burst + limits.all_rate <= 30


@in_virtual_time
async def test_finals_go_before_replies_and_both_in_order() -> None:
    api = Api()
    await api.call(1, "first")

    waiting = [
        api.call(1, "reply"),
        api.call(1, "another reply"),
        api.call(1, "final", Priority.FINAL),
        api.call(1, "another final", Priority.FINAL),
    ]
    await asyncio.gather(*waiting)

    assert api.names() == ["first", "final", "another final", "reply", "another reply"]


@in_virtual_time
async def test_progress_that_would_have_to_wait_is_dropped() -> None:
    api = Api()
    await api.call(1)

    with pytest.raises(ProgressSkipped):
        await api.call(1, "progress", Priority.PROGRESS)

    assert api.names() == [1]


@in_virtual_time
async def test_progress_with_room_goes_through() -> None:
    api = Api()

    await api.call(1, "progress", Priority.PROGRESS)

    assert api.names() == ["progress"]


@in_virtual_time
async def test_a_429_pauses_that_chat_and_the_call_is_made_once_afterwards() -> None:
    api = Api()
    api.refusals[1] = [0.3]

    took = await seconds(lambda: api.call(1, "final", Priority.FINAL))

    assert api.names() == ["final"]
    assert took >= 0.3


@in_virtual_time
async def test_a_429_of_one_chat_lets_others_go_on() -> None:
    api = Api()
    api.refusals[1] = [5.0]
    paused = asyncio.create_task(api.call(1))
    await asyncio.sleep(0.01)

    took = await seconds(lambda: api.call(2))
    paused.cancel()

    assert took < 0.01


@in_virtual_time
async def test_progress_is_dropped_on_a_429_and_in_the_pause() -> None:
    api = Api()
    api.refusals[1] = [0.3]

    for _ in range(2):
        with pytest.raises(ProgressSkipped):
            await api.call(1, "progress", Priority.PROGRESS)

    assert api.names() == []


@in_virtual_time
async def test_three_chats_in_trouble_pause_all() -> None:
    api = Api()
    for chat in (1, 2, 3):
        api.refusals[chat] = [0.3]
        with pytest.raises(ProgressSkipped):
            await api.call(chat, "progress", Priority.PROGRESS)

    assert await seconds(lambda: api.call(4)) >= 0.3


@in_virtual_time
async def test_one_chat_in_trouble_three_times_pauses_only_itself() -> None:
    api = Api()
    api.refusals[1] = [0.01, 0.01, 0.01]
    await api.call(1)

    assert await seconds(lambda: api.call(4)) < 0.01


@in_virtual_time
async def test_a_call_refused_again_and_again_is_given_up() -> None:
    api = Api()
    api.refusals[1] = [0.001] * pacing.MAX_TRIES

    with pytest.raises(RetryAfter):
        await api.call(1)


@in_virtual_time
async def test_answers_to_presses_wait_for_nothing_else() -> None:
    api = Api(Limits(all_rate=1, all_burst=1, private_rate=1, private_burst=1))
    await api.call(1)

    took = await seconds(lambda: asyncio.gather(*(api.call(1, endpoint="answerCallbackQuery") for _ in range(10))))

    assert took < 0.01


@in_virtual_time
async def test_a_waiter_that_gives_up_costs_nothing() -> None:
    bucket = Bucket(rate=10, burst=1)
    await bucket.take(Priority.REPLY)
    impatient = asyncio.create_task(bucket.take(Priority.FINAL))
    await asyncio.sleep(0.01)
    impatient.cancel()

    took = await seconds(lambda: bucket.take(Priority.REPLY))

    assert took == pytest.approx(0.1, abs=0.01)


@in_virtual_time
async def test_shutting_down_lets_go_of_who_waits() -> None:
    api = Api()
    api.refusals[1] = [60.0]
    waiting = asyncio.create_task(api.call(1))
    await asyncio.sleep(0.01)

    await api.pacing.shutdown()

    with pytest.raises(asyncio.CancelledError):
        await waiting


@in_virtual_time
@pytest.mark.parametrize("chat", [1, 2], ids=["the chat that waited", "a new one"])
async def test_nothing_begins_to_wait_after_shutting_down(chat: int) -> None:
    api = Api()
    await api.call(1)

    await api.pacing.shutdown()

    with pytest.raises(asyncio.CancelledError):
        await api.call(chat)
    assert api.names() == [1]


@in_virtual_time
async def test_quiet_chats_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "MAX_KEPT_CHATS", 10)
    api = Api(Limits(private_rate=1e6, all_rate=1e6))

    for chat in range(1, 100):
        await api.call(chat)

    assert len(api.pacing._chats) <= 11
