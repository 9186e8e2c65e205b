"""How long it will take, by what was measured lately. One painter works at a time."""

from datetime import datetime

from models.states import JobState
from models.tables import Job

# The first steps also pay for reading pictures and measuring styles: too early to go by.
TELLING_STEPS = 5


def estimate_queued_s(speed_s: float | None, area_ahead_px: float, job: Job) -> float | None:
    """Seconds until a queued job is done; speed_s: seconds per px², None where nothing has been measured."""
    return None if speed_s is None else speed_s * (area_ahead_px + area_left_px(job))


def estimate_running_s(speed_s: float | None, job: Job, now: datetime) -> float | None:
    """Seconds until a running job is done: by its own pace once that tells, by others' until then."""
    if job.started_at is not None and job.step >= TELLING_STEPS:
        elapsed_s = (now - job.started_at).total_seconds()
        return max(0.0, elapsed_s / job.step * (job.steps - job.step))
    return None if speed_s is None else speed_s * area_left_px(job)


def area_left_px(job: Job) -> float:
    """What is still to be painted of a job, as its cost goes: the square of its longest side."""
    side_px = float(job.spec["longest_side_px"])
    done = job.step / job.steps if job.state is JobState.RUNNING and job.steps else 0.0
    return side_px * side_px * (1.0 - done)
