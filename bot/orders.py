"""What a person asks for, turned into jobs: checked against the rows, safe to ask twice."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.keyboards import RETRIED_STATES
from bot.mixing import Mixture
from bot.own_styles import insist_on_usable
from bot.papers import Paper
from bot.people import Person
from bot.preferences import preferences_of
from bot.studies import CHANNELS, Wanted
from bot.variations import Change, vary
from jobs.desk import Desk
from jobs.presets import find_preset, is_generator
from jobs.values import CancelOutcome, JobSpec, JobView, MixPart, NewJob, Study, Ticket
from models.copies import copy_of
from models.database import Database, at_once
from models.states import OPEN_STATES, JobState, Lane
from models.tables import Delivery, Draft, Job, Picture
from models.trips import Prepared, Trip

# What a press hears that asks once more for a job that is over.
ASKED_BEFORE: dict[JobState, str] = {
    JobState.DONE: "press-painted",
    JobState.CANCELLED: "press-was-stopped",
    JobState.FAILED: "press-went-wrong",
    JobState.DEAD: "press-went-wrong",
}
# How the keys of changes to an instant picture begin.
VARY = "vary"
Owned = TypeVar("Owned", Job, Picture)


@dataclass(frozen=True, kw_only=True)
class Press:
    """A button pressed by somebody under a message.

    editable: the message can become the job's status message
    answers: who wrote what the message answers, where that is known: in a group it is theirs
    """

    person: Person
    message_id: int
    press_id: str
    editable: bool
    answers: int | None = None


class Orders:
    """Each method answers with the ticket of a job. Raises Refused where a button is old, foreign or forged."""

    def __init__(self, database: Database, desk: Desk, *, instant_side_px: int, hq_side_px: int) -> None:
        self._database = database
        self._desk = desk
        self._instant_side_px = instant_side_px
        self._hq_side_px = hq_side_px

    async def find(self, key: str) -> Ticket | None:
        """The ticket of what was asked for under this key, where an update is repeated."""
        job = await self._database.read_at_once(lambda trip: copy_of(trip, Job, idem_key=key))
        return Ticket(job_id=job.id, created=False) if job is not None else None

    async def what_became_of(self, ticket: Ticket) -> str:
        """The key of what a press hears that asks for a job once more."""
        async with self._database.read() as session:
            state = await session.scalar(select(Job.state).where(Job.id == ticket.job_id))
        return "press-already" if state is None else ASKED_BEFORE.get(state, "press-already")

    async def of_sheet(self, press: Press) -> Ticket | None:
        """The ticket of what was chosen under the pressed message, where it is a sheet of styles no more."""
        return await self.find(_sheet_key(press))

    async def pair(self, person: Person, content_id: int, style_id: int, key: str, reply_to: int | None) -> Ticket:
        """Paint one of the person's pictures in the style of another."""
        wish = await self._wish(person, key, content_picture_id=content_id, style_picture_id=style_id)
        return await self._desk.submit(replace(wish, reply_to_message_id=reply_to))

    async def with_preset(self, press: Press, picture_id: int, preset: str) -> Ticket:
        """Paint a picture in a shipped style; the pressed message becomes the status message.

        The key is the message: two quick taps are one wish.
        """
        person = press.person
        async with self._database.read() as session:
            await _own_picture(session, person, picture_id)
        if find_preset(preset) is None:
            raise Refused("press-style-gone")
        wish = await self._wish(person, _sheet_key(press), content_picture_id=picture_id, preset=preset)
        status_message_id = await self._free_message(press)
        return await self._desk.submit(
            replace(wish, reply_to_message_id=press.message_id, status_message_id=status_message_id)
        )

    async def mixed(self, person: Person, picture_id: int, mixture: Mixture, key: str, reply_to: int | None) -> Ticket:
        """Paint a picture in a saved style, or in several."""
        wish = await self._mix_wish(person, picture_id, mixture, key)
        return await self._desk.submit(replace(wish, reply_to_message_id=reply_to))

    async def mix_here(self, press: Press, picture_id: int, mixture: Mixture) -> Ticket:
        """The same, where the pressed message becomes the status message; two quick taps are one wish."""
        wish = await self._mix_wish(press.person, picture_id, mixture, _sheet_key(press))
        wish = replace(wish, status_message_id=await self._free_message(press))
        return await self._desk.submit(replace(wish, reply_to_message_id=press.message_id))

    async def mixture_of(self, person: Person, job_id: int) -> tuple[int, Mixture]:
        """The photo of a job of one's own, and its styles to begin a mix with."""
        job = await self._own_job(person, job_id)
        if job.state != JobState.DONE or is_generator(job.preset):
            raise Refused("press-not-possible")
        parts = mix_of(job) or (MixPart(preset=job.preset),)
        return _photo_of(job), Mixture(parts=parts, style_picture_id=job.style_picture_id)

    async def _mix_wish(self, person: Person, picture_id: int, mixture: Mixture, key: str) -> NewJob:
        if len(mixture.parts) == 1 and (preset := mixture.parts[0].preset) is not None:
            # A preset alone is no mix: a generator can be painted with, too.
            async with self._database.read() as session:
                await _own_picture(session, person, picture_id)
                await _insist_on_usable_parts(session, person, mixture.parts)
            return await self._wish(person, key, content_picture_id=picture_id, preset=preset)
        photo_id = mixture.style_picture_id if any(part.is_picture for part in mixture.parts) else None
        async with self._database.read() as session:
            await _own_picture(session, person, picture_id)
            if photo_id is not None:
                await _own_picture(session, person, photo_id)
            await _insist_on_usable_parts(session, person, mixture.parts)
        pictures = {"content_picture_id": picture_id, "style_picture_id": photo_id}
        return await self._wish(person, key, **pictures, mix=mixture.parts)

    async def insist_on_picture(self, person: Person, picture_id: int) -> None:
        """Raises Refused where a picture is somebody else's, of another chat, or gone."""
        async with self._database.read() as session:
            await _own_picture(session, person, picture_id)

    async def vary(self, press: Press, job_id: int, change: Change) -> Ticket:
        """An instant picture with one setting changed, in the same message.

        The key is the picture and the button: two quick taps are one wish.
        """
        job = await self._own_job(press.person, job_id)
        varied = vary(JobSpec.from_json(job.spec), change, generator=is_generator(job.preset))
        if job.state != JobState.DONE or job.lane is not Lane.INSTANT or varied is None:
            raise Refused("press-not-possible")
        key = f"{VARY}:{job.id}:{change}"
        message_id = await self._message_of(job, press)
        if await self.find(key) is None and await self._is_busy(press, message_id):
            raise Refused("press-already")
        wish = _like(job, key, press, status_message_id=message_id)
        return await self._desk.submit(replace(wish, spec=varied))

    async def refine(self, press: Press, job_id: int, *, film: bool = False) -> Ticket:
        """An instant picture painted once more by optimisation, which begins with it, in a message of its own.

        film: how it came to be is sent as well
        """
        key = f"hq:{job_id}:{press.press_id}"
        job = await self._own_done_job(press.person, job_id, key)
        wish = _like(job, key, press)
        if job.lane is not Lane.INSTANT or is_generator(job.preset):
            raise Refused("press-not-possible")
        async with self._database.read() as session:
            side_px = (await preferences_of(session, job.chat_id)).size_px or self._hq_side_px
        spec = replace(wish.spec, method="gatys", init="instant", longest_side_px=side_px, steps=None, film=film)
        return await self._desk.submit(replace(wish, lane=Lane.HQ, spec=spec))

    async def of_lab(self, press: Press) -> Ticket | None:
        """The ticket of the study that the pressed message became."""
        return await self.find(_lab_key(press))

    async def study_here(self, press: Press, wanted: Wanted) -> Ticket:
        """A study of the lab; the pressed message becomes the status message. Two quick taps are one wish."""
        wish = await self._study_wish(press.person, wanted, _lab_key(press))
        status_message_id = await self._free_message(press)
        return await self._desk.submit(
            replace(wish, reply_to_message_id=press.message_id, status_message_id=status_message_id)
        )

    async def study(self, person: Person, wanted: Wanted, key: str, reply_to: int | None) -> Ticket:
        """The same with a message of its own."""
        wish = await self._study_wish(person, wanted, key)
        return await self._desk.submit(replace(wish, reply_to_message_id=reply_to))

    async def _study_wish(self, person: Person, wanted: Wanted, key: str) -> NewJob:
        async with self._database.read() as session:
            for photo_id in wanted.photos:
                await _own_picture(session, person, photo_id)
        first, second, *_ = *wanted.photos, None, None
        return NewJob(
            idem_key=key,
            user_id=person.user_id,
            chat_id=person.chat_id,
            thread_id=person.thread_id,
            lane=Lane.HQ,
            spec=wanted.spec(_seed(key), most_px=self._hq_side_px),
            content_picture_id=first,
            style_picture_id=second,
        )

    async def for_poster(self, person: Person, job_id: int) -> None:
        """Whether a poster can be made of a job. Raises Refused where it cannot."""
        await self._for_poster(person, job_id)

    async def poster(self, press: Press, job_id: int, paper: Paper) -> Ticket:
        """A picture of somebody's as large as the paper; the pressed message becomes the status message."""
        job = await self._for_poster(press.person, job_id)
        async with self._database.read() as session:
            content = await session.get_one(Picture, job.content_picture_id)
        status_message_id = await self._free_message(press)
        wish = _like(job, _key_of_message("poster", press), press, status_message_id)
        spec = replace(
            wish.spec,
            method="poster",
            init="content",
            steps=None,
            film=False,
            longest_side_px=paper.longest_side_px(content.width_px, content.height_px),
            dpi=paper.dpi,
        )
        return await self._desk.submit(replace(wish, lane=Lane.POSTER, spec=spec))

    async def _for_poster(self, person: Person, job_id: int) -> Job:
        job = await self._own_job(person, job_id)
        if job.state != JobState.DONE or _study_of(job) is not None:
            raise Refused("press-not-possible")
        return job

    async def delivered_in(self, chat_id: int, message_id: int) -> int | None:
        """The job whose result stands in a message."""
        there = (
            select(Job.id)
            .join(Delivery, Delivery.job_id == Job.id)
            .where(Job.chat_id == chat_id, Job.state == JobState.DONE, Delivery.message_id == message_id)
            .order_by(Job.id.desc())
            .limit(1)
        )
        async with self._database.read() as session:
            return await session.scalar(there)

    async def retry(self, press: Press, job_id: int) -> Ticket:
        """Make a failed or cancelled job once more, in the same message."""
        job = await self._own_job(press.person, job_id)
        if job.state not in RETRIED_STATES:
            raise Refused("press-not-possible")
        message_id = await self._message_of(job, press)
        return await self._desk.submit(_like(job, f"retry:{job.id}", press, status_message_id=message_id))

    async def again(self, press: Press, job_id: int) -> Ticket:
        """The same wish with other dice."""
        key = f"again:{job_id}:{press.press_id}"
        job = await self._own_done_job(press.person, job_id, key)
        if job.lane is not Lane.HQ:
            raise Refused("press-not-possible")
        wish = _like(job, key, press)
        if wish.spec.channel is not None:  # another one is what was meant
            wish = replace(wish, spec=replace(wish.spec, channel=wish.spec.seed % CHANNELS))
        return await self._desk.submit(wish)

    async def afresh(self, press: Press, job_id: int) -> Ticket:
        """The same wish once more, painted as the chat has set it by now."""
        key = f"afresh:{job_id}:{press.press_id}"
        job = await self._own_job(press.person, job_id)
        if job.state in OPEN_STATES or _study_of(job) is not None:
            raise Refused("press-not-possible")
        if job.preset is not None and find_preset(job.preset) is None:
            raise Refused("press-style-gone")
        await self._insist_on_first(key)
        like = _like(job, key, press)
        lane, spec = await self._as_set(press.person, key, job.preset)
        return await self._desk.submit(replace(like, lane=lane, spec=spec))

    async def swap(self, press: Press, job_id: int) -> Ticket:
        """Content becomes style and style becomes content."""
        key = f"swap:{job_id}:{press.press_id}"
        job = await self._own_done_job(press.person, job_id, key)
        if job.style_picture_id is None or job.mix or job.lane is Lane.POSTER:
            raise Refused("press-not-possible")
        wish = _like(job, key, press)
        swapped = replace(wish, content_picture_id=job.style_picture_id, style_picture_id=job.content_picture_id)
        return await self._desk.submit(swapped)

    async def content_of(self, person: Person, job_id: int) -> int:
        """The picture a job of this person painted, if it is still there."""
        photo_id = (await self._own_job(person, job_id)).content_picture_id
        if photo_id is None:  # what a layer likes was made of none
            raise Refused("press-not-possible")
        return photo_id

    async def result_of(self, person: Person, job_id: int) -> JobView:
        """A finished job of this person, whether its pictures are still there or not."""
        view = await self.own_view(person, job_id)
        if view.state != JobState.DONE:
            raise Refused("press-not-possible")
        return view

    async def own_view(self, person: Person, job_id: int) -> JobView:
        """A job of this person in this chat, whatever has become of it."""
        async with self._database.read() as session:
            _insist_on_own(await session.get(Job, job_id), person)
        view = await self._desk.view(job_id)
        if view is None:
            raise Refused("press-old")
        return view

    async def cancel(self, person: Person, job_id: int) -> CancelOutcome:
        """Cancel one job of this person."""
        async with self._database.read() as session:
            _insist_on_own(await session.get(Job, job_id), person)
        return await self._desk.cancel(job_id, user_id=person.user_id)

    async def open_jobs(self, person: Person) -> Sequence[int]:
        """What waits or runs for this person in this chat."""
        mine = select(Job.id).where(
            Job.user_id == person.user_id, Job.chat_id == person.chat_id, Job.state.in_(OPEN_STATES)
        )
        async with self._database.read() as session:
            return (await session.scalars(mine)).all()

    async def cancel_all(self, person: Person) -> int:
        """Cancel whatever waits or runs for this person in this chat; returns how many."""
        job_ids = await self.open_jobs(person)
        outcomes = [await self._desk.cancel(job_id, user_id=person.user_id) for job_id in job_ids]
        return sum(outcome in (CancelOutcome.CANCELLED, CancelOutcome.STOPPING) for outcome in outcomes)

    async def _wish(self, person: Person, key: str, **pictures: Any) -> NewJob:
        """A new wish, painted as the chat has set it."""
        lane, spec = await self._as_set(person, key, pictures.get("preset"))
        return NewJob(
            idem_key=key,
            user_id=person.user_id,
            chat_id=person.chat_id,
            thread_id=person.thread_id,
            lane=lane,
            spec=spec,
            **pictures,
        )

    async def _as_set(self, person: Person, key: str, preset: str | None) -> tuple[Lane, JobSpec]:
        async with self._database.read() as session:
            preferences = await preferences_of(session, person.chat_id)
        return preferences.spec(
            instant_side_px=self._instant_side_px,
            hq_side_px=self._hq_side_px,
            seed=_seed(key),
            generator=is_generator(preset),
        )

    async def may_change(self, press: Press, *, of_all: bool = False) -> bool:
        """Whether the pressed message may become another one. One that tells of somebody else's job, or asks them
        something, may not: whoever forges a press must not take it from them.

        of_all: it concerns the chat, whoever asked for it
        """
        if not (press.editable and press.person.in_group):
            return press.editable
        if press.answers not in (None, press.person.user_id) and not of_all:
            return False
        chat_id, user_id, message_id = press.person.chat_id, press.person.user_id, press.message_id
        theirs = select(Job.id).where(Job.chat_id == chat_id, Job.user_id != user_id)
        told = theirs.where(Job.status_message_id == message_id)
        delivered = theirs.join(Delivery, Delivery.job_id == Job.id).where(Delivery.message_id == message_id)
        asked = select(Draft.user_id).where(
            Draft.chat_id == chat_id, Draft.user_id != user_id, Draft.prompt_message_id == message_id
        )
        async with self._database.read() as session:
            return not await session.scalar(select(or_(told.exists(), delivered.exists(), asked.exists())))

    async def _free_message(self, press: Press) -> int | None:
        return press.message_id if await self.may_change(press) else None

    async def _message_of(self, job: Job, press: Press) -> int | None:
        """The pressed message, if it is the job's own."""
        delivery = await self._database.read_at_once(lambda trip: copy_of(trip, Delivery, job_id=job.id))
        told = delivery is not None and delivery.delivered_at is not None
        known = {job.status_message_id, delivery.message_id if delivery is not None else None}
        if press.message_id in known:
            return press.message_id if press.editable else None
        # A person can be quicker than our note that the message has arrived.
        return None if told else await self._free_message(press)

    async def _is_busy(self, press: Press, message_id: int | None) -> bool:
        """Whether a message is about to become another picture."""
        if message_id is None:
            return False
        person = press.person
        here = {"chat": person.chat_id, "person": person.user_id, "message": message_id}
        return await self._database.read_at_once(lambda trip: trip.find(_open_in_message(), **here)) is not None

    async def _own_done_job(self, person: Person, job_id: int, key: str) -> Job:
        """A finished job of this person. Raises Refused where the same was asked for before and is still on its way."""
        job = await self._own_job(person, job_id)
        if job.state != JobState.DONE:
            raise Refused("press-not-possible")
        await self._insist_on_first(key)
        return job

    async def _insist_on_first(self, key: str) -> None:
        """Raises Refused where the same was asked for by another press and is still on its way."""
        alike = Job.idem_key.startswith(key.rpartition(":")[0] + ":") & (Job.idem_key != key)
        async with self._database.read() as session:
            if await session.scalar(select(Job.id).where(alike, Job.state.in_(OPEN_STATES)).limit(1)) is not None:
                raise Refused("press-already")

    async def _own_job(self, person: Person, job_id: int) -> Job:
        """A job of this person in this chat whose pictures are still there."""
        job = await self._database.read_at_once(lambda trip: _own_job(trip, person, job_id))
        if job.mix:
            async with self._database.read() as session:
                await _insist_on_usable_parts(session, person, mix_of(job))
        return job


def _study_of(job: Job) -> Study | None:
    return JobSpec.from_json(job.spec).study


def _photo_of(job: Job) -> int:
    """What a painting was painted from. Raises Refused for a study."""
    if job.content_picture_id is None or _study_of(job) is not None:
        raise Refused("press-not-possible")
    return job.content_picture_id


def mix_of(job: Job) -> tuple[MixPart, ...]:
    """The several styles of a job, where it has some."""
    return tuple(MixPart.from_json(part) for part in job.mix or ())


async def _insist_on_usable_parts(session: AsyncSession, person: Person, mix: tuple[MixPart, ...]) -> None:
    """Raises Refused where a preset is gone, or a saved style: deleted, or shared no more."""
    for part in mix:
        if part.style_id is not None:
            await insist_on_usable(session, part.style_id, person.user_id)
        elif part.preset is not None and find_preset(part.preset) is None:
            raise Refused("press-style-gone")


def _insist_on_own(row: Owned | None, person: Person) -> Owned:
    """A row that is this person's and of this chat. Raises Refused: a button can be old, foreign or forged."""
    if row is None:
        raise Refused("press-old")
    if (row.user_id, row.chat_id) != (person.user_id, person.chat_id):
        raise Refused("press-not-yours")
    return row


async def _own_picture(session: AsyncSession, person: Person, picture_id: int) -> Picture:
    return await at_once(session, lambda trip: _own_picture_there(trip, person, picture_id))


def _own_picture_there(trip: Trip, person: Person, picture_id: int) -> Picture:
    picture = _insist_on_own(copy_of(trip, Picture, id=picture_id), person)
    if picture.blob_key is None:
        raise Refused("press-pictures-gone")
    return picture


def _own_job(trip: Trip, person: Person, job_id: int) -> Job:
    job = _insist_on_own(copy_of(trip, Job, id=job_id), person)
    for picture_id in (job.content_picture_id, job.style_picture_id):
        if picture_id is not None:
            _own_picture_there(trip, person, picture_id)
    return job


@cache
def _open_in_message() -> Prepared:
    """The person's, by whom jobs are found at once: their job's message becomes no job of anybody else's."""
    mine = (Job.user_id == bindparam("person"), or_(*(Job.state == state for state in OPEN_STATES)))
    there = (Job.chat_id == bindparam("chat"), Job.status_message_id == bindparam("message"))
    return Prepared(select(Job.id).where(*mine, *there))


def _lab_key(press: Press) -> str:
    return _key_of_message("lab", press)


def _sheet_key(press: Press) -> str:
    return _key_of_message("preset", press)


def _key_of_message(verb: str, press: Press) -> str:
    """One wish a message and person: whoever forges a press under somebody's question must not answer it for them."""
    return f"{verb}:{press.person.chat_id}:{press.message_id}:{press.person.user_id}"


def _like(job: Job, key: str, press: Press, status_message_id: int | None = None) -> NewJob:
    """The same wish under another key, with the dice of that key."""
    return NewJob(
        idem_key=key,
        user_id=job.user_id,
        chat_id=job.chat_id,
        # A message that Telegram hides from us does not tell its topic.
        thread_id=press.person.thread_id or job.thread_id,
        lane=Lane(job.lane),
        content_picture_id=job.content_picture_id,
        style_picture_id=job.style_picture_id,
        preset=job.preset,
        mix=mix_of(job),
        spec=replace(JobSpec.from_json(job.spec), seed=_seed(key)),
        reply_to_message_id=press.message_id,
        status_message_id=status_message_id,
    )


def _seed(key: str) -> int:
    """Dice that fall alike when an update is repeated."""
    return zlib.crc32(key.encode()) & 0x7FFFFFFF
