"""Files by random keys: whole or not at all, private, and never outside their folder."""

import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.blobs import LocalBlobs
from jobs.errors import BlobMissing, BlobsAway
from tests.conftest import TinyDisk


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


async def test_full_disk_is_named_and_leaves_nothing_and_later_there_is_room(
    tiny_disk: TinyDisk,
) -> None:
    blobs = LocalBlobs(tiny_disk.folder / "blobs")
    tiny_disk.fill()

    with pytest.raises(BlobsAway, match="No space left"):
        await blobs.put(b"picture", ".png")
    left = list((tiny_disk.folder / "blobs").iterdir())
    tiny_disk.make_room()

    assert left == []
    assert await blobs.get(await blobs.put(b"picture", ".png")) == b"picture"


async def test_disk_that_fills_up_half_way_keeps_nothing_of_the_picture(tiny_disk: TinyDisk) -> None:
    blobs = LocalBlobs(tiny_disk.folder / "blobs")

    with pytest.raises(BlobsAway):
        await blobs.put(bytes(9_000_000), ".png")

    assert list((tiny_disk.folder / "blobs").iterdir()) == []


async def test_folder_that_somebody_removed_is_made_anew(blobs: LocalBlobs, tmp_path: Path) -> None:
    lost = await blobs.put(b"lost", ".png")
    shutil.rmtree(tmp_path / "blobs")

    with pytest.raises(BlobMissing):
        await blobs.get(lost)
    swept = await blobs.sweep(set(), datetime.now(UTC))
    kept = await blobs.put(b"kept", ".png")

    assert swept == 0
    assert await blobs.get(kept) == b"kept"
    assert mode(tmp_path / "blobs") == 0o700


async def test_folder_that_cannot_be_had_is_named(blobs: LocalBlobs, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "blobs")
    (tmp_path / "blobs").touch()

    with pytest.raises(BlobsAway):
        await blobs.put(b"picture", ".png")
    with pytest.raises(BlobsAway):
        await blobs.get("0" * 32 + ".png")


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
