"""Two photos, an album or a preset go in, a painted picture comes out; cancelling; bad files; the admin."""

import time
from io import BytesIO
from itertools import count

import pytest
from PIL import Image

from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import ADMIN, Message, Person, Stage, has_button, words_of

CONTENT = jpeg_of(photo_of("astronaut"))
STYLE = jpeg_of(photo_of("coffee"))
# Long enough that a test can look at a running job, at 128 px.
SLOW = {"PASTICHE_HQ_SIZE": "384"}

_numbers = count(2001)


@pytest.fixture
def person(running: Stage) -> Person:
    """Somebody the bot has never met."""
    return running.person(next(_numbers))


def is_result(message: Message) -> bool:
    """The finished picture, and not a preview or what is left of a cancelled job."""
    return bool(message.get("photo")) and "here is your picture" in words_of(message)


def picture_in(person: Person, message: Message) -> Image.Image:
    picture = Image.open(BytesIO(person.opens(message)))
    picture.load()
    return picture


def test_two_photos_become_a_painted_picture_in_one_message(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.waits_for(lambda message: has_button(message, "") and bool(message.get("photo")))

    person.sends_photo(STYLE)

    result = person.waits_for(is_result)
    assert picture_in(person, result).size == (128, 128)
    assert result["edits"] >= 1
    assert len(person.answers()) == 2  # the answer to the content, and the one status message


def test_an_album_of_two_becomes_a_painted_picture(person: Person) -> None:
    person.sends_album(CONTENT, STYLE)

    result = person.waits_for(is_result)

    assert picture_in(person, result).size == (128, 128)


def test_a_preset_paints_the_photo(person: Person) -> None:
    person.sends_photo(CONTENT)
    menu = person.waits_for(lambda message: has_button(message, "glass"))

    person.presses(menu, "glass")

    result = person.waits_for(is_result)
    assert result["id"] == menu["id"]
    assert picture_in(person, result).size == (128, 128)


def test_a_text_named_jpg_gets_its_sentence_within_two_seconds_and_loses_nothing(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.waits_for(lambda message: bool(message.get("photo")))

    person.sends_document(b"this is no picture\n" * 40, "holiday.jpg")
    asked_at = time.monotonic()
    refusal = person.waits_for(lambda message: not message.get("photo"), within_s=5)
    seconds = time.monotonic() - asked_at
    person.sends_photo(STYLE)

    assert seconds <= 2.0
    assert "picture" in words_of(refusal).lower()
    assert person.waits_for(is_result)


def test_start_help_and_chatter_are_answered(person: Person) -> None:
    person.says("/start")
    welcome = person.waits_for(lambda message: bool(message.get("buttons")))
    person.says("/help")
    person.waits_for(lambda message: message["id"] > welcome["id"])
    person.says("what a lovely day")

    person.waits_for(lambda message: message["id"] > welcome["id"] + 2)

    assert len(person.answers()) == 3


def test_a_queued_job_is_cancelled_at_once_and_a_running_one_within_a_step(stage: Stage) -> None:
    stage.start_bot(**SLOW)
    ada, ben = stage.person(2901), stage.person(2902)
    ada.sends_album(CONTENT, STYLE)
    running = ada.waits_for(lambda message: bool(message.get("photo")) and has_button(message, "cancel"))
    ben.sends_album(CONTENT, STYLE)
    queued = ben.waits_for(lambda message: has_button(message, "cancel"))

    ben.presses(queued, "cancel")
    ben.waits_for(lambda message: message["id"] == queued["id"] and not has_button(message, "cancel"), within_s=5)
    ada.presses(running, "cancel")
    ended = ada.waits_for(lambda message: message["id"] == running["id"] and not has_button(message, "cancel"), 10)

    time.sleep(2)
    assert "stopped" in words_of(ended)
    assert not any(is_result(message) for message in ada.answers() + ben.answers())


def test_the_admin_sees_open_jobs_and_cancels_one(stage: Stage) -> None:
    stage.start_bot(**SLOW)
    admin, guest = stage.person(ADMIN), stage.person(2903)
    guest.sends_album(CONTENT, STYLE)
    status = guest.waits_for(lambda message: has_button(message, "cancel"))

    admin.says("/admin")
    overview = admin.waits_for(lambda message: has_button(message, "cancel"))
    admin.presses(overview, "cancel")

    guest.waits_for(lambda message: message["id"] == status["id"] and not has_button(message, "cancel"), within_s=10)
    guest.says("/admin")
    guest.says("/nonsense")
    guest.waits_for(lambda message: message["id"] > status["id"] + 3)
    assert words_of(guest.answers()[-1]) == words_of(guest.answers()[-2])
