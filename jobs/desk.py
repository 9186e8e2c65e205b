"""Everything that can happen to a job, one short transaction each.

A job changes only by compare-and-set on (id, attempt): whoever comes too late, or holds an old attempt, changes
nothing. News is published after the commit, never before.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from jobs import eta, faults
from jobs.clock import Clock, now
from jobs.errors import IntakePaused, LimitReached, LossCause, ResultGone
from jobs.events import JobChanged, JobHeldUp, JobProgress
from jobs.fairness import UNLIMITED, Doorkeeper, FairUse
from jobs.ports import Blobs, Dispatcher, Events
from jobs.values import (
    CancelOutcome,
    ClaimedJob,
    ClaimedPart,
    JobFailure,
    JobSpec,
    JobView,
    MixPart,
    NewJob,
    Outcome,
    Overview,
    PaintProgress,
    Ticket,
)
from models import history, queries, standings, turns
from models import styles as saved_styles
from models.database import Database, at_once
from models.states import OPEN_STATES, WAITS_FOR, JobState, Lane
from models.tables import Job, JobEvent, User, UserStyle
from models.trips import Trip

log = logging.getLogger(__name__)

LEASE_S = 30.0
MAX_DEATHS = 3  # the third time the painter dies of a job, the job is parked
MAX_INTERRUPTIONS = 2  # the second time a job loses its worker, it fails: better an answer than a loop
# Finished jobs of a kind that an estimate goes by: few enough to follow a machine that was busy and is no more.
SPEED_SAMPLE = 7

FAILURE_AFTER: dict[LossCause, JobFailure] = {
    "died": JobFailure.POISONOUS,
    "hung": JobFailure.TIMED_OUT,
    "out-of-memory": JobFailure.OUT_OF_MEMORY,
}

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Move:
    """Where a running job goes from here; event: its line in the timeline; values: what else changes in its row."""

    to: JobState
    event: str
    detail: dict[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)


class Desk:
    """The use cases. They raise what the database raises; an answer of None or False means that it was too late."""

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        blobs: Blobs,
        events: Events,
        clock: Clock = now,
        *,
        fair_use: FairUse = UNLIMITED,
    ) -> None:
        """fair_use: what one person may have; by default as much as they like"""
        self._database = database
        self._dispatcher = dispatcher
        self._blobs = blobs
        self._events = events
        self._clock = clock
        self._door = Doorkeeper(fair_use)

    # For those who ask.

    async def submit(self, new: NewJob, *, by: int | None = None) -> Ticket:
        """Queue a job; the same idem_key again finds the first one. by: the admin who asks for it in their stead.

        Raises NotAdmitted where the person has to wait before they ask for more; what was accepted is never refused.
        """
        try:
            job, created = await self._submit(new, by)
        except LimitReached as reached:
            raise await self._with_time(reached, new.user_id) from None
        faults.hit("submitted")
        if created:
            log.info("job submitted", extra={"job_id": job.id, "attempt": job.attempt, "lane": job.lane.value})
            self._events.publish(JobChanged(job_id=job.id))
        return Ticket(job_id=job.id, created=created)

    async def pause_for(self, user_id: int) -> IntakePaused | None:
        """What submit would raise just now for whatever this person asks, where intake is paused."""
        async with self._database.read() as session:
            return await self._door.pause_for(session, user_id)

    async def _submit(self, new: NewJob, by: int | None) -> tuple[Job, bool]:
        moment = self._clock()
        async with self._database.write() as session:
            place, applicant = await self._door.place(session, new.user_id, new.lane, moment)
            created = await queries.insert_job(session, **_columns(new), **place, created_at=moment)
            job = await queries.find_job_by_key(session, new.idem_key)
            assert job is not None
            if created and by is None:
                await self._door.judge(session, applicant, moment)
            if created:
                await self._note(session, job.id, "submitted", _by(by))
                await self._put_on_record(session, by, "retry", job.id)
                await self._dispatcher.enqueue(session, self._door.queued_of(job, applicant.standing))
                faults.hit("submit_uncommitted")
        return job, created

    async def _with_time(self, reached: LimitReached, user_id: int) -> LimitReached:
        """When there is room again in the queue: once the first of the person's jobs in it is painted."""
        if reached.limit != "queued":
            return reached
        async with self._database.read() as session:
            first = await turns.find_first_queued(session, user_id)
        view = await self.view(first) if first is not None else None
        return LimitReached("queued", reached.most, view.eta_s if view is not None else None)

    async def keep_count(self, session: AsyncSession, user_id: int) -> None:
        """In the transaction that forgets a person: the day's limit must not begin anew with them."""
        await self._door.keep_count(session, user_id, self._clock())

    async def cancel(self, job_id: int, *, user_id: int | None, by: int | None = None) -> CancelOutcome:
        """Cancel a job of that user, or anybody's where user_id is None: for admins. by: the admin who does."""
        async with self._database.write() as session:
            job = await session.get(Job, job_id, with_for_update=True)
            if job is None or user_id not in (None, job.user_id):
                return CancelOutcome.UNKNOWN
            outcome = await self._cancel(session, job_id, by)
            if outcome is not CancelOutcome.FINISHED:
                await self._put_on_record(session, by, "cancel", job_id)
            faults.hit("cancel_uncommitted")
        faults.hit("cancelled")
        if outcome is not CancelOutcome.FINISHED:
            log.info("job cancel", extra={"job_id": job_id, "attempt": job.attempt, "outcome": outcome.value})
            self._events.publish(JobChanged(job_id=job_id, ended=outcome is CancelOutcome.CANCELLED))
        return outcome

    async def bump(self, job_id: int, *, by: int) -> bool:
        """Let a queued job have the next turn; False where it is not queued. by: the admin who does."""
        async with self._database.write() as session:
            job = await session.get(Job, job_id, with_for_update=True)
            if job is None or job.state is not JobState.QUEUED:
                return False
            await turns.bump_job(session, job)
            await session.refresh(job)
            await self._note(session, job_id, "bumped", _by(by))
            await self._put_on_record(session, by, "bump", job_id)
            await self._dispatcher.enqueue(session, await self._door.queued(session, job))
        log.info("job bumped", extra={"job_id": job_id, "attempt": job.attempt})
        self._events.publish(JobChanged(job_id=job_id))
        return True

    async def view(self, job_id: int, *, in_line: bool = True) -> JobView | None:
        """The job as it stands. in_line: with its place and its estimate while it is open, which cost a count."""
        return await self._database.read_at_once(lambda trip: self._look(trip, job_id, in_line))

    def _look(self, trip: Trip, job_id: int, in_line: bool) -> JobView | None:
        found = queries.find_job_with_user(trip, job_id)
        if found is None:
            return None
        job, user_name = found
        saved = saved_styles.find_styles_of(trip, job)
        if not in_line or job.state not in OPEN_STATES:
            return _view(job, user_name, saved)
        speeds = queries.measure_speeds(trip, WAITS_FOR[job.lane], SPEED_SAMPLE)
        if job.state is JobState.RUNNING:
            return _view(job, user_name, saved, eta_s=eta.estimate_running_s(speeds, job, self._clock()))
        waiting = queries.measure_ahead(trip, job)
        eta_s = eta.estimate_queued_s(speeds, waiting.area_px, job)
        return _view(job, user_name, saved, ahead=waiting.jobs, eta_s=eta_s)

    async def overview(self, limit: int = 20) -> Overview:
        """Counts by state, and at most so many open jobs."""
        async with self._database.read() as session:
            counts = await queries.count_jobs_by_state(session)
            rows = await queries.list_open_jobs(session, limit)
            speeds = await at_once(session, lambda trip: queries.measure_speeds(trip, tuple(Lane), SPEED_SAMPLE))
            saved = await saved_styles.find_styles(session, [job for job, _ in rows])
        return Overview(counts=counts, open_jobs=self._views_in_turn(rows, saved, speeds))

    async def history(self, user_id: int, chat_id: int, *, skip: int, limit: int) -> list[JobView]:
        """A person's jobs in a chat, newest first, without places and estimates."""
        async with self._database.read() as session:
            jobs = await history.list_jobs_of(session, user_id, chat_id, skip=skip, limit=limit)
            user = await session.get(User, user_id)
            saved = await saved_styles.find_styles(session, jobs)
        return [_view(job, user.name if user is not None else "", saved) for job in jobs]

    async def sent(self, user_id: int, limit: int) -> list[tuple[JobView, str]]:
        """A person's latest pictures that Telegram holds, of all chats, each with its id there."""
        async with self._database.read() as session:
            found = await history.list_sent(session, user_id, limit)
            user = await session.get(User, user_id)
            saved = await saved_styles.find_styles(session, [job for job, _ in found])
        return [(_view(job, user.name if user is not None else "", saved), file_id) for job, file_id in found]

    async def timeline(self, job_id: int) -> Sequence[JobEvent]:
        """What happened to a job, oldest first."""
        async with self._database.read() as session:
            return await queries.list_job_events(session, job_id)

    async def troubled(self, limit: int = 20) -> list[JobView]:
        """The latest jobs that got no picture by a fault, newest first."""
        async with self._database.read() as session:
            rows = await queries.list_troubled_jobs(session, limit)
            saved = await saved_styles.find_styles(session, [job for job, _ in rows])
        return [_view(job, user_name, saved) for job, user_name in rows]

    async def set_status_message(self, job_id: int, message_id: int) -> None:
        """Remember the message that goes from "queued" over previews to the result."""
        async with self._database.write() as session:
            await queries.set_status_message(session, job_id, message_id)

    async def result_bytes(self, job_id: int) -> bytes:
        """The result as JPEG. Raises ResultGone, or BlobMissing where its file was lost."""
        job = await self.view(job_id, in_line=False)
        if job is None or job.result_key is None:
            raise ResultGone(f"job {job_id}")
        return await self._blobs.get(job.result_key)

    async def film_bytes(self, job_id: int) -> bytes:
        """The film of a result as MP4. Raises ResultGone, or BlobMissing where its file was lost."""
        job = await self.view(job_id, in_line=False)
        if job is None or job.film_key is None:
            raise ResultGone(f"film of job {job_id}")
        return await self._blobs.get(job.film_key)

    # For those who deliver.

    async def due_deliveries(self, limit: int = 20, of_a_chat: int = 20) -> list[tuple[int, int]]:
        """Ended jobs whose chat does not know yet and whose next try is due, each with its attempt, oldest first.

        of_a_chat: no more than so many of each
        """
        now = self._clock()
        return await self._database.read_at_once(lambda trip: queries.list_due_deliveries(trip, now, limit, of_a_chat))

    async def begin_sending(self, job_id: int) -> bool:
        """A new message is about to tell the end; False where one was begun before whose fate nobody knows."""
        moment = self._clock()
        async with self._database.write() as session:
            first = await queries.note_sending(session, job_id, moment)
            await self._note(session, job_id, "sending" if first else "sending again")
            faults.hit("sending_uncommitted")
        faults.hit("sending_noted")
        return first

    async def not_sent(self, job_id: int) -> None:
        """The message that was begun was refused: none arrived."""
        async with self._database.write() as session:
            await queries.note_not_sent(session, job_id)

    async def delivered(
        self, job_id: int, message_id: int | None, file_id: str | None, film_file_id: str | None = None
    ) -> None:
        """The chat knows how the job ended; the first report of it stands. film_file_id: of a result that moves."""
        sent: dict[str, Any] = {"message_id": message_id, "file_id": file_id, "delivered_at": self._clock()}
        film = {"film_file_id": film_file_id} if film_file_id is not None else {}
        await self._settle(job_id, "delivered", None, **sent, **film)

    async def delivery_failed(self, job_id: int, retry_in_s: float) -> None:
        """It could not be said; try again after so many seconds."""
        async with self._database.write() as session:
            next_try_at = self._clock() + timedelta(seconds=retry_in_s)
            await queries.postpone_delivery(session, job_id, next_try_at)

    async def give_up_delivery(self, job_id: int, reason: str) -> None:
        """Nobody is left to tell: the person blocked the bot, the chat is gone."""
        await self._settle(job_id, "delivery given up", detail={"reason": reason}, given_up=reason[:64])

    # For workers.

    async def claim(self, job_id: int, worker: str) -> ClaimedJob | None:
        """Take a queued job in hand; None where it is no longer queued, whatever the reason."""
        moment = self._clock()
        async with self._database.write() as session:
            job = await queries.find_job(session, job_id)
            taken = job is not None and await queries.move_job(
                session,
                job_id,
                from_state=JobState.QUEUED,
                to=JobState.RUNNING,
                attempt=job.attempt + 1,
                worker=worker,
                lease_until=moment + timedelta(seconds=LEASE_S),
                started_at=moment,
                step=0,
                steps=0,
                stage="",
            )
            if not taken:
                return None
            claimed = await at_once(session, lambda trip: _read_claimed(trip, job_id))
            await self._note(session, job_id, "claimed", {"attempt": claimed.attempt, "worker": worker})
            faults.hit("claim_uncommitted")
        faults.hit("claimed")
        log.info("job claimed", extra={"job_id": job_id, "attempt": claimed.attempt, "worker": worker})
        self._events.publish(JobChanged(job_id=job_id))
        return claimed

    async def report(self, job_id: int, attempt: int, progress: PaintProgress | None) -> bool:
        """Renew the lease and note the progress; False: stop, the job is cancelled or no longer this attempt's."""
        values: dict[str, Any] = {"lease_until": self._clock() + timedelta(seconds=LEASE_S)}
        if progress is not None:
            values |= {"step": progress.step, "steps": progress.steps, "stage": progress.stage[:64]}
        async with self._database.write() as session:
            go_on = await queries.touch_running_job(session, job_id, attempt, **values)
            faults.hit("report_uncommitted")
        faults.hit("reported")
        if go_on and progress is not None:
            self._events.publish(
                JobProgress(
                    job_id=job_id,
                    step=progress.step,
                    steps=progress.steps,
                    stage=progress.stage,
                    preview_jpeg=progress.preview_jpeg,
                    eta_s=progress.eta_s,
                )
            )
        return go_on

    def tell_held_up(self, job_id: int) -> None:
        """Nothing can be stored just now: whoever waits for the job should know."""
        self._events.publish(JobHeldUp(job_id=job_id))

    async def finish(self, job_id: int, attempt: int, outcome: Outcome) -> bool:
        """End the job and owe its chat the news; False where this attempt no longer holds it.

        A job that somebody cancelled ends as cancelled, whatever the outcome says. Once begun it is carried through,
        even if the caller is cancelled.
        """
        move = Move(
            to=outcome.state,
            event=outcome.state.value,
            detail={"error": outcome.error.value} if outcome.error else None,
            values={
                "result_key": outcome.result_key,
                "film_key": outcome.film_key,
                "error": outcome.error.value if outcome.error else None,
                "report": outcome.report,
                "paint_s": outcome.paint_s,
            },
        )
        return await _carried_through(self._move_on(job_id, attempt, lambda job: move)) is not None

    async def requeue(self, job_id: int, attempt: int, reason: str) -> JobState | None:
        """Put a running job back without holding anything against it: the worker stops, or the painter was lost
        on another's account. Returns where it went, None where this attempt no longer holds it.
        """
        move = Move(to=JobState.QUEUED, event="requeued", detail={"reason": reason})
        return await _carried_through(self._move_on(job_id, attempt, lambda job: move))

    async def record_death(self, job_id: int, attempt: int, cause: LossCause) -> JobState | None:
        """The painter was lost during a step of this job: try again, or park it the third time."""

        def decide(job: Job) -> Move:
            deaths = job.deaths + 1
            values: dict[str, Any] = {"deaths": deaths}
            detail = {"cause": cause, "deaths": deaths}
            if deaths < MAX_DEATHS:
                return Move(to=JobState.QUEUED, event="painter lost", detail=detail, values=values)
            values["error"] = FAILURE_AFTER[cause].value
            return Move(to=JobState.DEAD, event="dead", detail=detail, values=values)

        return await _carried_through(self._move_on(job_id, attempt, decide))

    # For the sweeps.

    async def expire_leases(self) -> int:
        """Take running jobs from workers that have fallen silent; returns how many."""
        async with self._database.read() as session:
            silent = await queries.list_running_jobs(session, lease_before=self._clock())
        return await self._interrupt(silent)

    async def recover_at_start(self) -> int:
        """Take every running job back, whatever its lease: for a process that knows it is alone. Returns how many."""
        async with self._database.read() as session:
            orphans = await queries.list_running_jobs(session)
        return await self._interrupt(orphans)

    async def enqueue_uncarried(self) -> int:
        """Give queued jobs that nobody carries to the dispatcher; returns how many."""
        async with self._database.read() as session:
            uncarried = await self._dispatcher.find_uncarried(await queries.list_queued_jobs(session))
            waiting = await self._door.all_queued(session) if uncarried else []
        if uncarried:
            async with self._database.write() as session:
                for queued in waiting:
                    if queued.job_id in uncarried:
                        await self._dispatcher.enqueue(session, queued)
        return len(uncarried)

    async def _cancel(self, session: AsyncSession, job_id: int, by: int | None) -> CancelOutcome:
        moment = self._clock()
        if await queries.move_job(
            session, job_id, from_state=JobState.QUEUED, to=JobState.CANCELLED, finished_at=moment
        ):
            outcome = CancelOutcome.CANCELLED
            await self._note(session, job_id, "cancelled", _by(by))
            await queries.insert_delivery(session, job_id, moment)
        elif await queries.request_cancel(session, job_id, moment):
            outcome = CancelOutcome.STOPPING
            await self._note(session, job_id, "cancel asked", _by(by))
        else:
            return CancelOutcome.FINISHED
        await self._dispatcher.cancel(session, job_id)
        return outcome

    async def _interrupt(self, jobs: Sequence[Job]) -> int:
        def decide(job: Job) -> Move:
            interruptions = job.interruptions + 1
            values: dict[str, Any] = {"interruptions": interruptions}
            detail = {"interruptions": interruptions}
            if interruptions < MAX_INTERRUPTIONS:
                return Move(to=JobState.QUEUED, event="interrupted", detail=detail, values=values)
            values["error"] = JobFailure.INTERRUPTED.value
            return Move(to=JobState.FAILED, event="failed", detail=detail, values=values)

        moved = [await _carried_through(self._move_on(job.id, job.attempt, decide)) for job in jobs]
        return sum(state is not None for state in moved)

    async def _move_on(self, job_id: int, attempt: int, decide: Callable[[Job], Move]) -> JobState | None:
        """Move a running job to where decide says, or to cancelled if somebody asked for that.

        Returns where it went; None where the attempt no longer holds it.
        """
        async with self._database.write() as session:
            job = await queries.find_job(session, job_id)
            if job is None:
                return None
            move = decide(job)
            if job.cancel_requested_at is not None:
                move = Move(to=JobState.CANCELLED, event="cancelled")
            if not await self._leave_running(session, job, attempt, move):
                return None
            await self._note(session, job_id, move.event, {"attempt": attempt} | (move.detail or {}))
            faults.hit("end_uncommitted")
        faults.hit("ended")
        log.info("job moved on", extra={"job_id": job_id, "attempt": attempt, "state": move.to.value})
        self._events.publish(JobChanged(job_id=job_id, ended=move.to not in OPEN_STATES))
        return move.to

    async def _leave_running(self, session: AsyncSession, job: Job, attempt: int, move: Move) -> bool:
        moment = self._clock()
        ends = move.to not in OPEN_STATES
        moved = await queries.move_job(
            session,
            job.id,
            from_state=JobState.RUNNING,
            to=move.to,
            at_attempt=attempt,
            worker=None,
            lease_until=None,
            finished_at=moment if ends else None,
            **move.values,
        )
        if moved and ends:
            await queries.insert_delivery(session, job.id, moment)
        elif moved:
            await self._dispatcher.enqueue(session, await self._door.queued(session, job))
        return moved

    async def _settle(self, job_id: int, event: str, detail: dict[str, Any] | None = None, **values: Any) -> None:
        async with self._database.write() as session:
            if await queries.settle_delivery(session, job_id, **values):
                await self._note(session, job_id, event, detail)
            faults.hit("delivery_uncommitted")
        faults.hit("delivered")

    async def _note(self, session: AsyncSession, job_id: int, event: str, detail: dict[str, Any] | None = None) -> None:
        await queries.add_job_event(session, job_id, event, self._clock(), detail)

    async def _put_on_record(self, session: AsyncSession, by: int | None, act: str, job_id: int) -> None:
        if by is not None:
            await standings.add_act(session, by, act, str(job_id), self._clock())

    def _views_in_turn(
        self, rows: Sequence[tuple[Job, str]], saved: Mapping[int, UserStyle], speeds: queries.Speeds
    ) -> list[JobView]:
        views: list[JobView] = []
        jobs_ahead, area_ahead_px = Counter[Lane](), defaultdict[queries.Kind, float](float)
        for job, user_name in rows:
            if job.state is JobState.QUEUED:
                waits_for = WAITS_FOR[job.lane]
                before_px = {kind: area_px for kind, area_px in area_ahead_px.items() if kind.lane in waits_for}
                eta_s = eta.estimate_queued_s(speeds, before_px, job)
                ahead = sum(jobs_ahead[lane] for lane in waits_for)
                views.append(_view(job, user_name, saved, ahead=ahead, eta_s=eta_s))
            else:
                views.append(_view(job, user_name, saved, eta_s=eta.estimate_running_s(speeds, job, self._clock())))
            jobs_ahead[job.lane] += 1
            area_ahead_px[queries.Kind.of(job)] += eta.area_left_px(job)
        return views


def _read_claimed(trip: Trip, job_id: int) -> ClaimedJob:
    found = queries.find_job_with_user(trip, job_id)
    assert found is not None  # it has just been taken
    job, _ = found
    keys = queries.find_blob_keys(trip, {job.content_picture_id, job.style_picture_id})
    style_key = keys.get(job.style_picture_id)
    saved = saved_styles.find_styles_of(trip, job)
    return ClaimedJob(
        id=job.id,
        attempt=job.attempt,
        spec=JobSpec.from_json(job.spec),
        content_key=keys.get(job.content_picture_id),
        style_key=style_key,
        preset=job.preset,
        mix=tuple(_claimed_part(part, style_key, saved) for part in _mix_of(job, saved)),
    )


def _claimed_part(part: MixPart, style_key: str | None, saved: Mapping[int, UserStyle]) -> ClaimedPart:
    if part.style_id is not None:
        style = saved.get(part.style_id)
        return ClaimedPart(weight=part.weight, preset=None, key=style.blob_key if style is not None else None)
    return ClaimedPart(weight=part.weight, preset=part.preset, key=style_key if part.is_picture else None)


def _mix_of(job: Job, saved: Mapping[int, UserStyle]) -> tuple[MixPart, ...]:
    names = {style_id: style.name for style_id, style in saved.items()}
    return tuple(MixPart.from_json(part, names.get(part.get("style", 0))) for part in job.mix or ())


async def _carried_through(work: Coroutine[Any, Any, T]) -> T:
    """Await work to its end even if the caller is cancelled meanwhile; the caller then hears of it afterwards."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _by(admin_id: int | None) -> dict[str, Any] | None:
    """What a timeline says of an admin's act."""
    return None if admin_id is None else {"by": admin_id}


def _columns(new: NewJob) -> dict[str, Any]:
    return {
        "idem_key": new.idem_key,
        "user_id": new.user_id,
        "chat_id": new.chat_id,
        "lane": new.lane,
        "content_picture_id": new.content_picture_id,
        "style_picture_id": new.style_picture_id,
        "preset": new.preset,
        "mix": [part.to_json() for part in new.mix] or None,
        "spec": new.spec.to_json(),
        "status_message_id": new.status_message_id,
        "reply_to_message_id": new.reply_to_message_id,
        "thread_id": new.thread_id,
    }


def _view(
    job: Job, user_name: str, saved: Mapping[int, UserStyle], *, ahead: int = 0, eta_s: float | None = None
) -> JobView:
    return JobView(
        id=job.id,
        idem_key=job.idem_key,
        user_id=job.user_id,
        user_name=user_name,
        chat_id=job.chat_id,
        lane=job.lane,
        spec=JobSpec.from_json(job.spec),
        state=job.state,
        attempt=job.attempt,
        step=job.step,
        steps=job.steps,
        stage=job.stage,
        ahead=ahead,
        eta_s=eta_s,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        error=job.error,
        result_key=job.result_key,
        film_key=job.film_key,
        report=job.report,
        preset=job.preset,
        mix=_mix_of(job, saved),
        status_message_id=job.status_message_id,
        reply_to_message_id=job.reply_to_message_id,
        thread_id=job.thread_id,
        cancel_requested=job.cancel_requested_at is not None,
    )
