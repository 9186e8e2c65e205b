"""Kill -9 of anything at any moment while people order pictures: python -m tests.crash.storm [KILLS [SEED]].

The last line printed is `kills N, jobs N, lost N, duplicates N`. Lost: accepted, and the chat was never told how it
ended. Duplicates: results sent once more, because nobody knew whether the first one had arrived.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.painters import QUICK, SOME
from tests.crash.stage import Person, Stage, a_stage, a_zygote

VICTIMS = ("process", "bot", "worker", "painter", "painter", "decoder")
PROGRAMS = {"process": ("front", "worker"), "bot": ("front",), "worker": ("worker",)}
MOST_CALLS = 10
LONGEST_CALM_S = 1.0
MOMENT_S = 0.1
LOOK_EVERY_S = 0.01
PEOPLE_AT_ONCE = 6
IN_A_HURRY = 0.5  # of them
KILLS = 500


@dataclass(frozen=True)
class Tally:
    """What came of a storm.

    bot_kills: those that may have come between sending and remembering
    ends: how many jobs ended how
    unanswered: people who sent something and never heard anything at all
    """

    kills: int
    bot_kills: int
    jobs: int
    lost: int
    duplicates: int
    ends: dict[str, int]
    unanswered: int

    def __str__(self) -> str:
        return f"kills {self.kills}, jobs {self.jobs}, lost {self.lost}, duplicates {self.duplicates}"


@dataclass
class Crowd:
    """People who each send a photo and press a preset; who has heard how it ended makes room for somebody new."""

    stage: Stage
    dice: random.Random
    everybody: list[Person] = field(default_factory=list)
    _waiting: list[Person] = field(default_factory=list)
    _pressed: set[int] = field(default_factory=set)

    def go_on(self) -> None:
        """Everybody does what they would do now."""
        self._waiting = [person for person in self._waiting if not self._is_through(person)]
        while len(self._waiting) < PEOPLE_AT_ONCE:
            person = self.stage.person(in_a_hurry=self.dice.random() < IN_A_HURRY)
            person.sends_photo(self.dice.choice((QUICK, SOME)))
            self._waiting.append(person)
            self.everybody.append(person)

    def _is_through(self, person: Person) -> bool:
        sheet = person.find("preset")
        if sheet is not None and person.id not in self._pressed:
            self._pressed.add(person.id)
            person.presses(sheet, "preset")
        # Words without a button: their picture or press was there in too many crashes, and they were told.
        turned_down = any(not shown.markup for shown in person.chat())
        return turned_down or person.find("restyle") is not None


def rage(stage: Stage, kills: int, seed: int) -> Tally:
    """Kill so many times at random, then wait until everything has come to its end."""
    dice = random.Random(seed)
    crowd = Crowd(stage, dice)
    for program in PROGRAMS["process"]:
        stage.start(program)
    killed: Counter[str] = Counter()
    while killed.total() < kills:
        _enjoy_the_calm(stage, crowd, calls=dice.randrange(MOST_CALLS), then_s=dice.uniform(0, MOMENT_S))
        victim = dice.choice(VICTIMS)
        killed[victim] += _kill(stage, victim)
    stage.until(stage.is_settled, "peace after the storm")
    return Tally(
        kills=killed.total(),
        bot_kills=killed["bot"] + killed["process"],
        jobs=len(stage.rows("SELECT 1 FROM jobs")),
        lost=len(stage.lost_jobs()),
        duplicates=sum(times - 1 for times in stage.telegram.results_of.values() if times),
        ends=dict(stage.rows("SELECT state, count(*) FROM jobs GROUP BY state")),
        unanswered=sum(not person.chat() for person in crowd.everybody),
    )


def _enjoy_the_calm(stage: Stage, crowd: Crowd, calls: int, then_s: float) -> None:
    """Let so many calls to Telegram pass, then a moment more; by the clock, a slow machine would only ever start."""
    enough, calm_until = len(stage.telegram.calls) + calls, time.monotonic() + LONGEST_CALM_S
    while len(stage.telegram.calls) < enough and time.monotonic() < calm_until:
        stage.revive()
        crowd.go_on()
        time.sleep(LOOK_EVERY_S)
    time.sleep(then_s)


def _kill(stage: Stage, victim: str) -> int:
    """Kill one of that kind; returns how many that were: between two lives there is nobody to kill."""
    found = list(_pids_of(stage, victim))
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return bool(found)


def _pids_of(stage: Stage, victim: str) -> Iterator[int]:
    if victim in PROGRAMS:
        stage.revive()
        yield from (stage.running[program] for program in PROGRAMS[victim])
    else:
        yield from stage.children(f"{victim}_main")


def main() -> None:
    given = [int(word) for word in sys.argv[1:]]
    kills, seed = (*given, *(KILLS, 1)[len(given) :])
    with (
        tempfile.TemporaryDirectory() as rehearsal,
        a_zygote(Path(rehearsal)) as zygote,
        tempfile.TemporaryDirectory() as folder,
        a_stage(Path(folder), zygote) as stage,
    ):
        tally = rage(stage, kills, seed)
        assert stage.is_sound()
    sys.stdout.write(f"{tally.ends}; {tally.unanswered} people unanswered\n{tally}\n")
    sys.exit(bool(tally.lost))


if __name__ == "__main__":
    main()
