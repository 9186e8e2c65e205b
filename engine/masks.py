"""Which style goes where: the flat colours of a mask, one for each style, found without torch."""

from PIL import Image

from engine.errors import InvalidRequest

# Soft edges between two regions have many colours of few pixels: these belong to the region they resemble.
LEAST_SHARE = 0.005

Colour = tuple[int, int, int]


def flat_colours(mask: Image.Image, count: int) -> list[Colour]:
    """The mask's flat colours from dark to bright. Raises InvalidRequest where they are not so many."""
    rgb = mask.convert("RGB")
    pixels = rgb.width * rgb.height
    found: list[tuple[int, Colour]] = rgb.getcolors(pixels) or []  # type: ignore[assignment]  # three bands
    colours = sorted((colour for often, colour in found if often >= LEAST_SHARE * pixels), key=_brightness)
    if len(colours) != count:
        raise InvalidRequest(
            f"the mask has {len(colours)} flat colours, and there are {count} styles: it needs one for each style"
        )
    return colours


def _brightness(colour: Colour) -> tuple[int, Colour]:
    """Of two that are equally bright the one with less red comes first, then less green."""
    red, green, blue = colour
    return 299 * red + 587 * green + 114 * blue, colour
