"""In a group somebody presses, with a client of their own making, what no button under a message carries."""

import re
from collections.abc import Coroutine
from typing import Any

from sqlalchemy import Engine, event

from bot.orders import Press
from bot.people import Person
from models.database import Database
from models.states import JobState
from models.tables import Job
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, an_instant
from tests.bot.telegram import Shown

# Buttons of Ben's own, or of everybody, that change the message they stand under.
FORGED = (
    f"jobs:{BEN}.0",
    "job:2.0",
    f"lab:{BEN}.palette",
    f"lab-leave:{BEN}",
    f"mix:{BEN}.0.n",
    "page:0.1",
    "own-all:",
    f"keep-me:{BEN}",
    f"delete-me:{BEN}",
    f"delete-me:{BEN}",
)


async def forge(stage: Stage, shown: Shown) -> None:
    """Ben says that he pressed all of these under somebody's message."""
    for data in FORGED:
        await stage.press(BEN, shown.message_id, data, chat_id=GROUP)


async def test_nobodys_picture_becomes_a_page_of_somebody_else(stage: Stage) -> None:
    _, shown = await an_instant(stage, ANN, GROUP, **A_MENTION)
    await an_instant(stage, BEN, GROUP, **A_MENTION)
    before = shown.words, shown.photo, shown.markup

    await forge(stage, shown)

    assert (shown.words, shown.photo, shown.markup) == before
    assert [job.user_id for job in await stage.jobs()] == [ANN]


async def test_nobodys_sheet_becomes_a_page_of_somebody_else(stage: Stage) -> None:
    shown = await a_sheet(stage)
    before = shown.words, shown.photo, shown.markup

    await forge(stage, shown)

    assert (shown.words, shown.photo, shown.markup) == before


async def test_nobodys_sheet_is_used_up_by_somebody_else(stage: Stage) -> None:
    shown = await a_sheet(stage)
    ben_picture, _ = await stage.pictures()

    await stage.press(BEN, shown.message_id, f"preset:{ben_picture.id}.mosaic", chat_id=GROUP)
    await stage.press(ANN, shown.message_id, shown.data("preset"), chat_id=GROUP)

    ben_job, ann_job = await stage.jobs()
    assert (ben_job.user_id, ann_job.user_id) == (BEN, ANN)
    assert ann_job.status_message_id == shown.message_id != ben_job.status_message_id


async def a_sheet(stage: Stage) -> Shown:
    """The styles for Ann's photo. Ben has a photo there, too."""
    for person in (BEN, ANN):
        await stage.photo(person, chat_id=GROUP, **A_MENTION)
    return stage.telegram.chat(GROUP)[-1]


async def test_a_job_that_is_not_delivered_yet_takes_nobodys_message(stage: Stage) -> None:
    _, shown = await an_instant(stage, ANN, GROUP, **A_MENTION)
    before = shown.words, shown.photo, shown.markup
    for _ in range(2):
        await stage.photo(BEN, chat_id=GROUP, **A_MENTION)
    await stage.services.desk.cancel(2, user_id=BEN)

    await stage.press(BEN, shown.message_id, "retry:2", chat_id=GROUP)
    await stage.paint(3)

    assert (shown.words, shown.photo, shown.markup) == before


async def test_a_picture_is_its_owners_however_many_came_after_it(stage: Stage) -> None:
    _, shown = await an_instant(stage, ANN, GROUP, **A_MENTION)
    before = shown.words, shown.photo, shown.markup
    await a_much_later_job(stage)

    await forge(stage, shown)

    assert (shown.words, shown.photo, shown.markup) == before
    assert await stage.parts.orders.delivered_in(GROUP, shown.message_id) == 1


async def a_much_later_job(stage: Stage) -> None:
    """A row with a number as after a million pictures."""
    job = await stage.job()
    like = {"user_id": ANN, "chat_id": GROUP, "lane": job.lane, "spec": job.spec, "created_at": job.created_at}
    async with stage.services.database.write() as session:
        session.add(Job(id=1_000_000, idem_key="much later", state=JobState.DONE, **like))


async def test_whose_a_message_is_indexes_say(stage: Stage) -> None:
    orders, database = stage.parts.orders, stage.services.database
    ben = Person(user_id=BEN, chat_id=GROUP, chat_kind="supergroup", name="Ben", language=None)
    press = Press(person=ben, message_id=7, press_id="1", editable=True)

    asked = await plan_of(database, orders.may_change(press))
    replied = await plan_of(database, orders.delivered_in(GROUP, 7))

    assert "ix_jobs_status_message_id" in asked
    assert "ix_deliveries_message_id" in asked
    assert "ix_deliveries_message_id" in replied
    assert not re.search(r"SCAN (TABLE )?(jobs|deliveries)", asked + replied)


async def plan_of(database: Database, asking: Coroutine[Any, Any, Any]) -> str:
    """How SQLite looks for what is asked, as it says itself."""
    statements: list[tuple[str, Any]] = []

    def overhear(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        statements.append((f"EXPLAIN QUERY PLAN {statement}", parameters))

    event.listen(Engine, "before_cursor_execute", overhear)
    try:
        await asking
    finally:
        event.remove(Engine, "before_cursor_execute", overhear)
    async with database.read() as session:
        connection = await session.connection()
        plans = [await connection.exec_driver_sql(*statement) for statement in statements]
    return "\n".join(detail for plan in plans for *_, detail in plan)


async def test_nobodys_question_is_answered_by_somebody_else(stage: Stage) -> None:
    await stage.text(ANN, "/lab", chat_id=GROUP)
    shown = stage.telegram.chat(GROUP)[-1]
    await stage.press(ANN, shown.message_id, shown.buttons()["🎨 Palette"], chat_id=GROUP)
    before = shown.words, shown.markup

    await forge(stage, shown)

    assert (shown.words, shown.markup) == before
