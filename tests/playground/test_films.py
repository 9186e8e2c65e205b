"""Animations: what is taken, what a bot and a person see of it, and what a text or a photo becomes by an edit."""

import io

import av
import pytest
from PIL import Image

from playground.errors import NotAFilm
from playground.films import FilmFacts, read_film
from tests.playground.helpers import Running, a_picture

ADA = 1001


def a_film(width: int = 64, height: int = 48, frames: int = 24) -> bytes:
    """A short MP4."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for level in range(frames):
            picture = Image.new("RGB", (width, height), (level * 10, 0, 0))
            file.mux(stream.encode(av.VideoFrame.from_image(picture)))
        file.mux(stream.encode())
    return out.getvalue()


FILM = a_film()


def test_sides_and_length_are_read_from_the_file() -> None:
    assert read_film(FILM) == FilmFacts(64, 48, duration_s=2)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 64, FILM[:100], FILM[4:], a_picture(), b"\x00\x00\x00\x08ftyp", FILM.replace(b"tkhd", b"free")],
    ids=["nothing", "zeros", "cut short", "shifted", "a picture", "no film in it", "no sides"],
)
def test_what_is_no_film_is_not_taken_for_one(data: bytes) -> None:
    with pytest.raises(NotAFilm):
        read_film(data)


async def test_an_animation_is_one_for_the_bot_and_for_the_person_and_plays_in_the_browser(playground: Running) -> None:
    await playground.says("/start")

    sent = await playground.result("sendAnimation", chat_id=ADA, caption="look", files={"animation": ("a.mp4", FILM)})
    again = await playground.result("sendAnimation", chat_id=ADA, animation=sent["animation"]["file_id"])

    shape = {name: sent["animation"][name] for name in ("width", "height", "duration", "mime_type", "file_name")}
    assert shape == {"width": 64, "height": 48, "duration": 2, "mime_type": "video/mp4", "file_name": "a.mp4"}
    assert sent["document"]["file_id"] == sent["animation"]["file_id"] == again["animation"]["file_id"]
    shown = (await playground.chat())[-2]
    assert (shown["caption"], shown["animation"]["width"], shown["animation"]["mime"]) == ("look", 64, "video/mp4")
    served = await playground.http.get(shown["animation"]["url"])
    assert (served.content, served.headers["content-type"]) == (FILM, "video/mp4")
    assert served.headers["content-disposition"].startswith("inline")


async def test_a_text_and_a_photo_become_an_animation(playground: Running) -> None:
    await playground.says("/start")
    text = await playground.result("sendMessage", chat_id=ADA, text="wait")
    photo = await playground.result("sendPhoto", chat_id=ADA, files={"photo": a_picture()})
    media = '{"type": "animation", "media": "attach://film", "caption": "there"}'

    changed = [
        await playground.result(
            "editMessageMedia", chat_id=ADA, message_id=message["message_id"], media=media, files={"film": ("f", FILM)}
        )
        for message in (text, photo)
    ]

    assert [message["animation"]["duration"] for message in changed] == [2, 2]
    assert [message["caption"] for message in await playground.chat() if message.get("animation")] == ["there", "there"]


async def test_what_is_no_mp4_and_what_belongs_to_no_album_is_refused(playground: Running) -> None:
    await playground.says("/start")
    media = '[{"type": "animation", "media": "attach://a"}, {"type": "photo", "media": "attach://b"}]'

    assert "this is none" in await playground.refusal("sendAnimation", chat_id=ADA, files={"animation": a_picture()})
    assert "no animation in the request" in await playground.refusal("sendAnimation", chat_id=ADA)
    album = await playground.refusal("sendMediaGroup", chat_id=ADA, media=media, files={"a": FILM, "b": a_picture()})
    assert album == "Bad Request: animation can't be used in a media group"
