"""A Bot API server of the operator's own, which names files by their paths on our disk."""

from pathlib import Path
from typing import Any

import pytest

from tests.bot.conftest import ANN, Stage, a_jpeg, a_stage
from tests.bot.telegram import RecordingRequest, a_photo_size

LOCAL: dict[str, Any] = {"api_url": "http://127.0.0.1:8081", "local_files": True, "max_file_bytes": 50_000}


@pytest.fixture
def path(tmp_path: Path, telegram: RecordingRequest) -> Path:
    """Where the server has put the photo that somebody sent."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(a_jpeg())
    telegram.paths["local"] = str(path)
    return path


async def test_the_file_is_read_from_the_disk(stage: Stage, telegram: RecordingRequest, path: Path) -> None:
    async with a_stage(stage.services, telegram, **LOCAL) as local:
        await local.message(ANN, photo=[a_photo_size("local")])

    assert await stage.content(ANN) is not None


async def test_nobody_elses_word_makes_the_bot_read_its_own_disk(
    stage: Stage, telegram: RecordingRequest, path: Path
) -> None:
    async with a_stage(stage.services, telegram, **(LOCAL | {"local_files": False})) as cautious:
        await cautious.message(ANN, photo=[a_photo_size("local")])

    assert await stage.content(ANN) is None
    assert "could not fetch" in telegram.words(ANN)[0]


async def test_a_file_larger_than_it_said_is_turned_down(stage: Stage, telegram: RecordingRequest, path: Path) -> None:
    limit = {"max_file_bytes": len(a_jpeg()) - 1}

    async with a_stage(stage.services, telegram, **(LOCAL | limit)) as local:
        await local.message(ANN, photo=[a_photo_size("local")])

    assert "too large for me to fetch" in telegram.words(ANN)[0]


async def test_a_larger_file_than_telegrams_is_taken(stage: Stage, telegram: RecordingRequest) -> None:
    async with a_stage(stage.services, telegram, **(LOCAL | {"max_file_bytes": 30_000_000})) as local:
        await local.document(ANN, a_jpeg(), "cat.jpg", "image/jpeg", file_size=25_000_000)

    assert await stage.content(ANN) is not None
