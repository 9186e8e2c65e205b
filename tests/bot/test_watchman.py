"""Admins hear once that trouble began, and once that it is over."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import update
from telegram.error import Conflict

from bot import alarms
from bot.admin.watchman import CALM_ROUNDS, Watchman
from jobs.health import Bounds, Health
from jobs.values import JobFailure
from models.states import JobState
from models.tables import Job
from tests.bot.conftest import ADMIN, ANN, Stage, until
from tests.bot.test_alarms import RIVAL


class Usage(NamedTuple):
    free: int


def a_watchman(stage: Stage, folder: Path | None = None, **bounds: float) -> Watchman:
    health = Health(stage.services.database, folder, Bounds(**bounds))  # type: ignore[arg-type]
    return Watchman(health, stage.parts.alarms, stage.services.database)


async def a_job(stage: Stage) -> int:
    for _ in range(2):
        await stage.photo(ANN)
    return (await stage.jobs())[-1].id


async def test_a_full_disk_is_told_once_and_its_end_once(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchman, free = a_watchman(stage, tmp_path), [1]
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(free[0] * 1_000_000))

    for _ in range(3):
        await watchman.look()
    free[0] = 50_000
    for _ in range(CALM_ROUNDS + 2):
        await watchman.look()

    told = stage.telegram.words(ADMIN)
    assert ["1 MB are left" in words for words in told] == [True, False]
    assert "room on the disk again" in told[1]


async def test_a_restart_tells_nothing_twice(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(0))
    await a_watchman(stage, tmp_path).look()

    await a_watchman(stage, tmp_path).look()

    assert len(stage.telegram.chat(ADMIN)) == 1


async def test_trouble_that_comes_and_goes_is_told_once(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchman, free = a_watchman(stage, tmp_path), [0]
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(free[0]))

    for free[0] in (0, 10**12, 0, 10**12, 0):
        await watchman.look()

    assert len(stage.telegram.chat(ADMIN)) == 1


async def test_a_worker_that_fell_silent_is_told(stage: Stage) -> None:
    await stage.begin(await a_job(stage))
    await stage.services.desk.recover_at_start()

    await a_watchman(stage).look()

    assert "1 of its pictures" in stage.telegram.words(ADMIN)[-1]


async def test_painters_that_die_are_told(stage: Stage) -> None:
    job_id = await a_job(stage)
    for _ in range(3):
        await stage.services.desk.record_death(job_id, await stage.begin(job_id), "died")

    await a_watchman(stage).look()

    assert "lost 3 times" in stage.telegram.words(ADMIN)[-1]


async def test_many_failures_are_told(stage: Stage) -> None:
    for _ in range(2):
        job_id = await a_job(stage)
        await stage.finish(job_id, await stage.begin(job_id), state=JobState.FAILED, error=JobFailure.ENGINE_FAILED)

    await a_watchman(stage, failed=2).look()

    assert "2 pictures failed" in stage.telegram.words(ADMIN)[-1]
    assert "100 %" in stage.telegram.words(ADMIN)[-1]


async def test_a_long_wait_is_told(stage: Stage) -> None:
    job_id = await a_job(stage)
    async with stage.services.database.write() as session:
        long_ago = datetime.now(UTC) - timedelta(minutes=45)
        await session.execute(update(Job).where(Job.id == job_id).values(created_at=long_ago))

    await a_watchman(stage).look()

    assert "for 45 minutes" in stage.telegram.words(ADMIN)[-1]


async def test_nothing_is_told_where_all_is_well(stage: Stage, tmp_path: Path) -> None:
    await stage.paint(await a_job(stage))

    await a_watchman(stage, tmp_path, free_mb=0).look()

    assert stage.telegram.chat(ADMIN) == []


async def test_who_wants_no_alerts_gets_none(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(0))
    await stage.text(ADMIN, "/admin")
    [shown] = stage.telegram.chat(ADMIN)

    await stage.press(ADMIN, shown.message_id, shown.data("admin-alerts"))
    await a_watchman(stage, tmp_path).look()

    assert "🔔 Alerts on" in shown.buttons()
    assert len(stage.telegram.chat(ADMIN)) == 1


async def test_the_end_of_a_rival_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "CALM_S", 0.2)
    monkeypatch.setattr(alarms, "IDLE_S", 0.02)
    stage.watch()

    stage.parts.alarms.hear_polling_error(Conflict(RIVAL))
    await until(lambda: len(stage.telegram.chat(ADMIN)) == 2)
    await asyncio.sleep(0)

    assert "Nobody else fetches" in stage.telegram.words(ADMIN)[-1]
