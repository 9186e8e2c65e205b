"""Two to four styles and how much of each, as somebody puts them together by buttons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.errors import Refused
from jobs.values import MAX_PART_WEIGHT, MAX_PARTS, MixPart

FEWEST = 2
PERCENT = 100
PRESET, SAVED, PHOTO = "p", "s", "o"


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Parts, and the photo behind the one that is the person's own style photo. Stored as JSON in a draft."""

    parts: tuple[MixPart, ...] = ()
    style_picture_id: int | None = None

    @classmethod
    def from_json(cls, stored: Sequence[Mapping[str, Any]] | None) -> Self:
        """From what was stored."""
        photo = next((part["picture"] for part in stored or () if "picture" in part), None)
        return cls(parts=tuple(MixPart.from_json(part) for part in stored or ()), style_picture_id=photo)

    def to_json(self) -> list[dict[str, Any]]:
        """As stored."""
        photo = {"picture": self.style_picture_id}
        return [part.to_json() | (photo if part.is_picture else {}) for part in self.parts]

    @property
    def is_ready(self) -> bool:
        """Whether it is a mix at all."""
        return len(self.parts) >= FEWEST

    def has(self, ident: str) -> bool:
        """Whether a style is in it."""
        return any(ident_of(part) == ident for part in self.parts)

    def with_style(self, ident: str) -> Self:
        """With the style in it. Raises Refused where it is full, or the button is forged."""
        if self.has(ident):
            return self
        if len(self.parts) >= MAX_PARTS:
            raise Refused("press-mix-full")
        return replace(self, parts=(*self.parts, _part(ident)))

    def without(self, ident: str) -> Self:
        """Without the style."""
        return replace(self, parts=tuple(part for part in self.parts if ident_of(part) != ident))

    def weighed(self, ident: str, weight: int) -> Self:
        """With so much of a style. Raises Refused where it is not in, or there is no such weight."""
        if not self.has(ident) or not 1 <= weight <= MAX_PART_WEIGHT:
            raise Refused("press-old")
        parts = (replace(part, weight=weight) if ident_of(part) == ident else part for part in self.parts)
        return replace(self, parts=tuple(parts))

    def percent(self, part: MixPart) -> int:
        """How much of it a part is."""
        return round(PERCENT * part.weight / sum(other.weight for other in self.parts))

    def only(self, presets: Collection[str], saved: Mapping[int, str]) -> Self:
        """Without styles that are gone; saved ones with their names."""
        there = tuple(
            replace(part, name=saved.get(part.style_id or 0))
            for part in self.parts
            if part.is_picture or part.preset in presets or part.style_id in saved
        )
        return replace(self, parts=there)


def ident_of(part: MixPart) -> str:
    """What a part's buttons carry."""
    if part.preset is not None:
        return f"{PRESET}.{part.preset}"
    return f"{SAVED}.{part.style_id}" if part.style_id is not None else f"{PHOTO}."


def _part(ident: str) -> MixPart:
    """The other way round. The photo of one's own comes with a picture only, never by a button alone."""
    kind, _, name = ident.partition(".")
    if kind == PRESET and name:
        return MixPart(preset=name)
    if kind == SAVED and name.isascii() and name.isdigit():
        return MixPart(style_id=int(name))
    raise Refused("press-old")
