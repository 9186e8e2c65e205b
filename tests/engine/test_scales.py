"""The ladder of sizes: exact longest sides, true proportions, no step lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request import MAX_SIDE_PX, MAX_STEPS, MIN_SIDE_PX
from engine.scales import COARSEST_PX, RATIO, Scale, fit, ladder, sides, top_of_ladder

some_sides = st.integers(MIN_SIDE_PX, MAX_SIDE_PX)


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ((640, 480), 512, (512, 384)),
        ((480, 640), 512, (384, 512)),
        ((333, 333), 64, (64, 64)),
        ((1001, 667), 255, (255, 170)),
        ((10, 3), 1000, (1000, 300)),
        ((5000, 2), 64, (64, 1)),
    ],
    ids=["landscape", "portrait", "square", "odd", "enlarged", "strip"],
)
def test_fit_keeps_the_shape(size: tuple[int, int], longest: int, expected: tuple[int, int]) -> None:
    assert fit(size, longest) == expected


@given(width=st.integers(1, 9000), height=st.integers(1, 9000), longest=some_sides)
def test_fit_is_exact_in_the_longest_side_and_to_half_a_pixel_in_the_other(
    width: int, height: int, longest: int
) -> None:
    fitted = fit((width, height), longest)

    assert max(fitted) == longest
    assert min(fitted) == max(1, round(min(width, height) * longest / max(width, height)))
    assert (fitted[0] >= fitted[1]) == (width >= height) or fitted[0] == fitted[1]


@pytest.mark.parametrize(
    ("longest", "expected"),
    [(64, (64,)), (128, (128,)), (181, (181,)), (256, (128, 181, 256)), (512, (128, 181, 256, 362, 512))],
)
def test_sides_climb_by_the_root_of_two(longest: int, expected: tuple[int, ...]) -> None:
    assert sides(longest) == expected


@given(longest=some_sides)
def test_sides_end_at_the_size_asked_for_and_start_at_the_coarsest(longest: int) -> None:
    found = sides(longest)

    assert found[-1] == longest
    assert list(found) == sorted(set(found))
    assert len(found) == 1 or COARSEST_PX <= found[0] < COARSEST_PX * RATIO * 1.01


def test_ladder_gives_each_scale_its_share() -> None:
    assert ladder(256, (120, 80, 60)) == (Scale(128, 120), Scale(181, 80), Scale(256, 60))


def test_scales_beyond_the_shares_get_the_last_of_them() -> None:
    assert [scale.steps for scale in ladder(512, (30, 20))] == [30, 20, 20, 20, 20]


def test_ladder_of_a_small_picture_is_one_scale_with_the_first_share() -> None:
    assert ladder(100, (120, 80)) == (Scale(100, 120),)


@given(longest=some_sides, total=st.integers(1, MAX_STEPS))
def test_steps_asked_for_are_all_taken_and_the_finest_has_some(longest: int, total: int) -> None:
    rungs = ladder(longest, (120, 80, 60, 50, 40), total)

    assert sum(scale.steps for scale in rungs) == total
    assert rungs[-1].longest_side_px == longest
    assert all(scale.steps > 0 for scale in rungs)


def test_steps_are_shared_in_proportion() -> None:
    assert [scale.steps for scale in ladder(256, (120, 80, 60), total=26)] == [12, 8, 6]


@pytest.mark.parametrize(
    ("longest", "total", "expected"),
    [
        (512, None, ((256, 40), (362, 30), (512, 20))),
        (181, None, ((181, 20),)),
        (256, None, ((128, 40), (181, 30), (256, 20))),
        (512, 9, ((256, 4), (362, 3), (512, 2))),
        (512, 1, ((512, 1),)),
    ],
)
def test_the_top_of_the_ladder_is_its_finest_scales(
    longest: int, total: int | None, expected: tuple[tuple[int, int], ...]
) -> None:
    assert top_of_ladder(longest, (40, 30, 20), total) == tuple(Scale(*each) for each in expected)


@pytest.mark.parametrize(
    ("end", "count", "expected"),
    [(512, 1, (512,)), (512, 2, (128, 512)), (512, 5, (128, 181, 256, 362, 512)), (64, 3, (32, 45, 64))],
    ids=["the end alone", "both ends", "as usual", "small"],
)
def test_so_many_sizes_as_asked_for_lead_to_the_end(end: int, count: int, expected: tuple[int, ...]) -> None:
    assert sides(end, count) == expected
