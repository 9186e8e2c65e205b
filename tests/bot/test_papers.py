"""Sheets of paper."""

import pytest

from bot.papers import PAPERS, Paper, find_paper, printed_cm
from jobs.values import JobSpec


@pytest.mark.parametrize(
    ("key", "size", "longest_side_px"),
    [
        ("a4", (210, 297), 1754),
        ("a3", (297, 420), 2480),
        ("a2", (420, 594), 3508),
        ("a4-fine", (297, 210), 3508),
        ("a4", (500, 500), 1240),
        ("a4", (2000, 100), 1754),
    ],
    ids=["A4", "A3", "A2", "A4 lying, 300 dpi", "a square", "a strip"],
)
def test_a_picture_is_as_large_as_it_fits_onto_the_sheet(key: str, size: tuple[int, int], longest_side_px: int) -> None:
    paper = find_paper(key)

    assert paper is not None
    assert paper.longest_side_px(*size) == longest_side_px


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.key)
def test_every_sheet_can_be_painted_and_measures_what_it_says(paper: Paper) -> None:
    spec = JobSpec(method="poster", longest_side_px=paper.longest_side_px(210, 297), dpi=paper.dpi)

    assert printed_cm(spec.longest_side_px, paper.dpi) == round(paper.long_mm / 10)


def test_unknown_paper_is_none() -> None:
    assert find_paper("a0") is None
