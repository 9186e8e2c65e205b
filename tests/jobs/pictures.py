"""Pictures of every awkward kind, made on the spot."""

import io
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()

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


def png_of(width_px: int, height_px: int, rows: bytes, *, bits: int = 8) -> bytes:
    """A PNG in RGB by hand: rows may be too few, for a bomb, or have more bits than Pillow writes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = struct.pack(">IIBBBBB", width_px, height_px, bits, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png_header(width_px: int, height_px: int) -> bytes:
    """A few bytes that announce a picture of any size."""
    return png_of(width_px, height_px, bytes(1000))


def jpeg_header(width_px: int, height_px: int) -> bytes:
    """A small JPEG that announces another size than it has."""
    data = encoded(quarters(), "JPEG")
    frame = data.index(b"\xff\xc0") + 5  # marker, length, bits
    return data[:frame] + struct.pack(">HH", height_px, width_px) + data[frame + 4 :]


def webp_header(width_px: int, height_px: int) -> bytes:
    """A small WebP that announces another size than it has: at most 16,383 px a side."""
    data = encoded(quarters(), "WEBP")
    frame = data.index(b"\x9d\x01\x2a") + 3
    return data[:frame] + struct.pack("<HH", width_px, height_px) + data[frame + 4 :]


def heif_header(kind: str, width_px: int, height_px: int) -> bytes:
    """A small AVIF or HEIC that announces another size than it has."""
    data = encoded(quarters(), kind)
    size = data.index(b"ispe") + 8
    return data[:size] + struct.pack(">II", width_px, height_px) + data[size + 8 :]


def turned(orientation: int, kind: str = "JPEG") -> bytes:
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
    return encoded(image, kind, quality=95, exif=exif)


def profiled(image: Image.Image, kind: str) -> bytes:
    """The picture with an sRGB profile attached."""
    return encoded(image, kind, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def linear_profile() -> bytes:
    """A colour profile with the primaries of sRGB and no curve: 128 in it is 188 in sRGB."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    straight = b"curv" + bytes(8)
    tags = {
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249),
        b"rXYZ": b"XYZ \0\0\0\0" + fixed(0.4361, 0.2225, 0.0139),
        b"gXYZ": b"XYZ \0\0\0\0" + fixed(0.3851, 0.7169, 0.0971),
        b"bXYZ": b"XYZ \0\0\0\0" + fixed(0.1431, 0.0606, 0.7141),
        b"rTRC": straight,
        b"gTRC": straight,
        b"bTRC": straight,
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"desc": b"desc\0\0\0\0\0\0\0\x02x\0" + bytes(82),
    }
    table, bodies = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        table += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(bodies), len(body))
        bodies += body
    length = struct.pack(">I", 128 + len(table) + len(bodies))
    kind = bytes(4) + b"\x02\x10\0\0" + b"mntrRGB XYZ "
    head = (length + kind + bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)).ljust(128, b"\0")
    return head + table + bodies
