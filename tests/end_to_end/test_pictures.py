"""Two photos, an album or a preset go in, a painted picture comes out; cancelling; bad files; the admin."""

import time
from io import BytesIO
from itertools import count
from statistics import median

import pytest
from PIL import Image

from pastiche.data_folder import holder_of
from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import (
    ADMIN,
    SIZE_PX,
    Message,
    Person,
    Stage,
    has_button,
    is_result,
    words_of,
)
from tests.jobs.pictures import encoded, jpeg_header

pytestmark = pytest.mark.timeout(300)  # nets are loaded, and other work may share the machine

CONTENT = jpeg_of(photo_of("astronaut"))
STYLE = jpeg_of(photo_of("coffee"))
# What somebody sends as a file, and words of the sentence that answers it.
BAD_FILES = [
    (b"this is no picture\n" * 40, "holiday.jpg", "not a picture"),
    (CONTENT[: len(CONTENT) // 2], "cut.jpg", "damaged"),
    (jpeg_header(10_000, 10_000), "bomb.jpg", "too many pixels"),
    (encoded(Image.new("RGB", (63, 63)), "PNG"), "dot.png", "too small"),
    (encoded(Image.new("RGB", (20_000, 10)), "PNG"), "../../line.png", "too long and thin"),
]

_numbers = count(2001)


@pytest.fixture
def person(running: Stage) -> Person:
    """Somebody the bot has never met."""
    return running.person(next(_numbers))


def picture_in(person: Person, message: Message) -> Image.Image:
    picture = Image.open(BytesIO(person.opens(message)))
    picture.load()
    return picture


def test_the_running_bot_holds_its_data_folder(running: Stage) -> None:
    [bot] = running.programs
    bot.wait_for_line("ready")

    assert holder_of(running.folder / "data") == str(bot.process.pid)


def test_two_photos_become_a_painted_picture_at_once(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.waits_for(lambda message: has_button(message, "") and bool(message.get("photo")))

    person.sends_photo(STYLE)

    result = person.waits_for(is_result)
    assert picture_in(person, result).size == (SIZE_PX, SIZE_PX)
    assert len(person.answers()) == 2  # the answer to the content, and the picture


def test_an_album_of_two_becomes_a_painted_picture(person: Person) -> None:
    person.sends_album(CONTENT, STYLE)

    result = person.waits_for(is_result)

    assert picture_in(person, result).size == (SIZE_PX, SIZE_PX)


def test_a_preset_paints_the_photo(person: Person) -> None:
    person.sends_photo(CONTENT)
    menu = person.waits_for(lambda message: has_button(message, "glass"))

    person.presses(menu, "glass")

    result = person.waits_for(is_result)
    assert result["id"] == menu["id"]
    assert picture_in(person, result).size == (SIZE_PX, SIZE_PX)


def test_files_sent_as_heic_and_avif_make_a_job(person: Person) -> None:
    person.sends_document(encoded(photo_of("astronaut", 128), "HEIF"), "IMG_0001.HEIC")
    person.waits_for(lambda message: has_button(message, "glass"))

    person.sends_document(encoded(photo_of("coffee", 128), "AVIF"), "painting.avif")

    assert person.waits_for(is_result)


def test_bad_files_get_one_sentence_each_within_two_seconds_and_lose_nothing(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.waits_for(lambda message: bool(message.get("photo")))

    seconds = []
    for number, (data, name, words) in enumerate(BAD_FILES, start=2):
        person.sends_document(data, name)
        asked_at = time.monotonic()
        person.waits_for(lambda message, words=words: words in words_of(message))  # type: ignore[misc]
        seconds.append(time.monotonic() - asked_at)
        assert len(person.answers()) == number
    person.sends_photo(STYLE)

    # Half of them: a machine that does something else as well may hold a single one up.
    assert median(seconds) <= 2.0
    assert person.waits_for(is_result)


def test_start_help_and_chatter_are_answered(person: Person) -> None:
    person.says("/start")
    welcome = person.waits_for(lambda message: bool(message.get("buttons")))
    person.says("/help")
    person.waits_for(lambda message: message["id"] > welcome["id"])
    person.says("what a lovely day")

    person.waits_for(lambda message: message["id"] > welcome["id"] + 2)

    assert len(person.answers()) == 3


def test_the_admin_sees_open_jobs_and_cancels_one(running: Stage) -> None:
    admin, guest = running.person(ADMIN), running.person(next(_numbers))
    guest.sets("512 px")  # no job of that size ends by itself before somebody looked at it
    guest.asks_for_hq(CONTENT, STYLE)
    status = guest.waits_for(lambda message: has_button(message, "cancel"))
    [(job_id,)] = running.rows("SELECT max(id) FROM jobs WHERE user_id = ?", guest.user)

    admin.says("/admin")
    overview = admin.waits_for(lambda message: has_button(message, f"#{job_id}"))
    admin.presses(overview, f"#{job_id}")
    job = admin.waits_for(lambda message: has_button(message, "cancel"))
    admin.presses(job, "cancel")

    guest.waits_for(lambda message: message["id"] == status["id"] and not has_button(message, "cancel"))
    guest.says("/admin")
    guest.says("/nonsense")
    guest.waits_for(lambda message: message["id"] > status["id"] + 3)
    assert words_of(guest.answers()[-1]) == words_of(guest.answers()[-2])
