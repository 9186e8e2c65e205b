"""Every interesting moment in the life of a job, and in each of them kill -9, once."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.painters import LONG, SOME
from tests.crash.stage import Person, Stage, a_stage, is_running
from tests.crash.zygote import Zygote

PACKAGES = ("bot", "jobs", "models", "pastiche")
ORPHANS_GONE_S = 10.0


def order(stage: Stage, person: Person, moment: str) -> None:
    """The way of most jobs: a photo, a preset, the result."""
    stage.arm(moment)
    person.orders()


def order_anew(stage: Stage, person: Person, moment: str) -> None:
    """The message that was to become the result is deleted: another one is sent."""

    def is_done() -> bool:
        person.clears_chat()
        return bool(stage.rows("SELECT 1 FROM jobs WHERE user_id = ? AND state = 'done'", person.id))

    stage.arm(moment)
    person.orders(SOME)
    stage.until(is_done, "a result")


def cancel(stage: Stage, person: Person, moment: str) -> None:
    """A job that would take minutes, cancelled by its owner."""
    stage.arm(moment)
    person.orders(LONG)
    person.presses(person.shown("cancel"), "cancel")


def slip_in(stage: Stage, person: Person, moment: str) -> None:
    """An instant picture while somebody else's painting is at work, which is cancelled in the end."""
    other = stage.person()
    other.orders(LONG)
    stage.until(lambda: stage.rows("SELECT 1 FROM jobs WHERE user_id = ? AND step > 0", other.id), "a step")
    stage.arm(moment)
    person.orders()
    stage.until(lambda: not stage.is_armed(moment), f"somebody comes to {moment}")
    other.presses(other.shown("cancel"), "cancel")


def restart(stage: Stage, person: Person, moment: str) -> None:
    """The process dies in the middle of a painting, and what is looked at happens at the next start."""
    person.orders(LONG)
    stage.until(lambda: stage.rows("SELECT 1 FROM jobs WHERE user_id = ? AND step > 0", person.id), "a step")
    stage.kill("whole")
    stage.arm(moment)  # not before: sweeps come by at any time
    stage.start("whole")
    person.presses(person.shown("cancel"), "cancel")


Happening = Callable[[Stage, Person, str], None]
MOMENTS: dict[str, Happening] = {
    # An update comes in.
    "update_fetched": order,
    "update_stored": order,
    "update_counted": order,
    "update_answered": order,
    "update_handled": order,
    # Its picture is looked at and kept.
    "decoder_loaded": restart,
    "decoder_asked": order,
    "decoder_done": order,
    "decoder_answered": order,
    "blob_written": order,
    "blob_named": order,
    # It becomes a job, which is claimed.
    "submit_uncommitted": order,
    "submitted": order,
    "claim_uncommitted": order,
    "claimed": order,
    "order_read": order,
    # It is painted.
    "painter_loaded": restart,
    "painter_ordered": order,
    "painter_step": order,
    "report_uncommitted": order,
    "reported": order,
    "batch_taken": slip_in,
    "batch_step": slip_in,
    "batch_told": slip_in,
    "painter_done": order,
    "painter_told": order,
    "painted": order,
    "result_kept": order,
    # It ends, and its chat is told.
    "end_uncommitted": order,
    "ended": order,
    "delivery_begun": order,
    "sending_uncommitted": order_anew,
    "sending_noted": order_anew,
    "answer_sent": order,
    "delivery_uncommitted": order,
    "delivered": order,
    # Somebody changes their mind.
    "cancel_uncommitted": cancel,
    "cancelled": cancel,
    # A process looks after what the one before left behind.
    "taken_back": restart,
    "swept_jobs": restart,
    "blobs_let_go": restart,
    "blobs_deleted": restart,
}
# Between Telegram's answer and our commit nobody can know whether it was heard: only here is it said again.
SAID_TWICE = frozenset({"answer_sent", "delivery_uncommitted"})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Stage]:
    """One product for all tests of this file, killed in each; every test has a person of its own."""
    with a_stage(tmp_path_factory.mktemp("stage"), zygote) as made:
        made.start("whole")
        yield made


@pytest.mark.timeout(300)  # the first one also pays for the zygote
@pytest.mark.parametrize(("moment", "happens"), MOMENTS.items(), ids=MOMENTS)
def test_what_is_killed_at_this_moment_loses_nothing(stage: Stage, moment: str, happens: Happening) -> None:
    person = stage.person(in_a_hurry=happens is slip_in)
    stage.until(stage.children)
    before = stage.running["whole"], *stage.children()

    happens(stage, person, moment)
    stage.until(lambda: not stage.is_armed(moment), f"somebody comes to {moment}")
    stage.until(stage.is_settled, "peace")

    job_id = person.job()
    [[state, attempt]] = stage.rows("SELECT state, attempt FROM jobs WHERE id = ?", job_id)
    # After a restart the job may be in hand again before it is cancelled: two interruptions end it as well.
    ends: dict[Happening, set[str]] = {
        order: {"done"},
        order_anew: {"done"},
        slip_in: {"done"},
        restart: {"cancelled", "failed"},
    }
    assert state in ends.get(happens, {"cancelled"})
    assert attempt <= 2
    assert stage.telegram.answers_to[job_id] == (2 if moment in SAID_TWICE else 1)
    assert stage.is_sound()
    assert all(not is_running(pid) for pid in before) or stage.running["whole"] == before[0]


def test_every_moment_in_the_source_is_in_the_list() -> None:
    sources = [path.read_text() for package in PACKAGES for path in Path(package).rglob("*.py")]

    in_source = {moment for source in sources for moment in re.findall(r"faults\.hit\((.*?)\)", source)}

    assert in_source == {f'"{moment}"' for moment in MOMENTS}


def test_children_of_a_killed_process_are_gone_in_time(stage: Stage) -> None:
    stage.person().orders(LONG)
    stage.until(lambda: stage.rows("SELECT 1 FROM jobs WHERE state = 'running' AND step > 0"), "a step")
    painter, decoder = stage.children("painter_main"), stage.children("decoder_main")
    # Hearing nothing is no way to stay: a stopped child dies as well.
    os.kill(decoder[0], signal.SIGSTOP)

    stage.kill("whole")

    deadline = time.monotonic() + ORPHANS_GONE_S
    while any(map(is_running, painter + decoder)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (len(painter), len(decoder)) == (1, 1)
    assert not any(map(is_running, painter + decoder))
