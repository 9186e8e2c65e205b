"""Pictures as Telegram serves them: photos in fitted JPEG sizes, documents untouched with a small thumbnail."""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps

from playground.errors import NotAPicture, PlaygroundError, WrongDimensions

PHOTO_BOXES_PX = (90, 320, 800, 1280)
THUMBNAIL_BOX_PX = 320
MAX_SIDES_SUM_PX = 10_000
MAX_RATIO = 20
# Just below the size from which Pillow itself warns of a decompression bomb; larger pictures can travel as files.
MAX_PIXELS = 89_000_000
JPEG_QUALITY = 87

_changing_filters = threading.Lock()


@dataclass(frozen=True)
class Rendition:
    """One JPEG of a picture."""

    jpeg: bytes
    width: int
    height: int


def measure(data: bytes) -> tuple[int, int] | None:
    """Width and height as displayed, or None when these bytes are no picture."""
    try:
        with _opened(data) as picture:
            turned = picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}
            return (picture.height, picture.width) if turned else picture.size
    except NotAPicture:
        return None


def photo_renditions(data: bytes, *, any_size: bool = False) -> list[Rendition]:
    """The sizes of a photo, smallest first: upright, flat, without metadata, at most 1280 px.

    any_size: a person's messenger scales large pictures down before sending; a bot's are refused.
    Raises NotAPicture and WrongDimensions.
    """
    with _opened(data) as picture:
        _check_dimensions(picture.size, any_size=any_size)
        upright = _flat(_decoded(picture))
    # A box that is larger than the picture repeats it: Telegram stops at the first such size.
    fitting = [box for box in PHOTO_BOXES_PX if box < max(upright.size)]
    boxes = PHOTO_BOXES_PX[: len(fitting) + 1]
    return [_jpeg(upright, box) for box in boxes]


def thumbnail(data: bytes) -> Rendition | None:
    """A small JPEG of a picture sent as a file, or None where there is nothing to show."""
    try:
        with _opened(data) as picture:
            return _jpeg(_flat(_decoded(picture)), THUMBNAIL_BOX_PX)
    except NotAPicture:
        return None


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The picture in somebody's bytes; whatever goes wrong while it is open means that they are none."""
    try:
        with _open(data) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAPicture
            yield picture
    except PlaygroundError:
        raise
    # Broad, because every decoder has errors of its own: RuntimeError from AVIF, NotImplementedError from DDS,
    # struct.error from TIFF. A list of them would be found incomplete by somebody's broken file.
    except Exception as error:
        raise NotAPicture from error


def _open(data: bytes) -> Image.Image:
    # Pictures open in several threads, but the filters belong to the process: without the lock one thread would
    # restore them while another relies on them.
    with _changing_filters, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(io.BytesIO(data))


def _decoded(picture: Image.Image) -> Image.Image:
    picture.draft("RGB", (2 * PHOTO_BOXES_PX[-1], 2 * PHOTO_BOXES_PX[-1]))
    return ImageOps.exif_transpose(picture)


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency, on white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def _check_dimensions(size: tuple[int, int], *, any_size: bool) -> None:
    long, short = max(size), min(size)
    if long > MAX_RATIO * short or (not any_size and long + short > MAX_SIDES_SUM_PX):
        raise WrongDimensions(f"{size[0]} × {size[1]}")


def _jpeg(picture: Image.Image, box: int) -> Rendition:
    copy = picture.copy()
    copy.thumbnail((box, box), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    copy.save(target, "JPEG", quality=JPEG_QUALITY)
    return Rendition(target.getvalue(), copy.width, copy.height)
