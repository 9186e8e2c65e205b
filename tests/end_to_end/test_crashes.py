"""kill -9 in the middle of things: what was accepted arrives after a restart, once."""

import os
import signal
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from tests.conftest import jpeg_of, photo_of
from tests.crash.zygote import Zygote
from tests.end_to_end.stage import (
    ADMIN,
    TOKEN,
    Message,
    Stage,
    has_button,
    is_hq_result,
    is_result,
    words_of,
)

# Nets are loaded again and again, which takes its time where the machine does something else as well.
pytestmark = pytest.mark.timeout(300)

# A strip: as a poster it has a quarter of a square's pixels, and takes a quarter of its time.
CONTENT, STYLE = jpeg_of(photo_of("astronaut").crop((0, 96, 320, 176))), jpeg_of(photo_of("coffee", 96))
UNSETTLED = (
    "SELECT (SELECT count(*) FROM updates_seen WHERE handled_at IS NULL), "
    "(SELECT count(*) FROM deliveries WHERE delivered_at IS NULL)"
)
SIZE = "64"  # what is to be stopped in mid-run is held there


class Lives:
    """The product before a playground, one life after another. Forked, for a fresh start costs seconds of processor."""

    def __init__(self, stage: Stage, zygote: Zygote) -> None:
        self.stage = stage
        self.ends: list[int] = []
        self._zygote = zygote
        self._folder = stage.folder / "data"
        self._folder.mkdir(mode=0o700)
        self._begin()

    def end(self, how: signal.Signals = signal.SIGKILL, program: str = "idle") -> None:
        """End this life between two steps, and begin the next one, as one of the programs of tests/crash."""
        while self.stage.rows(UNSETTLED) != [(0, 0)]:  # else an answer may be said twice
            time.sleep(0.01)
        self._end(how, program)

    def _end(self, how: signal.Signals, program: str) -> None:
        os.kill(self._pid, how)
        self.ends.append(self._zygote.wait(self._pid))
        self._begin(program)

    def end_once_fetched(self, polls_before: int, program: str = "idle") -> None:
        """The same as soon as the bot was handed something: perhaps it has not looked at it yet."""
        while self.polls() == polls_before:
            time.sleep(0.01)
        self._end(signal.SIGKILL, program)

    def polls(self) -> int:
        """How many answers the bot got when it asked for updates."""
        return sum(call["method"] == "getUpdates" for call in self.stage.calls())

    def close(self) -> None:
        """End the last life."""
        os.kill(self._pid, signal.SIGKILL)
        self._zygote.wait(self._pid)

    def _begin(self, program: str = "idle") -> None:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "PASTICHE_TELEGRAM_API_URL": self.stage.url}
        settings |= {"PASTICHE_ADMIN_IDS": str(ADMIN), "PASTICHE_INSTANT_SIZE": "64", "PASTICHE_HQ_SIZE": SIZE}
        self._pid = self._zygote.start(program, self._folder, **settings)


@pytest.fixture
def lives(stage: Stage, zygote: Zygote) -> Iterator[Lives]:
    """The product in its first life."""
    made = Lives(stage, zygote)
    yield made
    made.close()


def test_the_main_flow_survives_a_restart_between_any_two_steps(stage: Stage, lives: Lives) -> None:
    person = stage.person(3001)
    person.says("/start")
    greeting = person.waits_for(lambda message: has_button(message, "see my styles"))
    lives.end()
    polls = lives.polls()
    person.sends_photo(CONTENT)
    lives.end_once_fetched(polls)
    sheet = person.waits_for(lambda message: has_button(message, "1. "))
    lives.end()
    polls = lives.polls()
    person.sends_photo(STYLE)
    lives.end_once_fetched(polls, "product")
    first = person.waits_for(is_result)
    lives.end()
    person.presses(first, "high quality")
    lives.end(program="held")
    preview = person.waits_for(is_being_painted)
    lives.end(signal.SIGTERM, "product")
    refined = person.waits_for(is_hq_result)
    lives.end()
    person.presses(first, "softer")
    lives.end(program="product")
    softer = person.waits_for(lambda message: "strength 75 %" in words_of(message))
    lives.end()
    person.presses(softer, "poster")
    papers = person.waits_for(lambda message: has_button(message, "A4, 150"))
    person.presses(papers, "A4, 150")
    lives.end(program="product")

    poster = person.waits_for(lambda message: bool(message.get("document")))

    lives.end()  # a second delivery would come with the next life's first look
    person.sends_photo(CONTENT)
    anew = person.waits_for(lambda message: has_button(message, "1. ") and message["id"] > poster["id"])
    expected = ids(greeting, sheet, first, refined, poster, anew)
    # A line of progress may be said twice where its life ended between saying and noting it; no picture may.
    assert [number for number in ids(*person.answers()) if number in expected] == expected
    assert ids(*filter(is_painted, person.answers())) == ids(first, refined, poster)
    assert (preview["id"], softer["id"], papers["id"]) == (refined["id"], first["id"], poster["id"])
    assert max(Image.open(BytesIO(person.fetches(poster["document"]["url"]))).size) == 1754
    assert stage.rows("SELECT state, count(*) FROM jobs GROUP BY state") == [("done", 4)]
    assert (lives.ends.count(0), len(lives.ends)) == (1, 12)


def ids(*messages: Message) -> list[int]:
    return [message["id"] for message in messages]


def is_painted(message: Message) -> bool:
    return is_result(message) or bool(message.get("document"))


def is_being_painted(message: Message) -> bool:
    return bool(message.get("photo")) and has_button(message, "cancel")
