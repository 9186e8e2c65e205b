"""The real decoder child: limits, replacement, and what hostile answers come to."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobs.decoder import Decoder, _read_answer
from jobs.errors import BadPicture, ProtocolError
from jobs.frames import Frame
from tests.jobs.pictures import encoded, quarters
from tests.jobs.test_decoding import BAD

PHOTO = encoded(quarters(), "JPEG")


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    """A decoder whose child is warm."""
    decoder = Decoder()
    await decoder.start()
    yield decoder
    await decoder.close()


def pid_of(decoder: Decoder) -> int:
    assert decoder._child is not None
    return decoder._child.pid


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
    assert 10 <= int(rows["Max cpu time"]) <= 12


async def test_largest_picture_that_is_taken_fits_into_the_limits(decoder: Decoder) -> None:
    picture = await decoder.inspect(encoded(quarters(8000, 6250), "JPEG", quality=60))

    assert (picture.width_px, picture.height_px) == (4096, 3200)


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
