"""How the loss fell, as a picture: one line for the total and one for each part, drawn with Pillow."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from engine import Progress

WIDTH_PX, HEIGHT_PX = 1200, 720
LEFT, TOP, RIGHT, BOTTOM = 100, 70, 1170, 640
INK, PALE, PAPER = (40, 40, 48), (222, 222, 228), "white"
# Told apart in grey too, and by eyes that know no red.
COLOURS = {"total": (30, 30, 36), "style": (213, 94, 0), "content": (0, 114, 178), "tv": (0, 158, 115)}
OTHERS = ((204, 121, 167), (230, 159, 0))
# What is smaller than this part of the largest value lies on the floor: at weight 0 a part has no logarithm.
FLOOR = 1e-6


@dataclass(frozen=True)
class Reading:
    """The losses that were read at one step."""

    step: int
    stage: str
    losses: dict[str, float]

    @classmethod
    def of(cls, progress: Progress) -> "Reading | None":
        """None where nothing was read."""
        if progress.loss is None:
            return None
        return cls(progress.step, progress.stage, {"total": progress.loss, **progress.losses})


def draw_curve(readings: Sequence[Reading]) -> Image.Image:
    """A logarithmic scale upwards; each scale of the painting begins with a line of its own."""
    picture = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), PAPER)
    chart = _Chart(ImageDraw.Draw(picture), readings)
    chart.draw_grid()
    chart.draw_stages()
    for name, colour in chart.colours.items():
        chart.draw_line(name, colour)
    chart.draw_legend()
    return picture


class _Chart:
    def __init__(self, draw: ImageDraw.ImageDraw, readings: Sequence[Reading]) -> None:
        self._draw, self._readings = draw, readings
        self._font = ImageFont.load_default(20)
        names = {name: None for reading in readings for name in reading.losses}
        others = iter(OTHERS * len(names))
        self.colours = {name: COLOURS.get(name) or next(others) for name in names}
        values = [value for reading in readings for value in reading.losses.values() if value > 0]
        top = max(values, default=1.0)
        bottom = max(min(values, default=0.1), top * FLOOR)
        # Half a step of air above and below.
        self._high, self._low = math.log10(top) + 0.1, math.log10(bottom) - 0.1
        self._steps = max((reading.step for reading in readings), default=1)

    def draw_grid(self) -> None:
        """Lines across at 1, 2, 5 of each power of ten, as long as they do not crowd; steps along the foot."""
        for value in self._ticks():
            y = self._y(value)
            self._draw.line((LEFT, y, RIGHT, y), PALE)
            self._draw.text((LEFT - 12, y), f"{value:.4g}", INK, self._font, anchor="rm")
        self._draw.line((LEFT, TOP, LEFT, BOTTOM, RIGHT, BOTTOM), INK, 2)
        for step in range(0, self._steps + 1, _round_part(self._steps)):
            x = self._x(step)
            self._draw.line((x, BOTTOM, x, BOTTOM + 8), INK, 2)
            self._draw.text((x, BOTTOM + 14), str(step), INK, self._font, anchor="ma")
        self._draw.text(((LEFT + RIGHT) / 2, HEIGHT_PX - 30), "steps", INK, self._font, anchor="ma")

    def _ticks(self) -> Iterator[float]:
        marks = (1, 2, 5) if self._high - self._low < 4 else (1,)
        for power in range(math.floor(self._low), math.ceil(self._high) + 1):
            yield from (mark * 10.0**power for mark in marks if self._low <= math.log10(mark) + power <= self._high)

    def draw_stages(self) -> None:
        """Where a scale ends stands a dashed line, and its name in the middle of what it took."""
        began = 0
        for index, reading in enumerate(self._readings):
            is_last = index + 1 == len(self._readings)
            if not is_last and self._readings[index + 1].stage == reading.stage:
                continue
            middle = (self._x(began) + self._x(reading.step)) / 2
            self._draw.text((middle, TOP - 8), reading.stage, INK, self._font, anchor="ms")
            began = reading.step
            if not is_last:
                for y in range(TOP, BOTTOM, 12):
                    self._draw.line((self._x(began), y, self._x(began), y + 5), (150, 150, 160), 2)

    def draw_line(self, name: str, colour: tuple[int, int, int]) -> None:
        """A dot for each reading, joined within a scale: from one to the next the loss jumps."""
        width = 4 if name == "total" else 3
        last: tuple[str, tuple[float, float]] | None = None
        for reading in self._readings:
            if name not in reading.losses:
                continue
            at = self._x(reading.step), self._y(reading.losses[name])
            if last is not None and last[0] == reading.stage:
                self._draw.line((*last[1], *at), colour, width)
            self._draw.ellipse((at[0] - 5, at[1] - 5, at[0] + 5, at[1] + 5), colour)
            last = reading.stage, at

    def draw_legend(self) -> None:
        x = LEFT
        for name, colour in self.colours.items():
            self._draw.line((x, 22, x + 36, 22), colour, 5)
            self._draw.text((x + 46, 22), name, INK, self._font, anchor="lm")
            x += 80 + int(self._font.getlength(name))

    def _x(self, step: int) -> float:
        return LEFT + (RIGHT - LEFT) * step / self._steps

    def _y(self, value: float) -> float:
        part = (math.log10(max(value, 10.0**self._low)) - self._low) / (self._high - self._low)
        return BOTTOM - (BOTTOM - TOP) * part


def _round_part(steps: int) -> int:
    """About a tenth, as 1, 2 or 5 times a power of ten."""
    rough = max(1, steps / 10)
    power = 10 ** math.floor(math.log10(rough))
    return int(next(mark * power for mark in (1, 2, 5, 10) if mark * power >= rough))
