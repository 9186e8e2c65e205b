"""Inline queries: somebody types "@bot words" in a chat, and sends there what the bot found."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from playground.inline_methods import BUTTON, CONTENT, KINDS
from tests.playground.helpers import Json, Running, a_picture, running

ADA = 1001
WORDS: Json = {"message_text": "<b>Starry</b>", "parse_mode": "HTML"}
ARTICLE: Json = {"type": "article", "id": "1", "title": "Starry Night", "input_message_content": WORDS}
LINK: Json = {"inline_keyboard": [[{"text": "Go", "url": "https://t.me/pastiche_bot?start=p_starry"}]]}


async def asked(playground: Running, query: str = "starry", user: str = "ada", **where: Any) -> "asyncio.Task[Json]":
    """Somebody asks; what they get is awaited by the task."""

    async def ask() -> Json:
        response = await playground.http.post(f"/person/{user}/inline", json={"query": query, **where})
        return dict(response.json())

    task = asyncio.create_task(ask())
    await asyncio.sleep(0)
    return task


async def the_query(playground: Running) -> Json:
    """The query as the bot gets it."""
    [update] = await playground.updates(timeout=20)
    return dict(update["inline_query"])


async def found(playground: Running, *results: Json, user: str = "ada", **more: Any) -> Json:
    """What somebody is shown who asks a bot that finds this."""
    task = await asked(playground, user=user)
    query = await the_query(playground)
    await playground.result("answerInlineQuery", inline_query_id=query["id"], results=list(results), **more)
    return await task


async def refused(playground: Running, *results: Any, **more: Any) -> str:
    """Why an answer is not taken."""
    task = await asked(playground)
    query = await the_query(playground)
    reason = await playground.refusal("answerInlineQuery", inline_query_id=query["id"], results=list(results), **more)
    await playground.result("answerInlineQuery", inline_query_id=query["id"], results=[])
    await task
    return reason


async def chosen(playground: Running, shown: Json, result_id: str, user: str = "ada", **where: Any) -> int:
    """Send one of the results; the status of the answer."""
    wish = {"query_id": shown["query_id"], "result_id": result_id, **where}
    return (await playground.http.post(f"/person/{user}/choose", json=wish)).status_code


async def a_group(playground: Running) -> int:
    wish = {"kind": "supergroup", "title": "Painters", "members": ["ada", "ben"]}
    group = int((await playground.http.post("/chat", json=wish)).json()["id"])
    await playground.result("deleteWebhook", drop_pending_updates=True)
    return group


async def test_the_bot_is_asked_and_the_person_sees_what_it_found(playground: Running) -> None:
    task = await asked(playground, "stárry ")
    query = await the_query(playground)
    button = {"text": "Open", "start_parameter": "inline"}
    parameters: Json = {"results": [ARTICLE], "cache_time": 0, "is_personal": True, "button": button}
    await playground.result("answerInlineQuery", inline_query_id=query["id"], **parameters)

    shown = await task
    assert (query["query"], query["from"]["id"], query["chat_type"], query["offset"]) == ("stárry ", ADA, "sender", "")
    assert (shown["answered"], shown["button"]) == (True, {"text": "Open", "start": "inline"})
    [result] = shown["results"]
    assert (result["kind"], result["title"], result["text"], result["file"]) == (
        "article",
        "Starry Night",
        "Starry",
        None,
    )


async def test_a_result_is_sent_as_ones_own_message_through_the_bot(playground: Running) -> None:
    shown = await found(playground, ARTICLE | {"reply_markup": LINK})

    assert await chosen(playground, shown, "1") == 200

    *_, update = await playground.updates()
    message, on_the_page = update["message"], (await playground.chat())[-1]
    assert (message["text"], message["from"]["id"], message["via_bot"]["id"]) == ("Starry", ADA, playground.bot_id)
    assert message["entities"][0]["type"] == "bold"
    assert (on_the_page["via"], on_the_page["buttons"][0][0]["label"]) == ("pastiche_bot", "Go")


async def test_a_picture_the_bot_holds_is_found_and_sent_into_a_group_in_privacy_mode(playground: Running) -> None:
    sent = await playground.result("sendPhoto", chat_id=ADA, files={"photo": a_picture()})
    group = await a_group(playground)
    task = await asked(playground, user="ben", chat=group)
    query = await the_query(playground)
    photo: Json = {"type": "photo", "id": "p", "photo_file_id": sent["photo"][-1]["file_id"], "caption": "look"}
    await playground.result("answerInlineQuery", inline_query_id=query["id"], results=[photo])
    shown = await task

    await chosen(playground, shown, "p", user="ben", chat=group)

    *_, update = await playground.updates()
    assert query["chat_type"] == "supergroup"
    assert shown["results"][0]["file"]["width"] == 64
    assert (update["message"]["caption"], "photo" in update["message"]) == ("look", True)
    assert (await playground.chat("ada", chat=group))[-1]["author"]["name"] == "ben"


async def test_a_file_the_bot_holds_is_found_as_a_file(playground: Running) -> None:
    sent = await playground.result("sendDocument", chat_id=ADA, files={"document": ("a.png", a_picture())})
    held: Json = {"type": "document", "id": "d", "title": "A", "document_file_id": sent["document"]["file_id"]}

    shown = await found(playground, held)

    await chosen(playground, shown, "d")
    assert (await playground.chat())[-1]["document"]["name"] == "a.png"


async def test_who_gets_no_answer_in_time_is_told_so_and_a_late_one_is_refused() -> None:
    async with running(press_wait_s=0.05, callback_lifetime_s=0.0) as playground:
        await playground.result("getMe")

        shown = await (await asked(playground))

        query = await the_query(playground)
        reason = await playground.refusal("answerInlineQuery", inline_query_id=query["id"], results=[])
        assert (shown["answered"], shown["results"]) == (False, [])
        assert "query is too old" in reason


async def test_a_query_is_answered_once_and_by_its_bot_only(playground: Running) -> None:
    task = await asked(playground)
    query = await the_query(playground)
    answer: Json = {"inline_query_id": query["id"], "results": []}
    stranger = await playground.call("answerInlineQuery", token="99:AAtestAAtestAAtestAAtestAAtestAAtes", **answer)
    await playground.result("answerInlineQuery", **answer)
    await task

    assert stranger.status_code == 400
    assert "query is too old" in await playground.refusal("answerInlineQuery", **answer)


async def test_nobody_sends_what_somebody_else_found_or_nobody_did(playground: Running) -> None:
    shown = await found(playground, ARTICLE)

    assert await chosen(playground, shown, "1", user="ben") == 404
    assert await chosen(playground, shown, "2") == 404
    assert await chosen(playground, {"query_id": "7"}, "1") == 404


async def test_a_bot_that_does_not_want_queries_gets_none(playground: Running) -> None:
    await playground.updates(allowed_updates=["message"])
    task = await asked(playground)
    await playground.says("hello")

    assert [list(update)[1] for update in await playground.updates(timeout=20)] == ["message"]
    task.cancel()


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ([ARTICLE | {"titel": "x"}], 'it has no field "titel"'),
        ([{"type": "article", "id": "1", "title": "x"}], 'can\'t find field "input_message_content"'),
        ([ARTICLE | {"id": "x" * 65}], "RESULT_ID_INVALID"),
        ([ARTICLE, ARTICLE], "RESULT_ID_DUPLICATE"),
        ([ARTICLE | {"id": str(number)} for number in range(51)], "RESULTS_TOO_MUCH"),
        ([{"type": "game", "id": "1"}], 'no type "game"'),
        ([{"type": "photo", "id": "1", "photo_file_id": "AAAA"}], "wrong "),
        ([ARTICLE | {"input_message_content": {"message_text": "<b>", "parse_mode": "HTML"}}], "can't parse entities"),
        ([ARTICLE | {"input_message_content": {"message_text": "x", "silent": 1}}], 'no field "silent"'),
        (
            [ARTICLE | {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}}],
            "no callbacks of inline messages",
        ),
        (["x"], "no type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_results_are_checked(playground: Running, results: list[Any], reason: str) -> None:
    assert reason in await refused(playground, *results)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"button": {"text": "Open", "start_parameter": "no spaces"}}, "START_PARAM_INVALID"),
        ({"button": {"start_parameter": "x"}}, 'can\'t find field "text"'),
        ({"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"cache_time": "soon"}, "must be of type Integer"),
    ],
    ids=["parameter", "no text", "offset", "time"],
)
async def test_what_goes_along_is_checked(playground: Running, more: Json, reason: str) -> None:
    assert reason in await refused(playground, **more)


@pytest.mark.parametrize("body", [{"query": 5}, {"query": "x" * 257}, {"query": "x", "offset": 1}, {"chat": -5}])
async def test_questions_are_checked(playground: Running, body: Json) -> None:
    response = await playground.http.post("/person/ada/inline", json=body)

    assert response.status_code in {400, 404}


@pytest.mark.parametrize(
    ("kind", "published"),
    [
        (KINDS["article"], "InlineQueryResultArticle"),
        (KINDS["photo"], "InlineQueryResultCachedPhoto"),
        (KINDS["document"], "InlineQueryResultCachedDocument"),
        (CONTENT, "InputTextMessageContent"),
        (BUTTON, "InlineQueryResultsButton"),
    ],
)
def test_fields_are_those_of_the_published_api(kind: str, published: str, test_data: Path) -> None:
    types = json.loads((test_data / "data" / "bot_api.json").read_text())["types"]
    described = {field["name"]: field["required"] for field in types[published]["fields"]}

    assert {word.rstrip("!"): word.endswith("!") for word in kind.split()} == described
