"""Bytes that a stranger sent become an upright sRGB picture, or the reason why not. Runs in the decoder child only."""

import io
import logging
import warnings
import zlib
from dataclasses import dataclass

import pillow_heif
from PIL import AvifImagePlugin, ExifTags, Image, ImageCms, UnidentifiedImageError

from engine import MAX_SIDE_PX
from jobs.errors import BadPicture

log = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF")
# Formats whose further frames are an animation. A phone's JPEG or HEIC may hold a second picture too, which is none.
ANIMATED_FORMATS = frozenset({"PNG", "WEBP", "AVIF", "GIF"})
MAX_PIXELS = 50_000_000
MIN_SIDE_PX = 64
MAX_RATIO = 20
# Every thread of a decoder takes address space, of which there is little.
MAX_THREADS = 2
# Quick before small, as a picture lives for a day; looking for repeats longer than runs would find none in a photo.
PNG_OPTIONS = {"compress_level": 1, "compress_type": zlib.Z_RLE}
WHITE = (255, 255, 255)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
FILE_TYPES = frozenset({b"ftypavif", b"ftypavis", b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"})
SIXTEEN_BIT_MODES = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N"})
EXIF_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """An upright RGB picture in sRGB, at most MAX_SIDE_PX on its longest side, as PNG.

    animated: what was sent moves; this is its first frame
    """

    png: bytes
    width_px: int
    height_px: int
    animated: bool


def learn_formats() -> None:
    """Load every plug-in, once for the process: one first imported over a hostile picture would meet its limits."""
    Image.init()
    AvifImagePlugin.DEFAULT_MAX_THREADS = MAX_THREADS
    pillow_heif.register_heif_opener(decode_threads=MAX_THREADS, thumbnails=False, depth_images=False, aux_images=False)


def decode(data: bytes) -> Decoded:
    """Read a picture of any of FORMATS, after learn_formats(). Raises BadPicture."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about odd metadata, of which strangers' pictures are full
        image = _open(data)
        _check_size(*image.size)
        try:
            animated = image.format in ANIMATED_FORMATS and getattr(image, "is_animated", False)
            picture = _upright_srgb(image)
        except MemoryError as error:
            raise BadPicture("too-large") from error
        except Exception as error:
            # Decoders raise whatever they like over broken data, down to IndexError and struct.error.
            raise BadPicture("broken") from error
        return Decoded(png=_to_png(picture), width_px=picture.width, height_px=picture.height, animated=bool(animated))


def _open(data: bytes) -> Image.Image:
    # Some plug-ins ask Pillow's limit before they take memory. It warns above it, and refuses above twice as much.
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, MemoryError) as error:
        raise BadPicture("too-large") from error
    except UnidentifiedImageError as error:
        raise BadPicture("broken" if _looks_like_a_picture(data) else "not-a-picture") from error
    except Exception as error:
        raise BadPicture("broken") from error


def _looks_like_a_picture(data: bytes) -> bool:
    in_riff = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return data.startswith(MAGIC) or in_riff or data[4:12] in FILE_TYPES


def _check_size(width_px: int, height_px: int) -> None:
    shortest_px, longest_px = sorted((width_px, height_px))
    if shortest_px < 1:
        raise BadPicture("broken")
    if width_px * height_px > MAX_PIXELS:
        raise BadPicture("too-large")
    if longest_px > MAX_RATIO * shortest_px:
        raise BadPicture("too-long")
    if shortest_px < MIN_SIDE_PX:
        raise BadPicture("too-small")


def _upright_srgb(image: Image.Image) -> Image.Image:
    """The first frame, shrunk before all else: every later step costs by the pixel."""
    turn = _exif_turn(image)
    profile = image.info.get("icc_profile")
    image.load()
    _check_size(*image.size)  # once more: a HEIC may turn out larger than it announced
    picture = _common_mode(image)
    picture.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    picture = _to_srgb(picture.convert("RGB") if alpha is not None else picture, profile)
    if alpha is not None:
        canvas = Image.new("RGB", picture.size, WHITE)
        canvas.paste(picture, mask=alpha)
        picture = canvas
    return picture if turn is None else picture.transpose(turn)


def _exif_turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return EXIF_TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # a broken tag is no reason to turn a good picture down
        log.info("metadata cannot be read")
        return None


def _common_mode(image: Image.Image) -> Image.Image:
    """The picture as L, RGB, RGBA or CMYK, which can be shrunk and to which profiles apply."""
    if image.mode in SIXTEEN_BIT_MODES:
        return image.point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"L", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """By the profile the picture brought along; by the usual formula where it has none, or one that does not fit."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            log.info("colour profile cannot be used")
        else:
            assert converted is not None  # only a conversion in place answers None
            return converted
    return picture.convert("RGB")


def _to_png(picture: Image.Image) -> bytes:
    # What the file brought along (texts, positions, profiles) ends here.
    buffer = io.BytesIO()
    clean = picture.copy()
    clean.info.clear()
    clean.save(buffer, "PNG", **PNG_OPTIONS)
    return buffer.getvalue()
