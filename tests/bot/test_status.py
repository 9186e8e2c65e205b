"""One message a job, from "queued" over previews to the end."""

import asyncio
import itertools

import pytest
from sqlalchemy import update
from telegram.error import TimedOut

from bot import status
from jobs.events import JobProgress
from models.tables import Job, User
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, an_hq_job, an_instant, until
from tests.bot.telegram import RecordingRequest

EDITS = frozenset({"editMessageMedia", "editMessageCaption", "editMessageText"})


async def test_a_waiting_job_says_how_many_are_ahead_and_how_long(stage: Stage) -> None:
    first, _ = await an_hq_job(stage)
    await stage.paint(first)
    await an_hq_job(stage, BEN)

    _, shown = await an_hq_job(stage)

    assert "queued, 1 ahead of you, about" in shown.words


async def test_a_waiting_job_moves_up_when_another_ends(stage: Stage) -> None:
    stage.watch()
    first, _ = await an_hq_job(stage, BEN)
    _, shown = await an_hq_job(stage)

    await stage.paint(first)

    await until(lambda: "you are next" in shown.words)


async def test_progress_shows_preview_bar_percent_and_time_left(stage: Stage) -> None:
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    attempt = await stage.begin(job_id)

    await stage.progress(job_id, attempt, 5, a_jpeg("pink"))

    await until(lambda: shown.photo == a_jpeg("pink"))
    assert "▓▓▓▓▓▓░░░░░░" in shown.words
    assert "50 %" in shown.words
    assert "about 4 s left" in shown.words
    assert list(shown.buttons()) == ["Cancel"]


async def test_progress_without_a_picture_changes_the_words_only(stage: Stage) -> None:
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    attempt = await stage.begin(job_id)

    await stage.progress(job_id, attempt, 2, a_jpeg("pink"))
    await until(lambda: "20 %" in shown.words)
    await stage.progress(job_id, attempt, 3)
    await until(lambda: "30 %" in shown.words)

    assert shown.photo == a_jpeg("pink")


async def test_edits_of_a_chat_are_apart_and_only_the_latest_is_shown(stage: Stage, telegram: RecordingRequest) -> None:
    async with a_stage(stage.services, telegram, progress_every_s=0.3) as slow:
        slow.watch()
        job_id, shown = await an_hq_job(slow)
        attempt = await slow.begin(job_id)
        for step in range(1, 10):
            await slow.progress(job_id, attempt, step, a_jpeg("pink", (100 + step, 100)))
            await asyncio.sleep(0.02)
        await until(lambda: "90 %" in shown.words)

    moments = [call.at for call in telegram.calls if call.method in EDITS or call.method == "sendMessage"]
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= 0.29
    assert len(moments) < 1 + 9


async def test_jobs_of_one_chat_share_its_budget(stage: Stage, telegram: RecordingRequest) -> None:
    async with a_stage(stage.services, telegram, progress_every_s=0.3) as slow:
        slow.watch()
        jobs = [await an_hq_job(slow), await an_hq_job(slow)]
        for job_id, _ in jobs:
            await slow.progress(job_id, await slow.begin(job_id), 5, a_jpeg("pink"))
        await until(lambda: all("50 %" in shown.words for _, shown in jobs))

    moments = [call.at for call in telegram.calls if call.method == "editMessageMedia"]
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= 0.29


async def test_groups_rest_longer_than_private_chats(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status.GROUP_EDIT_EVERY_S == 5.0
    monkeypatch.setattr(status, "GROUP_EDIT_EVERY_S", 0.4)
    stage.watch()
    job_id, shown = await an_hq_job(stage, chat_id=GROUP, **A_MENTION)
    attempt = await stage.begin(job_id)

    for step in range(1, 10):
        await stage.progress(job_id, attempt, step)
        await asyncio.sleep(0.06)
    await until(lambda: "90 %" in shown.words)

    moments = [call.at for call in stage.telegram.calls if call.method in EDITS]
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= 0.39


async def test_progress_never_comes_after_the_end(stage: Stage) -> None:
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    attempt = await stage.begin(job_id)
    stage.telegram.slow["editMessageMedia"] = asyncio.Event()
    await stage.progress(job_id, attempt, 5, a_jpeg("pink"))
    await until(lambda: "editMessageMedia" in stage.telegram.methods())

    finishing = asyncio.create_task(stage.finish(job_id, attempt, a_jpeg("gold")))
    await asyncio.sleep(0.1)
    stage.telegram.slow.pop("editMessageMedia").set()
    await finishing
    await asyncio.sleep(0.2)

    assert shown.photo == a_jpeg("gold")
    assert "here is your picture" in shown.words
    assert stage.telegram.methods().count("editMessageMedia") == 2


async def test_news_that_comes_after_the_end_is_dropped(stage: Stage) -> None:
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    await stage.paint(job_id, a_jpeg("gold"))

    stage.services.events.publish(JobProgress(job_id=job_id, step=9, steps=10, stage="", eta_s=1.0))
    await asyncio.sleep(0.2)

    assert shown.photo == a_jpeg("gold")


async def test_progress_is_dropped_while_telegram_asks_for_a_pause(stage: Stage) -> None:
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    attempt = await stage.begin(job_id)
    await until(lambda: "mixing" in shown.words)
    stage.telegram.refuse("editMessageMedia", "Too Many Requests", 429, parameters={"retry_after": 60})

    for step in range(1, 6):
        await stage.progress(job_id, attempt, step, a_jpeg("pink"))
        await until(lambda: "editMessageMedia" in stage.telegram.methods())
        await asyncio.sleep(0.06)

    assert stage.telegram.methods().count("editMessageMedia") == 1


async def test_a_deleted_status_message_is_not_edited_again_and_the_result_comes_anew(stage: Stage) -> None:
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    attempt = await stage.begin(job_id)
    del stage.telegram.messages[ANN, shown.message_id]

    for step in (1, 2, 3):
        await stage.progress(job_id, attempt, step, a_jpeg("pink"))
        await asyncio.sleep(0.1)
    before = len(stage.telegram.chat(ANN))
    await stage.finish(job_id, attempt, a_jpeg("gold"))

    assert len(stage.telegram.chat(ANN)) == before + 1
    assert stage.telegram.chat(ANN)[-1].photo == a_jpeg("gold")


async def test_a_job_without_status_message_gets_one(stage: Stage) -> None:
    stage.watch()
    _, instant = await an_instant(stage)
    stage.telegram.refuse("sendMessage", "Internal Server Error", status=500)
    await stage.press(ANN, instant.message_id, instant.data("hq"))
    job = (await stage.jobs())[-1]
    assert job.status_message_id is None
    await _let_time_pass(stage, job)

    await stage.progress(job.id, await stage.begin(job.id), 5, a_jpeg("pink"))
    await until(lambda: stage.telegram.chat(ANN)[-1].photo == a_jpeg("pink"))
    await stage.finish(job.id, 1, a_jpeg("gold"))

    assert stage.telegram.chat(ANN)[-1].photo == a_jpeg("gold")
    assert [shown.photo for shown in stage.telegram.chat(ANN)].count(a_jpeg("pink")) == 0


async def test_an_announcement_that_may_have_arrived_is_not_sent_again_and_the_result_comes(stage: Stage) -> None:
    stage.watch()
    _, instant = await an_instant(stage)
    stage.telegram.refuse("sendMessage", raises=TimedOut())
    await stage.press(ANN, instant.message_id, instant.data("hq"))
    job = (await stage.jobs())[-1]
    await _let_time_pass(stage, job)

    for step in (1, 2, 3):
        await stage.progress(job.id, 1 if step > 1 else await stage.begin(job.id), step, a_jpeg("pink"))
        await asyncio.sleep(0.08)
    before = len(stage.telegram.chat(ANN))
    await stage.finish(job.id, 1, a_jpeg("gold"))

    assert before == 3
    assert [shown.photo for shown in stage.telegram.chat(ANN)[2:]] == [None, a_jpeg("gold")]


async def _let_time_pass(stage: Stage, job: Job) -> None:
    """The job is no longer about to be announced."""
    async with stage.services.database.write() as session:
        await session.execute(update(Job).values(created_at=job.created_at - status.ANNOUNCE_WITHIN))


async def test_progress_goes_on_after_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    job_id, shown = await an_hq_job(stage)
    attempt = await stage.begin(job_id)
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        next_stage.watch()
        await next_stage.progress(job_id, attempt, 5, a_jpeg("pink"))
        await until(lambda: "50 %" in shown.words)

    assert len(telegram.chat(ANN)) == 2


async def test_a_timed_out_edit_is_let_be(stage: Stage) -> None:
    stage.watch()
    job_id, shown = await an_hq_job(stage)
    attempt = await stage.begin(job_id)
    stage.telegram.refuse("editMessageMedia", raises=TimedOut())

    await stage.progress(job_id, attempt, 5, a_jpeg("pink"))
    await until(lambda: "50 %" in shown.words)
    await stage.progress(job_id, attempt, 6, a_jpeg("pink"))

    await until(lambda: "60 %" in shown.words)


async def test_who_blocks_the_bot_meanwhile_is_left_in_peace(stage: Stage) -> None:
    stage.watch()
    job_id, _ = await an_hq_job(stage)
    attempt = await stage.begin(job_id)
    await until(lambda: "mixing" in stage.telegram.words(ANN)[-1])
    stage.telegram.refuse("editMessageMedia", "Forbidden: bot was blocked by the user", 403)

    for step in (1, 2, 3):
        await stage.progress(job_id, attempt, step, a_jpeg("pink"))
        await until(lambda: "editMessageMedia" in stage.telegram.methods())
        await asyncio.sleep(0.1)

    async with stage.services.database.read() as session:
        assert (await session.get_one(User, ANN)).blocked_at is not None
    assert stage.telegram.methods().count("editMessageMedia") == 1


@pytest.mark.parametrize(("step", "cells"), [(0, 0), (1, 1), (5, 6), (10, 12), (11, 12)])
def test_the_bar_grows(step: int, cells: int) -> None:
    assert status.bar(step, 10).count("▓") == cells
