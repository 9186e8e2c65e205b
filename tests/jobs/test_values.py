"""Values that cannot be wrong, and news that cannot pile up."""

from contextlib import nullcontext
from typing import Any

import pytest

from jobs.errors import InvalidSpec
from jobs.events import JobChanged, JobProgress, LocalEvents
from jobs.values import JobFailure, JobSpec, NewJob, Outcome
from models.states import JobState, Lane


def test_spec_survives_storage() -> None:
    spec = JobSpec(longest_side_px=1024, strength=1.5, keep_colours="luminance", seed=7, steps=90, brush=2, dpi=300)

    assert JobSpec.from_json(spec.to_json()) == spec


def test_spec_of_another_version_is_read_as_far_as_it_is_known() -> None:
    assert JobSpec.from_json({"seed": 3, "varnish": "matt"}) == JobSpec(seed=3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "magic"},
        {"longest_side_px": 63},
        {"longest_side_px": 4097},
        {"longest_side_px": 8193, "method": "poster"},
        {"strength": -0.1},
        {"strength": float("nan")},
        {"strength": 1.6, "method": "instant"},
        {"strength": 1.6, "method": "poster"},
        {"brush": 1.5},
        {"init": "style"},
        {"dpi": 72},
        {"keep_colours": "some"},
        {"steps": 0},
        {"method": "palette", "longest_side_px": 1025},
        {"method": "layer-view", "layer": "relu6_1"},
        {"method": "layer-view", "layer": "relu1_1'; --"},
        {"method": "layer-view", "layer": "relu1_1", "channel": 512},
    ],
    ids=str,
)
def test_spec_outside_the_limits_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidSpec):
        JobSpec(**wrong)


@pytest.mark.parametrize(
    "right",
    [{"strength": 3.0}, {"strength": 1.5, "method": "instant"}, {"longest_side_px": 8192, "method": "poster"}],
    ids=str,
)
def test_limits_go_by_the_method(right: dict[str, Any]) -> None:
    assert JobSpec(**right)


@pytest.mark.parametrize("style", [{}, {"style_picture_id": 1, "preset": "waves"}], ids=["none", "both"])
def test_job_needs_exactly_one_style(style: dict[str, Any]) -> None:
    with pytest.raises(InvalidSpec):
        NewJob(idem_key="k", user_id=1, chat_id=1, lane=Lane.HQ, content_picture_id=1, spec=JobSpec(), **style)


@pytest.mark.parametrize(
    ("method", "pictures", "sound"),
    [
        ("layer-view", {}, True),
        ("layer-view", {"content_picture_id": 1}, False),
        ("palette", {"content_picture_id": 1}, True),
        ("palette", {}, False),
        ("palette", {"content_picture_id": 1, "preset": "waves"}, False),
        ("morph", {"content_picture_id": 1, "style_picture_id": 2}, True),
        ("morph", {"content_picture_id": 1}, False),
        ("morph", {"style_picture_id": 2}, False),
        ("gatys", {"preset": "waves"}, False),
    ],
)
def test_a_study_has_its_photos_and_no_style(method: str, pictures: dict[str, Any], sound: bool) -> None:
    wish: dict[str, Any] = {"idem_key": "k", "user_id": 1, "chat_id": 1, "content_picture_id": None, **pictures}

    with nullcontext() if sound else pytest.raises(InvalidSpec):
        NewJob(**wish, lane=Lane.HQ, spec=JobSpec(method=method))


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": JobState.QUEUED},
        {"state": JobState.DONE},
        {"state": JobState.FAILED},
        {"state": JobState.CANCELLED, "result_key": "k"},
        {"state": JobState.DONE, "result_key": "k", "error": JobFailure.POISONOUS},
    ],
    ids=str,
)
def test_outcome_that_no_job_has_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no job ends like this"):
        Outcome(**wrong)


async def test_slow_listener_hears_the_newest_progress_with_the_last_preview() -> None:
    events = LocalEvents()
    news = events.subscribe()
    events.publish(JobProgress(job_id=1, step=1, steps=9, stage="", preview_jpeg=b"preview"))
    events.publish(JobChanged(job_id=1))
    events.publish(JobProgress(job_id=1, step=2, steps=9, stage=""))
    events.publish(JobProgress(job_id=2, step=5, steps=9, stage=""))

    heard = [await anext(news) for _ in range(3)]

    assert heard == [
        JobProgress(job_id=1, step=2, steps=9, stage="", preview_jpeg=b"preview"),
        JobChanged(job_id=1),
        JobProgress(job_id=2, step=5, steps=9, stage=""),
    ]


async def test_everybody_hears_and_those_who_left_are_forgotten() -> None:
    events = LocalEvents()
    staying, leaving = events.subscribe(), events.subscribe()
    del leaving

    events.publish(JobChanged(job_id=1))

    assert await anext(staying) == JobChanged(job_id=1)
    assert len(events._subscriptions) == 1
