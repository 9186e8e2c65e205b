"""Sheets of paper: their sizes, how many pixels they take, and files that a printer prints at exactly that size."""

import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from engine.errors import InvalidRequest

MM_PER_INCH = 25.4
ISO_216_MM = {"A2": (420, 594), "A3": (297, 420), "A4": (210, 297), "A5": (148, 210)}
SHORTEST_MM, LONGEST_MM = 50, 1200
SUPPORTED_DPI = (150, 300)
MAX_PIXELS = 100_000_000

_MEASURES = re.compile(r"(\d{1,4})\s*[x×]\s*(\d{1,4})\s*(?:mm)?", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """A sheet as it lies before the reader: width and height in mm, and the printer's dots per inch."""

    width_mm: int
    height_mm: int
    dpi: int

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return round(self.width_mm * self.dpi / MM_PER_INCH), round(self.height_mm * self.dpi / MM_PER_INCH)

    def turned_like(self, picture: Image.Image) -> "Sheet":
        """The same sheet lying or standing as the picture does."""
        lies = self.width_mm > self.height_mm
        if lies == (picture.width > picture.height) or picture.width == picture.height:
            return self
        return Sheet(self.height_mm, self.width_mm, self.dpi)

    def largest(self, picture: Image.Image) -> tuple[int, int]:
        """(width, height) in pixels of the picture, in its own shape, as large as the sheet holds."""
        width, height = self.size_px
        scale = min(width / picture.width, height / picture.height)
        return min(width, round(picture.width * scale)), min(height, round(picture.height * scale))

    def bearing(self, picture: Image.Image) -> Image.Image:
        """The sheet with the picture in its middle, white around it."""
        sheet = Image.new("RGB", self.size_px, "white")
        sheet.paste(picture, ((sheet.width - picture.width) // 2, (sheet.height - picture.height) // 2))
        return sheet


def read_sheet(paper: str, dpi: int) -> Sheet:
    """From "A3" or "300x400mm". Raises InvalidRequest, in one sentence."""
    if dpi not in SUPPORTED_DPI:
        raise InvalidRequest(f"dpi must be {' or '.join(map(str, SUPPORTED_DPI))}, not {dpi}")
    measures = _MEASURES.fullmatch(paper.strip())
    if paper.upper() in ISO_216_MM:
        width, height = ISO_216_MM[paper.upper()]
    elif measures:
        width, height = int(measures[1]), int(measures[2])
    else:
        raise InvalidRequest(f"paper must be {', '.join(ISO_216_MM)} or WIDTHxHEIGHTmm, not {paper!r}")
    if not SHORTEST_MM <= min(width, height) <= max(width, height) <= LONGEST_MM:
        raise InvalidRequest(f"paper must measure {SHORTEST_MM} to {LONGEST_MM} mm a side, not {width} × {height}")
    sheet = Sheet(width, height, dpi)
    if sheet.size_px[0] * sheet.size_px[1] > MAX_PIXELS:
        raise InvalidRequest(f"{paper} at {dpi} dpi is more than {MAX_PIXELS // 10**6} megapixels: take 150 dpi")
    return sheet


def save_sheet(sheet: Image.Image, path: Path, dpi: int, kind: str) -> None:
    """Write a PNG, JPEG or PDF that says how large it is to be printed; kind: the suffix, such as ".pdf"."""
    if kind == ".pdf":
        sheet.save(path, "PDF", resolution=float(dpi), quality=92)
    elif kind == ".png":
        sheet.save(path, "PNG", dpi=(dpi, dpi))
    else:
        sheet.save(path, "JPEG", dpi=(dpi, dpi), quality=92, subsampling=0)
