"""kill -9 in the middle of things: what was accepted arrives after a restart, once."""

import time

import pytest

from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import Message, Program, Stage, has_button, is_hq_result, is_result

# Nets are loaded again and again, which takes its time where the machine does something else as well.
pytestmark = pytest.mark.timeout(300)

CONTENT = jpeg_of(photo_of("astronaut"))
STYLE = jpeg_of(photo_of("coffee"))
SIZE = "208"  # large enough to be killed in mid-run on a quick machine, small enough to be painted again soon


def test_a_job_killed_and_stopped_in_mid_run_is_delivered_once(stage: Stage) -> None:
    person = stage.person(3001)
    first = stage.start_bot(PASTICHE_HQ_SIZE=SIZE)
    person.asks_for_hq(CONTENT, STYLE)
    status = person.waits_for(is_being_painted)

    first.kill()
    second = stage.start_bot(PASTICHE_HQ_SIZE=SIZE)
    second.wait_for_line("job claimed")
    asked_at = time.monotonic()
    code = second.stop()
    seconds = time.monotonic() - asked_at
    stage.start_bot(PASTICHE_HQ_SIZE=SIZE)

    result = person.waits_for(is_hq_result)
    time.sleep(3)  # a second delivery would come with the next look
    assert (code, seconds < 20) == (0, True)
    assert result["id"] == status["id"]
    assert [message["id"] for message in person.answers() if is_hq_result(message)] == [result["id"]]


def test_the_main_flow_survives_a_kill_between_any_two_steps(stage: Stage) -> None:
    person, bot = stage.person(3002), stage.start_bot()
    person.says("/start")
    person.waits_for(lambda message: has_button(message, "see my styles"))
    polls = _finished_polls(stage)
    person.sends_photo(CONTENT)
    while _finished_polls(stage) == polls:
        time.sleep(0.01)
    bot = _started_anew(bot, stage)  # the photo was fetched, and perhaps not looked at
    sheet = person.waits_for(lambda message: has_button(message, "glass"))
    person.presses(sheet, "glass")
    bot = _started_anew(bot, stage)
    result = person.waits_for(is_result)
    person.presses(result, "high quality")
    bot = _started_anew(bot, stage)
    refined = person.waits_for(is_hq_result)
    bot = _started_anew(bot, stage)

    person.presses(refined, "full size")

    assert person.waits_for(lambda message: bool(message.get("document")))
    results = [message["id"] for message in person.answers() if is_result(message)]
    assert (results, result["id"]) == ([result["id"], refined["id"]], sheet["id"])
    assert stage.rows("SELECT state, count(*) FROM jobs GROUP BY state") == [("done", 2)]


def _started_anew(bot: Program, stage: Stage) -> Program:
    bot.kill()
    return stage.start_bot()


def is_being_painted(message: Message) -> bool:
    return bool(message.get("photo")) and has_button(message, "cancel")


def _finished_polls(stage: Stage) -> int:
    return sum(call["method"] == "getUpdates" for call in stage.calls())
