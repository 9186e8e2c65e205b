"""How long it will take, by what was measured lately, lane by lane. One painter works at a time."""

from collections.abc import Mapping
from datetime import datetime

from models.states import JobState, Lane
from models.tables import Job

# The first steps also pay for reading pictures and measuring styles: too early to go by.
TELLING_STEPS = 5


def estimate_queued_s(speeds_s: Mapping[Lane, float], area_ahead_px: Mapping[Lane, float], job: Job) -> float | None:
    """Seconds until a queued job is done; speeds_s: seconds per px² by lane.

    None where nothing has been measured for it, or for one that it waits for.
    """
    to_paint_px = {**area_ahead_px, job.lane: area_ahead_px.get(job.lane, 0.0) + area_left_px(job)}
    if not to_paint_px.keys() <= speeds_s.keys():
        return None
    return sum(speeds_s[lane] * area_px for lane, area_px in to_paint_px.items())


def estimate_running_s(speeds_s: Mapping[Lane, float], job: Job, now: datetime) -> float | None:
    """Seconds until a running job is done: by its own pace once that tells, by others' until then."""
    if job.started_at is not None and job.step >= TELLING_STEPS:
        elapsed_s = (now - job.started_at).total_seconds()
        return max(0.0, elapsed_s / job.step * (job.steps - job.step))
    return speeds_s[job.lane] * area_left_px(job) if job.lane in speeds_s else None


def area_left_px(job: Job) -> float:
    """What is still to be painted of a job, as its cost goes: the square of its longest side."""
    side_px = float(job.spec["longest_side_px"])
    done = job.step / job.steps if job.state is JobState.RUNNING and job.steps else 0.0
    return side_px * side_px * (1.0 - done)
