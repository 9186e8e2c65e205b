"""Pictures of every awkward kind, made on the spot."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

# Four quarters: red, green / blue, white.
QUARTERS = {(0, 0): (255, 0, 0), (1, 0): (0, 255, 0), (0, 1): (0, 0, 255), (1, 1): (255, 255, 255)}


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file of that kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def quarters(width_px: int = 128, height_px: int = 96) -> Image.Image:
    """A picture whose turns and flips can be told apart."""
    image = Image.new("RGB", (width_px, height_px))
    for (column, row), colour in QUARTERS.items():
        image.paste(colour, (column * width_px // 2, row * height_px // 2, width_px, height_px))
        if column == 0:
            image.paste(colour, (0, row * height_px // 2, width_px // 2, height_px))
    return image


def png_header(width_px: int, height_px: int) -> bytes:
    """A few bytes that announce a picture of any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(1000)))


def turned(orientation: int) -> bytes:
    """The quarters as a camera stores them that was held differently: looks upright once turned by its tag."""
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    image = quarters() if undo is None else quarters().transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, "JPEG", quality=95, exif=exif)


def profiled(image: Image.Image, kind: str) -> bytes:
    """The picture with an sRGB profile attached."""
    return encoded(image, kind, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
