"""Several pictures on one: previews of styles, results of jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bot import texts

TILES_A_ROW = 3
TILE_PX = 360
GAP_PX = 10
TITLE_PX = 44
FONT_PX = 32  # legible where a telephone shows the sheet a third as large
# Pillow's own font knows plain English letters only; this one also Latin with accents, Greek and Cyrillic.
FONT = texts.LOCALES / "titles.ttf"
PAPER = (250, 248, 243)
BLANK = (226, 222, 213)
INK = (40, 38, 34)
JPEG_QUALITY = 88


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A picture, as its file or its bytes, and the title below it. Without a picture the tile stays blank."""

    title: str
    picture: Path | bytes | None


def draw_sheet(tiles: Sequence[Tile]) -> bytes:
    """The tiles in rows, as JPEG. Costs some 100 ms: call it in a thread."""
    rows = -(-len(tiles) // TILES_A_ROW)
    width = GAP_PX + min(len(tiles), TILES_A_ROW) * (TILE_PX + GAP_PX)
    height = GAP_PX + rows * (TILE_PX + TITLE_PX + GAP_PX)
    sheet = Image.new("RGB", (width, height), PAPER)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, TILES_A_ROW)
        _paste(sheet, (GAP_PX + column * (TILE_PX + GAP_PX), GAP_PX + row * (TILE_PX + TITLE_PX + GAP_PX)), tile)
    data = BytesIO()
    sheet.save(data, "JPEG", quality=JPEG_QUALITY)
    return data.getvalue()


def _paste(sheet: Image.Image, corner: tuple[int, int], tile: Tile) -> None:
    left, top = corner
    sheet.paste(
        _square(tile.picture) if tile.picture is not None else Image.new("RGB", (TILE_PX, TILE_PX), BLANK), corner
    )
    middle = (left + TILE_PX / 2, top + TILE_PX + TITLE_PX / 2)
    ImageDraw.Draw(sheet).text(middle, tile.title, fill=INK, font=font_for(tile.title), anchor="mm")


def font_for(title: str) -> ImageFont.FreeTypeFont:
    """The largest letters in which a title fits under its picture."""
    font = ImageFont.truetype(FONT, FONT_PX)
    width = font.getlength(title)
    return font if width <= TILE_PX else ImageFont.truetype(FONT, FONT_PX * TILE_PX / width)


def _square(picture: Path | bytes) -> Image.Image:
    with Image.open(BytesIO(picture) if isinstance(picture, bytes) else picture) as opened:
        opened.draft("RGB", (TILE_PX, TILE_PX))  # a poster need not be read in full
        return ImageOps.fit(opened.convert("RGB"), (TILE_PX, TILE_PX))
