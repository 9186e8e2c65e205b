"""What is asked for, and what is known about it: plain values that cannot be wrong."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from engine import MAX_SIDE_PX, MIN_SIDE_PX
from engine.lab.requests import MAX_CHANNEL, MAX_LAB_SIDE_PX
from engine.request import (
    BRUSHES,
    INITS,
    MAX_INSTANT_STRENGTH,
    MAX_POSTER_SIDE_PX,
    MAX_STEPS,
    MAX_STRENGTH,
    METHODS,
)
from jobs.errors import InvalidSpec
from models.states import OPEN_STATES, JobState, Lane

KEEP_COLOURS = ("none", "luminance")
DPIS = (None, 150, 300)
MAX_PARTS, MAX_PART_WEIGHT = 4, 9
LAYER = re.compile(r"(conv|relu)[1-5]_[1-4]")


class JobFailure(StrEnum):
    """Why a job has no picture: the key of the sentence for the user, as stored in job.error."""

    ENGINE_FAILED = "engine-failed"
    INTERRUPTED = "interrupted"
    PICTURES_GONE = "pictures-gone"
    OUT_OF_MEMORY = "out-of-memory"
    POISONOUS = "poisonous"
    TIMED_OUT = "timed-out"


class Study(StrEnum):
    """What the lab shows, as a method of painting."""

    PALETTE = "palette"  # a style alone, from noise
    RECONSTRUCTION = "reconstruction"  # a photo as far as one layer remembers it
    LAYER_VIEW = "layer-view"  # what excites a layer, or a channel of it
    FEATURE_MAPS = "feature-maps"  # where in a photo a layer is excited
    MORPH = "morph"  # from one photo to another
    DIFFERENCES = "differences"  # what differs between two


# So many photos each study looks at.
PHOTOS_OF: dict[Study, int] = {
    Study.PALETTE: 1,
    Study.RECONSTRUCTION: 1,
    Study.LAYER_VIEW: 0,
    Study.FEATURE_MAPS: 1,
    Study.MORPH: 2,
    Study.DIFFERENCES: 2,
}
# Their result moves.
FILMED = frozenset({Study.MORPH, Study.DIFFERENCES})


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """How to paint; the limits are the engine's. Stored as JSON in the job's row.

    method: the engine's, or a Study
    brush: how large the strokes of an instant picture or a poster are
    init: what an optimisation starts from; "instant" refines the instant picture
    dpi: written into the result's file, for those who print it
    film: how it came to be is sent as well, unasked
    layer, channel: of studies that look at them
    """

    method: str = "gatys"
    longest_side_px: int = 512
    strength: float = 1.0
    keep_colours: str = "none"
    seed: int = 0
    steps: int | None = None
    brush: float = 1.0
    init: str = "content"
    dpi: int | None = None
    film: bool = False
    layer: str | None = None
    channel: int | None = None

    def __post_init__(self) -> None:
        longest_side_px = {"poster": MAX_POSTER_SIDE_PX}.get(self.method, MAX_SIDE_PX)
        longest_side_px = MAX_LAB_SIDE_PX if self.study else longest_side_px
        strength = MAX_STRENGTH if self.method == "gatys" else MAX_INSTANT_STRENGTH
        sound = (
            (self.method in METHODS or self.study is not None)
            and MIN_SIDE_PX <= self.longest_side_px <= longest_side_px
            and math.isfinite(self.strength)
            and 0 <= self.strength <= strength
            and self.keep_colours in KEEP_COLOURS
            and (self.steps is None or 1 <= self.steps <= MAX_STEPS)
            and self.brush in BRUSHES
            and self.init in INITS
            and self.dpi in DPIS
            and (self.layer is None or LAYER.fullmatch(self.layer) is not None)
            and (self.channel is None or 0 <= self.channel <= MAX_CHANNEL)
        )
        if not sound:
            raise InvalidSpec(f"outside the limits: {self}")

    @property
    def study(self) -> Study | None:
        """What the lab is asked for, where it is the lab that is asked."""
        return Study(self.method) if self.method in set(Study) else None

    @property
    def moves(self) -> bool:
        """Whether the result itself is a film."""
        return self.study in FILMED

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what was stored; a newer version's extra fields are left out, an older one's gaps take the defaults."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})


@dataclass(frozen=True, kw_only=True)
class MixPart:
    """One style of several: a preset, a saved style, or neither, which means the job's own style picture.

    weight: relative to the others
    name: what a saved style is called, where the part is only shown; never stored
    """

    weight: int = 1
    preset: str | None = None
    style_id: int | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.weight <= MAX_PART_WEIGHT or None not in (self.preset, self.style_id):
            raise InvalidSpec(f"no part of a mix: {self}")

    @property
    def is_picture(self) -> bool:
        """Whether it is the job's style picture."""
        return self.preset is None and self.style_id is None

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        stored = {"weight": self.weight, "preset": self.preset, "style": self.style_id}
        return {name: value for name, value in stored.items() if value is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], name: str | None = None) -> Self:
        """From what was stored."""
        return cls(weight=stored["weight"], preset=stored.get("preset"), style_id=stored.get("style"), name=name)


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A wish. Exactly one of style_picture_id, preset and mix is set; a mix may have the style picture as a part.

    Studies have no style: their photos are content_picture_id and, where there is a second one, style_picture_id.
    idem_key: names the message or button press that asks, so that a replay finds the first job
    thread_id: the topic of the chat that every answer goes to
    """

    idem_key: str
    user_id: int
    chat_id: int
    lane: Lane
    content_picture_id: int | None
    spec: JobSpec
    style_picture_id: int | None = None
    preset: str | None = None
    mix: tuple[MixPart, ...] = ()
    reply_to_message_id: int | None = None
    status_message_id: int | None = None
    thread_id: int | None = None

    def __post_init__(self) -> None:
        if self.spec.study is not None:
            self._check_study(self.spec.study)
            return
        if self.content_picture_id is None:
            raise InvalidSpec("a painting needs a photo")
        if not self.mix and (self.style_picture_id is None) == (self.preset is None):
            raise InvalidSpec("a job needs a style picture or a preset, and not both")
        pictures = sum(part.is_picture for part in self.mix)
        sound = len(self.mix) <= MAX_PARTS and pictures == (self.style_picture_id is not None) and not self.preset
        if self.mix and not sound:
            raise InvalidSpec("a mix has at most four styles, one of them a style picture where there is one")

    def _check_study(self, study: Study) -> None:
        photos = [self.content_picture_id, self.style_picture_id]
        given = [photo for photo in photos if photo is not None]
        if self.preset or self.mix or given != photos[: PHOTOS_OF[study]]:
            raise InvalidSpec(f"a {study} looks at {PHOTOS_OF[study]} photos and has no style")


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The answer to a wish.

    created: False where a replay found the job that the first one made
    """

    job_id: int
    created: bool


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A job as others may see it; ahead counts the jobs before it while it is queued."""

    id: int
    idem_key: str
    user_id: int
    user_name: str
    chat_id: int
    lane: Lane
    spec: JobSpec
    state: JobState
    attempt: int
    step: int
    steps: int
    stage: str
    ahead: int
    eta_s: float | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    result_key: str | None
    film_key: str | None
    report: dict[str, Any] | None
    preset: str | None
    mix: tuple[MixPart, ...]
    status_message_id: int | None
    reply_to_message_id: int | None
    thread_id: int | None
    cancel_requested: bool


@dataclass(frozen=True, kw_only=True)
class Overview:
    """How many jobs stand where, and the open ones: running first, then queued in the order of their turn."""

    counts: dict[JobState, int]
    open_jobs: list[JobView]


class CancelOutcome(StrEnum):
    """What became of a wish to cancel."""

    CANCELLED = "cancelled"  # it was queued
    STOPPING = "stopping"  # it runs: the flag is up
    FINISHED = "finished"  # too late
    UNKNOWN = "unknown"  # no such job, or somebody else's


@dataclass(frozen=True, kw_only=True)
class ClaimedPart:
    """One style of a mix in a worker's hands. key: the picture's blob, None where it is gone or a preset's."""

    weight: int
    preset: str | None
    key: str | None


@dataclass(frozen=True, kw_only=True)
class ClaimedJob:
    """A job in a worker's hands. attempt is the fencing token: every later word about the job carries it.

    content_key, style_key: blobs; None where the picture has expired, style_key also where a preset is asked for
    """

    id: int
    attempt: int
    spec: JobSpec
    content_key: str | None
    style_key: str | None
    preset: str | None
    mix: tuple[ClaimedPart, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PaintProgress:
    """Where a painting stands; preview_jpeg only where one is due."""

    step: int
    steps: int
    stage: str
    preview_jpeg: bytes | None = None
    eta_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a job ended: done has a result, failed and dead have an error, cancelled has neither.

    film_key: of a result that moves, or of how it came to be, where that was filmed
    """

    state: JobState
    result_key: str | None = None
    film_key: str | None = None
    error: JobFailure | None = None
    report: dict[str, Any] | None = None
    paint_s: float | None = None

    def __post_init__(self) -> None:
        sound = (
            self.state not in OPEN_STATES
            and (self.result_key is not None) == (self.state is JobState.DONE)
            and (self.error is not None) == (self.state in {JobState.FAILED, JobState.DEAD})
        )
        if not sound:
            raise ValueError(f"no job ends like this: {self}")
