"""Files by random keys: whole or not at all, private, and never outside their folder."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.blobs import LocalBlobs
from jobs.errors import BlobMissing


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    """An empty folder."""
    return LocalBlobs(tmp_path / "blobs")


def names(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "blobs").iterdir()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_bytes_come_back_until_they_are_deleted(blobs: LocalBlobs) -> None:
    key = await blobs.put(b"picture", ".png")
    kept = await blobs.get(key)

    await blobs.delete(key)
    await blobs.delete(key)

    assert kept == b"picture"
    with pytest.raises(BlobMissing):
        await blobs.get(key)


async def test_folder_and_files_are_private(blobs: LocalBlobs, tmp_path: Path) -> None:
    key = await blobs.put(b"picture", ".png")

    assert mode(tmp_path / "blobs") == 0o700
    assert mode(tmp_path / "blobs" / key) == 0o600


@pytest.mark.parametrize(
    "key",
    [
        "../secret.png",
        "/etc/passwd",
        "a/../../secret.png",
        "..",
        "",
        "0" * 32 + ".png/../x",
        "0" * 32 + ".png\n",
        "0" * 32 + "\x00.png",
        "G" * 32 + ".png",
    ],
    ids=repr,
)
async def test_key_that_is_none_of_ours_leads_nowhere(blobs: LocalBlobs, tmp_path: Path, key: str) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")

    with pytest.raises(BlobMissing):
        await blobs.get(key)
    with pytest.raises(BlobMissing):
        await blobs.delete(key)

    assert secret.exists()


@pytest.mark.parametrize("suffix", ["", "png", "./../x", ".PNG", ".png/", ".toolongsuffix", "."], ids=repr)
async def test_suffix_that_is_none_is_refused(blobs: LocalBlobs, tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ValueError, match="not a suffix"):
        await blobs.put(b"picture", suffix)

    assert names(tmp_path) == set()


async def test_failed_write_leaves_nothing(blobs: LocalBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)

    with pytest.raises(OSError, match="No space"):
        await blobs.put(b"picture", ".png")

    assert names(tmp_path) == set()


async def test_sweep_takes_old_unknown_and_half_written_files_only(blobs: LocalBlobs, tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    known, orphan, young = [await blobs.put(b"x", ".png") for _ in range(3)]
    half = "f" * 32 + ".png.part"
    for foreign in (half, "README"):
        (folder / foreign).write_bytes(b"x")
    for name in names(tmp_path) - {young}:
        os.utime(folder / name, (0, 0))

    gone = await blobs.sweep({known}, datetime.now(UTC) - timedelta(hours=1))

    assert gone == 2
    assert names(tmp_path) == {known, young, "README"}
    assert orphan not in names(tmp_path)
