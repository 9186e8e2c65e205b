"""What the buttons under an instant picture change: steps along its settings, never past their ends."""

from dataclasses import replace
from enum import StrEnum

from jobs.values import JobSpec

STRENGTHS = (0.3, 0.5, 0.75, 1.0, 1.25, 1.5)
STRENGTHS_OF_GENERATORS = tuple(strength for strength in STRENGTHS if strength <= 1.0)
BRUSHES = (0.5, 1.0, 2.0)


class Change(StrEnum):
    """A button's wish, as its data carries it."""

    SOFTER = "softer"
    STRONGER = "stronger"
    COLOURS = "colours"
    FINER = "finer"
    BROADER = "broader"


def vary(spec: JobSpec, change: Change, *, generator: bool = False) -> JobSpec | None:
    """The settings after that button; None where they are at their end already. A generator has fewer, and no brush."""
    if change is Change.COLOURS:
        return replace(spec, keep_colours="none" if keeps_colours(spec) else "luminance")
    if change in (Change.SOFTER, Change.STRONGER):
        steps = STRENGTHS_OF_GENERATORS if generator else STRENGTHS
        strength = _next(steps, spec.strength, up=change is Change.STRONGER)
        return replace(spec, strength=strength) if strength is not None else None
    brush = None if generator else _next(BRUSHES, spec.brush, up=change is Change.BROADER)
    return replace(spec, brush=brush) if brush is not None else None


def keeps_colours(spec: JobSpec) -> bool:
    """Whether the photo's own colours stay."""
    return spec.keep_colours != "none"


def _next(steps: tuple[float, ...], value: float, *, up: bool) -> float | None:
    """The nearest step beyond a value, which need not be a step itself."""
    if up:
        return min((step for step in steps if step > value), default=None)
    return max((step for step in steps if step < value), default=None)
