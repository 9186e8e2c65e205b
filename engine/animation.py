"""Pictures in a row as one file in memory, MP4, GIF or WebP, below a size that chats take; free of torch."""

import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, overload

from PIL import Image

from engine.errors import InvalidRequest
from engine.scales import fit

if TYPE_CHECKING:
    from av import VideoFrame

KINDS = (".mp4", ".gif", ".webp")
FRAMES_PER_S = 12
# Held, so that a loop shows where it begins and where it ends.
FIRST_S, LAST_S = 1.0, 2.0
# What messengers play at once in a chat; Telegram takes more, but shows it as a file.
MAX_BYTES = 8_000_000
MAX_FRAMES = 96
# If it is too large: how much quality is given up, and how much of the longest side.
ATTEMPTS = ((0, 1.0), (1, 1.0), (2, 1.0), (2, 0.75), (2, 0.5), (2, 0.35), (2, 0.25))
# With "medium" and 20, files of the same size look the same, and take twice as long.
X264_PRESET, X264_CRF = "veryfast", (18, 23, 28)
WEBP_QUALITY = (85, 70, 50)
GIF_COLOURS = (256, 128, 64)
# Of previews that wait in a file: no loss that could be seen after H.264.
KEPT_QUALITY = 92
# FFmpeg's numbers for the colours of high-definition television, and for its range of values.
BT709, LIMITED_RANGE = 1, 1


class Frames(Sequence[Image.Image]):
    """Pictures in a row, each made when it is looked at: all at once would fill the memory."""

    def __init__(self, count: int, look: Callable[[int], Image.Image]) -> None:
        self._count, self._look = count, look

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Image.Image: ...
    @overload
    def __getitem__(self, index: slice) -> list[Image.Image]: ...
    def __getitem__(self, index: int | slice) -> Image.Image | list[Image.Image]:
        numbers = range(self._count)[index]
        return [self._look(number) for number in numbers] if isinstance(numbers, range) else self._look(numbers)


class TimeLapse:
    """Gathers previews of unknown number, in a file: whenever there are too many, every second one goes."""

    def __init__(self, start: Image.Image | None = None) -> None:
        """start: what is shown before the first preview."""
        self._start = start
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        weakref.finalize(self, self._file.close)
        self._places: list[tuple[int, int]] = []  # where each begins, and how long it is
        self._seen, self._every = 0, 1

    def __len__(self) -> int:
        return len(self._places)

    def add(self, preview: Image.Image) -> None:
        """The next preview. Raises OSError where there is no room for it."""
        if self._seen % self._every == 0:
            self._keep(preview)
        self._seen += 1
        if len(self._places) > MAX_FRAMES:
            self._places, self._every = self._places[::2], self._every * 2

    def frames(self, last: Image.Image) -> Sequence[Image.Image]:
        """All that are left, from the start to the finished picture."""
        before = [self._start] if self._start else []

        def look(number: int) -> Image.Image:
            if number < len(before):
                return before[number]
            place = number - len(before)
            return self._read(place) if place < len(self._places) else last

        return Frames(len(before) + len(self._places) + 1, look)

    def _keep(self, preview: Image.Image) -> None:
        begin = self._file.seek(0, SEEK_END)
        preview.convert("RGB").save(self._file, "JPEG", quality=KEPT_QUALITY, subsampling=0)
        self._places.append((begin, self._file.tell() - begin))

    def _read(self, number: int) -> Image.Image:
        begin, length = self._places[number]
        self._file.seek(begin)
        return Image.open(BytesIO(self._file.read(length)))


def animate(
    frames: Sequence[Image.Image], kind: str, *, longest_side_px: int = 512, max_bytes: int = MAX_BYTES
) -> bytes:
    """The file. All frames take the shape of the last, at most longest_side_px; the first and last are held.

    kind: one of KINDS. Raises InvalidRequest for another kind, or where no size fits below max_bytes.
    """
    encode = _ENCODERS.get(kind.lower())
    if encode is None:
        raise InvalidRequest(f"an animation must end in one of {', '.join(KINDS)}, not {kind!r}")
    largest_px = min(longest_side_px, max(frames[-1].size))
    for loss, part in ATTEMPTS:
        size = fit(frames[-1].size, max(2, round(largest_px * part)))
        made = encode(Frames(len(frames), partial(_sized, frames, size)), loss)
        if len(made) <= max_bytes:
            return made
    raise InvalidRequest(f"no animation of {len(frames)} pictures fits into {max_bytes} bytes")


def _sized(frames: Sequence[Image.Image], size: tuple[int, int], number: int) -> Image.Image:
    frame = frames[number]
    return frame.convert("RGB") if frame.size == size else frame.convert("RGB").resize(size, Image.Resampling.BICUBIC)


def _mp4(frames: Sequence[Image.Image], loss: int) -> bytes:
    """H.264 in 4:2:0, which every player knows, with the index in front, as chats play before they have all of it."""
    import av  # late: a hundred milliseconds

    width, height = (max(2, side & ~1) for side in frames[0].size)  # 4:2:0 halves the colours: both sides are even
    with tempfile.NamedTemporaryFile(suffix=".mp4") as draft:  # FFmpeg reads it again to bring the index to the front
        with av.open(draft.name, "w", options={"movflags": "+faststart"}) as file:
            options = {"crf": str(X264_CRF[loss]), "preset": X264_PRESET}
            stream = file.add_stream("libx264", rate=FRAMES_PER_S, options=options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.colorspace = stream.codec_context.color_primaries = BT709
            stream.codec_context.color_trc = BT709
            images = (_in_bt709(av.VideoFrame.from_image(frame.crop((0, 0, width, height)))) for frame in frames)
            for number, image in enumerate(_in_real_time(images, len(frames))):
                image.pts, image.time_base = number, Fraction(1, FRAMES_PER_S)
                file.mux(stream.encode(image))
            file.mux(stream.encode())
        return Path(draft.name).read_bytes()


def _in_bt709(image: "VideoFrame") -> "VideoFrame":
    """Players that are told nothing guess; reds would turn orange."""
    return image.reformat(format="yuv420p", dst_colorspace=BT709, dst_color_range=LIMITED_RANGE)


def _in_real_time(images: "Iterable[VideoFrame]", count: int) -> "Iterator[VideoFrame]":
    """What is held is repeated: players leave out a last picture's length."""
    for image, held_ms in zip(images, _durations_ms(count), strict=True):
        yield from [image] * max(1, round(held_ms * FRAMES_PER_S / 1000))


def _gif(frames: Sequence[Image.Image], loss: int) -> bytes:
    """One palette for all: with one each, still places would flicker."""
    palette = _sheet(frames).quantize(GIF_COLOURS[loss])
    indexed = [frame.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for frame in frames]
    return _saved(indexed, "GIF", optimize=False)


def _sheet(frames: Sequence[Image.Image], side_px: int = 96) -> Image.Image:
    """Some frames small beside each other, the last among them: the colours that matter."""
    some = [frames[round(index * (len(frames) - 1) / 7)] for index in range(8)]
    sheet = Image.new("RGB", (len(some) * side_px, side_px))
    for index, frame in enumerate(some):
        sheet.paste(frame.resize((side_px, side_px)), (index * side_px, 0))
    return sheet


def _webp(frames: Sequence[Image.Image], loss: int) -> bytes:
    return _saved(frames, "WEBP", quality=WEBP_QUALITY[loss], method=4)


def _saved(frames: Sequence[Image.Image], kind: str, **options: int) -> bytes:
    out = BytesIO()
    durations = _durations_ms(len(frames))
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=durations, loop=0, **options)
    return out.getvalue()


def _durations_ms(count: int) -> list[int]:
    durations = [round(1000 / FRAMES_PER_S)] * count
    durations[0], durations[-1] = round(1000 * FIRST_S), round(1000 * LAST_S)
    return durations


_ENCODERS: dict[str, Callable[[Sequence[Image.Image], int], bytes]] = {".mp4": _mp4, ".gif": _gif, ".webp": _webp}
