"""Paint preview.jpg of the presets named, or of all that ship, and lay out the gallery.

python -m engine.presets.preview [NAME…] [--method instant|gatys]; --sheet alone lays out what is there.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from engine import Painter, Preset, Progress, Style, StyleRequest, open_painter
from engine.errors import EngineError, InvalidRequest
from engine.presets import FOLDER, PREVIEW, every_preset

SIDE_PX = 320
TILE_PX, TITLE_PX, FONT_PX, GAP_PX = 240, 28, 17, 8
TILES_A_ROW = 6
PAPER, INK = (250, 248, 243), (40, 38, 34)
SHEET_PATH = FOLDER.parents[1] / "docs" / "gallery" / "presets.jpg"
PHOTOGRAPH = FOLDER.parent / "photographs" / "astronaut.jpg"

# What people get at once, or what they can have by waiting.
PreviewMethod = Literal["instant", "gatys"]


def main() -> None:
    """Save every preview as soon as it is painted; what cannot be done is told in one line, with exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--method", choices=("instant", "gatys"), default="instant")
    parser.add_argument("--sheet", action="store_true", help="paint nothing")
    given = parser.parse_args()
    try:
        if not given.sheet:
            _paint_shipped(given.names, given.method)
    except EngineError as error:
        sys.stderr.write(f"preview: {error}\n")
        sys.exit(2)
    SHEET_PATH.parent.mkdir(parents=True, exist_ok=True)
    save(gallery(_shipped()), SHEET_PATH)


def _shipped() -> list[Preset]:
    return [preset for preset in every_preset() if preset.ships]


def _paint_shipped(names: Sequence[str], method: PreviewMethod) -> None:
    unknown = set(names) - {preset.name for preset in _shipped()}
    if unknown:
        raise InvalidRequest(f"no such preset: {', '.join(sorted(unknown))}")
    painter, photograph = open_painter(), read_photograph()
    for preset in _shipped():
        if preset.name in names or not names:
            save(
                paint_preview(painter, preset.name, photograph, method, _told(preset.name)),
                FOLDER / preset.name / PREVIEW,
            )


def _told(name: str) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        sys.stderr.write(f"\r{name}: {progress.step}/{progress.steps} ")
        if progress.step == progress.steps:
            sys.stderr.write("\n")

    return tell


def read_photograph() -> Image.Image:
    """What previews are painted on."""
    with Image.open(PHOTOGRAPH) as opened:
        return opened.convert("RGB")


def paint_preview(
    painter: Painter,
    preset: str,
    content: Image.Image,
    method: PreviewMethod = "instant",
    on_step: Callable[[Progress], None] = lambda progress: None,
) -> Image.Image:
    """The content in the style of a preset; a picture of few pixels."""
    request = StyleRequest(content=content, styles=(Style(preset=preset),), method=method, longest_side_px=SIDE_PX)
    return painter.paint(request, on_step, lambda: False).picture


def save(picture: Image.Image, path: Path) -> None:
    """As a JPEG light enough to ship."""
    picture.save(path, "JPEG", quality=82, optimize=True, progressive=True)


def gallery(presets: Sequence[Preset]) -> Image.Image:
    """All previews with their titles, row by row."""
    tiles = []
    for preset in presets:
        with Image.open(preset.preview_path) as preview:
            tiles.append((preview.convert("RGB"), preset.title))
    step, rows = TILE_PX + GAP_PX, -(-len(tiles) // TILES_A_ROW)
    sheet = Image.new("RGB", (step * TILES_A_ROW + GAP_PX, (step + TITLE_PX) * rows + GAP_PX), PAPER)
    for place, (picture, title) in enumerate(tiles):
        down, across = divmod(place, TILES_A_ROW)
        _paste(sheet, picture, title, (GAP_PX + across * step, GAP_PX + down * (step + TITLE_PX)))
    return sheet


def _paste(sheet: Image.Image, picture: Image.Image, title: str, corner: tuple[int, int]) -> None:
    left, top = corner
    sheet.paste(picture.resize((TILE_PX, TILE_PX), Image.Resampling.LANCZOS), corner)
    middle = left + TILE_PX / 2, top + TILE_PX + TITLE_PX / 2
    ImageDraw.Draw(sheet).text(middle, title, fill=INK, font=ImageFont.load_default(FONT_PX), anchor="mm")


if __name__ == "__main__":
    main()
