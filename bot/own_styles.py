"""Styles that people save under a name, and share by a link that nobody can guess.

Who opens a link may paint with the style as long as it is shared; the picture itself is shown to nobody else. Only a
hash of the link's token is kept, so a link that was lost is replaced, not looked up.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import texts
from bot.errors import Refused
from bot.people import Person, remember
from jobs.clock import Clock
from jobs.errors import BlobMissing
from jobs.ports import Blobs
from models import styles
from models.database import Database
from models.forgetting import forget_update
from models.tables import Job, Picture, StyleGuest, UserStyle

MOST_STYLES = 30
TOKEN_BYTES = 16
LINK_PREFIX = "s_"


@dataclass(frozen=True, kw_only=True)
class SavedStyle:
    """A style as one of those who may use it sees it. own: it is theirs; shared: a link to it exists."""

    id: int
    name: str
    own: bool
    shared: bool


class OwnStyles:
    """One transaction a method. Raises Refused where a style is gone, foreign, or may no longer be used."""

    def __init__(self, database: Database, blobs: Blobs, clock: Clock, bot_id: int) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._bot_id = bot_id

    async def usable(self, user_id: int, limit: int = 2 * MOST_STYLES) -> Sequence[SavedStyle]:
        """What the person may paint with: their own, newest first, then what others share with them."""
        async with self._database.read() as session:
            return [_seen(style, user_id) for style in await styles.list_usable_styles(session, user_id, limit)]

    async def named(self, user_id: int, said: str) -> SavedStyle | None:
        """The style that the person means by its whole name, in any case; their own before what others share."""
        wanted = texts.tidy_name(said).casefold()
        return next((style for style in await self.usable(user_id) if style.name.casefold() == wanted), None)

    async def find(self, user_id: int, style_id: int) -> SavedStyle:
        """A style that the person may paint with."""
        async with self._database.read() as session:
            return _seen(await insist_on_usable(session, style_id, user_id), user_id)

    async def job_with_style_photo(self, person: Person) -> int | None:
        """The latest job of the person in this chat whose style photo is still there."""
        latest = (
            select(Job.id)
            .join(Picture, Picture.id == Job.style_picture_id)
            .where(Job.user_id == person.user_id, Job.chat_id == person.chat_id, Picture.blob_key.is_not(None))
            .order_by(Job.id.desc())
        )
        async with self._database.read() as session:
            return await session.scalar(latest.limit(1))

    async def job_to_save(self, person: Person) -> int | None:
        """The same, unless that photo is saved already."""
        job_id = await self.job_with_style_photo(person)
        if job_id is None:
            return None
        async with self._database.read() as session:
            photo = await _style_photo(session, person, job_id)
        return job_id if await self._find_saved(person.user_id, photo.file_unique_id) is None else None

    async def save(self, person: Person, job_id: int, name: str | None, auto_name: str) -> SavedStyle:
        """Keep the style photo of a job, under a copy of its own; saved before, it is found again.

        name: None takes the first free one that begins with auto_name
        """
        async with self._database.read() as session:
            photo = await _style_photo(session, person, job_id)
        known = await self._find_saved(person.user_id, photo.file_unique_id)
        if known is not None:
            return known if name is None else await self.rename(person.user_id, known.id, name)
        try:
            copy = await self._blobs.put(await self._blobs.get(photo.blob_key or ""), ".png")
        except BlobMissing as error:
            raise Refused("press-pictures-gone") from error
        try:
            async with self._database.write() as session:
                await remember(session, person, self._clock())
                named = await _free_name(session, person.user_id, auto_name) if name is None else _clean(name)
                await _insist_on_room(session, person.user_id)
                style = UserStyle(
                    user_id=person.user_id,
                    name=named,
                    blob_key=copy,
                    file_unique_id=photo.file_unique_id,
                    created_at=self._clock(),
                )
                session.add(style)
                await session.flush()  # the database assigns the id, and refuses a name that is taken
        except BaseException as error:
            await self._blobs.delete(copy)
            if isinstance(error, IntegrityError):
                raise Refused("style-name-taken") from error
            raise
        return _seen(style, person.user_id)

    async def rename(self, user_id: int, style_id: int, name: str) -> SavedStyle:
        """Call one's own style something else."""
        try:
            async with self._database.write() as session:
                style = await _insist_on_own(session, style_id, user_id)
                style.name = _clean(name)
                await session.flush()
        except IntegrityError as error:
            raise Refused("style-name-taken") from error
        return _seen(style, user_id)

    async def delete(self, user_id: int, style_id: int) -> None:
        """Forget one's own style; its link and everybody's leave to use it go with it."""
        async with self._database.write() as session:
            style = await _insist_on_own(session, style_id, user_id)
            key = style.blob_key
            await session.delete(style)
        if key is not None:
            await self._blobs.delete(key)

    async def share(self, user_id: int, style_id: int) -> str:
        """A new link's token; a link that there was works no more, those who came by it may stay."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        async with self._database.write() as session:
            (await _insist_on_own(session, style_id, user_id)).share_hash = _hash(token)
        return token

    async def stop_sharing(self, user_id: int, style_id: int) -> SavedStyle:
        """Nobody else may use it any more."""
        async with self._database.write() as session:
            style = await _insist_on_own(session, style_id, user_id)
            style.share_hash = None
            await session.execute(delete(StyleGuest).where(StyleGuest.style_id == style_id))
        return _seen(style, user_id)

    async def open(self, person: Person, token: str, update_id: int) -> SavedStyle | None:
        """The style that a link leads to, which the person may use from now on; None where it leads nowhere.

        update_id: the stored update that holds the token, which is emptied
        """
        async with self._database.write() as session:
            style = await styles.find_shared_style(session, _hash(token))
            await forget_update(session, self._bot_id, update_id, self._clock())
            if style is None or style.blob_key is None:
                return None
            await remember(session, person, self._clock())
            if style.user_id != person.user_id and await _guest(session, style.id, person.user_id) is None:
                session.add(StyleGuest(style_id=style.id, user_id=person.user_id, since=self._clock()))
        return _seen(style, person.user_id)

    async def leave(self, user_id: int, style_id: int) -> None:
        """Take a style that somebody else shares off one's list."""
        async with self._database.write() as session:
            guest = await _guest(session, style_id, user_id)
            if guest is not None:
                await session.delete(guest)

    async def picture(self, user_id: int, style_id: int) -> bytes:
        """The picture of one's own style. Nobody else may see it, however they came to use the style."""
        async with self._database.read() as session:
            key = (await _insist_on_own(session, style_id, user_id)).blob_key
        try:
            return await self._blobs.get(key or "")
        except BlobMissing as error:
            raise Refused("press-style-gone") from error

    async def _find_saved(self, user_id: int, file_unique_id: str) -> SavedStyle | None:
        same = select(UserStyle).where(UserStyle.user_id == user_id, UserStyle.file_unique_id == file_unique_id)
        async with self._database.read() as session:
            style = await session.scalar(same)
            return _seen(style, user_id) if style is not None else None


async def insist_on_usable(session: AsyncSession, style_id: int, user_id: int) -> UserStyle:
    """A style that the person may paint with. Raises Refused: it may be deleted, or shared no more."""
    style = await styles.find_usable_style(session, style_id, user_id)
    if style is None:
        raise Refused("press-style-gone")
    return style


def _seen(style: UserStyle, user_id: int) -> SavedStyle:
    own = style.user_id == user_id
    return SavedStyle(id=style.id, name=style.name, own=own, shared=own and style.share_hash is not None)


def _hash(token: str) -> str:
    # Without salt: 128 random bits cannot be tried out.
    return hashlib.sha256(token.encode()).hexdigest()


def _clean(name: str) -> str:
    """What is left of a name that can be shown. Raises Refused where that is nothing, or too much."""
    if not (tidy := texts.tidied(name)):
        raise Refused("style-name-empty")
    if len(tidy) > texts.NAME_LENGTH:
        raise Refused("style-name-long")
    return tidy


async def _insist_on_own(session: AsyncSession, style_id: int, user_id: int) -> UserStyle:
    """A style of the person's. Raises Refused: of one that nobody shares with them a forged press learns nothing."""
    style = await session.get(UserStyle, style_id)
    if style is not None and style.user_id == user_id:
        return style
    is_guest = await _guest(session, style_id, user_id) is not None
    raise Refused("press-not-yours" if is_guest else "press-style-gone")


async def _insist_on_room(session: AsyncSession, user_id: int) -> None:
    if await styles.count_own_styles(session, user_id) >= MOST_STYLES:
        raise Refused("styles-full")


async def _free_name(session: AsyncSession, user_id: int, beginning: str) -> str:
    taken = {style.name for style in await styles.list_own_styles(session, user_id)}
    return next(name for number in range(1, MOST_STYLES + 2) if (name := f"{beginning} {number}") not in taken)


async def _guest(session: AsyncSession, style_id: int, user_id: int) -> StyleGuest | None:
    return await session.get(StyleGuest, (style_id, user_id))


async def _style_photo(session: AsyncSession, person: Person, job_id: int) -> Picture:
    job = await session.get(Job, job_id)
    if job is None:
        raise Refused("press-old")
    if (job.user_id, job.chat_id) != (person.user_id, person.chat_id):
        raise Refused("press-not-yours")
    photo = await session.get(Picture, job.style_picture_id) if job.style_picture_id is not None else None
    if photo is None or photo.blob_key is None:
        raise Refused("press-pictures-gone")
    return photo
