"""The half-finished request of one person in one chat, kept in SQL so that a restart forgets nothing.

The first photo is the content, the second the style. An album arrives as one update a picture with no mark on the
last, so it is judged once nothing has come for a while.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.mixing import Mixture
from bot.people import Person, remember
from bot.pictures import Kept, Sent
from bot.studies import Wanted
from models.database import Database
from models.tables import Draft, Job, Picture


@dataclass(frozen=True, kw_only=True)
class ContentSet:
    """The picture is what will be painted. mixture: the styles that were chosen before it came."""

    picture_id: int
    mixture: Mixture = field(default_factory=Mixture)


@dataclass(frozen=True, kw_only=True)
class PairGiven:
    """Both pictures are there: content and style."""

    content_picture_id: int
    style_picture_id: int


@dataclass(frozen=True, kw_only=True)
class StudyGrows:
    """The picture is one that the lab waits for."""

    wanted: Wanted


@dataclass(frozen=True, kw_only=True)
class AlbumGrows:
    """The picture is part of an album that will be judged later."""


@dataclass(frozen=True, kw_only=True)
class AlbumJudged:
    """What an album turned out to be.

    thread_id: the topic it came in
    pair: of an album of two, unless a study waits for one photo
    waiting: the study that waits for photos
    wanted: the same with what the album brought, where that is what it waits for
    kept: the only good picture of an album, now the content; else pictures tells why not
    prompt_id: the message that asks for what has come
    """

    chat_id: int
    user_id: int
    thread_id: int | None
    album_id: str
    last_message_id: int | None
    pictures: int
    pair: PairGiven | None = None
    waiting: Wanted | None = None
    wanted: Wanted | None = None
    prompt_id: int | None = None
    kept: ContentSet | None = None


@dataclass(frozen=True, kw_only=True)
class AlbumDue:
    """An album that waits to be judged."""

    chat_id: int
    user_id: int
    due_at: datetime


class Drafts:
    """One transaction a method."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], *, album_quiet_s: float, kept: timedelta
    ) -> None:
        self._database = database
        self._clock = clock
        self._album_quiet = timedelta(seconds=album_quiet_s)
        self._kept = kept

    async def find_picture(self, chat_id: int, message_id: int) -> Kept | None:
        """The picture of a message, where an update is repeated: it need not be fetched again."""
        async with self._database.read() as session:
            row = await _picture_of(session, chat_id, message_id)
            if row is None or row.blob_key is None:
                return None
            return Kept(
                blob_key=row.blob_key, width_px=row.width_px, height_px=row.height_px, size_bytes=row.size_bytes
            )

    async def receive(self, person: Person, sent: Sent, kept: Kept) -> ContentSet | PairGiven | StudyGrows | AlbumGrows:
        """Take an inspected picture into the person's draft."""
        async with self._database.write() as session:
            now = self._clock()
            await remember(session, person, now)
            picture = await self._picture(session, person, sent, kept)
            draft = await draft_of(session, person, now)
            if sent.album_id is not None:
                self._await_album(draft, sent.album_id)
                return AlbumGrows()
            wanted = _with_photo(draft, picture.id)
            if wanted is not None:
                draft.study = wanted.to_json()
                return StudyGrows(wanted=wanted)
            if draft.content_picture_id in (None, picture.id):
                draft.content_picture_id = picture.id
                return ContentSet(picture_id=picture.id, mixture=Mixture.from_json(draft.chosen))
            return PairGiven(content_picture_id=draft.content_picture_id, style_picture_id=picture.id)

    async def keep(self, person: Person, sent: Sent, kept: Kept) -> int:
        """The row of an inspected picture that is no part of the draft; its number."""
        async with self._database.write() as session:
            await remember(session, person, self._clock())
            return (await self._picture(session, person, sent, kept)).id

    async def keep_as_content(self, person: Person, sent: Sent, kept: Kept) -> None:
        """The same as what is to be painted next."""
        async with self._database.write() as session:
            now = self._clock()
            await remember(session, person, now)
            draft = await draft_of(session, person, now)
            draft.content_picture_id = (await self._picture(session, person, sent, kept)).id

    async def await_album(self, person: Person, album_id: str) -> None:
        """Note that another part of an album came that cannot be used."""
        async with self._database.write() as session:
            now = self._clock()
            await remember(session, person, now)
            self._await_album(await draft_of(session, person, now), album_id)

    async def expects_album(self, person: Person, album_id: str | None) -> bool:
        """Whether this album is being collected for the person."""
        async with self._database.read() as session:
            draft = await session.get(Draft, (person.chat_id, person.user_id))
            return draft is not None and album_id is not None and draft.album_id == album_id

    async def albums_waiting(self) -> Sequence[AlbumDue]:
        """Every album that is still to be judged, the earliest first."""
        waiting = select(Draft).where(Draft.album_due_at.is_not(None)).order_by(Draft.album_due_at)
        async with self._database.read() as session:
            return [
                AlbumDue(chat_id=draft.chat_id, user_id=draft.user_id, due_at=draft.album_due_at)
                for draft in await session.scalars(waiting)
                if draft.album_due_at is not None
            ]

    async def judge_album(self, chat_id: int, user_id: int, *, at_once: bool = False) -> AlbumJudged | None:
        """Judge the album of a draft if it has been quiet for long enough, or at once.

        A pair stays in the draft until album_answered: after a crash it is judged once more.
        """
        async with self._database.write() as session:
            draft = await session.get(Draft, (chat_id, user_id))
            if draft is None or draft.album_id is None or draft.album_due_at is None:
                return None
            if draft.album_due_at > self._clock() and not at_once:
                return None
            pictures = await _album_pictures(session, draft)
            judged = _judge(draft, draft.album_id, [picture.id for picture in pictures], pictures[-1:])
            if judged.kept is not None:
                draft.content_picture_id = judged.kept.picture_id
            return judged

    async def album_answered(self, judged: AlbumJudged, prompt_id: int | None = None) -> None:
        """Forget an album whose answer is out, unless another one came meanwhile; after a pair the draft is empty.

        prompt_id: the message that asks for the other photo of a study
        """
        async with self._database.write() as session:
            draft = await session.get(Draft, (judged.chat_id, judged.user_id))
            if draft is None or draft.album_id != judged.album_id:
                return
            draft.album_id = draft.album_due_at = None
            if judged.pair is not None:
                draft.content_picture_id = None
            if judged.wanted is not None:
                draft.study = judged.wanted.to_json() if judged.wanted.lacks else None
                draft.prompt_message_id = prompt_id
                if not judged.wanted.lacks and draft.content_picture_id in judged.wanted.photos:
                    draft.content_picture_id = None
            _end_choice(draft, judged)

    async def album_refused(self, judged: AlbumJudged) -> None:
        """Forget an album that gets no painting for now, but for its photo, which waits for a style."""
        async with self._database.write() as session:
            draft = await session.get(Draft, (judged.chat_id, judged.user_id))
            if draft is None or draft.album_id != judged.album_id:
                return
            draft.album_id = draft.album_due_at = None
            if judged.pair is not None:
                draft.content_picture_id = judged.pair.content_picture_id
            _end_choice(draft, judged)

    async def use_up(self, person: Person, job_id: int) -> None:
        """The content went into that job: the next photo begins a new draft, without a style."""
        async with self._database.write() as session:
            draft = await session.get(Draft, (person.chat_id, person.user_id))
            job = await session.get(Job, job_id)
            if draft is not None and job is not None and draft.content_picture_id == job.content_picture_id:
                draft.content_picture_id = draft.chosen = draft.mixing = None

    async def clear(self, person: Person) -> bool:
        """Forget the draft; False where there was no photo in it."""
        mine = (Draft.chat_id == person.chat_id) & (Draft.user_id == person.user_id)
        async with self._database.write() as session:
            draft = await session.scalar(select(Draft).where(mine))
            held = draft is not None and any((draft.content_picture_id, draft.album_id))
            await session.execute(delete(Draft).where(mine))
        return held

    async def content(self, person: Person) -> int | None:
        """The picture that waits to be painted."""
        async with self._database.read() as session:
            draft = await session.get(Draft, (person.chat_id, person.user_id))
            return draft.content_picture_id if draft is not None else None

    async def mix(self, person: Person, mixture: Mixture, content_id: int | None = None) -> None:
        """Keep what is being put together; content_id: the picture that is to be painted with it."""
        async with self._database.write() as session:
            now = self._clock()
            await remember(session, person, now)
            draft = await draft_of(session, person, now)
            draft.mixing = mixture.to_json() or None
            draft.content_picture_id = content_id or draft.content_picture_id

    async def mixing(self, person: Person) -> Mixture:
        """What is being put together."""
        async with self._database.read() as session:
            draft = await session.get(Draft, (person.chat_id, person.user_id))
            return Mixture.from_json(draft.mixing if draft is not None else None)

    def _await_album(self, draft: Draft, album_id: str) -> None:
        draft.album_id = album_id
        draft.album_due_at = self._clock() + self._album_quiet

    async def _picture(self, session: AsyncSession, person: Person, sent: Sent, kept: Kept) -> Picture:
        """The row of a picture; a repeated update finds the one it made."""
        row = await _picture_of(session, person.chat_id, sent.message_id)
        if row is None:
            now = self._clock()
            row = Picture(
                user_id=person.user_id,
                chat_id=person.chat_id,
                message_id=sent.message_id,
                album_id=sent.album_id,
                file_id=sent.file_id,
                file_unique_id=sent.file_unique_id,
                as_file=sent.as_file,
                created_at=now,
                expires_at=now + self._kept,
            )
            session.add(row)
        row.blob_key = kept.blob_key
        row.width_px, row.height_px, row.size_bytes = kept.width_px, kept.height_px, kept.size_bytes
        await session.flush()  # the database assigns the id
        return row


def _judge(draft: Draft, album_id: str, picture_ids: list[int], last: Sequence[Picture]) -> AlbumJudged:
    pair = kept = None
    waiting = _waiting(draft)
    wanted = _with_album(waiting, picture_ids) if waiting is not None else None
    if len(picture_ids) == 2 and (waiting is None or wanted is not None):
        pair = PairGiven(content_picture_id=picture_ids[0], style_picture_id=picture_ids[1])
    elif len(picture_ids) == 1 and wanted is None:
        kept = ContentSet(picture_id=picture_ids[0], mixture=Mixture.from_json(draft.chosen))
    return AlbumJudged(
        chat_id=draft.chat_id,
        user_id=draft.user_id,
        thread_id=draft.thread_id,
        album_id=album_id,
        last_message_id=last[0].message_id if last else None,
        pictures=len(picture_ids),
        pair=pair,
        waiting=waiting,
        wanted=wanted,
        prompt_id=draft.prompt_message_id if wanted is not None or (kept is not None and kept.mixture.parts) else None,
        kept=kept,
    )


def _end_choice(draft: Draft, judged: AlbumJudged) -> None:
    """The photo for the styles that were chosen has come, painted or not."""
    if judged.kept is not None and judged.kept.mixture.parts:
        draft.chosen = draft.prompt_message_id = None


def _with_photo(draft: Draft, picture_id: int) -> Wanted | None:
    """The study that waits for this photo; one that has all it needs was begun, and waits for none."""
    waiting = Wanted.from_json(draft.study) if draft.study is not None else None
    if waiting is None or (not waiting.lacks and picture_id not in waiting.photos):
        return None
    return waiting.with_photo(picture_id)


def _waiting(draft: Draft) -> Wanted | None:
    """The study that waits for photos."""
    wanted = Wanted.from_json(draft.study) if draft.study is not None else None
    return wanted if wanted is not None and wanted.lacks else None


def _with_album(waiting: Wanted, picture_ids: list[int]) -> Wanted | None:
    """With the photos of an album; None where it needs fewer. Two take the place of a first one that came alone."""
    if len(picture_ids) == 1:
        return waiting.with_photo(picture_ids[0])
    fresh = replace(waiting, photos=())
    return replace(fresh, photos=tuple(picture_ids)) if len(picture_ids) == fresh.lacks else None


async def draft_of(session: AsyncSession, person: Person, now: datetime) -> Draft:
    """The row of a person's draft; a new one where there is none."""
    draft = await session.get(Draft, (person.chat_id, person.user_id))
    if draft is None:
        draft = Draft(chat_id=person.chat_id, user_id=person.user_id)
        session.add(draft)
    draft.thread_id, draft.updated_at = person.thread_id, now
    return draft


async def _picture_of(session: AsyncSession, chat_id: int, message_id: int) -> Picture | None:
    found = select(Picture).where(Picture.chat_id == chat_id, Picture.message_id == message_id)
    return (await session.scalars(found)).one_or_none()


async def _album_pictures(session: AsyncSession, draft: Draft) -> Sequence[Picture]:
    """The good pictures of the draft's album in the order they were sent."""
    parts = select(Picture).where(
        Picture.chat_id == draft.chat_id, Picture.user_id == draft.user_id, Picture.album_id == draft.album_id
    )
    return (await session.scalars(parts.order_by(Picture.message_id))).all()
