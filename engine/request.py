"""What is asked of a painter and what comes back: plain values, checked once, free of torch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Protocol, get_args

from PIL import Image

from engine.errors import InvalidRequest
from engine.masks import flat_colours
from engine.recipes import Init, Optimiser, Pooling, StyleLoss, recipe_names

Method = Literal["gatys", "instant", "poster"]
KeepColours = Literal["none", "luminance", "match"]

METHODS: tuple[str, ...] = get_args(Method)
INITS: tuple[str, ...] = get_args(Init)
# Half as large as the style's own, as large, twice as large.
BRUSHES: tuple[float, ...] = (0.5, 1.0, 2.0)
# How often a style is laid side by side, each way.
TILES: tuple[int, ...] = (1, 2, 4, 8)
MIN_SIDE_PX = 64
MAX_SIDE_PX = 4096
MAX_POSTER_SIDE_PX = 8192
MAX_STYLES = 64
MAX_STRENGTH = 3.0
MAX_INSTANT_STRENGTH = 1.5
MAX_STEPS = 5000
MAX_STYLE_WEIGHT = 1e6
MAX_LOSS_WEIGHT = 1e6
MAX_LEARNING_RATE = 10.0
MAX_SCALES = 12
MAX_AVERAGE_DECAY = 0.9999
STYLE_SCALES = (0.1, 4.0)
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
class Optimisation:
    """What an optimisation does otherwise than its recipe says; None: as the recipe has it. See engine/recipes.toml.

    content_layers, style_layers: (name or torchvision's index, weight relative to the others); never replaced by others
    style_scale: the size at which styles are looked at, relative to the result: 2 doubles the strokes
    tiles: how often a style is laid side by side each way before it is looked at, one of TILES: 4 quarters the strokes
    scales: sizes on the way to the result; 1: nothing but the result's own
    ema_decay: of the average over the steps that is kept, 0: the last step alone
    """

    optimiser: Optimiser | None = None
    learning_rate: float | None = None
    style_loss: StyleLoss | None = None
    content_layers: tuple[tuple[str, float], ...] | None = None
    style_layers: tuple[tuple[str, float], ...] | None = None
    content_weight: float | None = None
    style_weight: float | None = None
    tv_weight: float | None = None
    pooling: Pooling | None = None
    scales: int | None = None
    ema_decay: float | None = None
    style_scale: float | None = None
    tiles: int | None = None

    def __post_init__(self) -> None:
        for what, value, allowed in (
            ("optimizer", self.optimiser, get_args(Optimiser)),
            ("style loss", self.style_loss, get_args(StyleLoss)),
            ("pooling", self.pooling, get_args(Pooling)),
        ):
            if value is not None:
                _choice(what, value, allowed)
        for what, number, low, high in (
            ("learning rate", self.learning_rate, 1e-6, MAX_LEARNING_RATE),
            ("content weight", self.content_weight, 0.0, MAX_LOSS_WEIGHT),
            ("style weight", self.style_weight, 0.0, MAX_LOSS_WEIGHT),
            ("weight of the total variation", self.tv_weight, 0.0, MAX_LOSS_WEIGHT),
            ("decay of the average", self.ema_decay, 0.0, MAX_AVERAGE_DECAY),
            ("style scale", self.style_scale, *STYLE_SCALES),
        ):
            if number is not None:
                _within(what, number, low, high)
        if self.scales is not None:
            whole("number of scales", self.scales, 1, MAX_SCALES)
        if self.tiles is not None and self.tiles not in TILES:
            raise InvalidRequest(f"a brush tiles the style {_listed(TILES)} times each way, nothing else")
        _layers("content", self.content_layers)
        _layers("style", self.style_layers)

    def to_json(self) -> dict[str, Any]:
        """What differs from the recipe."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class StyleRequest:
    """One painting to make. Pictures are RGB, any size; the result has exactly the content's aspect ratio.

    method: "gatys" optimises the picture; "instant" is one pass of the instant network, "poster" the same in tiles
    longest_side_px: of the result, MIN_SIDE_PX to MAX_POSTER_SIDE_PX (instant: MAX_SIDE_PX)
    strength: how much style, 0 (content only) to MAX_STRENGTH, or to MAX_INSTANT_STRENGTH without optimisation
    keep_colours: "luminance" keeps the content's chroma; "match" gives the styles the content's colours first
    brush: size of the strokes relative to the style's own, one of BRUSHES
    seed: 0 to MAX_SEED
    preview_every: a preview picture is made every so many steps; 0: never
    Of an optimisation only:
    recipe, optimisation: its name, see engine/recipes.toml, and what is to be otherwise
    init: what the canvas is at first; start: a picture in its place, of any size; None: the recipe decides
    steps: over all scales together; None: the recipe decides
    deep: with 16 bits a sample too, see Painting.samples
    mask: as many flat colours as styles, and of the content's size: the first style goes where it is darkest, and so on
    """

    content: Image.Image
    styles: tuple[Style, ...]
    method: Method = "gatys"
    longest_side_px: int = 512
    strength: float = 1.0
    keep_colours: KeepColours = "none"
    brush: float = 1.0
    seed: int = 0
    preview_every: int = 0
    recipe: str = "standard"
    optimisation: Optimisation = field(default_factory=Optimisation)
    init: Init | None = None
    start: Image.Image | None = None
    steps: int | None = None
    mask: Image.Image | None = None
    deep: bool = False

    def __post_init__(self) -> None:
        _picture("content", self.content)
        _choice("method", self.method, METHODS)
        _choice("keep_colours", self.keep_colours, get_args(KeepColours))
        _choice("recipe", self.recipe, recipe_names())
        if self.init is not None:
            _choice("init", self.init, INITS)
        largest = MAX_SIDE_PX if self.method == "instant" else MAX_POSTER_SIDE_PX
        whole("size", self.longest_side_px, MIN_SIDE_PX, largest, " px")
        _within("strength", self.strength, 0.0, MAX_STRENGTH if self.method == "gatys" else MAX_INSTANT_STRENGTH)
        if self.brush not in BRUSHES:
            raise InvalidRequest(f"brush must be one of {_listed(BRUSHES)}, not {self.brush}")
        _within("number of styles", len(self.styles), 1, MAX_STYLES)
        if self.steps is not None:
            whole("number of steps", self.steps, 1, MAX_STEPS)
        whole("seed", self.seed, 0, MAX_SEED)
        whole("steps between previews", self.preview_every, 0, MAX_STEPS)
        self._check_start_and_mask()
        if self.method != "gatys":
            self._check_single_pass()

    def _check_start_and_mask(self) -> None:
        if self.start is not None:
            _picture("first", self.start)
            if self.init is not None:
                raise InvalidRequest("the canvas begins with a picture or with an init, not with both")
        if self.mask is not None:
            if self.mask.size != self.content.size:
                sizes = " × ".join(map(str, self.mask.size)), " × ".join(map(str, self.content.size))
                raise InvalidRequest(f"the mask has {sizes[0]} pixels, and the content {sizes[1]}: they must be alike")
            flat_colours(self.mask, len(self.styles))

    def _check_single_pass(self) -> None:
        """What a network of one pass would have to ignore is refused, so that nobody waits for its effect."""
        of_optimisation = {
            "keep_colours match": self.keep_colours == "match",
            "a recipe": self.recipe != "standard",
            "a picture to begin with": self.start is not None,
            "a mask": self.mask is not None,
            "a picture of 16 bits": self.deep,
        } | {f.name.replace("_", " "): getattr(self.optimisation, f.name) is not None for f in fields(Optimisation)}
        asked = [what for what, is_asked in of_optimisation.items() if is_asked]
        if asked:
            raise InvalidRequest(f"{asked[0]} is for the method gatys only, not for {self.method}")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a painting stands after a step.

    step, steps: counted over the whole painting, 1 to steps; steps may shrink when a scale ends early
    stage: a short word for the present phase, such as "256 px"
    preview: RGB picture of the present state, at most 512 px, where one is due
    loss: total loss, where it was read (reading it waits for the device); losses: its parts by name, weighted
    """

    step: int
    steps: int
    stage: str
    preview: Image.Image | None = None
    loss: float | None = None
    losses: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Painting:
    """A finished picture (RGB) and how it came about (settings, losses, seconds, device, versions; JSON values).

    samples: where a deep picture was asked for: rows of RGB with 16 bits a sample, in the machine's byte order
    """

    picture: Image.Image
    samples: bytes | None = None
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
        raise InvalidRequest(f"{what} must be one of {_listed(allowed)}, not {value!r}")


def _listed(allowed: tuple[object, ...]) -> str:
    return ", ".join(map(str, allowed))


def _layers(role: str, layers: tuple[tuple[str, float], ...] | None) -> None:
    if layers is None:
        return
    if not layers:
        raise InvalidRequest(f"name at least one {role} layer, or give it the weight 0")
    for name, weight in layers:
        if not 0 < weight <= MAX_LOSS_WEIGHT:
            raise InvalidRequest(f"the weight of {name} must be above 0 and at most {MAX_LOSS_WEIGHT:g}, not {weight}")


def _picture(what: str, picture: Image.Image) -> None:
    if 0 in picture.size:
        raise InvalidRequest(f"the {what} picture has no pixels")


def whole(what: str, value: int, low: int, high: int, unit: str = "") -> None:
    """Raises InvalidRequest where the value is no whole number from low to high."""
    if not isinstance(value, int):  # read from JSON, a number may be a float after all
        raise InvalidRequest(f"{what} must be a whole number, not {value!r}")
    _within(what, value, low, high, unit)


def _within(what: str, value: float, low: float, high: float, unit: str = "") -> None:
    if not low <= value <= high:  # also catches NaN
        raise InvalidRequest(f"{what} must be between {low} and {high}{unit}, not {value}{unit}")
