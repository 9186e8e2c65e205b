"""What can be done with an instant picture, by the real engine: change it, refine it, print it, name its style."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import count

import av
import numpy as np
import pytest
from PIL import Image

from jobs.camera import FEWEST_FILMED
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
    assert (shown[0].size, len(shown) > FEWEST_FILMED + 2) == ((64, 64), True)
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


# What is pressed after each study is chosen, the photos that are then sent, and words under what comes of them.
STUDIES = {
    "palette": ((), (STRIP,), "this is left of a style"),
    "from memory": (("edges",), (STRIP,), "what that layer remembers"),
    "what a layer sees": (("edges", "the whole layer"), (), "this is what excites it most"),
    "morph": ((), (STRIP, OTHER_STRIP), "one photo turns into the other"),
}


def go_through(person: Person, study: str) -> Message:
    """All that one study asks for; what comes of it."""
    labels, photos, words = STUDIES[study]
    person.says("/lab")
    for label in (study, *labels):
        person.presses(person.waits_for(lambda message, label=label: has_button(message, label)), label)  # type: ignore[misc]
    for photo in photos:
        if photo is not STRIP:
            person.waits_for(lambda message: "the second one" in words_of(message))
        person.sends_photo(photo)
    return person.waits_for(lambda message: words in words_of(message))


def test_the_lab_shows_a_palette_a_memory_what_a_layer_likes_and_a_morph(running: Stage) -> None:
    people = [running.person(next(_numbers)) for _ in STUDIES]

    with ThreadPoolExecutor(len(people)) as at_once:
        *stills, morph = at_once.map(go_through, people, STUDIES)

    for person, shown in zip(people, stills, strict=False):
        assert max(pixels(person, shown).shape) == 64
        assert pixels(person, shown).std() > 5
    assert len(frames(people[-1], morph)) > 12
    for person in people:  # the edit that ends the asking may come after what was asked for
        person.waits_until(lambda answers: not any(has_button(message, "never mind") for message in answers))


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
