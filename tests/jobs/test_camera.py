"""The film of a painting, without a painting: what is taken, and that nothing is left behind."""

import threading

import pytest
from PIL import Image

from engine import Progress
from engine.animation import MAX_BYTES, MAX_FRAMES
from jobs.camera import FEWEST_FILMED, Camera
from tests.engine.test_animation import read_mp4

WHITE, BLACK = Image.new("RGB", (64, 48), "white"), Image.new("RGB", (64, 48), "black")


def after(step: int, steps: int, preview: Image.Image | None = None) -> Progress:
    level = 255 * step // steps
    return Progress(
        step=step, steps=steps, stage="64 px", preview=preview or Image.new("RGB", (64, 48), (level, 20, 20))
    )


def test_many_steps_are_left_out_evenly() -> None:
    steps = 5 * MAX_FRAMES + 7

    with Camera(WHITE, 64) as camera:
        for step in range(1, steps + 1):
            camera.take(after(step, steps))
        film = camera.film(BLACK)

    frames, _ = read_mp4(film or b"")
    reds = [frame.getpixel((30, 20))[0] for frame in frames[1:-2]]  # type: ignore[index]
    assert len(reds) == MAX_FRAMES
    assert max(abs(red - 255 * place / MAX_FRAMES) for place, red in enumerate(reds)) < 12


def test_steps_without_a_picture_and_a_short_painting_make_no_film() -> None:
    with Camera(WHITE, 64) as camera:
        for step in range(1, FEWEST_FILMED):
            camera.take(after(step, 20))
        camera.take(Progress(step=FEWEST_FILMED, steps=20, stage="64 px"))

        assert camera.film(BLACK) is None


def test_a_film_of_noise_keeps_below_what_chats_take() -> None:
    noise = Image.effect_noise((384, 384), 200).convert("RGB")

    with Camera(noise, 384) as camera:
        for step in range(1, MAX_FRAMES + 1):
            camera.take(after(step, MAX_FRAMES, noise.rotate(90 * step)))
        film = camera.film(noise)

    assert MAX_BYTES / 4 < len(film or b"") < MAX_BYTES


@pytest.mark.parametrize("error", [None, ZeroDivisionError])
def test_no_thread_is_left_behind(error: type[Exception] | None) -> None:
    before = set(threading.enumerate())

    with pytest.raises(error) if error else Camera(WHITE, 64), Camera(WHITE, 64) as camera:
        camera.take(after(1, 10))
        if error:
            raise error

    assert set(threading.enumerate()) == before
