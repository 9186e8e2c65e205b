"""What people send that is no photo, buttons that are not theirs, and two devices at once: one sentence each."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from PIL import Image

from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import Message, Person, Stage, data_of, has_button, is_result, labels_of, words_of
from tests.jobs.pictures import encoded, png_header
from tests.playground.test_films import FILM

pytestmark = pytest.mark.timeout(300)  # nets are loaded, and other work may share the machine

CONTENT = jpeg_of(photo_of("astronaut", 96))
STYLE = jpeg_of(photo_of("coffee", 96))
IN_A_STEP = "/style mosaic"
# What cannot be painted, and words of the one sentence that answers it.
ODD_FILES = {
    "a video": (b"\0\0\0\x18ftypmp42" + bytes(64), "clip.mp4", "video/mp4", "kind of file"),
    "a broken file": (CONTENT[: len(CONTENT) // 2], "cut.jpg", "image/jpeg", "damaged"),
    "a bomb": (png_header(60_000, 60_000), "bomb.png", "image/png", "too many pixels"),
    "too large a file": (bytes(20 * 2**20 + 1), "wall.jpg", "image/jpeg", "too large for me to fetch"),
    "a page": (b"<html><script>alert(1)</script></html>", "<b>me</b>.jpg", "image/jpeg", "not a picture"),
}
# What a messenger sends besides, in this order; what is said of each; and that the photo waits all the same.
OTHER_FILES = {
    "sticker": encoded(Image.new("RGB", (64, 64)), "WEBP"),
    "voice": b"OggS" + bytes(60),
    "audio": bytes(64),
    "video": FILM,
    "video_note": FILM,
    "animation": FILM,
}
SHARED: dict[str, dict[str, Any]] = {
    "contact": {"phone_number": "+1 555", "first_name": "Bob"},
    "location": {"latitude": 48.86, "longitude": 2.34},
    "poll": {"question": "Which?", "options": ["This", "That"]},
}
REMARKS = [
    "Nice sticker!",
    *["I can't listen to that."] * 2,
    *["I can't paint videos."] * 2,
    "I can't paint animations.",
    *["I can't do anything with that."] * 3,
]
STILL_HERE = "Your photo is still here: tap a style under it, or send a second picture and I borrow its look."
# A bell, a mark that turns text round, a mark in no width, and markup, as a name.
NASTY = "\u202e\u0007Wall\u200b \u2066<b>&amp;</b>\u0000"

_numbers = count(5401)


@pytest.fixture
def person(running: Stage) -> Person:
    """Somebody the bot has never met."""
    return running.person(next(_numbers))


def is_sheet(message: Message) -> bool:
    """The styles to choose from, for a photo."""
    return has_button(message, "1. ")


def jobs_of(stage: Stage, person: Person) -> int:
    [(jobs,)] = stage.rows("SELECT count(*) FROM jobs WHERE user_id = ?", person.user)
    return int(jobs)


def test_what_cannot_be_painted_gets_one_sentence_and_the_photo_is_kept(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.waits_for(is_sheet)

    for data, name, kind, words in ODD_FILES.values():
        person.sends_document(data, name, kind=kind)
        person.waits_for(lambda message, words=words: words in words_of(message))  # type: ignore[misc]
    person.says("what a lovely day " + NASTY)
    person.waits_for(lambda message: "Your photo is still here" in words_of(message))
    person.sends_photo(STYLE)

    person.waits_for(is_result)
    assert len(person.answers()) == 1 + len(ODD_FILES) + 1 + 1


def test_stickers_sounds_films_and_all_else_get_one_fitting_sentence_and_the_photo_is_kept(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.waits_for(is_sheet)

    for kind, data in OTHER_FILES.items():
        person.sends(kind, data)
    for kind, told in SHARED.items():
        person.shares(kind, **told)
    person.waits_until(lambda answers: len(answers) == 1 + len(REMARKS))
    person.sends_photo(STYLE)
    person.waits_for(is_result)

    _, *told_of_each, _ = [words_of(message) for message in person.answers()]
    assert told_of_each == [f"{remark} {STILL_HERE}" for remark in REMARKS]


def test_three_photos_in_an_album_get_one_sentence_and_two_are_asked_for(person: Person, running: Stage) -> None:
    person.sends_album(CONTENT, STYLE, CONTENT)

    told = person.waits_for(lambda message: "more than two" in words_of(message))

    assert [message["id"] for message in person.answers()] == [told["id"]]
    assert jobs_of(running, person) == 0


def test_of_a_photo_and_another_file_in_one_album_the_photo_is_kept(person: Person) -> None:
    person.sends_files(("me.jpg", CONTENT), ("letter.pdf", b"%PDF-1.4"))
    kept = person.waits_for(lambda message: "Only one picture of that album works" in words_of(message))

    person.presses(kept, "glass")

    assert person.waits_for(is_result)["id"] == kept["id"]


def test_captions_and_names_full_of_tricks_harm_no_sentence(person: Person) -> None:
    person.sends_photo(CONTENT, caption=f"/style {NASTY}")
    asked = person.waits_for(lambda message: "I have no style called" in words_of(message))
    person.sends_album(CONTENT, STYLE, caption=NASTY)
    person.waits_for(is_result)
    person.says(f"/mystyles {NASTY}")

    card = person.waits_for(lambda message: "your style" in words_of(message))

    assert words_of(card) == "⭐ Wall <b>&amp;</b>: your style."
    assert "“Wall <b>&amp;</b>”" in words_of(asked)
    assert not any(entity["offset"] > 2 + len("Wall <b>&amp;</b>") for entity in card["entities"])


def test_forged_buttons_get_a_word_and_change_nothing(person: Person, running: Stage) -> None:
    victim = running.person(next(_numbers))
    victim.sends_photo(CONTENT, caption=IN_A_STEP)
    theirs = victim.waits_for(is_result)
    person.sends_photo(CONTENT)
    sheet = person.waits_for(is_sheet)
    stolen = [button["data"] for row in theirs["buttons"] for button in row]
    made_up = [
        "preset:0.mosaic",
        "vary:1",
        "hq:-1",
        "cancel:9999999999999999999999",
        "nonsense",
        "mix:1.0.x.",
        "\u202e",
    ]

    answers = [person.forges(sheet, data) for data in [*stolen, *made_up]]

    assert all(answer["answered"] and answer["text"] for answer in answers)
    assert (jobs_of(running, person), jobs_of(running, victim)) == (0, 1)
    assert len(person.answers()) == 1


def test_in_a_group_buttons_belong_to_who_asked(person: Person, running: Stage) -> None:
    other = running.person(next(_numbers))
    chat, _ = running.group(person, other)
    person.in_chat(chat).sends_photo(CONTENT, caption=IN_A_STEP)
    result = person.in_chat(chat).waits_for(is_result)

    answers = [other.in_chat(chat).presses(result, label) for label in ("softer", "high quality", "📄")]

    assert {answer["text"] for answer in answers} == {"This button belongs to somebody else."}
    assert (jobs_of(running, person), jobs_of(running, other)) == (1, 0)


def test_a_button_pressed_on_two_devices_at_once_is_one_wish(person: Person, running: Stage) -> None:
    person.sends_photo(CONTENT)
    sheet = person.waits_for(is_sheet)

    with ThreadPoolExecutor() as devices:
        answers = list(devices.map(lambda label: person.presses(sheet, label), ["glass", "glass"]))

    person.waits_for(is_result)
    *again, first = sorted((answer["text"] for answer in answers), key=lambda text: text == "I am on it!")
    assert first == "I am on it!"
    assert again in (["I am already on it."], ["That is painted already."])  # by how quick the painter is
    assert (jobs_of(running, person), len(person.answers())) == (1, 1)


def test_buttons_of_yesterday_work_and_replayed_ones_paint_nothing_twice(person: Person, running: Stage) -> None:
    person.sends_photo(CONTENT)
    sheet = person.waits_for(is_sheet)
    person.presses(sheet, "brush strokes")
    result = person.waits_for(is_result)
    again = person.forges(result, data_of(sheet, "preset"))

    person.presses_old(result, "softer")

    softer = person.waits_for(lambda message: "strength 75 %" in words_of(message))
    assert softer["id"] != result["id"]  # what Telegram hides from bots cannot be changed
    assert (again["text"], jobs_of(running, person)) == ("That is painted already.", 2)


def test_a_photo_during_a_running_job_begins_the_next_one(person: Person, running: Stage) -> None:
    person.sends_photo(CONTENT, caption=IN_A_STEP)
    person.presses(person.waits_for(is_result), "high quality")
    status = person.waits_for(lambda message: has_button(message, "cancel") or "in high quality" in words_of(message))

    person.sends_photo(STYLE)
    sheet = person.waits_for(is_sheet)
    person.presses(sheet, "glass")

    person.waits_for(lambda message: "Stained glass" in words_of(message) and is_result(message))
    refined = person.waits_for(lambda message: "in high quality" in words_of(message))
    assert (refined["id"], "Mosaic" in words_of(refined)) == (status["id"], True)
    assert labels_of(refined)
    assert jobs_of(running, person) == 3


def test_the_smallest_and_the_thinnest_pictures_are_refused_by_what_they_are(person: Person) -> None:
    for size, words in (((63, 200), "too small"), ((2100, 100), "too long and thin")):
        person.sends_document(encoded(Image.new("RGB", size), "PNG"), "line.png")
        person.waits_for(lambda message, words=words: words in words_of(message))  # type: ignore[misc]

    assert len(person.answers()) == 2
