"""What admins do, in Telegram or elsewhere: every act has its line in the audit, in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobs.clock import Clock, now
from jobs.desk import Desk
from jobs.errors import NotAllowed
from jobs.fairness import DAY, INTAKE
from jobs.values import CancelOutcome, JobSpec, MixPart, NewJob, Ticket
from models import house, standings
from models.database import Database
from models.house import Crowd, Ended
from models.states import JobState, Lane
from models.tables import AdminAct, Job, Picture, User

HOUR = timedelta(hours=1)
RETRIED_BY_ADMINS = frozenset({JobState.FAILED, JobState.CANCELLED, JobState.DEAD})


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """What an admin may know of a person: numbers, no pictures. name: None for somebody who never wrote."""

    user_id: int
    name: str | None
    language: str | None
    came_at: datetime | None
    blocked_at: datetime | None
    banned_at: datetime | None
    daily_limit: int | None
    is_admin: bool
    jobs: int
    jobs_today: int
    jobs_open: int


@dataclass(frozen=True, kw_only=True)
class Counters:
    """The whole in numbers. lanes: how many jobs run and wait; hour, day: how jobs ended lately."""

    lanes: dict[Lane, tuple[int, int]]
    hour: Ended
    day: Ended
    crowd: Crowd
    oldest_s: float | None
    pause: str | None


class Administration:
    """The use cases. Who may is asked by the caller; whom nobody but an owner may touch is known here."""

    def __init__(self, database: Database, desk: Desk, owners: frozenset[int], clock: Clock = now) -> None:
        self._database = database
        self._desk = desk
        self._owners = owners
        self._clock = clock

    # Who they are.

    async def is_admin(self, user_id: int) -> bool:
        """Whether a person has an admin's rights at this moment."""
        if user_id in self._owners:
            return True
        async with self._database.read() as session:
            standing = await standings.find_standing(session, user_id)
        return standing is not None and standing.is_admin

    async def admin_ids(self) -> list[int]:
        """The owners and whom they made admins."""
        async with self._database.read() as session:
            made = await standings.list_admins(session)
        return sorted({*self._owners, *(standing.user_id for standing in made)})

    async def listeners(self) -> list[int]:
        """The admins who want to hear of trouble."""
        async with self._database.read() as session:
            quiet = await standings.list_quiet(session)
        return [admin_id for admin_id in await self.admin_ids() if admin_id not in quiet]

    def is_owner(self, user_id: int) -> bool:
        """Whether a person is an owner, by the setting."""
        return user_id in self._owners

    async def appoint(self, owner_id: int, user_id: int, *, is_admin: bool) -> None:
        """Make somebody an admin, or no longer. Raises NotAllowed for anybody but an owner, and about an owner."""
        if owner_id not in self._owners or user_id in self._owners:
            raise NotAllowed
        await self._decide(owner_id, "appoint" if is_admin else "dismiss", user_id, is_admin=is_admin)

    async def set_quiet(self, admin_id: int, quiet: bool) -> None:
        """Whether an admin wants no alerts."""
        await self._decide(admin_id, "alerts off" if quiet else "alerts on", admin_id, quiet=quiet)

    # Jobs.

    async def cancel(self, admin_id: int, job_id: int) -> CancelOutcome:
        """Cancel anybody's job."""
        return await self._desk.cancel(job_id, user_id=None, by=admin_id)

    async def bump(self, admin_id: int, job_id: int) -> bool:
        """Let a job have the next turn; False where it does not wait."""
        return await self._desk.bump(job_id, by=admin_id)

    async def retry(self, admin_id: int, job_id: int) -> Ticket | None:
        """Make a job once more that got no picture; None where that cannot be, or its pictures are gone.

        The key is that of the person's own button: both together are one wish.
        """
        async with self._database.read() as session:
            job = await session.get(Job, job_id)
            if job is None or job.state not in RETRIED_BY_ADMINS:
                return None
            wanted = {job.content_picture_id, job.style_picture_id} - {None}
            pictures = [await session.get(Picture, picture_id) for picture_id in wanted]
        if any(picture is None or picture.blob_key is None for picture in pictures):
            return None
        return await self._desk.submit(_once_more(job), by=admin_id)

    # People.

    async def find_people(self, said: str, limit: int) -> Sequence[User]:
        """People by number or by a part of their name; the newest where nothing is said."""
        async with self._database.read() as session:
            return await house.find_people(session, said, limit)

    async def person(self, user_id: int) -> Dossier:
        """What is known of a person."""
        async with self._database.read() as session:
            user = await session.get(User, user_id)
            standing = await standings.find_standing(session, user_id)
            jobs, today, opened = await house.count_jobs_of(session, user_id, self._clock() - DAY)
        return Dossier(
            user_id=user_id,
            name=user.name if user is not None else None,
            language=user.language if user is not None else None,
            came_at=user.created_at if user is not None else None,
            blocked_at=user.blocked_at if user is not None else None,
            banned_at=standing.banned_at if standing is not None else None,
            daily_limit=standing.daily_limit if standing is not None else None,
            is_admin=user_id in self._owners or (standing is not None and standing.is_admin),
            jobs=jobs,
            jobs_today=today,
            jobs_open=opened,
        )

    async def ban(self, admin_id: int, user_id: int) -> None:
        """Take nothing more from a person. Raises NotAllowed about an admin."""
        if await self.is_admin(user_id):
            raise NotAllowed
        await self._decide(admin_id, "ban", user_id, banned_at=self._clock())

    async def unban(self, admin_id: int, user_id: int) -> None:
        """Let a person ask again."""
        await self._decide(admin_id, "unban", user_id, banned_at=None)

    async def set_quota(self, admin_id: int, user_id: int, daily_limit: int | None) -> None:
        """How much a person may ask for in 24 hours; None: as much as everybody."""
        await self._decide(admin_id, "quota", user_id, detail={"daily": daily_limit}, daily_limit=daily_limit)

    # Everybody.

    async def pause_intake(self, admin_id: int, sentence: str) -> None:
        """Take no new wishes; whoever has one reads the sentence. What was accepted goes on."""
        await self._switch(admin_id, "pause", INTAKE, {"sentence": sentence})

    async def is_paused(self) -> bool:
        """Whether no wishes are taken just now."""
        async with self._database.read() as session:
            return await standings.read_switch(session, INTAKE) is not None

    async def resume_intake(self, admin_id: int) -> None:
        """Take wishes again."""
        await self._switch(admin_id, "resume", INTAKE, None)

    async def counters(self) -> Counters:
        """The whole in numbers."""
        moment = self._clock()
        async with self._database.read() as session:
            pause = await standings.read_switch(session, INTAKE)
            oldest = await house.find_oldest_queued(session)
            return Counters(
                lanes=await house.count_open_by_lane(session),
                hour=await house.measure_ended(session, moment - HOUR),
                day=await house.measure_ended(session, moment - DAY),
                crowd=await house.count_crowd(session),
                oldest_s=(moment - oldest).total_seconds() if oldest is not None else None,
                pause=str(pause.get("sentence", "")) if pause is not None else None,
            )

    async def acts(self, limit: int) -> Sequence[AdminAct]:
        """What admins did lately, newest first."""
        async with self._database.read() as session:
            return await standings.list_acts(session, limit)

    async def _decide(
        self, admin_id: int, act: str, user_id: int, *, detail: dict[str, Any] | None = None, **values: Any
    ) -> None:
        async with self._database.write() as session:
            await standings.set_standing(session, user_id, **values)
            await standings.add_act(session, admin_id, act, str(user_id), self._clock(), detail)

    async def _switch(self, admin_id: int, act: str, name: str, value: dict[str, Any] | None) -> None:
        async with self._database.write() as session:
            await standings.set_switch(session, name, value)
            await standings.add_act(session, admin_id, act, name, self._clock(), value)


def _once_more(job: Job) -> NewJob:
    return NewJob(
        idem_key=f"retry:{job.id}",
        user_id=job.user_id,
        chat_id=job.chat_id,
        thread_id=job.thread_id,
        lane=Lane(job.lane),
        content_picture_id=job.content_picture_id,
        style_picture_id=job.style_picture_id,
        preset=job.preset,
        mix=tuple(MixPart.from_json(part) for part in job.mix or ()),
        spec=JobSpec.from_json(job.spec),
        reply_to_message_id=job.reply_to_message_id,
    )
