"""What somebody was asked for and has not given yet: photos for a study, a name, or a photo for styles they chose.

One thing at a time. It lies in SQL with the number of the message that asks, so that a restart forgets nothing and this
message can be told, once nobody waits any more, not to go on asking.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot.drafts import draft_of
from bot.mixing import Mixture
from bot.people import Person, remember
from bot.studies import Wanted
from models.database import Database
from models.tables import Draft, Picture


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """One of three. prompt_id: the message that asks for it, where that is known."""

    study: Wanted | None = None
    naming_style_id: int | None = None
    chosen: Mixture = field(default_factory=Mixture)
    prompt_id: int | None = None

    def is_asked_again(self, other: "Awaited") -> bool:
        """Whether both ask for the same thing; of a study one photo may have come meanwhile."""
        if self.study is not None and other.study is not None:
            return (self.study.study, self.study.layer) == (other.study.study, other.study.layer)
        mine, theirs = ((each.naming_style_id, each.chosen.to_json()) for each in (self, other))
        return self.study is other.study and mine == theirs


class Dialogues:
    """One transaction a method."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, person: Person, awaited: Awaited) -> Awaited | None:
        """Wait for this; returns what was waited for so far."""
        async with self._database.write() as session:
            now = self._clock()
            await remember(session, person, now)
            draft = await draft_of(session, person, now)
            before = _read(draft)
            _write(draft, awaited)
        return before

    async def asked(self, person: Person, message_id: int) -> None:
        """Note which message asks."""
        async with self._database.write() as session:
            draft = await session.get(Draft, (person.chat_id, person.user_id))
            if draft is not None and _read(draft) is not None:
                draft.prompt_message_id = message_id

    async def awaited(self, person: Person) -> Awaited | None:
        """What is waited for."""
        async with self._database.read() as session:
            draft = await session.get(Draft, (person.chat_id, person.user_id))
            return _read(draft) if draft is not None else None

    async def end(self, person: Person, over: Wanted | None = None) -> Awaited | None:
        """Wait no longer; returns what was waited for.

        over: a study that has begun, or cannot begin; the content that it looks at waits for no style any more
        """
        if over is None and await self.awaited(person) is None:
            return None  # by far the most often: nothing to write
        async with self._database.write() as session:
            draft = await session.get(Draft, (person.chat_id, person.user_id))
            if draft is None:
                return None
            before = _read(draft)
            _write(draft, Awaited())
            if over is not None and draft.content_picture_id in over.photos:
                draft.content_picture_id = None
        return before

    async def last_photo(self, person: Person, but: Collection[int]) -> int | None:
        """The latest photo of the person in this chat that is still there."""
        latest = select(Picture.id).where(
            Picture.user_id == person.user_id,
            Picture.chat_id == person.chat_id,
            Picture.blob_key.is_not(None),
            Picture.id.not_in(but),
        )
        async with self._database.read() as session:
            return await session.scalar(latest.order_by(Picture.id.desc()).limit(1))


def _read(draft: Draft) -> Awaited | None:
    if draft.study is None and draft.naming_style_id is None and not draft.chosen:
        return None
    return Awaited(
        study=Wanted.from_json(draft.study) if draft.study is not None else None,
        naming_style_id=draft.naming_style_id,
        chosen=Mixture.from_json(draft.chosen),
        prompt_id=draft.prompt_message_id,
    )


def _write(draft: Draft, awaited: Awaited) -> None:
    draft.study = awaited.study.to_json() if awaited.study is not None else None
    draft.naming_style_id = awaited.naming_style_id
    draft.chosen = awaited.chosen.to_json() or None
    draft.prompt_message_id = awaited.prompt_id
