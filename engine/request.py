"""What is asked of a painter and what comes back: plain values, checked once, free of torch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from PIL import Image

from engine.errors import InvalidRequest

Method = Literal["gatys", "instant", "poster"]
KeepColours = Literal["none", "luminance"]
Init = Literal["content", "noise", "instant"]
StyleLoss = Literal["w2", "gram"]

METHODS: tuple[str, ...] = ("gatys", "instant", "poster")
INITS: tuple[str, ...] = ("content", "noise", "instant")
# Of an instant style: half as large as the style's own, as large, twice as large.
BRUSHES: tuple[float, ...] = (0.5, 1.0, 2.0)
MIN_SIDE_PX = 64
MAX_SIDE_PX = 4096
MAX_POSTER_SIDE_PX = 8192
MAX_STYLES = 4
MAX_STRENGTH = 3.0
MAX_INSTANT_STRENGTH = 1.5
MAX_STEPS = 5000
MAX_STYLE_WEIGHT = 1e6
MAX_SEED = 2**63 - 1  # torch's generators take no more


@dataclass(frozen=True, kw_only=True)
class Style:
    """Whose look is borrowed: a picture, a preset by its name, or a preset with its picture; and how much of it.

    weight: relative to the other styles of a request
    """

    picture: Image.Image | None = None
    weight: float = 1.0
    preset: str | None = None

    def __post_init__(self) -> None:
        if self.picture is not None:
            _picture("style", self.picture)
        elif self.preset is None:
            raise InvalidRequest("a style needs a picture or the name of a preset")
        if not 0 < self.weight <= MAX_STYLE_WEIGHT:
            raise InvalidRequest(
                f"a style's weight must be above 0 and at most {MAX_STYLE_WEIGHT:g}, not {self.weight}"
            )


@dataclass(frozen=True, kw_only=True)
class StyleRequest:
    """One painting to make. Pictures are RGB, any size; the result has exactly the content's aspect ratio.

    method: "gatys" optimises the picture; "instant" is one pass of the instant network, "poster" the same in tiles
    longest_side_px: longest side of the result in pixels, MIN_SIDE_PX to MAX_SIDE_PX (poster: MAX_POSTER_SIDE_PX)
    strength: how much style, 0 (content only) to MAX_STRENGTH, or to MAX_INSTANT_STRENGTH without optimisation
    brush: size of the strokes, one of BRUSHES; of a single pass only
    init, style_loss, steps: of an optimisation; steps over all scales together, None: the recipe decides
    seed: 0 to MAX_SEED
    preview_every: a preview picture is made every so many steps; 0: never
    """

    content: Image.Image
    styles: tuple[Style, ...]
    method: Method = "gatys"
    longest_side_px: int = 512
    strength: float = 1.0
    keep_colours: KeepColours = "none"
    brush: float = 1.0
    init: Init = "content"
    style_loss: StyleLoss = "w2"
    steps: int | None = None
    seed: int = 0
    preview_every: int = 0

    def __post_init__(self) -> None:
        _picture("content", self.content)
        _choice("method", self.method, METHODS)
        _choice("keep_colours", self.keep_colours, ("none", "luminance"))
        _choice("init", self.init, INITS)
        _choice("style loss", self.style_loss, ("w2", "gram"))
        largest = MAX_POSTER_SIDE_PX if self.method == "poster" else MAX_SIDE_PX
        _whole("size", self.longest_side_px, MIN_SIDE_PX, largest, " px")
        _within("strength", self.strength, 0.0, MAX_STRENGTH if self.method == "gatys" else MAX_INSTANT_STRENGTH)
        if self.brush not in BRUSHES:
            raise InvalidRequest(f"brush must be one of {', '.join(map(str, BRUSHES))}, not {self.brush}")
        _within("number of styles", len(self.styles), 1, MAX_STYLES)
        if self.steps is not None:
            _whole("number of steps", self.steps, 1, MAX_STEPS)
        _whole("seed", self.seed, 0, MAX_SEED)
        _whole("steps between previews", self.preview_every, 0, MAX_STEPS)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a painting stands after a step.

    step, steps: counted over the whole painting, 1 to steps; steps may shrink when a scale ends early
    stage: a short word for the present phase, such as "256 px"
    preview: RGB picture of the present state, at most 512 px, where one is due
    loss: total loss, where it was read (reading it waits for the device)
    """

    step: int
    steps: int
    stage: str
    preview: Image.Image | None = None
    loss: float | None = None


@dataclass(frozen=True, kw_only=True)
class Painting:
    """A finished picture (RGB) and how it came about (settings, losses, seconds, device, versions; JSON values)."""

    picture: Image.Image
    report: Mapping[str, Any] = field(default_factory=dict)


class Painter(Protocol):
    """Somebody who can paint: the nets behind it stay warm between requests."""

    def paint(
        self,
        request: StyleRequest,
        on_step: Callable[[Progress], None],
        should_stop: Callable[[], bool],
    ) -> Painting:
        """Paint, report after every step, and ask before every step whether to go on.

        Raises Stopped where should_stop() answered True, any other EngineError where it cannot be done.
        """
        ...

    def paint_instant(self, requests: Sequence[StyleRequest]) -> list[Painting]:
        """Paint requests of method "instant" together, in less time than one after another; may be called in a step.

        Raises EngineError where one of them cannot be done: then none is.
        """
        ...


def _choice(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidRequest(f"{what} must be one of {', '.join(allowed)}, not {value!r}")


def _picture(what: str, picture: Image.Image) -> None:
    if 0 in picture.size:
        raise InvalidRequest(f"the {what} picture has no pixels")


def _whole(what: str, value: int, low: int, high: int, unit: str = "") -> None:
    if not isinstance(value, int):  # read from JSON, a number may be a float after all
        raise InvalidRequest(f"{what} must be a whole number, not {value!r}")
    _within(what, value, low, high, unit)


def _within(what: str, value: float, low: float, high: float, unit: str = "") -> None:
    if not low <= value <= high:  # also catches NaN
        raise InvalidRequest(f"{what} must be between {low} and {high}{unit}, not {value}{unit}")
