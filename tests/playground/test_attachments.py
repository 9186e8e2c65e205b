"""Stickers, sounds, films, contacts, places and polls: what a bot gets of them, and what the chat shows."""

from typing import Any

import pytest
from telegram import Update

from tests.playground.helpers import Running, a_picture
from tests.playground.test_films import FILM

OGG = b"OggS" + bytes(60)
FILES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "sticker": (a_picture(512, 400), {"width": 512, "height": 400, "is_video": False}),
    "voice": (OGG, {"mime_type": "audio/ogg", "duration": 3}),
    "audio": (OGG, {"file_name": "it.bin", "duration": 3}),
    "video": (FILM, {"width": 64, "height": 48, "mime_type": "video/mp4"}),
    "video_note": (FILM, {"length": 64}),
    "animation": (FILM, {"width": 64, "height": 48, "file_name": "it.bin"}),
}
SHARED: dict[str, dict[str, Any]] = {
    "contact": {"phone_number": "+1 555", "first_name": "Bob"},
    "location": {"latitude": 48.86, "longitude": 2.34},
    "poll": {"question": "Which?", "options": ["This", "That"]},
}


async def heard(playground: Running) -> Any:
    """The message that the bot gets, as its library reads it."""
    update = Update.de_json((await playground.updates())[-1], None)
    assert update is not None
    return update.message


@pytest.mark.parametrize("kind", FILES)
async def test_a_file_of_each_kind_comes_as_what_it_is(playground: Running, kind: str) -> None:
    data, facts = FILES[kind]

    await playground.sends(data, action=kind, name="it.bin", caption="look", duration="3")

    message, shown = await heard(playground), (await playground.chat())[-1]
    got = getattr(message, kind)
    assert {name: got.to_dict()[name] for name in facts} == facts
    assert (message.caption, shown["caption"]) == (
        (None, "") if kind in ("sticker", "video_note") else ("look", "look")
    )
    assert (await playground.http.get(shown[kind]["url"])).content == data


@pytest.mark.parametrize("kind", SHARED)
async def test_what_has_no_file_is_shared(playground: Running, kind: str) -> None:
    answer = await playground.http.post(f"/person/ada/{kind}", json=SHARED[kind])

    message, shown = await heard(playground), (await playground.chat())[-1]
    assert (answer.status_code, answer.json()["message_id"]) == (200, shown["id"])
    assert {key: getattr(getattr(message, kind), key) for key in SHARED[kind] if key != "options"} == {
        key: value for key, value in SHARED[kind].items() if key != "options"
    }
    assert list(shown["shared"]) == [kind]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("contact", {"phone_number": "1"}),
        ("location", {"latitude": 91, "longitude": 0}),
        ("location", {"latitude": True, "longitude": 0}),
        ("poll", {"question": "Which?", "options": ["This"]}),
        ("poll", {"question": " ", "options": ["This", "That"]}),
    ],
)
async def test_what_no_messenger_shares_is_refused(playground: Running, action: str, body: dict[str, Any]) -> None:
    answer = await playground.http.post(f"/person/ada/{action}", json=body)

    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


@pytest.mark.parametrize("data", [b"", b"no film"], ids=["empty", "no film"])
async def test_a_film_that_is_none_is_refused(playground: Running, data: bytes) -> None:
    answer = await playground.http.post("/person/ada/video", files={"file": ("a.mp4", data)})

    assert answer.status_code == 400
