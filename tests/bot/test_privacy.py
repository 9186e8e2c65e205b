"""Somebody asks what is kept of them, or wants all of it deleted."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from jobs.clock import now
from jobs.sweeps import Sweeps
from jobs.values import Outcome
from models.states import JobState
from models.tables import Base, Chat, UpdateSeen
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, an_hq_job, an_instant
from tests.bot.telegram import RecordingRequest, Shown

PEOPLE = ("user_id", "chat_id", "owner_id")


async def asked(stage: Stage, user_id: int = ANN) -> Shown:
    """The question whether everything shall go."""
    await stage.text(user_id, "/delete_me")
    return stage.telegram.chat(user_id)[-1]


async def delete(stage: Stage) -> Shown:
    """Ann has everything deleted; the message that tells so."""
    shown = await asked(stage)
    await stage.press(ANN, shown.message_id, shown.data("delete-me"))
    return shown


async def traces(stage: Stage, user_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Every row that is a person's or tells of them."""
    found = []
    async with stage.services.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in (await session.execute(select(table))).mappings():
                owned = user_id in [row[name] for name in PEOPLE if name in row]
                numbered = table.name in ("users", "chats") and row["id"] == user_id
                named = f"User {user_id}" in str(row) or f'"id": {user_id},' in str(row)
                if owned or numbered or named:
                    found.append((table.name, dict(row)))
    return found


def blobs(tmp_path: Path) -> set[str]:
    """The files that there are."""
    return {path.name for path in (tmp_path / "blobs").iterdir()}


async def test_privacy_says_for_how_long(stage: Stage) -> None:
    await stage.text(ANN, "/privacy")

    assert "24 hours" in stage.telegram.words(ANN)[0]


async def test_no_row_and_no_file_of_the_person_is_left(stage: Stage, tmp_path: Path) -> None:
    await an_instant(stage, BEN)
    await an_instant(stage, BEN, GROUP, **A_MENTION)
    of_ben = blobs(tmp_path)
    rows_of_ben = await traces(stage, BEN)
    await an_instant(stage)
    await an_instant(stage, ANN, GROUP, **A_MENTION)
    await an_hq_job(stage)
    await stage.text(ANN, "/settings")
    await stage.photo(ANN)
    of_ann = len(blobs(tmp_path) - of_ben)

    shown = await delete(stage)

    assert await traces(stage, ANN) == []
    assert blobs(tmp_path) == of_ben
    assert await traces(stage, BEN) == rows_of_ben
    assert f"and {of_ann} files of yours, and stopped the picture I was on" in shown.words
    assert shown.buttons() == {}


async def test_a_running_job_ends_and_leaves_nothing_that_is_not_swept(stage: Stage, tmp_path: Path) -> None:
    job_id, status = await an_hq_job(stage)
    attempt = await stage.begin(job_id)

    await delete(stage)
    goes_on = await stage.services.desk.report(job_id, attempt, None)
    key = await stage.services.blobs.put(a_jpeg(), ".jpg")
    finished = await stage.services.desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=key))
    await stage.deliver()
    in_hours = Sweeps(
        stage.services.desk, stage.services.database, stage.services.blobs, lambda: now() + timedelta(hours=2)
    )
    await in_hours.sweep()

    assert (goes_on, finished, blobs(tmp_path)) == (False, False, set())
    assert "stopped, as you asked" in status.words
    assert status.buttons() == {}


async def test_a_delivery_on_its_way_meanwhile_disturbs_nobody(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage)
    stage.telegram.slow["editMessageMedia"] = gate = asyncio.Event()
    attempt = await stage.begin(job_id)
    key = await stage.services.blobs.put(a_jpeg(), ".jpg")
    await stage.services.desk.finish(job_id, attempt, Outcome(state=JobState.DONE, result_key=key))
    under_way = await stage.parts.deliveries.start_due()

    await delete(stage)
    gate.set()
    await asyncio.gather(*under_way)

    assert await traces(stage, ANN) == []


async def test_the_settings_of_a_group_stay(stage: Stage) -> None:
    stage.telegram.admins[GROUP] = {ANN}
    await stage.press(ANN, 1, "set:strength.0", chat_id=GROUP)

    await delete(stage)

    async with stage.services.database.read() as session:
        assert (await session.get_one(Chat, GROUP)).settings is not None


async def test_updates_that_others_still_wait_for_are_kept(stage: Stage) -> None:
    waiting = f'{{"update_id": 900, "message": {{"from": {{"id": {BEN}}}, "to": {{"id": {ANN}, "x": 1}}}}}}'
    async with stage.services.database.write() as session:
        session.add(UpdateSeen(bot_id=1000, update_id=900, raw=waiting, received_at=now(), tries=0))

    await delete(stage)

    async with stage.services.database.read() as session:
        assert (await session.get_one(UpdateSeen, (1000, 900))).raw == waiting


async def test_asking_alone_deletes_nothing_and_no_keeps_everything(stage: Stage) -> None:
    await an_instant(stage)
    before = await stage.pictures()

    shown = await asked(stage)
    await stage.press(ANN, shown.message_id, shown.data("keep-me"))

    assert "stays as it is" in shown.words
    assert len(await stage.pictures()) == len(before)


async def test_a_second_press_says_that_nothing_is_left_and_the_receipt_stays(stage: Stage) -> None:
    await an_instant(stage)
    shown = await delete(stage)
    receipt = shown.words

    await stage.press(ANN, shown.message_id, f"delete-me:{ANN}")

    assert (shown.words, "and 3 files of yours" in receipt) == (receipt, True)
    assert stage.telegram.last_answer() == "There is nothing of yours left to delete."


async def test_afterwards_the_person_is_welcome_as_if_new(stage: Stage) -> None:
    await an_instant(stage)
    await delete(stage)

    await an_instant(stage)

    assert (await stage.job()).state == "done"


async def test_nobody_deletes_for_somebody_else(stage: Stage) -> None:
    await an_instant(stage)

    for data in (f"delete-me:{ANN}", f"keep-me:{ANN}", "delete-me:", "delete-me:x"):
        await stage.press(BEN, 77, data)

    assert [str(answer).partition(" of ")[0] for _, answer in stage.telegram.answers] == [
        *2 * ["This button belongs to somebody else."],
        *2 * ["This button is out"],
    ]
    assert len(await stage.jobs()) == 1


async def test_in_a_group_it_is_not_asked(stage: Stage) -> None:
    await stage.text(ANN, "/delete_me", chat_id=GROUP)

    [told] = stage.telegram.chat(GROUP)
    assert ("private chat" in told.words, told.buttons()) == (True, {})


async def test_the_button_works_after_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    await an_instant(stage)
    shown = await asked(stage)
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await next_stage.press(ANN, shown.message_id, shown.data("delete-me"))

        assert await traces(next_stage, ANN) == []
