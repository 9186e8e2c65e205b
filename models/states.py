"""The states of a job and the moves it may make: the one table that everybody obeys."""

from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands. Stored by value."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEAD = "dead"  # parked: it killed the painter three times


ALLOWED_NEXT: dict[JobState, frozenset[JobState]] = {
    # FAILED from QUEUED: its pictures were gone when its turn came.
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED, JobState.FAILED}),
    # Back to QUEUED: the worker stopped or died before it finished.
    JobState.RUNNING: frozenset(
        {JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.DEAD, JobState.QUEUED},
    ),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
    JobState.DEAD: frozenset(),
}

OPEN_STATES = frozenset(state for state, following in ALLOWED_NEXT.items() if following)


class Lane(StrEnum):
    """Which queue a job waits in; earlier lanes go first."""

    INSTANT = "instant"
    HQ = "hq"
    POSTER = "poster"


# Jobs of these lanes wait for each other; an instant one slips in between two steps of the others.
LONG_LANES = frozenset({Lane.HQ, Lane.POSTER})
WAITS_FOR: dict[Lane, frozenset[Lane]] = {
    Lane.INSTANT: frozenset({Lane.INSTANT}),
    Lane.HQ: LONG_LANES,
    Lane.POSTER: LONG_LANES,
}
