"""What nearly every update notes and asks, each a function of a Trip. Like all queries these never commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from models.tables import Chat, Standing, UpdateSeen, User
from models.trips import Prepared, Trip

_THIS = (UpdateSeen.bot_id == bindparam("bot"), UpdateSeen.update_id == bindparam("number"))
_STORE = Prepared(
    insert(UpdateSeen)
    .values(
        bot_id=bindparam("bot"),
        update_id=bindparam("number"),
        raw=bindparam("text"),
        received_at=bindparam("now", type_=UpdateSeen.received_at.type),
        tries=0,
    )
    .on_conflict_do_nothing()
)
_COUNT_TRY = Prepared(update(UpdateSeen).where(*_THIS).values(tries=UpdateSeen.tries + bindparam("more")))
_MARK_HANDLED = Prepared(
    update(UpdateSeen)
    .where(*_THIS, UpdateSeen.handled_at.is_(None))
    .values(handled_at=bindparam("now", type_=UpdateSeen.handled_at.type))
)
_MEETING = Prepared(
    select(
        select(Chat.language).where(Chat.id == bindparam("chat")).scalar_subquery(),
        select(Chat.language).where(Chat.id == bindparam("person")).scalar_subquery(),
        select(Standing.banned_at).where(Standing.user_id == bindparam("person")).scalar_subquery(),
        select(User.blocked_at).where(User.id == bindparam("person")).scalar_subquery(),
        select(User.language).where(User.id == bindparam("person")).scalar_subquery(),
    )
)
_UNBLOCK = Prepared(update(User).where(User.id == bindparam("person")).values(blocked_at=None))

_person = insert(User).values(
    id=bindparam("person"),
    name=bindparam("called"),
    language=bindparam("speaks"),
    created_at=bindparam("now", type_=User.created_at.type),
)
_NOTE_PERSON = Prepared(
    _person.on_conflict_do_update(
        index_elements=[User.id],
        set_={"name": _person.excluded.name, "language": _person.excluded.language, "blocked_at": None},
        # What is known already is not written anew.
        where=or_(
            User.name != _person.excluded.name,
            User.language.is_distinct_from(_person.excluded.language),
            User.blocked_at.is_not(None),
        ),
    )
)
_NOTE_CHAT = Prepared(
    insert(Chat)
    .values(id=bindparam("chat"), kind=bindparam("sort"), created_at=bindparam("now", type_=Chat.created_at.type))
    .on_conflict_do_nothing()
)
_SETTINGS = Prepared(select(Chat.settings).where(Chat.id == bindparam("chat")))
_KEEP_SETTINGS = Prepared(
    update(Chat).where(Chat.id == bindparam("chat")).values(settings=bindparam("chosen", type_=Chat.settings.type))
)


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """How to meet somebody.

    language: what was chosen for the chat or, where nothing was, by the person
    spoken: the language of their Telegram, as it last was
    """

    language: str | None
    banned: bool
    blocked: bool = False
    spoken: str | None = None


def store_update(trip: Trip, bot_id: int, update_id: int, raw: str, now: datetime) -> bool:
    """Keep an update; False where it is known already."""
    return trip.change(_STORE, bot=bot_id, number=update_id, text=raw, now=now) == 1


def count_update_try(trip: Trip, bot_id: int, update_id: int) -> None:
    """Count one more try at an update, before it is handled."""
    trip.change(_COUNT_TRY, bot=bot_id, number=update_id, more=1)


def forgive_update_try(trip: Trip, bot_id: int, update_id: int) -> None:
    """Take back a counted try that we cut off ourselves."""
    trip.change(_COUNT_TRY, bot=bot_id, number=update_id, more=-1)


def mark_update_handled(trip: Trip, bot_id: int, update_id: int, now: datetime) -> bool:
    """Note that an update has been dealt with; False where that was noted before."""
    return trip.change(_MARK_HANDLED, bot=bot_id, number=update_id, now=now) == 1


def greet(trip: Trip, user_id: int, chat_id: int) -> Greeting:
    """What every update asks first, in one go."""
    found = trip.find(_MEETING, chat=chat_id, person=user_id)
    assert found is not None  # a row of subqueries is always there
    here, own, banned_at, blocked_at, spoken = found
    return Greeting(language=here or own, banned=banned_at is not None, blocked=blocked_at is not None, spoken=spoken)


def note_unblocked(trip: Trip, user_id: int) -> None:
    """The person writes to us again."""
    trip.change(_UNBLOCK, person=user_id)


def note_person(trip: Trip, user_id: int, name: str, language: str | None, now: datetime) -> None:
    """Make the row of a person, or bring it up to date. Who writes to us no longer blocks us."""
    trip.change(_NOTE_PERSON, person=user_id, called=name, speaks=language, now=now)


def note_chat(trip: Trip, chat_id: int, kind: str, now: datetime) -> None:
    """Make the row of a chat, where there is none."""
    trip.change(_NOTE_CHAT, chat=chat_id, sort=kind, now=now)


def settings_of(trip: Trip, chat_id: int) -> dict[str, Any] | None:
    """What was set for a chat; None where nothing was."""
    found = trip.find(_SETTINGS, chat=chat_id)
    return found[0] if found is not None else None


def keep_settings(trip: Trip, chat_id: int, settings: dict[str, Any]) -> None:
    """Set something for a chat that is known."""
    trip.change(_KEEP_SETTINGS, chat=chat_id, chosen=settings)
