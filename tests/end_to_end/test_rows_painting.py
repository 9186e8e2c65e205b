"""What people do and get, row by row: from the greeting to a picture, and what can be done about it."""

from io import BytesIO
from itertools import count

import pytest
from PIL import Image

from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import (
    SIZE_PX,
    Message,
    Person,
    Stage,
    has_button,
    is_hq_result,
    is_result,
    labels_of,
    words_of,
)
from tests.jobs.pictures import encoded, turned

pytestmark = pytest.mark.timeout(300)  # nets are loaded, and other work may share the machine

LYING = photo_of("chelsea", 96)
CONTENT = jpeg_of(LYING)
STYLE = jpeg_of(photo_of("astronaut", 96))
PAINTED = (SIZE_PX, round(SIZE_PX * LYING.height / LYING.width))  # the shape of the content, as large as asked
IN_A_STEP = "/style mosaic"

_numbers = count(5001)


@pytest.fixture
def person(running: Stage) -> Person:
    """Somebody the bot has never met."""
    return running.person(next(_numbers))


def picture_in(person: Person, message: Message) -> Image.Image:
    """The message's photo or file, decoded."""
    picture = Image.open(BytesIO(person.fetches((message.get("photo") or message["document"])["url"])))
    picture.load()
    return picture


def is_sheet(message: Message) -> bool:
    """The styles to choose from, for a photo."""
    return bool(message.get("photo")) and has_button(message, "1. ")


def is_file(message: Message) -> bool:
    return bool(message.get("document"))


def test_start_is_one_message_in_the_language_of_the_telegram(person: Person) -> None:
    person.speaks("es-MX")

    person.says("/start")

    welcome = person.waits_for(lambda message: bool(message["buttons"]))
    assert words_of(welcome).startswith("¡Hola")
    assert labels_of(welcome) == ["🎨 Ver los estilos", "🖼 Usar mi propio estilo", "❓ Cómo funciona"]
    assert picture_in(person, welcome).width > 200
    assert len(person.answers()) == 1


def test_a_photo_is_answered_with_styles_to_turn_and_a_second_one_is_the_style(person: Person) -> None:
    person.sends_photo(CONTENT)
    sheet = person.waits_for(is_sheet)
    first_page = sheet["photo"]["url"]
    person.presses(sheet, "▶")
    turned_over = person.waits_for(lambda message: has_button(message, "7. "))
    person.sends_photo(STYLE)

    result = person.waits_for(is_result)

    assert [label[:2] for label in labels_of(sheet)[:6]] == [f"{number}." for number in range(1, 7)]
    assert (turned_over["id"], turned_over["photo"]["url"] != first_page) == (sheet["id"], True)
    assert picture_in(person, result).size == PAINTED
    assert len(person.answers()) == 2


def test_an_album_is_painted_at_once_and_its_pictures_change_places(person: Person) -> None:
    person.sends_album(CONTENT, STYLE)
    first = person.waits_for(is_result)

    person.presses(first, "swap")

    second = person.waits_for(lambda message: is_result(message) and message["id"] != first["id"])
    assert picture_in(person, first).size == PAINTED
    assert picture_in(person, second).size == (SIZE_PX, SIZE_PX)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (encoded(LYING, "PNG"), "photo.png"),
        (encoded(LYING, "WEBP"), "photo.webp"),
        (encoded(LYING, "AVIF"), "photo.avif"),
        (encoded(LYING, "HEIF"), "IMG_0001.HEIC"),
    ],
    ids=["png", "webp", "avif", "heic"],
)
def test_an_image_sent_as_a_file_comes_back_as_one(person: Person, data: bytes, name: str) -> None:
    person.sends_document(data, name, caption=IN_A_STEP)

    file = person.waits_for(is_file)

    result = person.waits_for(is_result)
    assert file["document"]["name"].startswith("pastiche-mosaic-")
    assert picture_in(person, file).size == picture_in(person, result).size == PAINTED


def test_a_file_from_a_camera_is_turned_upright_and_tells_no_more_where_it_was_taken(person: Person) -> None:
    person.sends_document(turned(6), "IMG_0002.JPG", caption=IN_A_STEP)

    file = picture_in(person, person.waits_for(is_file))

    assert (file.size, dict(file.getexif())) == ((SIZE_PX, SIZE_PX * 96 // 128), {})


def test_a_large_file_is_read_as_large_as_it_is(person: Person, running: Stage) -> None:
    person.sends_document(encoded(Image.new("RGB", (1600, 1200), "teal"), "PNG"), "wall.png")

    person.waits_for(is_sheet)

    # Telegram would have made it smaller, had it come as a photo.
    assert running.rows("SELECT width_px, height_px FROM pictures WHERE user_id = ?", person.user) == [(1600, 1200)]


def test_in_a_group_somebody_has_anothers_photo_painted_by_a_reply(person: Person, running: Stage) -> None:
    chat, _ = running.group(person, asker := running.person(next(_numbers)))
    here, asker_here = person.in_chat(chat), asker.in_chat(chat)
    photo = here.sends_photo(CONTENT)

    asker_here.says("/style@another_bot mosaic", reply_to={"id": photo})
    asked = asker_here.says("/style@pastiche_bot mosaic", reply_to={"id": photo})

    result = asker_here.waits_for(is_result)
    assert (result["reply_to"], picture_in(person, result).size) == (asked, PAINTED)
    assert len(here.answers()) == 1


def test_in_a_topic_a_caption_is_answered_there(person: Person, running: Stage) -> None:
    chat, (topic, other) = running.group(person, topics=["Oil", "Ink"])

    asked = person.in_chat(chat, other).sends_photo(CONTENT, caption=IN_A_STEP)

    result = person.in_chat(chat).waits_for(is_result)
    assert (result["thread"], result["reply_to"], topic != other) == (other, asked, True)


def test_a_tap_on_a_style_paints_at_once_and_offers_all_that_can_be_changed(person: Person) -> None:
    person.sends_photo(CONTENT)
    sheet = person.waits_for(is_sheet)
    person.presses(sheet, "glass")
    result = person.waits_for(is_result)
    person.presses(result, "other style")
    again = person.waits_for(lambda message: is_sheet(message) and message["id"] != sheet["id"])

    person.taps(result, "file")

    offered = {"✨ Paint in high quality", "Softer", "Stronger", "🖌 −", "🖌 +", "🌈 Photo colours", "🎨 Other style"}
    assert offered | {"🎛 Mix", "🖨 Poster", "📄 File"} <= set(labels_of(result))
    assert (result["id"], again["id"] > result["id"]) == (sheet["id"], True)
    assert picture_in(person, person.waits_for(is_file)).size == PAINTED


def test_high_quality_is_one_message_from_the_queue_to_the_picture(person: Person) -> None:
    person.sends_photo(CONTENT, caption=IN_A_STEP)
    first = person.waits_for(is_result)

    person.presses(first, "high quality")

    result = person.waits_for(is_hq_result)
    assert picture_in(person, result).size == PAINTED
    assert [message["id"] for message in person.answers()] == [first["id"], result["id"]]


def test_previews_grow_in_that_message_and_cancel_works_at_every_moment(person: Person, running: Stage) -> None:
    other = running.person(next(_numbers))
    for each in (person, other):
        each.sends_photo(CONTENT, caption=IN_A_STEP)
        each.sets("512 px")
    person.presses(person.waits_for(is_result), "high quality")
    status = person.waits_for(lambda message: has_button(message, "cancel"))
    other.presses(other.waits_for(is_result), "high quality")
    queued = other.waits_for(lambda message: "ahead of you" in words_of(message))
    other.says("/jobs")
    other.presses(listed := other.waits_for(lambda message: "waiting" in words_of(message)), "1")
    job = other.waits_for(lambda message: message["id"] == listed["id"] and has_button(message, "cancel"))
    preview = person.waits_for(lambda message: bool(message.get("photo")) and "%" in words_of(message))

    other.presses(job, "cancel")
    person.presses(preview, "cancel")

    stopped = person.waits_for(lambda message: "stopped, as you asked" in words_of(message))
    assert (status["id"], stopped["id"], has_button(stopped, "try again")) == (preview["id"], preview["id"], True)
    assert other.waits_for(lambda message: "stopped, as you asked" in words_of(message))["id"] == queued["id"]
    states = "SELECT state FROM jobs WHERE user_id IN (?, ?) ORDER BY lane DESC"
    assert running.rows(states, person.user, other.user) == [("done",), ("done",), ("cancelled",), ("cancelled",)]
