"""Durable intake and the permitted moves, on real rows."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import queries
from models.database import Database
from models.states import ALLOWED_NEXT, OPEN_STATES, JobState
from models.tables import UpdateSeen

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def test_an_update_is_new_only_once(database: Database) -> None:
    async with database.write() as session:
        first = await queries.store_update(session, 1, 10, '{"a": 1}', NOW)
        again = await queries.store_update(session, 1, 10, '{"a": 1}', NOW)
        of_another_bot = await queries.store_update(session, 2, 10, "{}", NOW)

    assert (first, again, of_another_bot) == (True, False, True)


async def test_unhandled_updates_come_back_in_order_without_handled_and_old_ones(database: Database) -> None:
    async with database.write() as session:
        for update_id in (12, 10, 11):
            await queries.store_update(session, 1, update_id, "{}", NOW)
        await queries.store_update(session, 1, 9, "{}", NOW - timedelta(hours=25))
        await queries.mark_update_handled(session, 1, 11, NOW)

    async with database.read() as session:
        left = await queries.list_unhandled_updates(session, 1, NOW - timedelta(hours=24))
    assert [update.update_id for update in left] == [10, 12]


async def test_an_update_is_handled_only_once(database: Database) -> None:
    async with database.write() as session:
        await queries.store_update(session, 1, 10, "{}", NOW)

    async with database.write() as session:
        assert await queries.mark_update_handled(session, 1, 10, NOW)
        assert not await queries.mark_update_handled(session, 1, 10, NOW)


async def test_tries_of_an_update_are_counted(database: Database) -> None:
    async with database.write() as session:
        await queries.store_update(session, 1, 10, "{}", NOW)

    async with database.write() as session:
        assert await queries.count_update_try(session, 1, 10) == 1
        assert await queries.count_update_try(session, 1, 10) == 2
        assert await queries.count_update_try(session, 1, 404) == 0


async def test_old_updates_are_forgotten_handled_or_not(database: Database) -> None:
    async with database.write() as session:
        for update_id in (1, 2, 3):
            await queries.store_update(session, 1, update_id, "{}", NOW)
        await queries.store_update(session, 1, 4, "{}", NOW + timedelta(days=5))
        await queries.mark_update_handled(session, 1, 1, NOW)
        await queries.mark_update_handled(session, 1, 2, NOW + timedelta(days=5))

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
