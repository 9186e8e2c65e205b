"""The real decoder child: limits, replacement, and what hostile answers come to."""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from jobs import faults
from jobs.children import Child
from jobs.confinement import NOBODY
from jobs.decoder import REASONS, Decoder, _read_answer
from jobs.errors import BadPicture, ProtocolError
from jobs.frames import Frame
from tests.jobs.confined_child import ATTEMPTS
from tests.jobs.pictures import encoded, quarters
from tests.jobs.test_decoding import BAD, GOOD, KINDS, damaged

PHOTO = encoded(quarters(), "JPEG")


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    """A decoder whose child is warm."""
    decoder = Decoder()
    await decoder.start()
    yield decoder
    await decoder.close()


@pytest.fixture
def treasure() -> Iterator[Path]:
    """A file that everybody may read, write and delete, and the child's own: not under tmp_path, which is only ours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "treasure"
        path.write_text("gold")
        path.chmod(0o666)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        path.parent.chmod(0o777)
        yield path


def pid_of(decoder: Decoder) -> int:
    return decoder._idle[-1].pid


def process_folder(pid: int) -> Path:
    return Path(f"/proc/{pid}")


async def test_bad_pictures_one_after_another_and_then_a_good_one(decoder: Decoder) -> None:
    reasons = []
    for data, _ in BAD.values():
        started = time.monotonic()
        with pytest.raises(BadPicture) as caught:
            await decoder.inspect(data)
        reasons.append((caught.value.reason, time.monotonic() - started < 2))
    picture = await decoder.inspect(PHOTO)

    assert reasons == [(reason, True) for _, reason in BAD.values()]
    assert (picture.width_px, picture.height_px, picture.animated) == (128, 96, False)


async def test_every_kind_that_is_taken_passes_the_child(decoder: Decoder) -> None:
    first = pid_of(decoder)

    pictures = {name: await decoder.inspect(data) for name, data in GOOD.items()}

    sizes = {(picture.width_px, picture.height_px) for picture in pictures.values()}
    assert sizes == {(128, 96)}
    assert pid_of(decoder) == first


async def test_damaged_files_give_a_picture_or_a_reason_and_never_cost_the_next_one(decoder: Decoder) -> None:
    chance = random.Random(7)
    outcomes: list[str] = []
    for kind in KINDS:
        for _ in range(20):
            try:
                await decoder.inspect(damaged(GOOD[kind], chance))
            except BadPicture as error:
                outcomes.append(error.reason)
            else:
                outcomes.append("picture")

    assert set(outcomes) <= REASONS | {"picture"}
    assert outcomes.count("broken") > 20
    assert (await decoder.inspect(PHOTO)).width_px == 128


async def test_too_many_bytes_are_turned_down_without_looking(decoder: Decoder) -> None:
    with pytest.raises(BadPicture) as caught:
        await decoder.inspect(bytes(20 * 1024 * 1024 + 1))

    assert caught.value.reason == "too-large"


async def test_pictures_side_by_side_all_get_their_own_answer(decoder: Decoder) -> None:
    sizes = [(64 + number, 80) for number in range(8)]

    pictures = await asyncio.gather(*(decoder.inspect(encoded(quarters(*size), "PNG")) for size in sizes))

    assert [(picture.width_px, picture.height_px) for picture in pictures] == sizes


async def test_killed_child_is_replaced(decoder: Decoder) -> None:
    first = pid_of(decoder)
    os.kill(first, signal.SIGKILL)

    picture = await decoder.inspect(PHOTO)

    assert picture.width_px == 128
    assert pid_of(decoder) != first


async def test_child_that_takes_too_long_is_replaced(decoder: Decoder) -> None:
    first = pid_of(decoder)
    os.kill(first, signal.SIGSTOP)
    decoder._max_wall_s = 0.2

    with pytest.raises(BadPicture) as caught:
        await decoder.inspect(PHOTO)
    decoder._max_wall_s = 5
    picture = await decoder.inspect(PHOTO)

    assert caught.value.reason == "too-slow"
    assert picture.width_px == 128
    assert not process_folder(first).exists()


async def test_picture_that_takes_long_holds_up_no_other(decoder: Decoder) -> None:
    decoder._max_wall_s = 60
    first = pid_of(decoder)
    os.kill(first, signal.SIGSTOP)
    slow = asyncio.create_task(decoder.inspect(PHOTO))
    await asyncio.sleep(0)

    picture = await decoder.inspect(encoded(quarters(64, 80), "PNG"))

    assert (picture.width_px, picture.height_px) == (64, 80)
    assert not slow.done()
    os.kill(first, signal.SIGCONT)
    assert (await slow).width_px == 128


async def test_child_that_dies_while_it_starts_is_started_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = tmp_path / "decoder_loaded"
    order.write_text("SIGKILL")
    monkeypatch.setenv(faults.VARIABLE, str(tmp_path))
    decoder = Decoder()

    await decoder.start()

    assert not order.exists()
    assert (await decoder.inspect(PHOTO)).width_px == 128
    await decoder.close()


async def test_cancelled_inspection_leaves_no_answer_for_the_next_one(decoder: Decoder) -> None:
    task = asyncio.create_task(decoder.inspect(encoded(quarters(1000, 1000), "PNG")))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])

    picture = await decoder.inspect(PHOTO)

    assert (picture.width_px, picture.height_px) == (128, 96)


async def test_kernel_holds_the_child_to_its_limits(decoder: Decoder) -> None:
    await decoder.inspect(PHOTO)

    limits = (process_folder(pid_of(decoder)) / "limits").read_text()

    rows = {line[:25].strip(): line[25:].split()[0] for line in limits.splitlines()}
    assert rows["Max address space"] == str(1024**3)
    assert rows["Max file size"] == "0"
    assert rows["Max open files"] == "0"
    assert 10 <= int(rows["Max cpu time"]) <= 12


async def test_largest_picture_that_is_taken_fits_into_the_limits(decoder: Decoder) -> None:
    decoder._max_wall_s = 60  # what the machine does besides is no part of this

    picture = await decoder.inspect(encoded(quarters(8000, 6250), "JPEG", quality=60))

    assert (picture.width_px, picture.height_px) == (4096, 3200)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("HEIF", {"enc_params": {"preset": "ultrafast"}}), ("AVIF", {"speed": 10})],
    ids=["HEIC", "AVIF"],
)
async def test_telephones_photo_of_twelve_megapixels_fits_into_the_limits(
    decoder: Decoder, kind: str, options: dict[str, Any]
) -> None:
    decoder._max_wall_s = 60

    picture = await decoder.inspect(encoded(Image.new("RGB", (4032, 3024), "teal"), kind, **options))

    assert (picture.width_px, picture.height_px) == (4032, 3024)


@pytest.mark.skipif(
    sys.platform != "linux", reason="Landlock and seccomp are Linux's: elsewhere the child is not confined"
)
async def test_child_that_is_taken_over_can_open_change_start_and_connect_nothing(treasure: Path) -> None:
    child = await Child.spawn("tests.jobs.confined_child", str(treasure))

    attempts = (await child.receive()).body
    await child.close(1)

    assert attempts == dict.fromkeys(ATTEMPTS, "refused")
    assert await asyncio.to_thread(treasure.read_text) == "gold"


@pytest.mark.parametrize(
    "frame",
    [
        Frame(body={}),
        Frame(body={"bad": "<b>my own words</b>"}),
        Frame(body={"width_px": "1", "height_px": 1, "animated": False}, attachments=(b"",)),
        Frame(body={"width_px": 1, "height_px": 1, "animated": False}),
        Frame(body={"width_px": 1, "height_px": 1, "animated": False}, attachments=(b"", b"")),
    ],
    ids=["empty", "invented reason", "text for a number", "no picture", "two pictures"],
)
def test_answers_of_a_child_that_is_no_longer_ours_are_refused(frame: Frame) -> None:
    with pytest.raises(ProtocolError):
        _read_answer(frame)
