"""What strangers send, and what becomes of it."""

import io
import random
import struct

import pytest
from PIL import Image

from jobs.decoding import decode, learn_formats
from jobs.errors import BadPicture
from tests.jobs.pictures import (
    QUARTERS,
    encoded,
    heif_header,
    jpeg_header,
    linear_profile,
    png_header,
    png_of,
    profiled,
    quarters,
    turned,
    webp_header,
)

KINDS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF")
PHOTO = encoded(quarters(), "JPEG", quality=95)

BAD = {
    "nothing": (b"", "not-a-picture"),
    "text named .jpg": (b"Dear bot, this is no picture at all.\n" * 50, "not-a-picture"),
    "a page": (b"<html><svg/></html>", "not-a-picture"),
    "a kind that is not taken": (encoded(quarters(), "BMP"), "not-a-picture"),
    "a script for a printer": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n", "not-a-picture"),
    "JPEG cut in half": (PHOTO[: len(PHOTO) // 2], "broken"),
    "JPEG cut in its header": (PHOTO[:30], "broken"),
    "PNG cut short": (encoded(quarters(), "PNG")[:-60], "broken"),
    "PNG of zeros": (b"\x89PNG\r\n\x1a\n" + bytes(500), "broken"),
    "PNG that holds no PNG's data": (png_of(128, 96, b"")[:-30] + b"no zlib stream, surely", "broken"),
    "WebP cut short": (encoded(quarters(), "WEBP")[:-40], "broken"),
    "AVIF cut short": (encoded(quarters(), "AVIF")[:100], "broken"),
    "HEIC cut short": (encoded(quarters(), "HEIF")[:-200], "broken"),
    "HEIC cut in its header": (encoded(quarters(), "HEIF")[:100], "broken"),
    "HEIC of another size than it announces": (heif_header("HEIF", 512, 512), "broken"),
    "a video": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(200), "not-a-picture"),
    "PNG bomb of 400 megapixels": (png_header(20_000, 20_000), "too-large"),
    "JPEG bomb of 400 megapixels": (jpeg_header(20_000, 20_000), "too-large"),
    "WebP bomb of 256 megapixels": (webp_header(16_000, 16_000), "too-large"),
    "AVIF bomb of 100 megapixels": (heif_header("AVIF", 10_000, 10_000), "too-large"),
    "HEIC bomb of 400 megapixels": (heif_header("HEIF", 20_000, 20_000), "too-large"),
    "just above the limit": (png_header(10_000, 5_001), "too-large"),
    "1 x 1": (encoded(Image.new("RGB", (1, 1)), "PNG"), "too-small"),
    "63 px high": (encoded(Image.new("RGB", (100, 63)), "PNG"), "too-small"),
    "20000 x 10": (encoded(Image.new("RGB", (20_000, 10)), "PNG"), "too-long"),
    "10 x 20000": (encoded(Image.new("RGB", (10, 20_000)), "PNG"), "too-long"),
    "21 : 1": (encoded(Image.new("RGB", (64, 64 * 21)), "PNG"), "too-long"),
}

# Whatever a decoder or a mode needs must have been loaded before the child gave up opening files.
GOOD = {
    **{kind: encoded(quarters(), kind) for kind in KINDS},
    **{f"{kind} with a profile": profiled(quarters(), kind) for kind in KINDS},
    **{f"{kind} turned": turned(6, kind) for kind in KINDS if kind not in {"HEIF", "GIF"}},
    **{f"{kind} with alpha": encoded(quarters().convert("RGBA"), kind) for kind in KINDS if kind != "JPEG"},
    "JPEG in CMYK": encoded(quarters().convert("CMYK"), "JPEG"),
    "JPEG in grey": encoded(quarters().convert("L"), "JPEG"),
    "PNG in 16 bit": encoded(quarters().convert("L").convert("I;16"), "PNG"),
    "PNG with a palette": encoded(quarters().convert("P"), "PNG"),
    "PNG in black and white": encoded(quarters().convert("1"), "PNG"),
}


@pytest.fixture(autouse=True, scope="module")
def all_formats() -> None:
    """As in the decoder child."""
    learn_formats()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file with a few bytes of it changed."""
    broken = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


def read(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png), formats=["PNG"])
    image.load()
    return image


def assert_shows_quarters(image: Image.Image, tolerance: int = 12) -> None:
    for (column, row), colour in QUARTERS.items():
        seen = image.getpixel(((2 * column + 1) * image.width // 4, (2 * row + 1) * image.height // 4))
        assert isinstance(seen, tuple)
        assert all(abs(is_ - should) <= tolerance for is_, should in zip(seen, colour, strict=True)), (seen, colour)


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD.keys())
def test_unusable_pictures_are_turned_down_with_their_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadPicture) as caught:
        decode(data)

    assert caught.value.reason == reason


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_is_taken_comes_out_the_same(kind: str) -> None:
    picture = decode(encoded(quarters(), kind))

    assert (picture.width_px, picture.height_px, picture.animated) == (128, 96, False)
    image = read(picture.png)
    assert (image.mode, image.size) == ("RGB", (128, 96))
    assert_shows_quarters(image, tolerance=25)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int, kind: str) -> None:
    picture = decode(turned(orientation, kind))

    assert (picture.width_px, picture.height_px) == (128, 96)
    assert_shows_quarters(read(picture.png), tolerance=25)


def test_a_heic_is_turned_by_its_own_marks_and_not_by_its_tag_again() -> None:
    tag = Image.Exif()
    tag[0x0112] = 6

    picture = decode(encoded(quarters(), "HEIF", quality=95, exif=tag))

    assert (picture.width_px, picture.height_px) == (128, 96)
    assert_shows_quarters(read(picture.png), tolerance=25)


def test_cmyk_becomes_rgb() -> None:
    picture = decode(encoded(quarters().convert("CMYK"), "JPEG", quality=95))

    assert_shows_quarters(read(picture.png))


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    picture = decode(encoded(Image.new("I;16", (64, 64), 32_896), "PNG"))

    assert read(picture.png).getpixel((5, 5)) == (128, 128, 128)


def test_sixteen_bit_colour_keeps_its_colours() -> None:
    row = b"\0" + struct.pack(">HHH", 65_535, 32_896, 0) * 64

    picture = decode(png_of(64, 64, row * 64, bits=16))

    assert read(picture.png).getpixel((5, 5)) == (255, 128, 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_white(mode: str) -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (32, 0, 64, 64))

    picture = read(decode(encoded(image.convert(mode), "PNG")).png)

    assert picture.getpixel((5, 5)) == (0, 0, 0)
    assert picture.getpixel((60, 5)) == (255, 255, 255)


def test_transparent_palette_entry_is_laid_on_white() -> None:
    image = Image.new("P", (64, 64), 0)
    image.putpalette([200, 0, 0, 0, 200, 0])
    image.paste(1, (32, 0, 64, 64))

    picture = read(decode(encoded(image, "PNG", transparency=1)).png)

    assert picture.getpixel((5, 5)) == (200, 0, 0)
    assert picture.getpixel((60, 5)) == (255, 255, 255)


def test_black_and_white_comes_out_in_rgb() -> None:
    picture = read(decode(encoded(Image.new("1", (64, 64), 1), "PNG")).png)

    assert picture.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_animation_gives_its_first_frame_and_says_so(kind: str) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ((250, 0, 0), (0, 250, 0))]

    picture = decode(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))

    red, green, _ = read(picture.png).getpixel((5, 5))  # type: ignore[misc]
    assert picture.animated
    assert red > 200 > 50 > green


@pytest.mark.parametrize("kind", ["MPO", "HEIF"])
def test_second_picture_in_a_phones_file_is_no_animation(kind: str) -> None:
    data = encoded(quarters(), kind, save_all=True, append_images=[quarters()])

    picture = decode(data)

    assert not picture.animated
    assert_shows_quarters(read(picture.png), tolerance=40)


@pytest.mark.parametrize("image", [quarters(), quarters().convert("RGBA")], ids=["RGB", "RGBA"])
def test_profile_that_changes_nothing_changes_nothing(image: Image.Image) -> None:
    picture = decode(profiled(image, "PNG"))

    assert_shows_quarters(read(picture.png), tolerance=3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_converted_from_the_pictures_profile(kind: str, mode: str) -> None:
    grey = Image.new("RGB", (64, 64), (128, 128, 128)).convert("RGB" if kind == "JPEG" else mode)

    picture = decode(encoded(grey, kind, icc_profile=linear_profile()))

    seen = read(picture.png).getpixel((5, 5))
    assert isinstance(seen, tuple)
    assert all(abs(value - 188) <= 2 for value in seen)


def test_profile_that_does_not_fit_is_left_out() -> None:
    picture = decode(encoded(quarters(), "PNG", icc_profile=b"no profile"))

    assert_shows_quarters(read(picture.png), tolerance=0)


def test_nothing_but_pixels_is_kept() -> None:
    picture = read(decode(turned(6)).png)

    assert not picture.getexif()
    assert "icc_profile" not in picture.info


def test_large_picture_is_shrunk_to_what_the_engine_can_use() -> None:
    picture = decode(encoded(Image.new("RGB", (5000, 2500), (9, 99, 199)), "PNG"))

    assert (picture.width_px, picture.height_px) == (4096, 2048)
