"""How long somebody waits between pressing a style and the finished picture, alone and beside a long painting.

And how much of a long painting is anything else than its steps: reading, previews, writing the picture and its film.
Real processes before the playground, the picture at 512 px; every press is somebody else's, as on a busy evening.
"""

import json
import statistics
import tempfile
import time
from datetime import datetime
from itertools import count
from pathlib import Path

from bench.engine import Held
from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import Person, Stage, has_button, is_hq_result, is_result, words_of

# As many as fit into one painting in high quality at the size that is usual.
PRESSES = 10
SIDE_PX = 512
# What a press may take: half of all, and nineteen of twenty.
HALF_S, NEARLY_ALL_S = 1.0, 2.0
# Of a long painting: what may be spent on anything else than its steps.
LARGEST_OUTSIDE = 0.05
# Looking costs processor time, which the painter wants.
LOOK_EVERY_S = 0.04
PATIENCE_S = 600.0

_numbers = count(5001)


def measure_latency() -> list[Held]:
    """From the press to the picture, through the whole product."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        try:
            program = stage.start_bot(PASTICHE_INSTANT_SIZE=str(SIDE_PX), PASTICHE_HQ_SIZE=str(SIDE_PX))
            program.wait_for_line("painter ready")
            _press_to_picture_s(stage)  # the first loads what is loaded once
            alone = [_press_to_picture_s(stage) for _ in range(PRESSES)]
            outside = _share_outside_steps(stage)
            painted = _begin_long_painting(stage)
            beside = [_press_to_picture_s(stage) for _ in range(PRESSES)]
            assert not any(map(is_hq_result, painted.answers())), "the long painting ended too early to be in the way"
            return [*_held("alone", alone), *_held("beside high quality", beside), outside]
        finally:
            stage.close()


def _begin_long_painting(stage: Stage) -> Person:
    person = stage.person(next(_numbers))
    person.asks_for_hq(_photo(1280), jpeg_of(photo_of("coffee", 1280)))
    person.waits_for(lambda message: "%" in words_of(message), within_s=PATIENCE_S)
    return person


def _share_outside_steps(stage: Stage) -> Held:
    """Of the time from a worker's claim to the result in its place, with nothing else to do."""
    painted = _begin_long_painting(stage)
    painted.waits_for(is_hq_result, within_s=PATIENCE_S)
    query = "SELECT report, started_at, finished_at FROM jobs WHERE lane = 'hq' AND state = 'done'"
    [(report, *moments)] = stage.rows(query)
    started, finished = map(datetime.fromisoformat, moments)
    stepping_s = sum(scale["seconds"] - scale["told_s"] for scale in json.loads(report)["scales"])
    outside = 1 - stepping_s / (finished - started).total_seconds()
    return Held(work=f"HQ {SIDE_PX} px, outside of its steps", value=outside, unit="of it", limit=LARGEST_OUTSIDE)


def _press_to_picture_s(stage: Stage) -> float:
    person = stage.person(next(_numbers))
    person.sends_photo(_photo(SIDE_PX))
    keyboard = person.waits_for(lambda message: has_button(message, "glass"), within_s=PATIENCE_S)
    pressed = time.perf_counter()
    person.presses(keyboard, "glass")
    while not any(map(is_result, person.answers())):
        assert time.perf_counter() - pressed < PATIENCE_S, "no picture came"
        time.sleep(LOOK_EVERY_S)
    return time.perf_counter() - pressed


def _photo(side_px: int) -> bytes:
    return jpeg_of(photo_of("astronaut", side_px))


def _held(when: str, seconds: list[float]) -> list[Held]:
    *_, nearly_all = statistics.quantiles(seconds, n=20)
    return [
        Held(work=f"press to picture, half, {when}", value=statistics.median(seconds), unit="s", limit=HALF_S),
        Held(work=f"press to picture, 95 %, {when}", value=nearly_all, unit="s", limit=NEARLY_ALL_S),
    ]
