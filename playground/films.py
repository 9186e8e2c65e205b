"""What an MP4 says of itself: its sides and its length. Nothing here decodes a picture."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from playground.errors import NotAFilm

_FOLDERS = frozenset({b"moov", b"trak"})
_DEEPEST = 3


@dataclass(frozen=True)
class FilmFacts:
    """Sides in pixels, and whole seconds."""

    width: int
    height: int
    duration_s: int


def read_film(data: bytes) -> FilmFacts:
    """Raises NotAFilm for anything but an MP4 with a picture in it."""
    try:
        boxes = list(_boxes(memoryview(data)))
        sides = max(_sides(box) for kind, box in boxes if kind == b"tkhd")  # that of sound has none
        [seconds] = [_seconds(box) for kind, box in boxes if kind == b"mvhd"]
    except (ValueError, IndexError, ZeroDivisionError, struct.error) as error:
        raise NotAFilm from error
    if data[4:8] != b"ftyp" or 0 in sides:
        raise NotAFilm
    return FilmFacts(*sides, duration_s=seconds)


def _boxes(data: memoryview, depth: int = 0) -> Iterator[tuple[bytes, memoryview]]:
    """All boxes, those inside others too: four bytes of length, four of kind, then what they hold."""
    while len(data) >= 8 and depth <= _DEEPEST:
        length, kind = struct.unpack_from(">I4s", data)
        begin = 8
        if length == 1:  # longer than 32 bits can say
            (length,), begin = struct.unpack_from(">Q", data, 8), 16
        end = length or len(data)
        if not begin <= end <= len(data):
            raise ValueError("a box that is longer than its file")
        yield kind, data[begin:end]
        if kind in _FOLDERS:
            yield from _boxes(data[begin:end], depth + 1)
        data = data[end:]


def _sides(box: memoryview) -> tuple[int, int]:
    """The last two fields, in sixteenths of sixteen bits."""
    width, height = struct.unpack(">II", box[-8:])
    return width >> 16, height >> 16


def _seconds(box: memoryview) -> int:
    """Units a second, and how many of them; in version 1 with longer fields."""
    units: int
    length: int
    units, length = struct.unpack_from(">IQ", box, 20) if box[0] else struct.unpack_from(">II", box, 12)
    return max(1, round(length / units))
