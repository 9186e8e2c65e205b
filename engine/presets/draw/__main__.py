"""Redraw every drawn preset's style.jpg: python -m engine.presets.draw"""

import sys

from engine.presets import FOLDER
from engine.presets.draw import draw_style, drawn_presets

QUALITY = 80  # with full colour resolution: fine coloured strokes look and transfer better than at 86 without


def main() -> None:
    """Draw them one after another and say how far we are."""
    presets = drawn_presets()
    for number, (name, seed) in enumerate(presets.items(), start=1):
        sys.stderr.write(f"[{number}/{len(presets)}] {name}\n")
        folder = FOLDER / name
        folder.mkdir(exist_ok=True)
        draw_style(name, seed).save(
            folder / "style.jpg", quality=QUALITY, subsampling=0, optimize=True, progressive=True
        )


if __name__ == "__main__":
    main()
