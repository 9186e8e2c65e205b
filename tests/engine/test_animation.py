"""Animations read back: shape, length, order, and the limit that chats set."""

import itertools
from io import BytesIO

import av
import pytest
from PIL import Image

from engine import InvalidRequest
from engine.animation import KINDS, LAST_S, MAX_FRAMES, TimeLapse, animate
from tests.conftest import photo_of


def colours(count: int, size: tuple[int, int] = (63, 41)) -> list[Image.Image]:
    """From red to blue."""
    return [Image.new("RGB", size, (255 - 250 * index // count, 20, 250 * index // count)) for index in range(count)]


def read_mp4(data: bytes) -> tuple[list[Image.Image], float]:
    """Its frames and its seconds."""
    with av.open(BytesIO(data), "r") as file:
        frames = [frame.to_image() for frame in file.decode(video=0)]
        return frames, (file.duration or 0) / 1_000_000


def test_an_mp4_has_even_sides_and_true_colours_and_holds_its_ends() -> None:
    frames, seconds = read_mp4(animate(colours(6), ".mp4"))

    assert frames[0].size == (62, 40)
    assert frames[0].getpixel((30, 20)) == pytest.approx((255, 20, 0), abs=12)
    assert frames[-1].getpixel((30, 20)) == pytest.approx((47, 20, 208), abs=12)
    assert seconds == pytest.approx(1.0 + 4 / 12 + LAST_S, abs=0.01)
    assert len(frames) == 6 + 1  # players leave out a last picture's length: it comes twice


def test_an_mp4_begins_with_its_index() -> None:
    data = animate(colours(3), ".MP4")

    assert 0 < data.find(b"moov") < data.find(b"mdat")


@pytest.mark.parametrize("kind", [".gif", ".webp"])
def test_a_gif_and_a_webp_repeat_and_hold_their_last_picture(kind: str) -> None:
    with Image.open(BytesIO(animate(colours(5), kind))) as made:
        made.seek(made.n_frames - 1)  # type: ignore[attr-defined]
        made.load()

        assert made.n_frames == 5  # type: ignore[attr-defined]
        assert made.size == (63, 41)
        assert made.info["loop"] == 0
        assert made.info["duration"] == 2000


@pytest.mark.parametrize("kind", KINDS)
def test_an_animation_keeps_below_its_limit(kind: str) -> None:
    photo = photo_of("coffee", 128)
    frames = [photo, photo.rotate(90), photo.rotate(180)]
    free = len(animate(frames, kind))

    made = animate(frames, kind, max_bytes=free // 3)

    assert len(made) <= free // 3


def test_a_limit_that_nothing_meets_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="no animation of 2 pictures fits into 10 bytes"):
        animate(colours(2), ".gif", max_bytes=10)


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"one of \.mp4, \.gif, \.webp"):
        animate(colours(2), ".avi")


def test_frames_of_other_sizes_take_the_last_one_s_shape() -> None:
    with Image.open(BytesIO(animate([*colours(2, (20, 14)), *colours(1, (100, 70))], ".gif"))) as made:
        assert made.size == (100, 70)


def test_a_time_lapse_of_a_thousand_previews_stays_short_and_even() -> None:
    lapse = TimeLapse()
    for level in range(1000):
        lapse.add(Image.new("RGB", (4, 4), (level // 4, 0, 0)))

    frames = lapse.frames(Image.new("RGB", (4, 4), "black"))

    reds = [frame.getpixel((0, 0))[0] for frame in frames[:-1]]  # type: ignore[index]
    assert MAX_FRAMES // 2 < len(reds) <= MAX_FRAMES
    assert reds == sorted(reds)
    assert max(after - before for before, after in itertools.pairwise(reds)) <= 5
    assert frames[-1].getpixel((0, 0)) == (0, 0, 0)
