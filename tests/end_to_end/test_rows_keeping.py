"""What people do and get, row by row: mixes, styles of their own, settings, their jobs, and what is found elsewhere."""

import re
import time
from io import BytesIO
from itertools import count
from typing import Any

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

pytestmark = pytest.mark.timeout(300)  # nets are loaded, and other work may share the machine

CONTENT = jpeg_of(photo_of("astronaut", 96))
STYLE = jpeg_of(photo_of("coffee", 96))
IN_A_STEP = "/style mosaic"
LINK = re.compile(r"https://t\.me/pastiche_bot\?start=(s_[\w-]{22})")

_numbers = count(5201)


@pytest.fixture
def person(running: Stage) -> Person:
    """Somebody the bot has never met."""
    return running.person(next(_numbers))


def says(words: str):  # type: ignore[no-untyped-def]
    """Whether a message says so."""
    return lambda message: words in words_of(message)


def size_of(person: Person, message: Message) -> tuple[int, int]:
    return Image.open(BytesIO(person.opens(message))).size


def a_saved_style(person: Person) -> Message:
    """The card of a style of theirs, called Blue wall."""
    person.sends_album(CONTENT, STYLE)
    person.waits_for(is_result)
    person.says("/mystyles Blue wall")
    return person.waits_for(says("Blue wall: your style"))


def link_of(person: Person, card: Message) -> str:
    """What stands behind start= in a new link to the style."""
    person.presses(card, "🔗")
    found = LINK.search(words_of(person.waits_for(says("t.me/"))))
    assert found is not None
    return found[1]


def found_by(person: Person, query: str, results: int) -> dict[str, Any]:
    """What is found, once it is so much: a picture is seen a moment before it is noted where Telegram holds it."""
    deadline = time.monotonic() + 20
    while len((found := person.searches(query))["results"]) < results and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_two_styles_are_mixed_by_buttons_and_painted_in_the_same_message(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.waits_for(lambda message: has_button(message, "1. "))
    person.says("/mix")
    sheet = person.waits_for(says("two to four"))
    person.presses(sheet, "1. ")
    sheet = person.waits_for(lambda message: has_button(message, "✓ 1. "))
    person.presses(sheet, "3. ")
    sheet = person.waits_for(says("50 % · "))
    person.presses(sheet, "+")
    sheet = person.waits_for(says("67 % · "))

    person.presses(sheet, "paint the mix")

    result = person.waits_for(is_result)
    assert result["id"] == sheet["id"]
    assert words_of(result).startswith("🖼 Brush strokes + Stained glass")
    assert size_of(person, result) == (SIZE_PX, SIZE_PX)


def test_a_style_of_ones_own_is_saved_used_renamed_and_deleted(person: Person) -> None:
    card = a_saved_style(person)
    person.presses(card, "paint with it")
    person.waits_for(says("Send me the photo"))
    person.sends_photo(CONTENT)
    person.waits_for(says("Blue wall: here is your picture"))
    person.presses(card, "rename")
    person.waits_for(says("What shall I call"))
    person.says("Red \u202ewall\u0007 <b>")
    renamed = person.waits_for(says("Red wall <b>: your style"))
    person.presses(renamed, "delete")
    asked = person.waits_for(says("Shall I delete"))

    person.presses(asked, "delete")

    gone = person.waits_for(says("You have not saved any style yet"))
    assert (gone["id"], labels_of(gone)) == (renamed["id"], ["💾 Save my last style photo"])


def test_a_shared_style_is_used_by_others_until_it_is_revoked(person: Person, running: Stage) -> None:
    guest = running.person(next(_numbers))
    card = a_saved_style(person)
    link = link_of(person, card)
    guest.follows(link)
    seen = guest.waits_for(says("somebody shares this style"))
    guest.presses(seen, "paint with it")
    guest.waits_for(says("Send me the photo"))
    guest.sends_photo(CONTENT)
    painted = guest.waits_for(is_result)
    shared = person.waits_for(lambda message: has_button(message, "stop sharing"))

    revoked = person.presses(shared, "stop sharing")

    refused = guest.presses(seen, "paint with it")
    assert not {"🔀 Swap the two", "💾 Save the style"} & set(labels_of(painted))
    assert not any(message.get("photo") for message in guest.answers() if message["id"] != painted["id"])
    assert (revoked["text"], "no longer have that style" in refused["text"]) == (
        "Nobody else can use it any more.",
        True,
    )


def test_a_stolen_or_guessed_link_leads_nowhere_once_it_was_replaced(person: Person, running: Stage) -> None:
    thief = running.person(next(_numbers))
    stolen = link_of(person, a_saved_style(person))
    link_of(person, person.waits_for(lambda message: has_button(message, "new link")))

    for link in (stolen, "s_" + "A" * 22):
        thief.follows(link)

    first, second = map(words_of, thief.waits_until(lambda answers: len(answers) == 2))
    assert first == second
    assert "leads nowhere" in first
    assert running.rows("SELECT count(*) FROM style_guests WHERE user_id = ?", thief.user) == [(0,)]


def test_settings_are_kept_and_obeyed(person: Person) -> None:
    message = person.sets("high quality")
    for choice in ("soft", "and a file"):
        person.presses(message, choice)
    chosen = person.waits_for(lambda message: has_button(message, "✓ 📄"))

    person.sends_photo(CONTENT, caption=IN_A_STEP)

    result = person.waits_for(is_hq_result)
    assert {"✓ ✨ High quality", "✓ Soft", "✓ 📄 And a file"} <= set(labels_of(chosen))
    assert (chosen["id"], "strength 75 %" in words_of(result)) == (message["id"], True)
    assert person.waits_for(lambda message: bool(message.get("document")))


def test_in_a_group_its_admins_set_for_all_and_nobody_else(person: Person, running: Stage) -> None:
    member = running.person(next(_numbers))
    chat, _ = running.group(person, member)
    admin_here, member_here = person.in_chat(chat), member.in_chat(chat)
    member_here.says("/settings@pastiche_bot")
    message = member_here.waits_for(says("Settings of this group"))

    refused = member_here.presses(message, "strong")
    admin_here.presses(message, "strong")

    member_here.sends_photo(CONTENT, caption=IN_A_STEP)
    assert refused["text"] == "Only admins of this group can change that."
    assert "strength 125 %" in words_of(member_here.waits_for(is_result))


def test_jobs_are_looked_through_sent_again_and_painted_with_other_settings(person: Person) -> None:
    person.sends_photo(CONTENT, caption=IN_A_STEP)
    result = person.waits_for(is_result)
    person.says("/jobs")
    listed = person.waits_for(says("1. 🖼 Mosaic"))
    person.presses(listed, "1")
    job = person.waits_for(lambda message: has_button(message, "send it again"))
    person.presses(job, "send it again")
    resent = person.waits_for(lambda message: is_result(message) and message["id"] > job["id"])
    person.sets("strong")

    person.presses(job, "with my settings")

    other = person.waits_for(says("strength 125 %"))
    assert (job["id"], size_of(person, listed)[0] > SIZE_PX) == (listed["id"], True)
    assert resent["photo"]["url"] == result["photo"]["url"]
    assert other["id"] not in (result["id"], job["id"], resent["id"])


def test_styles_and_ones_own_pictures_are_found_in_any_chat_and_nobody_elses(person: Person, running: Stage) -> None:
    other = running.person(next(_numbers))
    person.sends_photo(CONTENT, caption="/style starry night")
    result = person.waits_for(is_result)

    found = found_by(person, "starry", 2)
    elsewhere = other.searches("starry")

    assert [each["title"] for each in found["results"]] == ["Starry Night", "Starry Night"]
    assert found["results"][0]["file"]["url"] == result["photo"]["url"]
    assert [each["id"] for each in elsewhere["results"]] == ["style.starry-night"]


def test_what_was_found_leads_a_friend_to_a_picture_in_that_style(person: Person, running: Stage) -> None:
    friend = running.person(next(_numbers))
    chat, _ = running.group(person, friend)
    here = person.in_chat(chat)
    found = here.searches("mosaic")
    here.chooses(found, found["results"][0])
    [shown] = [message for message in friend.in_chat(chat).chat() if message["via"]]
    friend.follows(shown["buttons"][0][0]["url"].partition("start=")[2])
    friend.waits_for(says("Mosaic it is!"))

    friend.sends_photo(CONTENT)

    assert "Mosaic" in words_of(friend.waits_for(is_result))
    assert here.answers() == []


def test_cancel_help_and_privacy_do_as_they_say(person: Person) -> None:
    person.sends_photo(CONTENT)
    person.waits_for(lambda message: has_button(message, "1. "))

    for command, words in (
        ("/cancel", "I have forgotten your photo"),
        ("/cancel", "There is nothing to cancel"),
        ("/help", "/delete_me deletes it"),
        ("/privacy", "24 hours"),
    ):
        person.says(command)
        person.waits_for(says(words))

    assert len(person.answers()) == 5


def test_delete_me_leaves_no_row_and_no_file_and_kills_links(person: Person, running: Stage) -> None:
    guest = running.person(next(_numbers))
    link = link_of(person, a_saved_style(person))
    files = {key for (key,) in running.rows("SELECT blob_key FROM pictures WHERE user_id = ?", person.user)}
    person.says("/delete_me")
    asked = person.waits_for(lambda message: has_button(message, "delete everything"))

    person.presses(asked, "delete everything")

    done = person.waits_for(says("Done. I have deleted"))
    guest.follows(link)
    guest.waits_for(says("leads nowhere"))
    tables = ("pictures", "jobs", "styles", "drafts", "users")
    kept = [running.rows(f"SELECT count(*) FROM {table} WHERE {owner(table)} = ?", person.user) for table in tables]
    assert (kept, len(files)) == ([[(0,)]] * len(tables), 2)
    assert [path for path in (running.folder / "data").rglob("*") if path.name in files] == []
    assert re.search(r"deleted \d+ entries and 4 files", words_of(done))


def owner(table: str) -> str:
    """The column that says whose a row is."""
    return "id" if table == "users" else "user_id"
