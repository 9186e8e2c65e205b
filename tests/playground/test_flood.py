import itertools
from collections.abc import Iterable

import pytest

from playground.errors import ApiError
from playground.flood import Allowance, FloodLimits, FloodMeter
from tests.playground.helpers import Json, a_picture, running

ADA, GROUP = 1001, -4_000_000_001
LIMITS = FloodLimits(private=Allowance(3, 3.0), group=Allowance(4, 60.0), overall=Allowance(6, 1.0))


class Clock:
    """Time that stands still until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> FloodMeter:
    return FloodMeter(LIMITS, clock)


def refused_for_s(meter: FloodMeter, chat_id: int, messages: int = 1) -> int:
    with pytest.raises(ApiError, match="Too Many Requests: retry after") as refused:
        meter.count(7, chat_id, messages)
    return refused.value.parameters["retry_after"]


def test_a_burst_ends_and_goes_on_after_the_told_time(meter: FloodMeter, clock: Clock) -> None:
    for _ in range(3):
        meter.count(7, ADA)

    wait_s = refused_for_s(meter, ADA)
    clock.now += wait_s
    meter.count(7, ADA)

    assert wait_s == 3


def test_the_refused_do_not_count(meter: FloodMeter, clock: Clock) -> None:
    for _ in range(3):
        meter.count(7, ADA)
    clock.now += 2.5

    waits = [refused_for_s(meter, ADA) for _ in range(5)]

    assert waits == [1] * 5


def test_a_group_has_its_own_pace(meter: FloodMeter, clock: Clock) -> None:
    for _ in range(4):
        meter.count(7, GROUP)
        clock.now += 2

    assert refused_for_s(meter, GROUP) == 52


def test_an_album_counts_every_item(meter: FloodMeter) -> None:
    meter.count(7, ADA, 2)

    assert refused_for_s(meter, ADA, 2) == 3
    meter.count(7, ADA)


def test_all_chats_together_have_a_limit(meter: FloodMeter, clock: Clock) -> None:
    for chat_id in range(1, 7):
        meter.count(7, chat_id)

    wait_s = refused_for_s(meter, 99)
    meter.count(8, 99)
    clock.now += wait_s
    meter.count(7, 99)

    assert wait_s == 1


async def test_messages_and_edits_are_metered_and_refused_as_by_telegram() -> None:
    async with running(flood=LIMITS) as playground:
        await playground.says("/start")
        sent = await playground.result("sendMessage", chat_id=ADA, text="0")
        target: Json = {"chat_id": ADA, "message_id": sent["message_id"]}
        await playground.result("editMessageText", text="1", **target)
        await playground.result("sendPhoto", chat_id=ADA, files={"photo": a_picture()})

        answer = await playground.call("editMessageText", text="2", **target)
        await playground.result("sendChatAction", chat_id=ADA, action="typing")
        await playground.result("deleteMessage", **target)

    assert answer.status_code == answer.json()["error_code"] == 429
    assert answer.json()["description"] == "Too Many Requests: retry after 3"
    assert answer.json()["parameters"] == {"retry_after": 3}


@pytest.mark.parametrize(
    ("chats", "passed", "wait_s"),
    [([ADA], 20, 20), ([GROUP], 20, 60), (range(1, 100), 30, 1)],
    ids=["private", "group", "all"],
)
def test_the_usual_limits(clock: Clock, chats: Iterable[int], passed: int, wait_s: int) -> None:
    meter, chat_ids = FloodMeter(FloodLimits(), clock), itertools.cycle(chats)

    for _ in range(passed):
        meter.count(7, next(chat_ids))

    assert refused_for_s(meter, next(chat_ids)) == wait_s
