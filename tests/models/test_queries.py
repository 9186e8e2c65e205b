"""What was not handled and what may be forgotten, and the permitted moves, on real rows."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from models import queries, updates
from models.database import Database
from models.states import ALLOWED_NEXT, OPEN_STATES, JobState
from models.tables import UpdateSeen

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def store(database: Database, *numbers: int, at: datetime = NOW) -> None:
    """Updates that came."""
    await database.write_at_once(lambda trip: [updates.store_update(trip, 1, number, "{}", at) for number in numbers])


async def test_unhandled_updates_come_back_in_order_without_handled_and_old_ones(database: Database) -> None:
    await store(database, 12, 10, 11)
    await store(database, 9, at=NOW - timedelta(hours=25))
    await database.write_at_once(lambda trip: updates.mark_update_handled(trip, 1, 11, NOW))

    async with database.read() as session:
        left = await queries.list_unhandled_updates(session, 1, NOW - timedelta(hours=24))
    assert [update.update_id for update in left] == [10, 12]


async def test_old_updates_are_forgotten_handled_or_not(database: Database) -> None:
    await store(database, 1, 2, 3)
    await store(database, 4, at=NOW + timedelta(days=5))
    for number, at in ((1, NOW), (2, NOW + timedelta(days=5))):
        await database.write_at_once(partial(updates.mark_update_handled, bot_id=1, update_id=number, now=at))

    async with database.write() as session:
        batches = [await queries.delete_old_updates(session, NOW + timedelta(days=1), limit=1) for _ in range(3)]

    assert batches == [1, 1, 0]
    async with database.read() as session:
        left = await session.scalars(select(UpdateSeen.update_id).order_by(UpdateSeen.update_id))
        assert list(left) == [2, 4]


def test_closed_states_lead_nowhere() -> None:
    assert {JobState.QUEUED, JobState.RUNNING} == OPEN_STATES
    assert all(not ALLOWED_NEXT[state] for state in JobState if state not in OPEN_STATES)


FORBIDDEN = [(start, to) for start in JobState for to in JobState if to not in ALLOWED_NEXT[start]]


@pytest.mark.parametrize(("start", "to"), FORBIDDEN, ids=lambda state: state.value)
async def test_a_move_outside_the_table_is_an_error(database: Database, start: JobState, to: JobState) -> None:
    async with database.write() as session:
        with pytest.raises(ValueError, match="cannot go"):
            await queries.move_job(session, 1, from_state=start, to=to)
