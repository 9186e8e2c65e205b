import asyncio

import pytest

from tests.playground.helpers import Running, a_picture, a_token, running


async def test_updates_come_until_a_higher_offset_is_asked_for(playground: Running) -> None:
    for text in ("one", "two", "three"):
        await playground.says(text)

    first = await playground.updates(limit=2)
    again = await playground.updates()
    rest = await playground.updates(offset=first[-1]["update_id"] + 1)

    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert [update["message"]["text"] for update in again] == ["one", "two", "three"]
    assert [update["message"]["text"] for update in rest] == ["three"]
    assert rest[0]["update_id"] == first[0]["update_id"] + 2


async def test_a_negative_offset_keeps_the_end_of_the_queue(playground: Running) -> None:
    for text in ("one", "two", "three"):
        await playground.says(text)

    last = await playground.updates(offset=-2)
    then = await playground.updates()

    assert [update["message"]["text"] for update in last] == ["two", "three"]
    assert then == last


async def test_a_long_poll_ends_with_the_first_update(playground: Running) -> None:
    poll = asyncio.create_task(playground.updates(timeout=20))
    await playground.until_polled()

    await playground.says("hello")

    async with asyncio.timeout(15):
        [update] = await poll
    assert update["message"]["text"] == "hello"


async def test_a_second_poller_ends_the_first(playground: Running) -> None:
    first = asyncio.create_task(playground.refusal("getUpdates", timeout=20))
    await playground.until_polled()

    second = asyncio.create_task(playground.updates(timeout=20))
    reason = await first
    await playground.says("hello")

    assert reason.startswith("Conflict: terminated by other getUpdates request; make sure that only one bot")
    assert len(await second) == 1


async def test_kinds_that_are_not_asked_for_do_not_come(playground: Running) -> None:
    await playground.updates(allowed_updates=["callback_query"])
    await playground.says("unheard")
    # Omitted, the setting stays; empty, it is everything again.
    kept = await playground.updates()
    await playground.updates(allowed_updates=[])
    await playground.says("heard")

    assert kept == []
    assert [update["message"]["text"] for update in await playground.updates()] == ["heard"]


async def test_pending_updates_can_be_dropped(playground: Running) -> None:
    await playground.says("old")

    waiting = (await playground.result("getWebhookInfo"))["pending_update_count"]
    await playground.result("deleteWebhook", drop_pending_updates=True)

    assert waiting == 1
    assert await playground.updates() == []


async def test_an_album_is_one_update_per_item_with_one_caption(playground: Running) -> None:
    await playground.sends(a_picture(), a_picture(), caption="both")

    messages = [update["message"] for update in await playground.updates()]

    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["both", None]
    assert messages[1]["message_id"] == messages[0]["message_id"] + 1


async def test_the_first_bot_gets_what_was_written_before_it_came() -> None:
    async with running() as playground:
        await playground.sends(a_picture())
        [update] = await playground.updates()

        sent = await playground.result("sendMessage", chat_id=1001, text="here I am")
        file = await playground.result("getFile", file_id=update["message"]["photo"][-1]["file_id"])

    assert sent["message_id"] == update["message"]["message_id"] + 1
    assert file["file_path"].startswith("photos/")


async def test_people_write_to_the_bot_that_started_last(playground: Running) -> None:
    other = a_token()
    await playground.result("getMe", token=other)
    await playground.says("hello, other one")

    assert len(await playground.updates(token=other)) == 1
    assert await playground.updates() == []


@pytest.mark.parametrize("polls", [True, False], ids=["polling", "silent"])
async def test_the_page_knows_whether_a_bot_is_there(polls: bool) -> None:
    async with running() as playground:
        if polls:
            await playground.updates()
        news = await playground.http.get("/person/ada/events")

    assert news.json()["bot"]["connected"] is polls
