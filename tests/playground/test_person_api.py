import asyncio
import json
from typing import Any

import pytest

from playground.app import create_app
from playground.config import PlaygroundConfig
from tests.playground.helpers import Json, Running, a_picture, opened

ADA = 1001


async def test_people_by_name_and_by_number_are_the_same(playground: Running) -> None:
    await playground.says("by number", user="1001")
    await playground.says("as ben", user="Ben")
    await playground.says("as a stranger", user="5000")

    senders = [update["message"]["from"]["id"] for update in await playground.updates()]
    assert senders == [ADA, 1002, 5000]
    assert [message["text"] for message in await playground.chat()] == ["/start", "by number"]


async def test_other_names_have_an_id_of_their_own(playground: Running) -> None:
    await playground.says("hello", user="zoe")
    await playground.says("again", user="zoe")

    first, second = [update["message"]["from"] for update in await playground.updates()]
    assert first == second
    assert first["first_name"] == "Zoe"
    assert first["id"] > 1005


@pytest.mark.parametrize("user", ["0", "-5", "a b", "x" * 40, "99999999999999999999"])
async def test_impossible_people_are_refused(playground: Running, user: str) -> None:
    answer = await playground.http.post(f"/person/{user}/text", json={"text": "hello"})

    assert answer.status_code == 400


async def test_a_chat_shows_every_message_in_order(playground: Running) -> None:
    await playground.sends(a_picture(300, 200), caption="look")
    await playground.result(
        "sendMessage",
        chat_id=ADA,
        text="nice",
        reply_markup={"inline_keyboard": [[{"text": "Go", "callback_data": "go", "style": "danger"}]]},
    )

    _, photo, text = await playground.chat()
    assert (photo["from"], photo["caption"]) == ("person", "look")
    assert (photo["photo"]["width"], photo["photo"]["height"]) == (300, 200)
    assert (text["from"], text["text"], text["edits"]) == ("bot", "nice", 0)
    assert text["buttons"] == [[{"label": "Go", "data": "go", "style": "danger"}]]
    picture = await playground.http.get(photo["photo"]["url"])
    assert (picture.headers["content-type"], len(picture.content)) == ("image/jpeg", photo["photo"]["bytes"])
    assert opened(picture.content).size == (300, 200)


async def test_a_document_keeps_its_bytes(playground: Running) -> None:
    data = a_picture(300, 200, kind="BMP")

    await playground.sends(data, action="document", name="../../etc/drawing.bmp", caption="as it is")

    [update] = await playground.updates()
    document = (await playground.chat())[-1]["document"]
    assert update["message"]["document"]["file_name"] == document["name"] == "drawing.bmp"
    assert (await playground.http.get(document["url"])).content == data


async def test_only_pictures_open_in_the_browser(playground: Running) -> None:
    await playground.sends(b"<script>alert(1)</script>", action="document", name="page.html")

    document = (await playground.chat())[-1]["document"]
    answer = await playground.http.get(document["url"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_is_no_picture_can_only_be_sent_as_a_file(playground: Running) -> None:
    answer = await playground.http.post("/person/ada/photo", files={"file": ("a.jpg", b"text")})
    await playground.sends(b"text", action="document", name="a.jpg")

    [update] = await playground.updates()
    assert (answer.status_code, "file" in answer.json()["error"]) == (400, True)
    assert update["message"]["document"]["mime_type"] == "image/jpeg"


async def test_a_broken_picture_travels_as_a_file_without_thumbnail(playground: Running) -> None:
    data = a_picture(kind="AVIF")

    await playground.sends(data[:-40] + b"\xff" * 40, action="document", name="broken.avif")

    [update] = await playground.updates()
    assert update["message"]["document"]["file_name"] == "broken.avif"
    assert "thumbnail" not in update["message"]["document"]


async def test_a_reply_names_its_message(playground: Running) -> None:
    sent = await playground.result("sendMessage", chat_id=ADA, text="which one?")

    await playground.says("that one", reply_to=sent["message_id"])
    await playground.sends(a_picture(), reply_to=str(sent["message_id"]))

    replies = [update["message"]["reply_to_message"]["text"] for update in await playground.updates()]
    assert replies == ["which one?", "which one?"]
    unknown = await playground.http.post("/person/ada/text", json={"text": "x", "reply_to": 5})
    assert unknown.status_code == 404


@pytest.mark.parametrize("count", [1, 11])
async def test_an_album_has_two_to_ten_files(playground: Running, count: int) -> None:
    answer = await playground.http.post("/person/ada/album", files=[("file", ("a.png", a_picture()))] * count)

    assert answer.status_code == 400


async def test_files_travel_together_too(playground: Running) -> None:
    await playground.sends(b"one", b"two", as_file="1", name="notes.txt")

    assert [message["document"]["bytes"] for message in (await playground.chat())[1:]] == [3, 3]


async def test_a_button_that_is_not_there_cannot_be_pressed(playground: Running) -> None:
    sent = await playground.result(
        "sendMessage",
        chat_id=ADA,
        text="x",
        reply_markup={"inline_keyboard": [[{"text": "Open", "url": "https://example.org"}]]},
    )
    press = {"message_id": sent["message_id"]}

    answers = [
        await playground.http.post("/person/ada/press", json=body)
        for body in ({**press, "label": "Close"}, {**press, "label": "Open"}, press, {"message_id": 5, "data": "x"})
    ]

    assert [answer.status_code for answer in answers] == [404, 400, 400, 404]


async def test_a_press_can_be_forged_with_data_that_no_button_carries(playground: Running) -> None:
    sent = await playground.result("sendMessage", chat_id=ADA, text="x")
    press = {"message_id": sent["message_id"]}

    forging = asyncio.create_task(playground.http.post("/person/ada/press", json={**press, "forged": "cancel:7"}))
    [update] = await playground.updates(timeout=20)
    query = update["callback_query"]
    await playground.result("answerCallbackQuery", callback_query_id=query["id"], text="No")
    too_long = await playground.http.post("/person/ada/press", json={**press, "forged": "ä" * 33})

    assert (query["data"], (await forging).json()["text"], too_long.status_code) == ("cancel:7", "No", 400)


async def test_events_wait_for_news_and_tell_only_these(playground: Running) -> None:
    before = await playground.events()
    waiting = asyncio.create_task(playground.news_with_messages(before))
    await asyncio.sleep(0.05)

    sent = await playground.result("sendMessage", chat_id=ADA, text="news")

    news = await waiting
    assert (before["all"], news["all"]) == (True, False)
    assert [message["id"] for message in news["messages"]] == [sent["message_id"]]


async def test_events_tell_what_was_deleted(playground: Running) -> None:
    sent = await playground.result("sendMessage", chat_id=ADA, text="soon gone")
    before = await playground.events()
    await playground.result("deleteMessage", chat_id=ADA, message_id=sent["message_id"])

    known: Json = {"after": before["revision"], "epoch": before["epoch"]}
    news = await playground.events(**known)

    assert news["removed"] == [sent["message_id"]]


async def test_a_page_from_another_life_starts_afresh(playground: Running) -> None:
    news = await playground.events(after=10_000, epoch="gone")

    assert news["all"] is True
    assert len(news["messages"]) == 1


HALF = r"a\ud800b"
GROUP = {"kind": "forum", "title": "x", "members": ["ada"], "topics": ["y"]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/person/ada/text", {"text": HALF}),
        ("/person/ada/press", {"message_id": 1, "label": HALF}),
        ("/person/ada/delete", {"message": HALF}),
        ("/chat", GROUP | {"title": HALF}),
        ("/chat", GROUP | {"topics": [HALF]}),
        ("/chat", GROUP | {"members": [HALF]}),
        ("/faults", {"status": 500, "description": HALF}),
    ],
)
async def test_half_a_surrogate_pair_is_refused_with_a_reason(playground: Running, path: str, body: Json) -> None:
    answer = await playground.http.post(path, content=json.dumps(body).replace("\\\\", "\\"))

    assert (answer.status_code, answer.json()) == (400, {"error": "strings must be encoded in UTF-8"})


@pytest.mark.parametrize("body", ["", "[]", '{"text": " "}', '{"text": 5}'])
async def test_a_text_must_be_a_text(playground: Running, body: str) -> None:
    assert (await playground.http.post("/person/ada/text", content=body)).status_code == 400


async def test_hanging_up_in_the_middle_of_a_request_is_no_accident() -> None:
    app = create_app(PlaygroundConfig(port=0))
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/person/ada/text", "query_string": b""}
    headers = [(b"host", b"127.0.0.1:8089"), (b"x-playground", b"1")]
    heard = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive() -> dict[str, Any]:
        return next(heard, {"type": "http.disconnect"})

    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    await app({**scope, "headers": headers, "server": ("127.0.0.1", 8089)}, receive, send)

    app.state.world.close()
    assert said[0]["status"] == 400
