"""A hundred kills at random: of everything at once, of bot, worker, painter and decoder."""

import sys

import pytest

from tests.crash.stage import Stage
from tests.crash.storm import rage

KILLS = 100


@pytest.mark.timeout(600)  # half a minute, where the machine is not busy with other things as well
def test_no_job_is_lost_in_a_storm(stage: Stage) -> None:
    tally = rage(stage, KILLS, seed=1)

    sys.stdout.write(f"{tally}\n")
    assert tally.kills >= KILLS
    assert tally.jobs >= KILLS / 10  # it was a storm over people who order, not over a desert
    assert (tally.lost, tally.unanswered) == (0, 0)
    assert tally.duplicates <= tally.bot_kills
    assert stage.is_sound()
