"""Sheets of paper that posters are printed on."""

from dataclasses import dataclass

MM_PER_INCH = 25.4
CM_PER_INCH = 2.54


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A sheet, and how finely it is printed. key: what its button carries."""

    key: str
    name: str
    short_mm: int
    long_mm: int
    dpi: int

    def longest_side_px(self, width_px: int, height_px: int) -> int:
        """Of a picture of that shape, as large as it fits onto the sheet, standing or lying as the picture does."""
        shorter, longer = sorted((width_px, height_px))
        return round(min(self.long_mm, self.short_mm * longer / shorter) * self.dpi / MM_PER_INCH)


PAPERS = (
    Paper(key="a4", name="A4", short_mm=210, long_mm=297, dpi=150),
    Paper(key="a3", name="A3", short_mm=297, long_mm=420, dpi=150),
    Paper(key="a2", name="A2", short_mm=420, long_mm=594, dpi=150),
    Paper(key="a4-fine", name="A4", short_mm=210, long_mm=297, dpi=300),
)


def find_paper(key: str) -> Paper | None:
    """The sheet whose button carries that key."""
    return next((paper for paper in PAPERS if paper.key == key), None)


def printed_cm(longest_side_px: int, dpi: int) -> int:
    """How long a picture's longer side is on paper."""
    return round(longest_side_px / dpi * CM_PER_INCH)
