"""What admins do and see, over HTTP, row by row; then what people do who mean no good, and what others notice of it.

Two products for all of these tests. Their painter goes by the colour of the photo: a job lasts as long as wanted.
"""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.presets import OWN_FOLDER_VARIABLE
from playground.flood import Allowance, FloodLimits
from tests.bot.test_admin_rights import COMMANDS, VERBS
from tests.crash.painters import FIRST_IN_A_HURRY, LONG, QUICK
from tests.crash.programs import FULL
from tests.crash.stage import a_jpeg
from tests.crash.zygote import Zygote
from tests.end_to_end.stage import ADMIN, TOKEN, Message, Person, data_of, has_button, is_result, labels_of, words_of
from tests.playground.helpers import served

pytestmark = pytest.mark.timeout(300)  # other work may share the machine

PATIENCE_S = 90.0
LIMITS = re.compile("^429|too long|too big")
IN_A_HURRY = count(FIRST_IN_A_HURRY + 1)
AT_WORK_AGAIN = "No worker falls silent any more"
UNKNOWN = "don't know that command"
# How long somebody may wait for an answer while others misbehave. The bot itself may send some thirty a second.
IN_TIME_S = 20


class Product:
    """`pastiche run` before a playground that counts what it sends; killed and started again at will."""

    def __init__(self, folder: Path, zygote: Zygote, url: str, program: str) -> None:
        self.folder, self.url, self._program = folder, url, program
        self._zygote = zygote
        self._numbers = count(101)
        self._people: list[Person] = []
        self.start()

    def start(self) -> None:
        env = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "PASTICHE_TELEGRAM_API_URL": self.url,
            "PASTICHE_ADMIN_IDS": str(ADMIN),
            OWN_FOLDER_VARIABLE: str(self.folder / "presets"),
        }
        self._pid = self._zygote.start(self._program, self.folder, **env)

    def kill(self) -> None:
        """kill -9: nothing gets a chance to tidy up."""
        os.kill(self._pid, signal.SIGKILL)
        self._zygote.wait(self._pid)

    def person(self, number: int | None = None) -> Person:
        """Somebody new, or of that number."""
        self._people.append(Person(self.url, next(self._numbers) if number is None else number))
        return self._people[-1]

    def refusals(self) -> list[str]:
        """Calls of the bot's beyond Telegram's limits: too many, or too long."""
        calls: list[dict[str, Any]] = httpx.get(f"{self.url}/calls").json()["calls"]
        return [f"{call['method']}: {call['outcome']}" for call in calls if LIMITS.search(call["outcome"])]

    def close(self) -> None:
        self.kill()
        for person in self._people:
            person.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Product]:
    """Running, and in a hurry."""
    with served(press_wait_s=PATIENCE_S) as url:
        made = Product(tmp_path_factory.mktemp("product"), zygote, url, "watchful")
        yield made
        made.close()


@pytest.fixture(scope="module")
def paced(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Product]:
    """Running, with the limits that Telegram advises, and room for what a busy machine delivers a second late."""
    limits = FloodLimits(private=Allowance(23, 20.0), overall=Allowance(90, 2.0))
    with served(flood=limits) as url:
        made = Product(tmp_path_factory.mktemp("paced"), zygote, url, "whole")
        yield made
        made.close()


@pytest.fixture
def ada(product: Product) -> Person:
    """The owner."""
    return product.person(ADMIN)


@pytest.fixture
def ann(product: Product) -> Person:
    """Somebody the bot has never met."""
    return product.person()


def said(person: Person, words: str) -> Message:
    """What the bot said in these words, as soon as it does."""
    return person.waits_for(lambda message: words in words_of(message), PATIENCE_S)


def told(person: Person, words: str) -> int:
    """How often the bot said so."""
    return sum(words in words_of(message) for message in person.answers())


def sheet(person: Person, colour: str = QUICK) -> Message:
    """The styles to choose from, for a photo of that colour."""
    person.sends_photo(a_jpeg(colour))
    return person.waits_for(lambda message: has_button(message, "1. "))


def orders(person: Person, colour: str = QUICK) -> Message:
    """A photo in the first style that is offered; the message that tells of it."""
    shown = sheet(person, colour)
    person.taps(shown, "preset")
    return shown


def page(admin: Person, command: str, words: str) -> Message:
    """What an admin gets to see after a command."""
    admin.says(command)
    return said(admin, words)


def number_in(shown: Message) -> int:
    found = re.search(r"#(\d+)", words_of(shown))
    assert found is not None
    return int(found[1])


def pressing(url: str, person: Person, message: Message, data: str) -> socket.socket:
    """A press whose answer nobody waits for."""
    host = url.removeprefix("http://")
    body = json.dumps({"message_id": message["id"], "data": data})
    line = socket.create_connection((host.partition(":")[0], int(host.partition(":")[2])))
    head = f"POST /person/{person.user}/press HTTP/1.1\r\nHost: {host}\r\nX-Playground: 1\r\n"
    line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    return line


def test_jobs_are_seen_cancelled_made_again_and_put_first(product: Product, ada: Person, ann: Person) -> None:
    ben = product.person()
    orders(ann, LONG)
    said(ann, "%")
    orders(ben, LONG)
    said(ben, "1 ahead of you")

    board = page(ada, "/admin", "1 queued · 1 running")
    ada.taps(board, "admin-job")
    running = said(ada, "Job #")
    ada.presses(running, "Cancel")
    said(ann, "stopped, as you asked")
    said(ben, "%")
    bens = number_in(running) + 1
    shown = page(ada, f"/job {bens}", f"Job #{bens}")
    ada.presses(shown, "Cancel")
    said(ben, "stopped, as you asked")
    ada.presses(page(ada, f"/job {bens}", f"Job #{bens}: cancelled"), "Try again")
    again = said(ada, f"Job #{bens + 1}")
    said(ben, "%")
    orders(ann, LONG)
    last = page(ada, f"/job {bens + 2}", f"Job #{bens + 2}")
    bumped = ada.presses(last, "Next")
    for shown in (last, again):
        ada.presses(shown, "Cancel")

    assert all(word in words_of(running) for word in ("submitted", "claimed"))
    assert bumped["text"] == "It goes next."
    audit = words_of(page(ada, "/audit", "go next"))
    assert [audit.count(act) for act in ("stopped job", "made once more", "go next")] == [4, 1, 1]


def test_people_are_found_banned_let_in_and_given_limits(ada: Person, ann: Person) -> None:
    ann.says("/start")
    ann.waits_for(lambda message: bool(message["buttons"]))

    found = page(ada, f"/user User {ann.user}", "Who is it?")
    ada.presses(found, f"User {ann.user}")
    dossier = said(ada, "Limit: as everybody")
    ada.presses(dossier, "20 a day")
    said(ada, "Limit: 20 pictures")
    ada.presses(dossier, "Ban")
    banned = said(ada, "Is banned")
    ann.says("/start")
    said(ann, "nothing more for you")
    second = ada.forges(banned, f"admin-ban:{ann.user}")
    ada.presses(banned, "Unban")
    orders(ann)

    ann.waits_for(is_result)
    assert second["text"] == "It is so already."


def test_a_pause_is_told_in_the_admins_words_to_the_letter(ada: Person, ann: Person) -> None:
    sentence = "Back at eight.\n\n<b>Promised</b> & meant: 1 < 2, _really_."
    shown = sheet(ann)
    ada.says(f"/pause {sentence}")
    said(ada, "I take no new pictures")

    refused = ann.presses(shown, "1. ")
    ann.sends_photo(a_jpeg(QUICK), caption="/style mosaic")
    ann.waits_for(lambda message: words_of(message) == sentence)
    old = ada.forges(page(ada, "/admin", "⏸"), "admin-pause:")
    ada.says("/resume")
    said(ada, "I take new pictures again")
    ann.presses(shown, "1. ")

    ann.waits_for(is_result)
    assert (refused["text"], refused["alert"]) == (sentence, True)
    assert old["text"] == "It is so already."


def test_a_style_is_added_fitted_renamed_put_first_and_hidden(product: Product, ada: Person) -> None:
    photo = ada.sends_photo(a_jpeg("firebrick"))
    ada.says("/addstyle our-wall Our wall", reply_to={"id": photo})
    said(ada, "Everybody can use our-wall")
    added = labels_of(sheet(product.person()))
    said(ada, "our-wall has been fitted")

    for command, words in (
        ("/renamestyle our-wall The old wall", "is now called “The old wall”"),
        ("/renamestyle mosaic Tiles", "is now called “Tiles”"),
        ("/firststyle mosaic", "comes first"),
    ):
        page(ada, command, words)
    reordered = labels_of(sheet(product.person()))
    page(ada, "/hidestyle our-wall", "no longer on offer")
    hidden = labels_of(sheet(product.person()))
    ada.says("/renamestyle mosaic Mosaic")

    assert added[0] == "1. Our wall"
    assert reordered[:2] == ["1. Tiles", "2. The old wall"]
    assert not any("old wall" in label for label in hidden)
    assert told(ada, "our-wall has been fitted") == 1


def test_a_broadcast_is_seen_first_dropped_sent_and_gone_on_with_after_a_kill(product: Product, ada: Person) -> None:
    crowd = [product.person() for _ in range(12)]
    for person in crowd:
        person.says("/start")
    for person in crowd:
        person.waits_for(lambda message: bool(message["buttons"]))

    draft = page(ada, "/broadcast Nothing.", "Shall I send it?")
    ada.presses(draft, "Stop")
    said(ada, "Broadcast, cancelled")
    second = ada.forges(draft, "admin-stop:1")
    asked = page(ada, "/broadcast Back at <eight>!", "Shall I send it?")
    ada.presses(asked, "Send")
    said(crowd[1], "Back at")
    product.kill()
    product.start()
    said(ada, "Everybody has been told")

    heard = [told(person, "Back at <eight>!") for person in crowd]
    assert second["text"] == "It was stopped already: nobody else gets it."
    assert min(heard) == 1
    assert sum(heard) <= len(crowd) + 1  # to one it may have been said right before the kill
    assert not any(told(person, "Nothing.") for person in crowd)


def test_trouble_is_told_once_and_so_is_its_end(product: Product, ada: Person, ann: Person) -> None:
    orders(ann, LONG)
    said(ann, "%")
    silent, calm = told(ada, "A worker fell silent"), told(ada, AT_WORK_AGAIN)
    (product.folder / FULL).touch()
    said(ada, "The disk is nearly full")

    product.kill()
    product.start()
    (product.folder / FULL).unlink()
    said(ada, "There is room on the disk again")
    ada.waits_until(lambda answers: sum(AT_WORK_AGAIN in words_of(message) for message in answers) > calm)
    ann.says("/cancel")

    said(ann, "All right")
    assert told(ada, "A worker fell silent") - silent == 1
    assert [told(ada, words) for words in ("The disk is nearly full", "There is room on the disk")] == [1, 1]


def test_to_others_there_are_no_admins_commands_and_buttons(product: Product, ada: Person, ann: Person) -> None:
    demoted = product.person()
    people = (ann, demoted)
    for person in people:
        person.says("/start")
    starts = [person.waits_for(lambda message: bool(message["buttons"])) for person in people]
    page(ada, f"/promote {demoted.user}", "Is an admin")
    page(demoted, "/admin", "Running and waiting")
    ada.says(f"/demote {demoted.user}")
    ada.waits_for(lambda message: str(demoted.user) in words_of(message) and "Is an admin" not in words_of(message))

    answers = [
        person.forges(start, f"{verb}:1") for person, start in zip(people, starts, strict=True) for verb in set(VERBS)
    ]
    for person in people:
        for command in COMMANDS:
            person.says(command)

    for person in people:
        person.waits_until(lambda answers: sum(UNKNOWN in words_of(message) for message in answers) >= len(COMMANDS))
    assert [told(person, UNKNOWN) for person in people] == [len(COMMANDS)] * 2
    assert {answer["text"] for answer in answers} == {"This button is out of date. Please send your photo again."}


def test_others_are_answered_in_time_while_one_floods_and_many_write_at_once(paced: Product) -> None:
    flooder, crowd, stranger = paced.person(), [paced.person() for _ in range(40)], paced.person()

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda number: flooder.says(f"Hello {number}!"), range(60)))
        list(hands.map(lambda person: person.says("/start"), crowd))
    stranger.says("/start")

    stranger.waits_for(lambda message: bool(message["buttons"]), IN_TIME_S)
    assert paced.refusals() == []


def test_a_thousand_presses_on_one_button_are_one_wish_and_keep_nobody_waiting(paced: Product) -> None:
    presser, stranger = paced.person(next(IN_A_HURRY)), paced.person()
    shown = sheet(presser)
    stranger.says("/settings")
    settings = stranger.waits_for(lambda message: has_button(message, "Soft"))

    with ExitStack() as lines:
        for _ in range(1000):
            lines.enter_context(pressing(paced.url, presser, shown, data_of(shown, "preset")))
        stranger.presses(settings, "Soft")
        stranger.waits_for(lambda message: has_button(message, "✓ Soft"), IN_TIME_S)

    presser.waits_for(is_result)
    assert sum(is_result(message) for message in presser.answers()) == 1
    assert paced.refusals() == []


def test_a_hundred_albums_of_one_person_and_giant_captions_disturb_nobody(paced: Product) -> None:
    hoarder, talker, stranger = paced.person(next(IN_A_HURRY)), paced.person(), paced.person()
    pictures = [a_jpeg(QUICK)] * 2

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda _: hoarder.sends_album(*pictures), range(100)))
    talker.sends_photo(pictures[0], caption="/style " + "<&>\u202e" * 250)
    talker.says("<b>" * 1365)
    stranger.says("/start")

    stranger.waits_for(lambda message: bool(message["buttons"]), IN_TIME_S)
    said(talker, "nor one like it")
    said(talker, "I paint photos")
    hoarder.waits_for(is_result)
    assert paced.refusals() == []
