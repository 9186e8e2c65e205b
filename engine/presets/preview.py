"""Paint preview.jpg of the presets named, or of all, and lay out the gallery: python -m engine.presets.preview [NAME…]

For a checkout only: the photograph comes with scikit-image, a development dependency. About a minute each on a CPU.
"""

import sys
from collections.abc import Sequence

from PIL import Image

from engine import Painter, Preset, Progress, Style, StyleRequest, load_presets, open_painter
from engine.presets import FOLDER

SIDE_PX = 320
TILE_PX = 256
GAP_PX = 8
TILES_A_ROW = 4
SHEET_PATH = FOLDER.parents[1] / "docs" / "gallery" / "presets.jpg"
PHOTO = "astronaut"
FACE = (105, 0, 345, 240)  # the square around her face: left, top, right, bottom


def main() -> None:
    """Save every preview as soon as it is painted; the sheet shows those that are there."""
    names = sys.argv[1:] or [preset.name for preset in load_presets()]
    unknown = set(names) - {preset.name for preset in load_presets()}
    if unknown:
        sys.exit(f"no such preset: {', '.join(sorted(unknown))}")
    painter, content = open_painter(), _photograph()
    for preset in load_presets():
        if preset.name in names:
            picture = _painted(painter, preset, content)
            picture.save(preset.preview_path, quality=82, optimize=True, progressive=True)
    SHEET_PATH.parent.mkdir(parents=True, exist_ok=True)
    _sheet(content).save(SHEET_PATH, quality=84, optimize=True, progressive=True)


def _photograph() -> Image.Image:
    from skimage import data

    photograph = Image.fromarray(getattr(data, PHOTO)())
    return photograph.crop(FACE).resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)


def _painted(painter: Painter, preset: Preset, content: Image.Image) -> Image.Image:
    """The photograph in the preset's style, with a progress line."""

    def report(progress: Progress) -> None:
        sys.stderr.write(f"\r{preset.name}: {progress.step}/{progress.steps} ")

    with Image.open(preset.style_path) as style:
        request = StyleRequest(content=content, styles=(Style(picture=style.convert("RGB")),), longest_side_px=SIDE_PX)
    painting = painter.paint(request, report, lambda: False)
    sys.stderr.write("\n")
    return painting.picture


def _sheet(content: Image.Image) -> Image.Image:
    """The photograph and all previews, row by row on white."""
    painted = [preset.preview_path for preset in load_presets() if preset.preview_path.exists()]
    tiles = [_tile(content)]
    for path in painted:
        with Image.open(path) as picture:
            tiles.append(_tile(picture))
    rows = [tiles[first : first + TILES_A_ROW] for first in range(0, len(tiles), TILES_A_ROW)]
    return _laid_out(rows)


def _tile(picture: Image.Image) -> Image.Image:
    return picture.resize((TILE_PX, TILE_PX), Image.Resampling.LANCZOS)


def _laid_out(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    step = TILE_PX + GAP_PX
    sheet = Image.new("RGB", (step * TILES_A_ROW - GAP_PX, step * len(rows) - GAP_PX), "white")
    for down, row in enumerate(rows):
        for across, tile in enumerate(row):
            sheet.paste(tile, (across * step, down * step))
    return sheet


if __name__ == "__main__":
    main()
