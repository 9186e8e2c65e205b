"""Kinds of styles, as people tell them apart."""

from collections.abc import Sequence
from enum import StrEnum

from jobs.presets import Preset, list_presets


class Category(StrEnum):
    """What a sheet shows, as its buttons carry it."""

    ALL = "a"
    PAINTINGS = "p"
    PATTERNS = "d"
    HOUSE = "o"  # those an operator added


LABELS: dict[Category, str] = {
    Category.ALL: "category-all",
    Category.PAINTINGS: "category-paintings",
    Category.PATTERNS: "category-patterns",
    Category.HOUSE: "category-house",
}
KINDS: dict[Category, tuple[str, ...]] = {
    Category.PAINTINGS: ("painted",),
    Category.PATTERNS: ("drawn",),
    Category.HOUSE: ("own", "cyclegan"),
}


def presets_in(category: Category) -> Sequence[Preset]:
    """The presets of a category, in their order."""
    kinds = KINDS.get(category)
    return [preset for preset in list_presets() if kinds is None or preset.kind in kinds]


def categories_there_are() -> Sequence[Category]:
    """Those with at least one preset; ALL first. None where that would be the only choice."""
    filled = [category for category in Category if presets_in(category)]
    return filled if len(filled) > 2 else []
