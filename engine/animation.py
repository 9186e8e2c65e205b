"""Pictures in a row as one file in memory, MP4, GIF or WebP, below a size that chats take; free of torch."""

import tempfile
import weakref
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, overload

from PIL import Image

from engine.errors import InvalidRequest
from engine.scales import fit

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream

KINDS = (".mp4", ".gif", ".webp")
FRAMES_PER_S = 12
FRAME_S = 1 / FRAMES_PER_S
# Held, so that a loop shows where it begins and where it ends.
FIRST_S, LAST_S = 1.0, 2.0
# What messengers play at once in a chat; Telegram takes more, but shows it as a file.
MAX_BYTES = 8_000_000
MAX_FRAMES = 96
# If it is too large: how much quality is given up, and how much of the longest side.
ATTEMPTS = ((0, 1.0), (1, 1.0), (2, 1.0), (2, 0.75), (2, 0.5), (2, 0.35), (2, 0.25))
# With "medium" and 20, files of the same size look the same, and take twice as long.
X264_PRESET, X264_CRF = "veryfast", (18, 23, 28)
# Bits a second: MAX_FRAMES and what is held stay below MAX_BYTES even where they show nothing but noise.
X264_MAX_RATE = "5M"
# So many pictures are awaited before one is encoded: those that are left at a painting's end are waited for.
X264_AHEAD = "2"
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

    def __init__(self) -> None:
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
        """All that are left, up to the finished picture."""

        def look(number: int) -> Image.Image:
            return self._read(number) if number < len(self._places) else last

        return Frames(len(self._places) + 1, look)

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
    return _shaped(frames[number], size)


def _shaped(frame: Image.Image, size: tuple[int, int]) -> Image.Image:
    return frame.convert("RGB") if frame.size == size else frame.convert("RGB").resize(size, Image.Resampling.BICUBIC)


class Mp4:
    """H.264 in 4:2:0, which every player knows, encoded picture by picture; what is kept is small."""

    def __init__(self, size: tuple[int, int], loss: int = 0) -> None:
        """size: (width, height) of all pictures; loss: an index of X264_CRF."""
        import av  # late: a hundred milliseconds

        self._size = size
        # Opened for its encoder alone: how long the index will be is known at the end, and chats want it in front.
        self._draft = av.open(BytesIO(), "w", format="mp4")
        options = {"crf": str(X264_CRF[loss]), "preset": X264_PRESET, "rc-lookahead": X264_AHEAD}
        options |= {"maxrate": X264_MAX_RATE, "bufsize": X264_MAX_RATE}
        self._stream = self._draft.add_stream("libx264", rate=FRAMES_PER_S, options=options)
        # 4:2:0 halves the colours: both sides are even.
        self._stream.width, self._stream.height = (max(2, side & ~1) for side in size)
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.max_b_frames = 0  # in a file with them, durations follow decoding: it would end too early
        context.colorspace = context.color_primaries = context.color_trc = BT709
        self._draft.start_encoding()
        self._packets: list[Packet[VideoStream]] = []
        self._shown, self._ticks = -1, 0  # when the last picture came, and when the next one does

    def add(self, picture: Image.Image, held_s: float = FRAME_S) -> None:
        """The next picture, and how long it is shown; it is made to fit."""
        from av import VideoFrame

        whole = _shaped(picture, self._size)
        even = whole.crop((0, 0, self._stream.width, self._stream.height))
        self._image = _in_bt709(VideoFrame.from_image(even))
        self._show(self._ticks)
        self._ticks += max(1, round(held_s * FRAMES_PER_S))

    def finish(self) -> bytes:
        """The file."""
        import av

        if self._shown < self._ticks - 1:  # players leave out a last picture's length: it is shown once more
            self._show(self._ticks - 1)
        self._packets += self._stream.encode(None)
        # A file, since FFmpeg reads it again to bring the index to the front.
        with tempfile.NamedTemporaryFile(suffix=".mp4") as draft:
            with av.open(draft.name, "w", options={"movflags": "+faststart"}) as file:
                stream = file.add_stream_from_template(self._stream)
                for packet in self._packets:
                    packet.stream = stream
                    file.mux(packet)
            return Path(draft.name).read_bytes()

    def _show(self, tick: int) -> None:
        self._shown, self._image.pts, self._image.time_base = tick, tick, Fraction(1, FRAMES_PER_S)
        self._packets += self._stream.encode(self._image)


def _in_bt709(image: "VideoFrame") -> "VideoFrame":
    """Players that are told nothing guess; reds would turn orange."""
    return image.reformat(format="yuv420p", dst_colorspace=BT709, dst_color_range=LIMITED_RANGE)


def _mp4(frames: Sequence[Image.Image], loss: int) -> bytes:
    film = Mp4(frames[0].size, loss)
    for frame, held_ms in zip(frames, _durations_ms(len(frames)), strict=True):
        film.add(frame, held_ms / 1000)
    return film.finish()


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
