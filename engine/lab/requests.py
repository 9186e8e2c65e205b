"""What can be asked of the lab and what comes back: plain values, checked once, free of torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from PIL import Image

from engine.errors import InvalidRequest
from engine.request import MAX_SEED, MAX_STEPS, MIN_SIDE_PX, Painter, Progress, whole

MAX_LAB_SIDE_PX = 1024
MAX_CHANNEL = 511  # of VGG's widest layers; what a backbone has fewer of, it says itself
MIN_FRAMES, MAX_FRAMES = 2, 240


@dataclass(frozen=True, kw_only=True)
class LabRequest:
    """What all kinds have in common.

    longest_side_px: of the result, MIN_SIDE_PX to MAX_LAB_SIDE_PX
    steps: None: the kind's own number
    preview_every: a preview picture is made every so many steps; 0: never
    """

    kind: ClassVar[str]

    longest_side_px: int = 384
    steps: int | None = None
    seed: int = 0
    preview_every: int = 0

    def __post_init__(self) -> None:
        whole("size", self.longest_side_px, MIN_SIDE_PX, MAX_LAB_SIDE_PX, " px")
        if self.steps is not None:
            whole("number of steps", self.steps, 1, MAX_STEPS)
        whole("seed", self.seed, 0, MAX_SEED)
        whole("steps between previews", self.preview_every, 0, MAX_STEPS)
        for name, value in vars(self).items():
            if isinstance(value, Image.Image) and 0 in value.size:
                raise InvalidRequest(f"the {name} picture has no pixels")


@dataclass(frozen=True, kw_only=True)
class PaletteRequest(LabRequest):
    """A style alone, made from noise: its colours and strokes without any content."""

    kind = "palette"

    style: Image.Image


@dataclass(frozen=True, kw_only=True)
class ReconstructRequest(LabRequest):
    """A photo as far as one layer remembers it, made from noise. layer: None: relu4_2, or the backbone's deepest."""

    kind = "reconstruct"

    content: Image.Image
    layer: str | None = None


@dataclass(frozen=True, kw_only=True)
class LayerViewRequest(LabRequest):
    """What excites a layer, or one of its channels, made from noise."""

    kind = "layer view"

    layer: str
    channel: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.channel is not None:
            whole("channel", self.channel, 0, MAX_CHANNEL)


@dataclass(frozen=True, kw_only=True)
class FeatureMapsRequest(LayerViewRequest):
    """Where in a photo a layer's channels are excited: a contact sheet, or the one channel over the photo."""

    kind = "feature maps"

    content: Image.Image


@dataclass(frozen=True, kw_only=True)
class MorphRequest(LabRequest):
    """The way from one photo to another, optimised pixel by pixel; the second is cut to the shape of the first."""

    kind = "morph"

    first: Image.Image
    second: Image.Image
    frames: int = 48

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("number of frames", self.frames, MIN_FRAMES, MAX_FRAMES)


@dataclass(frozen=True, kw_only=True)
class SpotDifferenceRequest(MorphRequest):
    """What differs between two pictures of one thing, and appears on the way from the first to the second."""

    kind = "spot the difference"


@dataclass(frozen=True, kw_only=True)
class Study:
    """What the lab made: a picture; frames, where something moves; and how it came about (JSON values)."""

    picture: Image.Image
    frames: tuple[Image.Image, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)


class Laboratory(Painter, Protocol):
    """A painter that also shows how it sees."""

    def study(self, request: LabRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]) -> Study:
        """Make what is asked for; progress, stopping and errors as in Painter.paint."""
        ...

    def fit(
        self, picture: Image.Image, state: bytes | None, steps: int, piece: int, should_stop: Callable[[], bool]
    ) -> tuple[int, bytes]:
        """Fit the network to a style, at most a piece of so many steps: how many are done in all, and what came of it.

        Once all are done that is the file of a preset, before what the next piece goes on from (state; None: anew).
        """
        ...
