"""Films a painting beside its steps, which are not to wait for it."""

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from PIL import Image

from engine import Progress
from engine.animation import FIRST_S, FRAME_S, LAST_S, MAX_FRAMES, Mp4
from engine.scales import fit

# Fewer pictures than these would be over before anybody looks.
FEWEST_FILMED = 8
FILM_SIDE_PX = 512


class Camera:
    """A thread encodes what the steps show; leaving the context ends it, whatever became of the painting."""

    def __init__(self, photo: Image.Image, longest_side_px: int) -> None:
        """photo: what the film begins with; longest_side_px: of the painting"""
        self._encoder = ThreadPoolExecutor(1, "camera")
        self._film = self._encoder.submit(Mp4, fit(photo.size, min(longest_side_px, FILM_SIDE_PX)))
        self._taken = [self._add(photo, FIRST_S)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._encoder.shutdown(cancel_futures=True)

    def take(self, progress: Progress) -> None:
        """The picture after a step; of many steps some are left out, evenly."""
        if progress.preview is not None and _is_filmed(progress.step, progress.steps):
            self._taken.append(self._add(progress.preview, FRAME_S))

    def film(self, last: Image.Image) -> bytes | None:
        """All that was taken, up to the finished picture; None where that is hardly anything. Raises any error."""
        if len(self._taken) <= FEWEST_FILMED:
            return None
        for added in (*self._taken, self._add(last, LAST_S)):
            added.result()
        return self._film.result().finish()

    def _add(self, picture: Image.Image, held_s: float) -> Future[None]:
        def add() -> None:
            self._film.result().add(picture, held_s)

        return self._encoder.submit(add)


def _is_filmed(step: int, steps: int) -> bool:
    def filmed_until(step: int) -> int:
        return step * MAX_FRAMES // max(steps, MAX_FRAMES)

    return filmed_until(step) > filmed_until(step - 1)
