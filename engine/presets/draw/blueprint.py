"""A blueprint: the clockwork of an orrery, white lines on Prussian blue, ruled, dimensioned and folded.

Each pen has a sheet of its own; the sheets are brought to size and printed over the blue together.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from engine.presets.draw.common import (
    Array,
    Colour,
    Floats,
    Random,
    blur,
    grid,
    mix,
    noise,
    ramp,
    reduced,
    smoothstep,
    to_picture,
)

SUPERSAMPLED = 2
BLUES: list[Colour] = [(6, 22, 66), (12, 42, 108), (22, 66, 142), (62, 122, 190), (120, 176, 222)]
CHALK: Colour = (234, 244, 252)
THICK, FINE, HAIR = 0.0036, 0.0020, 0.0012
# Wheels of the train: x, y, radius, teeth, spokes (0: solid, hatched in section).
WHEELS = (
    (0.405, 0.430, 0.245, 64, 6), (0.745, 0.270, 0.150, 40, 5), (0.800, 0.600, 0.176, 46, 0),
    (0.545, 0.800, 0.140, 36, 4), (0.235, 0.815, 0.165, 42, 8), (0.105, 0.190, 0.130, 34, 0),
    (0.965, 0.870, 0.130, 34, 5), (0.480, 0.075, 0.095, 24, 3), (0.955, 0.075, 0.100, 26, 0),
    (0.015, 0.590, 0.110, 28, 4), (0.765, 0.955, 0.090, 24, 0), (0.030, 0.985, 0.080, 22, 0),
)  # fmt: skip
ORBITS = (0.045, 0.080, 0.118, 0.160)
LEGENDS = ((0.25, 0.04), (0.60, 0.03), (0.015, 0.36), (0.34, 0.93), (0.90, 0.29),
           (0.62, 0.43), (0.10, 0.68), (0.87, 0.75), (0.13, 0.965), (0.66, 0.70))  # fmt: skip
# Where the strokes of a digit run, on a grid of 3 × 2 corners numbered row by row from the top left.
DIGITS = ("01354", "135", "013245", "0132354", "02315", "1023544", "10245323", "0135", "0145023", "3201354")


@dataclass(frozen=True, kw_only=True)
class Board:
    """The drawing board: lines, thin construction, and light washes, each on a sheet of its own."""

    lines: Image.Image
    thin: Image.Image
    wash: Image.Image

    @property
    def side(self) -> int:
        return self.lines.width


def draw(size_px: int, seed: int) -> Image.Image:
    """The sheet, size_px square."""
    random = np.random.default_rng(seed)
    lines, thin, wash = (Image.new("L", (size_px * SUPERSAMPLED,) * 2) for _ in range(3))
    board = Board(lines=lines, thin=thin, wash=wash)
    _ruled_paper(board)
    for place in LEGENDS:
        _legend(board, random, place)
    for wheel in WHEELS:
        _wheel(board, random, wheel)
    _dial(board, random)
    for one, other in ((0, 1), (0, 2), (0, 4), (2, 3), (1, 8), (3, 10), (4, 9), (5, 7), (2, 6)):
        _dimension(board, random, WHEELS[one], WHEELS[other])
    return to_picture(_exposed(random, board, size_px))


def _line(sheet: Image.Image, points: Floats, width: float, light: int = 255) -> None:
    pen = ImageDraw.Draw(sheet)
    pen.line(
        (points * sheet.width).ravel().tolist(), fill=light, width=max(1, round(width * sheet.width)), joint="curve"
    )


def _arc(centre: Floats, radius: float, first: float = 0.0, last: float = 2 * np.pi) -> Floats:
    """Points of an arc, close enough together to be round."""
    t = np.linspace(first, last, max(8, int(abs(last - first) * 30)))
    return np.asarray(centre + radius * np.stack([np.cos(t), np.sin(t)], axis=1))


def _circle(sheet: Image.Image, centre: Floats, radius: float, width: float, light: int = 255, dashes: int = 0) -> None:
    """A circle, dashed like a centre line if asked."""
    if not dashes:
        _line(sheet, _arc(centre, radius), width, light)
    for dash in range(dashes):
        start = dash * 2 * np.pi / dashes
        _line(sheet, _arc(centre, radius, start, start + 3.6 / dashes), width, light)
        _line(sheet, _arc(centre, radius, start + 4.7 / dashes, start + 5.2 / dashes), width, light)


def _ruled_paper(board: Board) -> None:
    """Squared paper, every fifth line stronger, long slanting construction lines."""
    for number, at in enumerate(np.linspace(0.0, 1.0, 51).tolist()):
        width, light = (HAIR * 1.3, 105) if number % 5 == 0 else (HAIR, 58)
        _line(board.thin, np.array([[at, 0], [at, 1]]), width, light)
        _line(board.thin, np.array([[0, at], [1, at]]), width, light)
    for x, y, *_ in WHEELS:
        for turn in (0.0, np.pi / 6, np.pi / 3, np.pi / 2, 2 * np.pi / 3, 5 * np.pi / 6):
            heading = np.array([np.cos(turn), np.sin(turn)])
            _line(board.thin, np.array([x, y]) + heading * np.array([[-0.30], [0.30]]), HAIR, 90)


def _wheel(board: Board, random: Random, wheel: tuple[float, float, float, int, int]) -> None:
    """One toothed wheel: what lies behind is wiped, then rim, teeth, spokes or section, hub and bolts."""
    x, y, radius, teeth, spokes = wheel
    centre = np.array([x, y])
    outline = _teeth(centre, radius, teeth, random.uniform(0, 1))
    shape = (outline * board.side).ravel().tolist()
    for sheet, light in ((board.lines, 0), (board.wash, 120 if spokes else 46)):
        ImageDraw.Draw(sheet).polygon(shape, fill=light)
    _line(board.lines, np.concatenate([outline, outline[:2]]), THICK)
    _circle(board.thin, centre, radius * 0.955, FINE, 220, dashes=teeth // 2)
    for share, width in ((0.86, FINE), (0.80, THICK), (0.30, THICK), (0.25, FINE), (0.12, THICK), (0.07, FINE)):
        _circle(board.lines, centre, radius * share, width)
    if spokes:
        _spokes(board, centre, radius, spokes, random.uniform(0, 2))
    else:
        _section(board, centre, radius, random)
    for turn in np.linspace(0, 2 * np.pi, 7)[:-1].tolist():
        _circle(board.lines, centre + 0.185 * radius * np.array([np.cos(turn), np.sin(turn)]), radius * 0.028, FINE)
    for turn in np.arange(0, 2 * np.pi, np.pi / 60):
        ends = np.array([[0.815], [0.845 if round(turn * 60 / np.pi) % 5 else 0.86]])
        _line(board.lines, centre + ends * radius * np.array([np.cos(turn), np.sin(turn)]), HAIR)


def _teeth(centre: Floats, radius: float, teeth: int, shift: float) -> Floats:
    """The outline of a toothed wheel: flanks lean, tips and roots are flat."""
    tooth = np.arange(teeth)[:, None] + shift + np.array([0.0, 0.22, 0.36, 0.64, 0.78])
    turn = (tooth * 2 * np.pi / teeth).ravel()
    reach = np.tile(radius * np.array([0.92, 0.92, 1.0, 1.0, 0.92]), teeth)
    return np.asarray(centre + reach[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1))


def _spokes(board: Board, centre: Floats, radius: float, spokes: int, shift: float) -> None:
    """Curved openings between spokes, dark inside, outlined twice."""
    for spoke in range(spokes):
        first = (spoke + 0.13 + shift) * 2 * np.pi / spokes
        last = (spoke + 0.87 + shift) * 2 * np.pi / spokes
        for inset, width in ((0.0, THICK), (0.022, HAIR)):
            narrow = inset * 5 / spokes
            inner = _arc(
                centre, radius * (0.36 + inset), first + 0.30 / spokes + 3 * narrow, last - 0.30 / spokes - 3 * narrow
            )
            outer = _arc(centre, radius * (0.74 - inset), first + narrow, last - narrow)[::-1]
            opening = np.concatenate([inner, outer, inner[:1]])
            if not inset:
                ImageDraw.Draw(board.wash).polygon((opening * board.side).ravel().tolist(), fill=0)
            _line(board.lines, opening, width)


def _section(board: Board, centre: Floats, radius: float, random: Random) -> None:
    """Cut material: slanted hatching that changes direction from quarter to quarter."""
    for quarter in range(4):
        slant = np.pi / 4 if quarter % 2 else -np.pi / 4
        along, across = np.array([np.cos(slant), np.sin(slant)]), np.array([-np.sin(slant), np.cos(slant)])
        for at in np.arange(-0.74, 0.74, 0.0062 / radius):
            half = np.sqrt(max(0.0, 0.74**2 - at**2))
            t = np.linspace(-half, half, 60)
            points = at * across + t[:, None] * along
            away = np.hypot(points[:, 0], points[:, 1])
            turn = np.arctan2(points[:, 1], points[:, 0]) % (2 * np.pi)
            kept = (away > 0.33) & (turn >= quarter * np.pi / 2) & (turn < (quarter + 1) * np.pi / 2)
            if kept.sum() > 2:
                _line(board.lines, centre + radius * points[kept][[0, -1]], HAIR * 1.2, int(random.integers(170, 255)))


def _dial(board: Board, random: Random) -> None:
    """The planets' orbits over the great wheel, with degrees and a hand."""
    centre = np.array(WHEELS[0][:2])
    ImageDraw.Draw(board.wash).ellipse(
        [board.side * v for v in (*(centre - ORBITS[-1]), *(centre + ORBITS[-1]))], fill=165
    )
    for number, radius in enumerate(ORBITS):
        _circle(board.lines, centre, radius, FINE if number % 2 else THICK)
        turn = random.uniform(0, 2 * np.pi)
        place = centre + radius * np.array([np.cos(turn), np.sin(turn)])
        for share in (1.0, 0.7, 0.4):
            size = 0.010 + 0.003 * number
            box = [board.side * v for v in (*(place - size), *(place + size))]
            ImageDraw.Draw(board.lines).ellipse(
                box, fill=0 if share == 1.0 else None, outline=255, width=round(FINE * board.side)
            )
            _circle(board.lines, place, size * share, FINE)
        _line(board.lines, np.stack([centre, place]), HAIR)
    for degree in range(0, 360, 5):
        heading = np.array([np.cos(np.deg2rad(degree)), np.sin(np.deg2rad(degree))])
        inner = 0.178 if degree % 30 == 0 else 0.184
        _line(board.lines, centre + heading * np.array([[inner], [0.192]]), FINE)


def _dimension(board: Board, random: Random, one: tuple[float, ...], other: tuple[float, ...]) -> None:
    """The distance of two axes: a line with arrows, its figure written above the middle."""
    ends = np.array([one[:2], other[:2]])
    along = ends[1] - ends[0]
    length = float(np.hypot(*along))
    along, across = along / length, np.array([-along[1], along[0]]) / length
    ends += np.stack([0.12 * one[2] * along, -0.12 * other[2] * along])
    _line(board.lines, ends, FINE)
    for end, sign in ((ends[0], 1.0), (ends[1], -1.0)):
        barb = np.stack([end, end + sign * 0.022 * along + 0.006 * across, end + sign * 0.022 * along - 0.006 * across])
        ImageDraw.Draw(board.lines).polygon((barb * board.side).ravel().tolist(), fill=255)
    _figure(board, ends.mean(axis=0) + across * 0.018, round(length * 4130), 0.016)


def _figure(board: Board, place: Floats, number: int, height: float) -> None:
    """A number in slanting technical figures."""
    for column, digit in enumerate(str(number)):
        corners = np.array([(i % 2, i // 2) for i in map(int, DIGITS[int(digit)])])
        strokes = corners * (0.5, 0.5) + (column * 0.85, 0.0)
        strokes[:, 0] -= 0.25 * strokes[:, 1]
        _line(board.lines, place + height * strokes, FINE)


def _legend(board: Board, random: Random, place: tuple[float, float]) -> None:
    """A small table of figures and lines of notes."""
    left, top = place
    for row in range(5):
        y = top + row * 0.021
        _figure(board, np.array([left, y]), int(random.integers(100, 999)), 0.012)
        reach = left + 0.042
        while reach < left + 0.13:
            word = random.uniform(0.008, 0.026)
            t = np.linspace(0, 1, 24)
            script = np.stack(
                [reach + word * t, y + 0.006 + 0.0042 * np.sin(t * word * 1300) * random.uniform(0.6, 1.0)], axis=1
            )
            _line(board.lines, script, HAIR * 1.2)
            reach += word + 0.008


def _exposed(random: Random, board: Board, size_px: int) -> Array:
    """Blue paper, uneven from the developing bath, folded twice; white where the light did not reach."""
    x, y = grid(size_px)
    bath = noise(random, size_px, 4, octaves=5) - 0.5
    fibre = noise(random, size_px, size_px / 6, stretch=2, octaves=1) - 0.5
    wash = blur(reduced(board.wash, size_px), size_px / 800)
    brush = noise(random, size_px, 40, stretch=8, octaves=2) - 0.5
    paper = ramp(BLUES, 0.22 + 0.70 * bath + 0.85 * wash * (1 + 1.2 * brush) + 0.05 * fibre)
    thin = reduced(board.thin, size_px) * (0.70 + 0.5 * bath)
    drawn = reduced(board.lines, size_px) * (0.93 + 0.3 * bath)
    glow = blur(drawn, size_px / 240)
    sheet = mix(paper, CHALK, (0.80 * thin).clip(0, 1))
    sheet = mix(sheet, (120, 176, 226), 0.45 * glow)
    sheet = mix(sheet, CHALK, (1.15 * drawn).clip(0, 1))
    for away in (np.abs(x - 0.502), np.abs(y - 0.334), np.abs(y - 0.668)):
        worn = smoothstep(0.0045, 0.0, away + 0.003 * bath) * (0.30 + 0.6 * fibre)
        sheet = mix(sheet, CHALK, worn.clip(0, 1))
    return sheet
