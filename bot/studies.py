"""What somebody asks of the lab, put together by buttons and then by photos; and what that is called."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from bot import texts
from jobs.values import PHOTOS_OF, JobSpec, JobView, Study

# From what sees edges to what sees things, in words that need no explanation.
LAYERS: dict[str, str] = {
    "relu1_2": "layer-edges",
    "relu2_2": "layer-textures",
    "relu3_2": "layer-patterns",
    "relu4_2": "layer-parts",
    "relu5_1": "layer-things",
}
OF_A_LAYER = frozenset({Study.RECONSTRUCTION, Study.LAYER_VIEW, Study.FEATURE_MAPS})
# So many channels even the smallest layer of the smallest encoder has.
CHANNELS = 32
# Longest side in pixels and steps: each takes about a minute on two cores; None: the study's own steps.
SIZES: dict[Study, tuple[int, int | None]] = {
    Study.PALETTE: (384, 150),
    Study.RECONSTRUCTION: (384, None),
    Study.LAYER_VIEW: (384, None),
    Study.FEATURE_MAPS: (768, None),
    Study.MORPH: (384, None),
    Study.DIFFERENCES: (512, None),
}
TITLES: dict[Study, str] = {
    Study.PALETTE: "study-palette",
    Study.RECONSTRUCTION: "study-reconstruction",
    Study.LAYER_VIEW: "study-layer-view",
    Study.FEATURE_MAPS: "study-feature-maps",
    Study.MORPH: "study-morph",
    Study.DIFFERENCES: "study-differences",
}
DONE: dict[Study, str] = {
    Study.PALETTE: "done-palette",
    Study.RECONSTRUCTION: "done-reconstruction",
    Study.LAYER_VIEW: "done-layer-view",
    Study.FEATURE_MAPS: "done-feature-maps",
    Study.MORPH: "done-morph",
}


class Aspect(StrEnum):
    """What of a layer is to be shown, as a button's data carries it."""

    WHOLE = "whole"
    CHANNEL = "one"
    IN_A_PHOTO = "where"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A study that is being asked for. photos: those that are there so far. Stored as JSON in a draft."""

    study: Study
    layer: str | None = None
    channel: int | None = None
    photos: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what was stored."""
        return cls(
            study=Study(stored["study"]),
            layer=stored["layer"],
            channel=stored["channel"],
            photos=tuple(stored["photos"]),
        )

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return {"study": self.study, "layer": self.layer, "channel": self.channel, "photos": list(self.photos)}

    @property
    def lacks(self) -> int:
        """How many photos are still to come."""
        return PHOTOS_OF[self.study] - len(self.photos)

    def with_photo(self, picture_id: int) -> Self:
        """With one more; the same one again changes nothing."""
        known = picture_id in self.photos or not self.lacks
        return self if known else replace(self, photos=(*self.photos, picture_id))

    def spec(self, seed: int, *, most_px: int) -> JobSpec:
        """How it is made. most_px: what the operator has set for high quality, which these are part of."""
        side_px, steps = SIZES[self.study]
        layer: dict[str, Any] = {"layer": self.layer, "channel": self.channel}
        return JobSpec(method=self.study, longest_side_px=min(side_px, most_px), steps=steps, seed=seed, **layer)

    def title(self, language: str | None) -> str:
        """What it is called."""
        return _title(self.study, self.layer, self.channel, language)


def title_of(spec: JobSpec, language: str | None) -> str:
    """What a study is called."""
    assert spec.study is not None
    return _title(spec.study, spec.layer, spec.channel, language)


def done_words(view: JobView, language: str | None) -> str:
    """What is said under a study."""
    study, report = view.spec.study, view.report or {}
    assert study is not None
    title = title_of(view.spec, language)
    if study is Study.DIFFERENCES:
        if not report.get("alike", True):
            return texts.render(language, "done-unlike", study=title)
        return texts.render(language, "done-differences", study=title, places=len(report.get("places", ())))
    if not report.get("awake", True):
        return texts.render(language, "done-asleep", study=title)
    return texts.render(language, DONE[study], study=title)


def _title(study: Study, layer: str | None, channel: int | None, language: str | None) -> str:
    if study not in OF_A_LAYER:
        return texts.plain(language, TITLES[study])
    words = texts.plain(language, LAYERS[layer]) if layer in LAYERS else str(layer)
    if channel is not None:
        return texts.plain(language, "study-channel", channel=str(channel), layer=words)
    return texts.plain(language, TITLES[study], layer=words)
