"""Redraw the style.jpg of the drawn presets named, or of all: python -m engine.presets.draw [NAME…]"""

import sys
from io import BytesIO

from PIL import Image

from engine.presets import FOLDER
from engine.presets.draw import draw_style, drawn_presets

# With full colour resolution: fine coloured strokes look and transfer better than at 86 without.
QUALITIES = (80, 76, 72, 68, 64, 60)
LARGEST_BYTES = 245_000


def main() -> None:
    """Draw them one after another and say how far we are."""
    presets = drawn_presets()
    names = sys.argv[1:] or list(presets)
    for number, name in enumerate(names, start=1):
        sys.stderr.write(f"[{number}/{len(names)}] {name}\n")
        folder = FOLDER / name
        folder.mkdir(exist_ok=True)
        (folder / "style.jpg").write_bytes(_jpeg(draw_style(name, presets[name])))


def _jpeg(picture: Image.Image) -> bytes:
    """The best quality that is light enough to ship."""
    for quality in QUALITIES:
        data = BytesIO()
        picture.save(data, "JPEG", quality=quality, subsampling=0, optimize=True, progressive=True)
        if data.tell() <= LARGEST_BYTES:
            break
    return data.getvalue()


if __name__ == "__main__":
    main()
