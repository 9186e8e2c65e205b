"""Steps along the settings of an instant picture."""

import pytest

from bot.variations import BRUSHES, STRENGTHS, Change, vary
from jobs.values import JobSpec

PLAIN = JobSpec(method="instant")


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        (Change.STRONGER, "strength", 1.25),
        (Change.SOFTER, "strength", 0.75),
        (Change.FINER, "brush", 0.5),
        (Change.BROADER, "brush", 2.0),
        (Change.COLOURS, "keep_colours", "luminance"),
    ],
)
def test_a_button_changes_one_setting_by_one_step(change: Change, field: str, value: object) -> None:
    varied = vary(PLAIN, change)

    assert varied is not None
    assert varied == JobSpec(**(PLAIN.to_json() | {field: value}))


@pytest.mark.parametrize(
    ("there", "back", "steps"),
    [(Change.STRONGER, Change.SOFTER, STRENGTHS), (Change.BROADER, Change.FINER, BRUSHES)],
    ids=["strength", "brush"],
)
def test_steps_lead_to_each_end_and_no_further(there: Change, back: Change, steps: tuple[float, ...]) -> None:
    for change in (there, back):
        spec: JobSpec | None = PLAIN
        seen = []
        while spec is not None:
            seen.append(spec.strength if there is Change.STRONGER else spec.brush)
            spec = vary(spec, change)

        assert seen[-1] == (max(steps) if change is there else min(steps))


def test_a_generator_has_no_brush_and_no_strength_beyond_one() -> None:
    possible = {change for change in Change if vary(PLAIN, change, generator=True) is not None}

    assert possible == {Change.SOFTER, Change.COLOURS}


def test_colours_go_back_and_forth() -> None:
    kept = vary(PLAIN, Change.COLOURS)

    assert kept is not None
    assert vary(kept, Change.COLOURS) == PLAIN


def test_between_two_steps_the_next_one_is_taken() -> None:
    varied = vary(JobSpec(method="instant", strength=0.9), Change.STRONGER)

    assert varied is not None
    assert varied.strength == 1.0
