"""How long it will take, by what was measured lately, kind by kind. One painter works at a time."""

from collections.abc import Mapping
from datetime import datetime

from models.queries import Kind, Speeds
from models.states import JobState
from models.tables import Job

# The first steps also pay for reading pictures and measuring styles: too early to go by.
TELLING_STEPS = 5


def estimate_queued_s(speeds: Speeds, area_ahead_px: Mapping[Kind, float], job: Job) -> float | None:
    """Seconds until a queued job is done.

    None where nothing has been measured for it, or for one that it waits for.
    """
    to_paint_s = [_seconds(speeds, kind, area_px) for kind, area_px in area_ahead_px.items()]
    to_paint_s.append(_seconds(speeds, Kind.of(job), area_left_px(job)))
    known_s = [seconds for seconds in to_paint_s if seconds is not None]
    return sum(known_s) if len(known_s) == len(to_paint_s) else None


def estimate_running_s(speeds: Speeds, job: Job, now: datetime) -> float | None:
    """Seconds until a running job is done: by its own pace once that tells, by others' until then."""
    if job.started_at is not None and job.step >= TELLING_STEPS:
        elapsed_s = (now - job.started_at).total_seconds()
        return max(0.0, elapsed_s / job.step * (job.steps - job.step))
    return _seconds(speeds, Kind.of(job), area_left_px(job))


def area_left_px(job: Job) -> float:
    """What is still to be painted of a job, as its cost goes: the square of its longest side."""
    side_px = float(job.spec["longest_side_px"])
    done = job.step / job.steps if job.state is JobState.RUNNING and job.steps else 0.0
    return side_px * side_px * (1.0 - done)


def _seconds(speeds: Speeds, kind: Kind, area_px: float) -> float | None:
    seconds_per_px = speeds.of(kind)
    return seconds_per_px * area_px if seconds_per_px is not None else None
