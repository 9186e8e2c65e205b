import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.playground.helpers import Json, Running, a_picture

ADA = 1001


@pytest.fixture(autouse=True)
async def no_faults_left(playground: Running) -> AsyncIterator[None]:
    yield
    await playground.http.delete("/faults")


async def ordered(playground: Running, **fault: object) -> Json:
    answer = await playground.http.post("/faults", json=fault)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def said(playground: Running) -> list[str]:
    """What the bot managed to say."""
    return [message["text"] for message in await playground.chat() if message["from"] == "bot"]


async def test_the_next_calls_of_a_method_are_refused(playground: Running) -> None:
    await ordered(playground, method="sendmessage", status=429, retry_after=7, times=2)

    answers = [await playground.call("sendMessage", chat_id=ADA, text=str(n)) for n in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert await said(playground) == ["2"]


async def test_any_method_can_be_meant(playground: Running) -> None:
    await ordered(playground, method="*", status=502)

    assert await playground.refusal("getMe") == "Bad Gateway"
    assert (await playground.result("getMe"))["id"] == playground.bot_id


async def test_only_one_chat_can_be_meant(playground: Running) -> None:
    await playground.says("hello", user="ben")
    await ordered(playground, status=403, chat=1002)

    await playground.result("sendMessage", chat_id=ADA, text="hello")
    reason = await playground.refusal("sendMessage", chat_id=1002, text="hello")

    assert reason == "Forbidden: bot was blocked by the user"


async def test_an_accepted_call_can_lose_its_answer(playground: Running) -> None:
    await ordered(playground, method="sendMessage", after_accept=True)

    with pytest.raises(httpx.TransportError):
        await playground.call("sendMessage", chat_id=ADA, text="arrived")

    assert await said(playground) == ["arrived"]
    calls = (await playground.http.get("/calls")).json()["calls"]
    assert calls[-1]["outcome"] == "answer lost"


async def test_an_accepted_call_can_be_answered_with_an_error(playground: Running) -> None:
    await ordered(playground, method="sendMessage", after_accept=True, status=500, description="Internal: oh")

    reason = await playground.refusal("sendMessage", chat_id=ADA, text="arrived")

    assert reason == "Internal: oh"
    assert await said(playground) == ["arrived"]


async def test_a_connection_can_end_before_the_call_is_carried_out(playground: Running) -> None:
    await ordered(playground, method="sendMessage", status="drop")

    with pytest.raises(httpx.TransportError):
        await playground.call("sendMessage", chat_id=ADA, text="lost")

    assert await said(playground) == []


async def test_a_call_can_be_late(playground: Running) -> None:
    await ordered(playground, method="sendMessage", delay_s=0.2)
    began = time.monotonic()

    await playground.result("sendMessage", chat_id=ADA, text="at last")

    assert time.monotonic() - began >= 0.2


async def test_an_accepted_call_can_be_answered_late(playground: Running) -> None:
    await ordered(playground, method="sendMessage", after_accept=True, status=500, delay_s=20)
    before = await playground.events()

    late = asyncio.create_task(playground.call("sendMessage", chat_id=ADA, text="there already"))
    news = await playground.news_with_messages(before)

    assert news["messages"][0]["text"] == "there already"
    assert not late.done()
    late.cancel()


async def test_downloads_fail_too(playground: Running) -> None:
    sent = await playground.result("sendPhoto", chat_id=ADA, files={"photo": a_picture()})
    file = await playground.result("getFile", file_id=sent["photo"][-1]["file_id"])
    path = f"/file/bot{playground.token}/{file['file_path']}"
    await ordered(playground, method="download", status=500)

    answers = [await playground.http.get(path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [500, 200]


async def test_faults_are_shown_and_cleared(playground: Running) -> None:
    await ordered(playground, method="sendMessage", status=500, times=3)
    await playground.refusal("sendMessage", chat_id=ADA, text="x")

    [waiting] = (await playground.http.get("/faults")).json()["faults"]
    left = (await playground.http.delete("/faults")).json()

    assert (waiting["method"], waiting["status"], waiting["times"]) == ("sendMessage", 500, 2)
    assert left == {"faults": []}
    await playground.result("sendMessage", chat_id=ADA, text="x")


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"status": 200},
        {"status": "lost"},
        {"status": 500, "times": 0},
        {"status": 500, "delay_s": -1},
        {"status": 500, "mehtod": "getMe"},
        {"status": 500, "method": 5},
        {"status": 429, "retry_after": "7"},
    ],
)
async def test_orders_that_make_no_sense_are_refused(playground: Running, fault: Json) -> None:
    answer = await playground.http.post("/faults", json=fault)

    assert answer.status_code == 400


async def test_strangers_cannot_order_faults(playground: Running) -> None:
    async with httpx.AsyncClient(base_url=playground.url) as stranger:
        answer = await stranger.post("/faults", json={"status": 500})

    assert answer.status_code == 403
