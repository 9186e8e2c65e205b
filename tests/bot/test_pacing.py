"""How fast the bot talks."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import ChatMigrated, RetryAfter

from bot import pacing
from bot.errors import ProgressSkipped
from bot.pacing import Bucket, Limits, Pacing, Priority
from tests.bot.virtual_time import JumpingLoop, in_virtual_time

QUICK = Limits(private_rate=20, private_burst=1, group_rate=10, group_burst=1, all_rate=1000, all_burst=1000)


@pytest.fixture(autouse=True)
def tomorrows_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the application asks for them."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


class Api:
    """Calls that succeed or are told to slow down, and remember their order."""

    def __init__(self, limits: Limits = QUICK, answers_in_s: float = 0.0) -> None:
        self.pacing = Pacing(limits)
        self.answers_in_s = answers_in_s
        self.done: list[tuple[Any, float]] = []
        self.tries: dict[int, list[float]] = defaultdict(list)
        self.pauses: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self.refusals: dict[Any, list[float]] = {}

    async def call(
        self, chat_id: int, name: Any = None, priority: Priority | None = None, endpoint: str = "sendMessage"
    ) -> None:
        """One call of the Bot API."""
        name = chat_id if name is None else name

        async def perform() -> bool:
            now = asyncio.get_running_loop().time()
            self.tries[chat_id].append(now)
            await asyncio.sleep(self.answers_in_s)
            if self.refusals.get(chat_id):
                asked_s = self.refusals[chat_id].pop(0)
                told_at = asyncio.get_running_loop().time()
                self.pauses[chat_id].append((told_at, told_at + asked_s))
                raise RetryAfter(asked_s)  # type: ignore[arg-type]
            self.done.append((name, now))
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
async def test_who_somebody_is_in_a_group_is_asked_while_its_messages_wait() -> None:
    api = Api(Limits(group_rate=0.01, group_burst=1))
    await api.call(-1)

    took = await seconds(lambda: api.call(-1, endpoint="getChatMember"))

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


@in_virtual_time
async def test_a_call_that_waits_for_the_bots_turn_hears_of_its_chats_pause() -> None:
    api = Api(Limits(all_rate=1, all_burst=1), answers_in_s=0.5)
    api.refusals[1] = [30.0]
    first = asyncio.create_task(api.call(1, "refused"))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(api.call(1, "waiting for the bot's bucket"))

    await asyncio.gather(first, second)

    [(_, until)] = api.pauses[1]
    assert all(moment >= until for moment in api.tries[1][1:])
    assert sorted(api.names()) == ["refused", "waiting for the bot's bucket"]


@in_virtual_time
async def test_after_a_pause_there_is_no_burst() -> None:
    api = Api(Limits(private_rate=1, private_burst=5))
    api.refusals[1] = [30.0]

    await asyncio.gather(*(api.call(1) for _ in range(6)))

    late = [moment for moment in api.tries[1] if moment >= api.pauses[1][0][1]]
    assert min(second - first for first, second in itertools.pairwise(late)) >= 0.99


@in_virtual_time
async def test_an_answer_to_a_press_is_not_made_after_a_pause() -> None:
    api = Api()
    api.refusals[1] = [30.0]

    for _ in range(2):
        with pytest.raises(RetryAfter):
            await api.call(1, endpoint="answerCallbackQuery")
    took = await seconds(lambda: api.call(1))

    assert took < 0.01
    assert len(api.tries[1]) == 2


@pytest.mark.parametrize(("calls", "burst"), [(30, 5), (1000, 166), (1, 1)])
def test_the_bots_rate_can_be_set(calls: int, burst: int) -> None:
    limits = Limits.with_calls_a_second(calls)

    assert limits.all_burst == burst
    assert limits.all_rate + limits.all_burst <= max(calls, 2)
    assert limits.private_rate == Limits().private_rate


@in_virtual_time
async def test_what_is_sent_to_a_group_that_moved_is_sent_once_more_there() -> None:
    moves: list[tuple[int, int]] = []

    async def move_chat(old: int, new: int) -> None:
        moves.append((old, new))

    data = {"chat_id": -5, "text": "hello", "reply_parameters": "…", "message_thread_id": 3}
    arrived: list[dict[str, Any]] = []

    async def perform() -> bool:
        if data["chat_id"] == -5:
            raise ChatMigrated(-1005)
        arrived.append(dict(data))
        return True

    await Pacing(QUICK, move_chat).process_request(perform, (), {}, "sendMessage", data, None)

    assert arrived == [{"chat_id": -1005, "text": "hello"}]
    assert moves == [(-5, -1005)]


@in_virtual_time
async def test_an_edit_in_a_group_that_moved_is_left_to_its_caller() -> None:
    async def perform() -> bool:
        raise ChatMigrated(-1005)

    with pytest.raises(ChatMigrated):
        await Pacing(QUICK).process_request(perform, (), {}, "editMessageText", {"chat_id": -5}, None)


CHATS = (1, 2, -3, -4)
A_CALL = st.tuples(
    st.floats(0, 3),
    st.sampled_from(CHATS),
    st.sampled_from([Priority.FINAL, Priority.REPLY, Priority.PROGRESS]),
)
REFUSALS = st.dictionaries(st.sampled_from(CHATS), st.lists(st.floats(0.5, 20), max_size=pacing.MAX_TRIES - 1))


@settings(max_examples=60, deadline=None)
@given(calls=st.lists(A_CALL, min_size=1, max_size=60), refusals=REFUSALS, answers_in_s=st.sampled_from([0.0, 0.4]))
def test_whatever_happens_limits_hold_and_nothing_but_progress_is_lost(
    calls: list[tuple[float, int, Priority]], refusals: dict[int, list[float]], answers_in_s: float
) -> None:
    api = Api(Limits(), answers_in_s)
    api.refusals = {chat: list(pauses) for chat, pauses in refusals.items()}

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(_make(api, calls))

    made = api.names()
    for number, (_, chat, priority) in enumerate(calls):
        assert made.count(number) == 1 or (priority is Priority.PROGRESS and number not in made), (number, chat)
    for chat, tries in api.tries.items():
        for told_at, until in api.pauses[chat]:
            assert not [moment for moment in tries if told_at < moment < until]
        assert _most_within(60.0, tries) <= (20 if chat < 0 else 65)
    assert _most_within(1.0, sorted(itertools.chain(*api.tries.values()))) <= 30


async def _make(api: Api, calls: list[tuple[float, int, Priority]]) -> None:
    """Make the calls, each at its time, and wait for all of them."""

    async def one(number: int, wait_s: float, chat: int, priority: Priority) -> None:
        await asyncio.sleep(wait_s)
        try:
            await api.call(chat, number, priority)
        except ProgressSkipped:
            assert priority is Priority.PROGRESS

    await asyncio.gather(*(one(number, *call) for number, call in enumerate(calls)))


def _most_within(window_s: float, moments: list[float]) -> int:
    """The most calls that fall into any window of that length."""
    return max(sum(first <= moment < first + window_s for moment in moments) for first in moments)
