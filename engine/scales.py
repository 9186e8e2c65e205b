"""The ladder of sizes a painting climbs, and how many steps each rung gets: pure arithmetic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

COARSEST_PX = 128
RATIO = math.sqrt(2)


@dataclass(frozen=True)
class Scale:
    """One rung: the longest side in pixels and its number of steps."""

    longest_side_px: int
    steps: int


def fit(size: tuple[int, int], longest_side_px: int) -> tuple[int, int]:
    """The (width, height) of this shape whose longest side is exactly longest_side_px; no side falls below 1."""
    width, height = size
    if width >= height:
        return longest_side_px, max(1, round(height * longest_side_px / width))
    return max(1, round(width * longest_side_px / height)), longest_side_px


def sides(longest_side_px: int, count: int = 0) -> tuple[int, ...]:
    """Longest sides from coarse to fine.

    count: so many, in equal ratios from COARSEST_PX on, or from half the end where that is less;
    0: end/√2^k, none below COARSEST_PX except the end itself
    """
    ratio = RATIO
    if count > 1:
        ratio = (longest_side_px / min(COARSEST_PX, longest_side_px / 2)) ** (1 / (count - 1))
    elif count == 0:
        count = 1 + max(0, math.floor(math.log(longest_side_px / COARSEST_PX, RATIO) + 1e-9))
    return tuple(round(longest_side_px / ratio**k) for k in reversed(range(count)))


def ladder(longest_side_px: int, shares: Sequence[int], total: int | None = None, count: int = 0) -> tuple[Scale, ...]:
    """The scales to climb, with their steps.

    shares: steps of the first, second, … scale; further scales get the last of them
    count: of the scales, see sides
    total: where given, the steps are shared out in these proportions so that they sum to it; scales that
    receive none are left out, and the finest always has at least one
    """
    longest_sides = sides(longest_side_px, count)
    return _rungs(longest_sides, [shares[min(k, len(shares) - 1)] for k in range(len(longest_sides))], total)


def top_of_ladder(longest_side_px: int, shares: Sequence[int], total: int | None = None) -> tuple[Scale, ...]:
    """The finest scales alone, for a canvas that is nearly right. shares: steps of …, the last but one, the last."""
    longest_sides = sides(longest_side_px)[-len(shares) :]
    return _rungs(longest_sides, list(shares[-len(longest_sides) :]), total)


def _rungs(longest_sides: Sequence[int], steps: list[int], total: int | None) -> tuple[Scale, ...]:
    if total is not None:
        steps = _share_out(total, steps)
    return tuple(Scale(side, count) for side, count in zip(longest_sides, steps, strict=True) if count)


def _share_out(total: int, shares: Sequence[int]) -> list[int]:
    """Split total in proportion to shares from the finest on, so that rounding never starves the finest."""
    counts: list[int] = []
    left, weight = total, sum(shares)
    for share in reversed(shares):
        count = min(left, math.ceil(left * share / weight))
        counts.append(count)
        left, weight = left - count, weight - share
    return counts[::-1]
