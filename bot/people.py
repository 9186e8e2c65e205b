"""Who we talk to: users and chats as rows, their language, whether they blocked us."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message, Update

from bot import texts
from models import updates
from models.database import Database, at_once
from models.tables import Chat, Delivery, Draft, Job, Picture, User
from models.trips import Trip
from models.updates import Greeting

LANGUAGE_LENGTH = 16
# More than any chat has messages.
OUT_OF_REACH = 2**40


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in a chat, and in a topic of it, as an update shows them."""

    user_id: int
    chat_id: int
    chat_kind: str
    name: str
    language: str | None
    thread_id: int | None = None

    @property
    def in_group(self) -> bool:
        return self.chat_id < 0


def person_in(telegram_update: Update) -> Person:
    """The sender of an update that has one; handlers' filters let nothing else through."""
    user, chat = telegram_update.effective_user, telegram_update.effective_chat
    assert user is not None
    assert chat is not None
    return Person(
        user_id=user.id,
        chat_id=chat.id,
        chat_kind=str(chat.type),
        name=texts.tidy_name(user.full_name),
        language=texts.tidy_name(user.language_code)[:LANGUAGE_LENGTH] if user.language_code else None,
        thread_id=thread_of(telegram_update),
    )


def thread_of(telegram_update: Update) -> int | None:
    """The topic an update came in. In other groups Telegram numbers chains of replies the same way: those are none."""
    message = telegram_update.effective_message
    if not isinstance(message, Message):  # a button whose message Telegram no longer shows us
        return None
    return message.message_thread_id if message.is_topic_message else None


async def remember(session: AsyncSession, person: Person, now: datetime) -> None:
    """Make the rows of a person and their chat, or bring them up to date. Who writes to us no longer blocks us."""
    await at_once(session, lambda trip: note(trip, person, now))


def note(trip: Trip, person: Person, now: datetime) -> None:
    """The same where a whole transaction is one trip."""
    updates.note_person(trip, person.user_id, person.name, person.language, now)
    updates.note_chat(trip, person.chat_id, person.chat_kind, now)


class People:
    """What the rest of the bot asks about people."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def meet(self, person: Person) -> None:
        """Remember somebody who said hello."""
        async with self._database.write() as session:
            await remember(session, person, self._clock())

    async def language(self, user_id: int, chat_id: int) -> str | None:
        """What to speak to a person in a chat: what was chosen, or else the language of their Telegram."""
        greeting = await self.greet(user_id, chat_id)
        return greeting.language or greeting.spoken

    async def greet(self, user_id: int, chat_id: int) -> Greeting:
        """What every update asks first, in one go."""
        return await self._database.read_at_once(lambda trip: updates.greet(trip, user_id, chat_id))

    async def choose_language(self, person: Person, language: str | None) -> None:
        """Speak that language in the person's chat from now on; None: again that of their Telegram."""
        async with self._database.write() as session:
            await remember(session, person, self._clock())
            chat = await session.get_one(Chat, person.chat_id)
            chat.language = language

    async def language_of_chat(self, chat_id: int) -> str | None:
        """What was chosen for this very chat."""
        async with self._database.read() as session:
            chat = await session.get(Chat, chat_id)
            return chat.language if chat is not None else None

    async def mark_blocked(self, user_id: int, chat_id: int) -> None:
        """Note that Telegram refuses to deliver to this person. A group that threw the bot out says nothing of them."""
        if chat_id != user_id:
            return
        async with self._database.write() as session:
            await session.execute(update(User).where(User.id == user_id).values(blocked_at=self._clock()))

    async def move_chat(self, chat_id: int, new_chat_id: int) -> None:
        """A group became a supergroup: what was asked there, is half asked or is owed goes on under the new number."""
        async with self._database.write() as session:
            await _move_chat_row(session, chat_id, new_chat_id, self._clock())
            # Its messages got new numbers too, so the status message can no longer be edited, and what will have an
            # old one's number there is no picture of ours.
            here = select(Job.id).where(Job.chat_id == chat_id)
            await session.execute(update(Delivery).where(Delivery.job_id.in_(here)).values(message_id=None))
            moved = {"chat_id": new_chat_id, "status_message_id": None, "reply_to_message_id": None}
            await session.execute(update(Job).where(Job.chat_id == chat_id).values(**moved))
            # The same numbers will be given to other messages there: pictures get some that none can have, in order.
            pictures = update(Picture).where(Picture.chat_id == chat_id)
            await session.execute(pictures.values(chat_id=new_chat_id, message_id=Picture.message_id - OUT_OF_REACH))
            await _move_drafts(session, chat_id, new_chat_id)


async def _move_chat_row(session: AsyncSession, chat_id: int, new_chat_id: int, now: datetime) -> None:
    """A row for the new chat, with the language and the settings that were chosen in the old one."""
    old, new = await session.get(Chat, chat_id), await session.get(Chat, new_chat_id)
    if new is None:
        new = Chat(id=new_chat_id, kind="supergroup", created_at=now)
        session.add(new)
    new.language = new.language or (old.language if old is not None else None)
    new.settings = new.settings or (old.settings if old is not None else None)
    await session.flush()


async def _move_drafts(session: AsyncSession, chat_id: int, new_chat_id: int) -> None:
    """What somebody began in the new chat already counts more than what they left in the old one."""
    begun_anew = select(Draft.user_id).where(Draft.chat_id == new_chat_id)
    await session.execute(delete(Draft).where(Draft.chat_id == chat_id, Draft.user_id.in_(begun_anew)))
    moved = {"chat_id": new_chat_id, "prompt_message_id": None}
    await session.execute(update(Draft).where(Draft.chat_id == chat_id).values(**moved))
