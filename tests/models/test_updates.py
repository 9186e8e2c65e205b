"""What nearly every update notes and asks, on real rows."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models import updates
from models.database import Database
from models.standings import set_standing
from models.tables import Chat, UpdateSeen, User
from models.trips import Trip
from models.updates import Greeting

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)
ANN, GROUP = 7, -8


async def the_update(database: Database) -> UpdateSeen:
    """The only one stored."""
    async with database.read() as session:
        return (await session.scalars(select(UpdateSeen))).one()


def come(trip: Trip) -> bool:
    """An update."""
    return updates.store_update(trip, 1, 10, "{}", NOW)


async def test_an_update_is_new_only_once(database: Database) -> None:
    first = await database.write_at_once(come)
    again = await database.write_at_once(come)
    of_another_bot = await database.write_at_once(lambda trip: updates.store_update(trip, 2, 10, "{}", NOW))

    assert (first, again, of_another_bot) == (True, False, True)


async def test_an_update_is_handled_only_once(database: Database) -> None:
    await database.write_at_once(come)

    ends = [
        await database.write_at_once(lambda trip, now=now: updates.mark_update_handled(trip, 1, 10, now))  # type: ignore[misc]
        for now in (NOW, LATER)
    ]

    assert ends == [True, False]
    assert (await the_update(database)).handled_at == NOW


async def test_tries_of_an_update_are_counted_and_taken_back(database: Database) -> None:
    def try_thrice(trip: Trip) -> None:
        come(trip)
        for _ in range(3):
            updates.count_update_try(trip, 1, 10)
        updates.forgive_update_try(trip, 1, 10)

    await database.write_at_once(try_thrice)

    assert (await the_update(database)).tries == 2


@pytest.mark.parametrize(
    ("chosen_here", "chosen_alone", "language"),
    [("de", "fr", "de"), (None, "fr", "fr"), (None, None, None)],
    ids=["chosen here", "chosen for oneself", "never chosen"],
)
async def test_people_are_met_in_the_language_chosen_last_far_from_home(
    database: Database, chosen_here: str | None, chosen_alone: str | None, language: str | None
) -> None:
    async with database.write() as session:
        session.add(Chat(id=GROUP, kind="group", language=chosen_here, created_at=NOW))
        session.add(Chat(id=ANN, kind="private", language=chosen_alone, created_at=NOW))

    greeting = await database.write_at_once(lambda trip: updates.greet(trip, ANN, GROUP))

    assert greeting == Greeting(language=language, banned=False)


async def test_who_is_banned_or_has_blocked_us_is_known(database: Database) -> None:
    async with database.write() as session:
        await set_standing(session, ANN, banned_at=NOW)
        session.add(User(id=ANN, name="Ann", created_at=NOW, blocked_at=NOW))

    greeting = await database.write_at_once(lambda trip: updates.greet(trip, ANN, ANN))

    assert (greeting.banned, greeting.blocked) == (True, True)


async def test_a_person_is_made_once_and_brought_up_to_date(database: Database) -> None:
    def note(trip: Trip, name: str, now: datetime) -> None:
        updates.note_person(trip, ANN, name, "de", now)
        updates.note_chat(trip, ANN, "private", now)

    await database.write_at_once(lambda trip: note(trip, "Ann", NOW))
    async with database.write() as session:
        (await session.get_one(User, ANN)).blocked_at = NOW
    await database.write_at_once(lambda trip: note(trip, "Anna", LATER))

    async with database.read() as session:
        user, chat = await session.get_one(User, ANN), await session.get_one(Chat, ANN)
    assert (user.name, user.language, user.created_at, user.blocked_at) == ("Anna", "de", NOW, None)
    assert (chat.kind, chat.created_at) == ("private", NOW)


async def test_settings_of_a_chat_are_kept_as_they_were_given(database: Database) -> None:
    def keep(trip: Trip) -> tuple[object, object]:
        updates.note_chat(trip, ANN, "private", NOW)
        before = updates.settings_of(trip, ANN)
        updates.keep_settings(trip, ANN, {"strength": 1.25})
        return before, updates.settings_of(trip, ANN)

    assert await database.write_at_once(keep) == (None, {"strength": 1.25})
