"""What can be done with an instant picture, by the real engine: change it, refine it, print it, name its style."""

from io import BytesIO
from itertools import count

import av
import numpy as np
import pytest
from PIL import Image

from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import Message, Person, Stage, has_button, is_hq_result, is_result, words_of

CONTENT = jpeg_of(photo_of("astronaut"))
STYLE = jpeg_of(photo_of("coffee"))
# Whatever is painted of it has a quarter of a square's pixels, and takes a quarter of its time.
STRIP, OTHER_STRIP = (jpeg_of(photo_of(name).crop((0, 96, 320, 176))) for name in ("astronaut", "coffee"))

_numbers = count(4001)


@pytest.fixture
def person(running: Stage) -> Person:
    """Somebody the bot has never met."""
    return running.person(next(_numbers))


def pixels(person: Person, message: Message) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(person.opens(message))).convert("RGB"), dtype=float)


def saturation(picture: np.ndarray) -> float:
    """How far the colours are from grey."""
    return float((picture.max(axis=2) - picture.min(axis=2)).mean())


def test_changes_paint_the_same_message_anew_and_high_quality_follows_in_its_own(person: Person) -> None:
    person.sends_album(CONTENT, STYLE)
    first = person.waits_for(is_result)
    before = pixels(person, first)

    person.presses(first, "softer")
    softer = person.waits_for(lambda message: "strength 75 %" in words_of(message))
    after = pixels(person, softer)
    person.presses(softer, "photo colours")
    coloured = person.waits_for(lambda message: "your photo's colours" in words_of(message))
    person.presses(coloured, "high quality")
    refined = person.waits_for(is_hq_result)

    assert len({message["id"] for message in (first, softer, coloured)}) == 1
    assert before.shape == after.shape
    assert np.abs(before - after).mean() > 1.0
    assert saturation(pixels(person, coloured)) != pytest.approx(saturation(after), rel=0.02)
    assert (refined["id"] != first["id"], "75 %" in words_of(refined)) == (True, True)
    assert len(person.answers()) == 2


def frames(person: Person, message: Message) -> list[Image.Image]:
    """The pictures of an animation."""
    with av.open(BytesIO(person.fetches(message["animation"]["url"])), "r") as file:
        return [frame.to_image() for frame in file.decode(video=0)]


def test_a_time_lapse_shows_the_way_from_the_photo_to_the_picture_in_high_quality(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.presses(person.waits_for(lambda message: has_button(message, "glass")), "glass")
    person.presses(person.waits_for(is_result), "time-lapse")

    film = person.waits_for(lambda message: bool(message.get("animation")))
    again = person.presses(person.waits_for(is_hq_result), "time-lapse")

    shown = frames(person, film)
    assert "this is how it came to be" in words_of(film)
    assert (shown[0].size, len(shown) > 12 + 24) == ((64, 64), True)
    photo = np.asarray(photo_of("astronaut").resize((64, 64)), dtype=float)
    away = [np.abs(np.asarray(frame, dtype=float) - photo).mean() for frame in (shown[0], shown[-1])]
    assert away[0] < 12 < away[1]
    assert again["answered"]
    person.waits_for(lambda message: bool(message.get("animation")) and message["id"] > film["id"])


def test_the_lab_spots_what_differs_between_two_photos(person: Person) -> None:
    changed = photo_of("astronaut").copy()
    changed.paste("blue", (20, 180, 110, 270))
    person.says("/lab")
    person.presses(person.waits_for(lambda message: has_button(message, "spot the difference")), "spot the difference")
    person.sends_photo(CONTENT)
    person.waits_for(lambda message: "the second one" in words_of(message))

    person.sends_photo(jpeg_of(changed))

    result = person.waits_for(lambda message: "I found" in words_of(message))
    still = person.waits_for(lambda message: "everything marked" in words_of(message))
    assert "I found one" in words_of(result)
    assert frames(person, result)[0].size == (64, 64)
    assert (still["reply_to"], Image.open(BytesIO(person.opens(still))).size) == (result["id"], (64, 64))


def test_the_lab_shows_a_palette_a_memory_what_a_layer_likes_and_a_morph(person: Person, running: Stage) -> None:
    asked: set[int] = set()  # the message asked before may still show its buttons for a moment
    for study in ("palette", "from memory", "what a layer sees", "morph"):
        person.says("/lab")
        lab = person.waits_for(lambda message: has_button(message, "morph") and message["id"] not in asked)
        asked.add(lab["id"])
        person.presses(lab, study)
        if study in ("from memory", "what a layer sees"):
            person.presses(person.waits_for(lambda message: has_button(message, "edges")), "edges")
        if study == "what a layer sees":
            person.presses(person.waits_for(lambda message: has_button(message, "the whole layer")), "the whole layer")
        else:
            person.sends_photo(STRIP)
    person.waits_for(lambda message: "the second one" in words_of(message))
    person.sends_photo(OTHER_STRIP)

    morph = person.waits_for(lambda message: "one photo turns into the other" in words_of(message))

    for words in ("this is left of a style", "what that layer remembers", "this is what excites it most"):
        shown = person.waits_for(lambda message, words=words: words in words_of(message))  # type: ignore[misc]
        assert max(pixels(person, shown).shape) == 64
        assert pixels(person, shown).std() > 5
    assert len(frames(person, morph)) > 12
    asking = [message for message in person.answers() if has_button(message, "never mind")]
    assert asking == []


def test_a_poster_comes_as_a_file_that_says_how_large_it_is_printed(person: Person) -> None:
    person.sends_photo(STRIP)
    person.presses(person.waits_for(lambda message: has_button(message, "glass")), "glass")
    person.presses(person.waits_for(is_result), "poster")
    asked = person.waits_for(lambda message: has_button(message, "A4, 150"))

    person.presses(asked, "A4, 150")

    poster = person.waits_for(lambda message: "here is your poster" in words_of(message))
    file = Image.open(BytesIO(person.fetches(poster["document"]["url"])))
    assert poster["id"] == asked["id"]
    assert (file.size, file.format, round(float(file.info["dpi"][0]))) == ((1754, 438), "JPEG", 150)


def test_a_caption_names_the_style_and_a_slip_is_understood(person: Person) -> None:
    person.sends_photo(CONTENT, caption="/style stained glas")

    result = person.waits_for(is_result)

    assert "Stained glass" in words_of(result)
    assert len(person.answers()) == 1
