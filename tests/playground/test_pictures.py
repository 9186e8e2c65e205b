import io
import struct
import warnings
import zlib

import pytest
from PIL import Image

from playground.errors import NotAPicture, WrongDimensions
from playground.pictures import measure, photo_renditions, thumbnail
from tests.playground.helpers import a_picture, opened


def a_turned_picture() -> bytes:
    """40 × 20 pixels that are to be shown as 20 × 40, with a place in the metadata."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N"}
    target = io.BytesIO()
    Image.new("RGB", (40, 20)).save(target, "JPEG", exif=exif)
    return target.getvalue()


def a_broken_avif() -> bytes:
    """Opens well; what it shows cannot be decoded."""
    data = a_picture(kind="AVIF")
    return data[:-40] + b"\xff" * 40


def an_unknown_dds() -> bytes:
    """Opens with NotImplementedError."""
    data = bytearray(a_picture(kind="DDS"))
    data[80:84] = struct.pack("<I", 0)
    return bytes(data)


def a_header_of_144_megapixels() -> bytes:
    """A PNG that claims 12,000 × 12,000 pixels and has none."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 12_000, 12_000, 8, 2, 0, 0, 0)
    pixels = b"IDAT"
    chunks = [
        struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in (header, pixels)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((1600, 800), [(90, 45), (320, 160), (800, 400), (1280, 640)]),
        ((1000, 500), [(90, 45), (320, 160), (800, 400), (1000, 500)]),
        ((320, 200), [(90, 56), (320, 200)]),
        ((64, 48), [(64, 48)]),
    ],
    ids=["large", "between", "exact", "small"],
)
def test_photos_are_fitted_and_never_enlarged(size: tuple[int, int], fitted: list[tuple[int, int]]) -> None:
    renditions = photo_renditions(a_picture(*size))

    assert [(made.width, made.height) for made in renditions] == fitted
    assert {opened(made.jpeg).format for made in renditions} == {"JPEG"}


def test_photo_is_upright_and_tells_no_place() -> None:
    [made] = photo_renditions(a_turned_picture())

    assert (made.width, made.height) == (20, 40)
    assert not opened(made.jpeg).getexif()


def test_transparency_turns_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (32, 32), (255, 0, 0, 0)).save(target, "PNG")

    [made] = photo_renditions(target.getvalue())

    assert opened(made.jpeg).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(9700, 500), (2100, 100)], ids=["sum-of-sides", "ratio"])
def test_bots_may_not_send_such_photos(size: tuple[int, int]) -> None:
    with pytest.raises(WrongDimensions):
        photo_renditions(a_picture(*size))


def test_a_persons_large_photo_is_scaled_down() -> None:
    renditions = photo_renditions(a_picture(600, 9600), any_size=True)

    assert (renditions[-1].width, renditions[-1].height) == (80, 1280)


@pytest.mark.parametrize("data", [b"", b"hello", a_picture()[:60]], ids=["nothing", "text", "cut"])
def test_what_is_no_picture_is_said_so(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        photo_renditions(data)


@pytest.mark.parametrize("data", [a_broken_avif(), an_unknown_dds()], ids=["avif", "dds"])
def test_errors_of_single_decoders_mean_no_picture_too(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        photo_renditions(data)

    assert thumbnail(data) is None


def test_too_many_pixels_are_no_picture_and_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    warnings.simplefilter("always")

    dimensions = measure(a_header_of_144_megapixels())

    assert dimensions is None
    assert not recwarn.list


def test_documents_are_measured_as_displayed() -> None:
    assert measure(a_turned_picture()) == (20, 40)
    assert measure(b"text") is None


def test_thumbnail_fits_320_px() -> None:
    small = thumbnail(a_picture(1000, 500))

    assert small is not None
    assert (small.width, small.height) == (320, 160)
    assert thumbnail(b"text") is None
