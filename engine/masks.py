"""Which style goes where: the flat colours of a mask, one for each style, found without torch."""

from functools import reduce

from PIL import Image, ImageChops, ImageFilter

from engine.errors import InvalidRequest

# Of all pixels: less than this is a slip of the pen, not a region.
LEAST_SHARE = 0.001

Colour = tuple[int, int, int]


def flat_colours(mask: Image.Image, count: int) -> list[Colour]:
    """The mask's flat colours from dark to bright. Raises InvalidRequest where they are not so many.

    What lies along a soft edge is no colour of its own: it belongs to the region that it resembles.
    """
    rgb = mask.convert("RGB")
    pixels = rgb.width * rgb.height
    rgb.putalpha(_flat(rgb))
    found: list[tuple[int, tuple[int, ...]]] = rgb.getcolors(pixels) or []  # type: ignore[assignment]  # four bands
    often = [(red, green, blue) for number, (red, green, blue, flat) in found if flat and number > LEAST_SHARE * pixels]
    if len(often) != count:
        raise InvalidRequest(
            f"the mask has {len(often)} flat colours, and there are {count} styles: it needs one for each style"
        )
    return sorted(often, key=_brightness)


def _flat(rgb: Image.Image) -> Image.Image:
    """White where a pixel is like all its neighbours."""
    spread = ImageChops.difference(rgb.filter(ImageFilter.MaxFilter(3)), rgb.filter(ImageFilter.MinFilter(3)))
    return reduce(ImageChops.lighter, spread.split()).point([255, *[0] * 255])


def _brightness(colour: Colour) -> tuple[int, Colour]:
    """Of two that are equally bright the one with less red comes first, then less green."""
    red, green, blue = colour
    return 299 * red + 587 * green + 114 * blue, colour
