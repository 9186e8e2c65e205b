"""Repaint every preset's preview.jpg and the gallery's sheet: python -m engine.presets.preview

For a checkout only: the photographs come with scikit-image, a development dependency. Minutes on a CPU.
"""

import sys
from collections.abc import Sequence

from PIL import Image

from engine import Painter, Preset, Progress, Style, StyleRequest, load_presets, open_painter
from engine.presets import FOLDER

SIDE_PX = 384
TILE_PX = 320
GAP_PX = 8
SHEET_PATH = FOLDER.parents[1] / "docs" / "gallery" / "presets.jpg"
# Photographs that may be shown, each cut to a square around the face (left, top, right, bottom).
PHOTOS = {"astronaut": (105, 0, 345, 240), "chelsea": (85, 0, 385, 300)}


def main() -> None:
    """Paint every preset on every photograph; the first photograph gives the previews, all of them the sheet."""
    painter = open_painter()
    rows = []
    for photo in PHOTOS:
        content = _photograph(photo)
        rows.append([content, *(_painted(painter, preset, content, photo) for preset in load_presets())])
    for preset, picture in zip(load_presets(), rows[0][1:], strict=True):
        picture.save(preset.preview_path, quality=82, optimize=True, progressive=True)
    SHEET_PATH.parent.mkdir(parents=True, exist_ok=True)
    _sheet(rows).save(SHEET_PATH, quality=84, optimize=True, progressive=True)


def _photograph(name: str) -> Image.Image:
    from skimage import data

    picture = Image.fromarray(getattr(data, name)()).crop(PHOTOS[name])
    return picture.resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)


def _painted(painter: Painter, preset: Preset, content: Image.Image, photo: str) -> Image.Image:
    """The photograph in the preset's style, with a progress line."""

    def report(progress: Progress) -> None:
        sys.stderr.write(f"\r{photo} × {preset.name}: {progress.step}/{progress.steps} ")

    with Image.open(preset.style_path) as style:
        request = StyleRequest(content=content, styles=(Style(picture=style.convert("RGB")),), longest_side_px=SIDE_PX)
    painting = painter.paint(request, report, lambda: False)
    sys.stderr.write("\n")
    return painting.picture


def _sheet(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    """The pictures side by side on white."""
    step = TILE_PX + GAP_PX
    sheet = Image.new("RGB", (step * len(rows[0]) - GAP_PX, step * len(rows) - GAP_PX), "white")
    for down, row in enumerate(rows):
        for across, picture in enumerate(row):
            sheet.paste(picture.resize((TILE_PX, TILE_PX), Image.Resampling.LANCZOS), (across * step, down * step))
    return sheet


if __name__ == "__main__":
    main()
