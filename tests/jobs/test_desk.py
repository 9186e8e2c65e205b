"""The life of a job at the desk, on a real database."""

import asyncio
from typing import Any

import pytest

from jobs import faults
from jobs.errors import ResultGone
from jobs.events import JobChanged, JobProgress
from jobs.values import CancelOutcome, JobFailure, JobSpec, JobView, Outcome, PaintProgress, Study
from models.states import JobState, Lane
from tests.jobs.conftest import ANN, BEN, Office

CANCELLED = Outcome(state=JobState.CANCELLED)
FAILED = Outcome(state=JobState.FAILED, error=JobFailure.ENGINE_FAILED)


async def a_done(office: Office, paint_s: float = 10.0) -> Outcome:
    key = await office.blobs.put(b"jpeg", ".jpg")
    return Outcome(state=JobState.DONE, result_key=key, paint_s=paint_s, report={"seed": 0})


# Asking


async def test_same_wish_twice_is_one_job(office: Office) -> None:
    wish = await office.a_new_job()

    first, again = await office.desk.submit(wish), await office.desk.submit(wish)

    assert (first.created, again.created) == (True, False)
    assert first.job_id == again.job_id
    assert office.dispatcher.stats().waiting[Lane.HQ] == 1


async def test_same_wish_at_the_same_time_is_one_job(office: Office) -> None:
    wish = await office.a_new_job()

    tickets = await asyncio.gather(*(office.desk.submit(wish) for _ in range(20)))

    assert sum(ticket.created for ticket in tickets) == 1
    assert len({ticket.job_id for ticket in tickets}) == 1


async def test_submission_that_fails_leaves_neither_row_nor_id(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = await office.a_new_job()

    def fail(moment: str) -> None:
        assert moment != "submit_uncommitted"

    monkeypatch.setattr(faults, "hit", fail)
    with pytest.raises(AssertionError):
        await office.desk.submit(wish)
    monkeypatch.undo()

    assert (await office.desk.overview()).open_jobs == []
    assert office.dispatcher.stats().waiting[Lane.HQ] == 0
    assert (await office.desk.submit(wish)).created


async def queued(office: Office, **values: Any) -> JobView:
    """A job that waits, as it stands then."""
    view = await office.desk.view(await office.a_queued_job(**values))
    assert view is not None
    return view


async def test_a_place_counts_what_comes_before_by_lane_and_order(office: Office) -> None:
    await office.a_running_job()
    await office.a_queued_job(lane=Lane.POSTER)
    await office.a_queued_job(lane=Lane.HQ)

    hq = await queued(office, lane=Lane.HQ)
    poster = await queued(office, lane=Lane.POSTER)

    assert hq.ahead == 2  # the running one and the first HQ job
    assert poster.ahead == 4


async def test_instant_job_waits_for_instant_ones_only(office: Office) -> None:
    await office.a_running_job(lane=Lane.HQ)
    await office.a_queued_job(lane=Lane.POSTER)
    alone = await queued(office, lane=Lane.INSTANT)

    second = await queued(office, lane=Lane.INSTANT)
    hq = await queued(office, lane=Lane.HQ)

    assert (alone.ahead, second.ahead, hq.ahead) == (0, 1, 1)


async def test_estimates_go_by_the_speed_of_each_lane(office: Office) -> None:
    for lane, paint_s in ((Lane.HQ, 10.0), (Lane.INSTANT, 0.5)):
        job_id, attempt = await office.a_running_job(lane=lane)
        await office.desk.finish(job_id, attempt, await a_done(office, paint_s=paint_s))
    await office.a_queued_job(lane=Lane.HQ)

    instant = await queued(office, lane=Lane.INSTANT)
    poster = await queued(office, lane=Lane.POSTER)

    assert instant.eta_s == pytest.approx(0.5)
    assert poster.eta_s is None  # none was painted yet
    etas = {view.lane: view.eta_s for view in (await office.desk.overview()).open_jobs}
    assert etas == {Lane.INSTANT: pytest.approx(0.5), Lane.HQ: pytest.approx(10.0), Lane.POSTER: None}


def a_study(study: Study, side_px: int = 256) -> dict[str, Any]:
    """The fields of a wish for a study."""
    return {"lane": Lane.HQ, "preset": None, "spec": JobSpec(method=study, longest_side_px=side_px)}


PALETTE = a_study(Study.PALETTE)
PAINTING = {"lane": Lane.HQ, "spec": JobSpec(longest_side_px=256)}
POSTER = {"lane": Lane.POSTER, "spec": JobSpec(method="poster", longest_side_px=256)}


async def measure(office: Office, paint_s: float, wish: dict[str, Any]) -> None:
    """A job that took so long."""
    job_id, attempt = await office.a_running_job(**wish)
    await office.desk.finish(job_id, attempt, await a_done(office, paint_s=paint_s))
    office.clock.forward(seconds=1)


async def test_quick_studies_make_no_estimate_of_a_painting_short(office: Office) -> None:
    await measure(office, 100.0, PAINTING)
    for _ in range(7):
        await measure(office, 5.0, PALETTE)

    palette, painting = await queued(office, **PALETTE), await queued(office, **PAINTING)

    assert palette.eta_s == pytest.approx(5.0)
    assert painting.eta_s == pytest.approx(5.0 + 100.0)
    etas = [view.eta_s for view in (await office.desk.overview()).open_jobs]
    assert etas == [palette.eta_s, painting.eta_s]


async def test_a_poster_waits_for_each_kind_as_long_as_that_takes(office: Office) -> None:
    for paint_s, wish in ((1000.0, POSTER), (100.0, PAINTING), (5.0, PALETTE), (5.0, PALETTE)):
        await measure(office, paint_s, wish)
    await office.a_running_job(**PALETTE)
    await office.a_queued_job(**PAINTING)

    view = await queued(office, **POSTER)

    assert view.eta_s == pytest.approx(5.0 + 100.0 + 1000.0)


async def test_a_study_that_nobody_has_asked_for_before_goes_by_its_lane(office: Office) -> None:
    for paint_s, wish in ((5.0, PALETTE), (6.0, PALETTE), (100.0, PAINTING)):
        await measure(office, paint_s, wish)

    view = await queued(office, **a_study(Study.FEATURE_MAPS, 512))

    assert view.eta_s == pytest.approx(4 * 6.0)


async def test_no_estimate_before_anything_was_measured(office: Office) -> None:
    view = await queued(office)

    assert view.eta_s is None


async def test_estimate_goes_by_measured_speed_and_size(office: Office) -> None:
    job_id, attempt = await office.a_running_job(spec=JobSpec(longest_side_px=256))
    await office.desk.finish(job_id, attempt, await a_done(office, paint_s=10.0))
    await office.a_queued_job(spec=JobSpec(longest_side_px=512))

    view = await queued(office, spec=JobSpec(longest_side_px=256))

    assert view.eta_s == pytest.approx(4 * 10.0 + 10.0)  # the one ahead has four times the area


@pytest.mark.parametrize("took", [[60.0] * 6 + [10.0] * 5, [10.0, 10.0, 90.0]], ids=["before", "once"])
async def test_a_machine_that_was_busy_before_makes_no_estimate_long(office: Office, took: list[float]) -> None:
    for paint_s in took:
        job_id, attempt = await office.a_running_job()
        await office.desk.finish(job_id, attempt, await a_done(office, paint_s=paint_s))
        office.clock.forward(seconds=1)

    view = await queued(office)

    assert view.eta_s == pytest.approx(10.0)


async def test_estimate_of_a_running_job_goes_by_its_own_pace(office: Office) -> None:
    job_id, attempt = await office.a_running_job()
    office.clock.forward(seconds=20)
    await office.desk.report(job_id, attempt, PaintProgress(step=100, steps=300, stage="256 px"))

    view = await office.desk.view(job_id)

    assert view is not None
    assert view.eta_s == pytest.approx(40.0)


# Claiming


async def test_of_many_claims_one_succeeds(office: Office) -> None:
    job_id = await office.a_queued_job()

    claims = await asyncio.gather(*(office.desk.claim(job_id, f"worker {n}") for n in range(20)))

    [won] = [claim for claim in claims if claim is not None]
    assert won.attempt == 1
    assert (await office.row(job_id)).state is JobState.RUNNING


async def test_claim_of_an_unknown_job_is_dropped_silently(office: Office) -> None:
    assert await office.desk.claim(404, "worker") is None


async def test_claimed_job_names_its_blobs(office: Office) -> None:
    content, style = await office.a_picture(), await office.a_picture(blob_key=None)
    job_id = await office.a_queued_job(content_picture_id=content, style_picture_id=style, preset=None)

    claimed = await office.desk.claim(job_id, "worker")

    assert claimed is not None
    assert claimed.content_key is not None
    assert (claimed.style_key, claimed.preset) == (None, None)


# Reporting


async def test_report_renews_the_lease_and_tells_subscribers(office: Office) -> None:
    job_id, attempt = await office.a_running_job()
    news = office.events.subscribe()
    office.clock.forward(seconds=25)

    go_on = await office.desk.report(
        job_id, attempt, PaintProgress(step=7, steps=9, stage="256 px", preview_jpeg=b"jpeg", eta_s=2.0)
    )

    row = await office.row(job_id)
    assert go_on
    assert (row.step, row.steps, row.stage) == (7, 9, "256 px")
    assert row.lease_until is not None
    assert (row.lease_until - office.clock()).total_seconds() == 30
    heard = await anext(news)
    assert heard == JobProgress(job_id=job_id, step=7, steps=9, stage="256 px", preview_jpeg=b"jpeg", eta_s=2.0)


async def test_report_after_a_cancel_says_stop(office: Office) -> None:
    job_id, attempt = await office.a_running_job()
    await office.desk.cancel(job_id, user_id=ANN)

    assert not await office.desk.report(job_id, attempt, PaintProgress(step=1, steps=9, stage=""))


# Ending


async def test_finish_records_the_result_and_owes_a_delivery(office: Office) -> None:
    job_id, attempt = await office.a_running_job()

    assert await office.desk.finish(job_id, attempt, await a_done(office))

    row = await office.row(job_id)
    assert (row.state, row.paint_s, row.report) == (JobState.DONE, 10.0, {"seed": 0})
    assert await office.desk.result_bytes(job_id) == b"jpeg"
    assert [due for due, _ in await office.desk.due_deliveries()] == [job_id]
    assert await office.timeline(job_id) == ["submitted", "claimed", "done"]


async def test_zombie_with_an_old_attempt_changes_nothing(office: Office) -> None:
    job_id, old = await office.a_running_job()
    office.clock.forward(seconds=31)
    await office.desk.expire_leases()
    claimed = await office.desk.claim(job_id, "another")
    assert claimed is not None
    before = await office.row(job_id)

    assert not await office.desk.report(job_id, old, PaintProgress(step=99, steps=99, stage="zombie"))
    assert not await office.desk.finish(job_id, old, await a_done(office))
    assert await office.desk.requeue(job_id, old, "zombie") is None
    assert await office.desk.record_death(job_id, old, "died") is None

    after = await office.row(job_id)
    columns = [column.key for column in type(after).__table__.columns]
    assert [getattr(after, name) for name in columns] == [getattr(before, name) for name in columns]
    assert await office.desk.finish(job_id, claimed.attempt, FAILED)


async def test_second_finish_changes_nothing(office: Office) -> None:
    job_id, attempt = await office.a_running_job()
    await office.desk.finish(job_id, attempt, FAILED)

    assert not await office.desk.finish(job_id, attempt, await a_done(office))

    assert (await office.row(job_id)).error == "engine-failed"


async def test_finish_is_carried_through_when_its_caller_is_cancelled(office: Office) -> None:
    job_id, attempt = await office.a_running_job()
    outcome = await a_done(office)
    task = asyncio.create_task(office.desk.finish(job_id, attempt, outcome))
    await asyncio.sleep(0)

    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    assert (await office.row(job_id)).state is JobState.DONE


# Cancelling


async def test_queued_job_is_cancelled_at_once_and_its_chat_is_told(office: Office) -> None:
    job_id = await office.a_queued_job()

    outcome = await office.desk.cancel(job_id, user_id=ANN)

    assert outcome is CancelOutcome.CANCELLED
    assert office.dispatcher.stats().waiting[Lane.HQ] == 0
    [(due, _)] = await office.desk.due_deliveries()
    assert due == job_id
    assert (await office.row(job_id)).state is JobState.CANCELLED


async def test_result_of_a_job_cancelled_meanwhile_never_goes_out(office: Office) -> None:
    job_id, attempt = await office.a_running_job()

    outcome = await office.desk.cancel(job_id, user_id=ANN)
    await office.desk.finish(job_id, attempt, await a_done(office))

    assert outcome is CancelOutcome.STOPPING
    row = await office.row(job_id)
    assert (row.state, row.result_key) == (JobState.CANCELLED, None)
    with pytest.raises(ResultGone):
        await office.desk.result_bytes(job_id)


async def test_cancelled_job_is_not_queued_again(office: Office) -> None:
    job_id, attempt = await office.a_running_job()
    await office.desk.cancel(job_id, user_id=ANN)

    assert await office.desk.requeue(job_id, attempt, "shutdown") is JobState.CANCELLED

    assert office.dispatcher.stats().waiting[Lane.HQ] == 0


async def test_cancel_and_finish_at_once_agree_on_one_end(office: Office) -> None:
    jobs = [await office.a_running_job() for _ in range(20)]
    done = [await a_done(office) for _ in jobs]

    answers = await asyncio.gather(
        *(office.desk.cancel(job_id, user_id=ANN) for job_id, _ in jobs),
        *(office.desk.finish(job_id, attempt, outcome) for (job_id, attempt), outcome in zip(jobs, done, strict=True)),
    )

    for (job_id, _), answer in zip(jobs, answers, strict=False):
        state = (await office.row(job_id)).state
        assert state is (JobState.DONE if answer is CancelOutcome.FINISHED else JobState.CANCELLED)


async def test_only_the_owner_or_an_admin_may_cancel(office: Office) -> None:
    job_id = await office.a_queued_job(user_id=ANN)

    assert await office.desk.cancel(job_id, user_id=BEN) is CancelOutcome.UNKNOWN
    assert await office.desk.cancel(404, user_id=None) is CancelOutcome.UNKNOWN
    assert await office.desk.cancel(job_id, user_id=None) is CancelOutcome.CANCELLED
    assert await office.desk.cancel(job_id, user_id=ANN) is CancelOutcome.FINISHED


# Trouble


async def test_third_death_parks_the_job(office: Office) -> None:
    job_id = await office.a_queued_job()
    ends = []
    for cause in ("died", "died", "out-of-memory"):
        claimed = await office.desk.claim(job_id, "worker")
        assert claimed is not None
        ends.append(await office.desk.record_death(job_id, claimed.attempt, cause))

    row = await office.row(job_id)
    assert ends == [JobState.QUEUED, JobState.QUEUED, JobState.DEAD]
    assert (row.deaths, row.interruptions, row.error) == (3, 0, "out-of-memory")
    assert [due for due, _ in await office.desk.due_deliveries()] == [job_id]


async def test_second_interruption_fails_the_job(office: Office) -> None:
    job_id, _ = await office.a_running_job()

    office.clock.forward(seconds=29)
    assert await office.desk.expire_leases() == 0
    office.clock.forward(seconds=2)
    assert await office.desk.expire_leases() == 1
    assert (await office.row(job_id)).state is JobState.QUEUED
    await office.desk.claim(job_id, "worker")
    assert await office.desk.recover_at_start() == 1

    row = await office.row(job_id)
    assert (row.state, row.error, row.interruptions, row.deaths) == (JobState.FAILED, "interrupted", 2, 0)


async def test_requeue_counts_nothing_and_carries_the_job_again(office: Office) -> None:
    job_id, attempt = await office.a_running_job()

    assert await office.desk.requeue(job_id, attempt, "shutdown") is JobState.QUEUED

    row = await office.row(job_id)
    assert (row.deaths, row.interruptions, row.worker, row.lease_until) == (0, 0, None, None)
    assert office.dispatcher.stats().waiting[Lane.HQ] == 1


async def test_queued_jobs_find_a_carrier_after_a_restart(office: Office, database_of_a_new_life: Office) -> None:
    queued = await office.a_queued_job()
    running, _ = await office.a_running_job()
    reborn = database_of_a_new_life

    await reborn.desk.recover_at_start()
    await reborn.desk.enqueue_uncarried()

    assert reborn.dispatcher.stats().waiting[Lane.HQ] == 2
    assert {(await reborn.row(job_id)).state for job_id in (queued, running)} == {JobState.QUEUED}
    assert await reborn.desk.enqueue_uncarried() == 0


@pytest.fixture
async def database_of_a_new_life(office: Office) -> Office:
    """The same rows and files in a process that has just started: nothing in memory."""
    return Office(office.database, office.blobs, office.clock)


# Delivering


async def test_failed_delivery_is_due_again_after_its_pause(office: Office) -> None:
    job_id = await office.a_queued_job()
    await office.desk.cancel(job_id, user_id=ANN)

    await office.desk.delivery_failed(job_id, retry_in_s=60)

    assert await office.desk.due_deliveries() == []
    office.clock.forward(seconds=60)
    assert [due for due, _ in await office.desk.due_deliveries()] == [job_id]


async def test_delivered_and_given_up_jobs_are_never_due_again(office: Office) -> None:
    told, blocked = await office.a_queued_job(), await office.a_queued_job()
    for job_id in (told, blocked):
        await office.desk.cancel(job_id, user_id=ANN)

    await office.desk.delivered(told, message_id=5, file_id="file")
    await office.desk.give_up_delivery(blocked, "blocked")
    await office.desk.delivered(blocked, message_id=6, file_id=None)

    office.clock.forward(hours=1)
    assert await office.desk.due_deliveries() == []
    assert await office.timeline(told) == ["submitted", "cancelled", "delivered"]
    assert await office.timeline(blocked) == ["submitted", "cancelled", "delivery given up"]


# Looking


async def test_overview_counts_all_and_lists_running_before_queued(office: Office) -> None:
    poster = await office.a_queued_job(lane=Lane.POSTER, user_id=BEN)
    hq = await office.a_queued_job()
    instant = await office.a_queued_job(lane=Lane.INSTANT)
    running, _ = await office.a_running_job()
    await office.desk.cancel(await office.a_queued_job(), user_id=ANN)

    overview = await office.desk.overview()

    assert [view.id for view in overview.open_jobs] == [running, instant, hq, poster]
    assert [view.ahead for view in overview.open_jobs] == [0, 0, 1, 2]
    assert [view.user_name for view in overview.open_jobs] == ["Ann", "Ann", "Ann", "Ben"]
    assert overview.counts[JobState.QUEUED] == 3
    assert overview.counts[JobState.CANCELLED] == 1
    assert overview.counts[JobState.DEAD] == 0
    assert len((await office.desk.overview(limit=1)).open_jobs) == 1


async def test_status_message_is_remembered(office: Office) -> None:
    job_id = await office.a_queued_job()

    await office.desk.set_status_message(job_id, 77)

    view = await office.desk.view(job_id)
    assert view is not None
    assert view.status_message_id == 77
    assert await office.desk.view(404) is None


async def test_every_change_of_state_is_told(office: Office) -> None:
    news = office.events.subscribe()
    job_id, attempt = await office.a_running_job()
    heard = await anext(news)

    await office.desk.finish(job_id, attempt, FAILED)

    assert heard == JobChanged(job_id=job_id)
    assert await anext(news) == JobChanged(job_id=job_id, ended=True)
