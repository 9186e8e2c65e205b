"""kill -9 in the middle of things: what was accepted arrives after a restart, once."""

import time

from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import Stage, has_button, words_of
from tests.end_to_end.test_pictures import is_result

CONTENT = jpeg_of(photo_of("astronaut"))
STYLE = jpeg_of(photo_of("coffee"))
SIZE = "160"  # large enough to be killed in mid-run, small enough to be painted again at once


def test_a_job_killed_in_mid_run_is_delivered_once_after_a_restart(stage: Stage) -> None:
    person = stage.person(3001)
    first = stage.start_bot(PASTICHE_HQ_SIZE=SIZE)
    person.sends_album(CONTENT, STYLE)
    status = person.waits_for(lambda message: bool(message.get("photo")) and has_button(message, "cancel"))

    first.kill()
    stage.start_bot(PASTICHE_HQ_SIZE=SIZE)

    result = person.waits_for(is_result, within_s=90)
    time.sleep(5)  # a second delivery would come with the next sweep
    assert result["id"] == status["id"]
    assert [message["id"] for message in person.answers() if is_result(message)] == [result["id"]]


def test_an_update_fetched_right_before_the_kill_is_still_answered(stage: Stage) -> None:
    person = stage.person(3002)
    first = stage.start_bot()
    person.says("/start")
    person.waits_for(lambda message: bool(message.get("buttons")))
    polls = _finished_polls(stage)

    person.sends_photo(CONTENT)
    while _finished_polls(stage) == polls:
        pass
    first.kill()
    stage.start_bot()

    assert person.waits_for(lambda message: has_button(message, "glass"))


def test_sigterm_stops_within_twenty_seconds_and_the_job_goes_on_after_a_restart(stage: Stage) -> None:
    person = stage.person(3003)
    first = stage.start_bot(PASTICHE_HQ_SIZE=SIZE)
    person.sends_album(CONTENT, STYLE)
    person.waits_for(lambda message: bool(message.get("photo")) and has_button(message, "cancel"))

    asked_at = time.monotonic()
    code = first.stop()
    seconds = time.monotonic() - asked_at
    stage.start_bot(PASTICHE_HQ_SIZE=SIZE)

    assert code == 0
    assert seconds < 20
    assert person.waits_for(is_result, within_s=90)
    assert "interrupt" not in " ".join(words_of(message) for message in person.answers()).lower()


def _finished_polls(stage: Stage) -> int:
    return sum(call["method"] == "getUpdates" for call in stage.calls())
