"""kill -9 in the middle of things: what was accepted arrives after a restart, once."""

import time

import pytest

from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import Message, Program, Stage, has_button, is_hq_result, is_result

# Nets are loaded again and again, which takes its time where the machine does something else as well.
pytestmark = pytest.mark.timeout(300)

CONTENT = jpeg_of(photo_of("astronaut"))
SIZE = "208"  # large enough to be killed in mid-run on a quick machine, small enough to be painted again soon


def test_the_main_flow_survives_a_kill_between_any_two_steps_and_a_stop_in_mid_run(stage: Stage) -> None:
    person, bot = stage.person(3001), stage.start_bot(PASTICHE_HQ_SIZE=SIZE)
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
    status = person.waits_for(is_being_painted)
    bot = _started_anew(bot, stage)
    bot.wait_for_line("job claimed")

    asked_at = time.monotonic()
    code = bot.stop()
    seconds = time.monotonic() - asked_at
    stage.start_bot(PASTICHE_HQ_SIZE=SIZE)

    person.waits_for(is_hq_result)
    time.sleep(3)  # a second delivery would come with the next look
    results = [message["id"] for message in person.answers() if is_result(message)]
    assert (code, seconds < 20) == (0, True)
    assert (results, result["id"]) == ([result["id"], status["id"]], sheet["id"])
    assert stage.rows("SELECT state, count(*) FROM jobs GROUP BY state") == [("done", 2)]


def _started_anew(bot: Program, stage: Stage) -> Program:
    bot.kill()
    return stage.start_bot(PASTICHE_HQ_SIZE=SIZE)


def is_being_painted(message: Message) -> bool:
    return bool(message.get("photo")) and has_button(message, "cancel")


def _finished_polls(stage: Stage) -> int:
    return sum(call["method"] == "getUpdates" for call in stage.calls())
