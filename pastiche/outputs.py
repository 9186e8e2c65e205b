"""What `pastiche stylise` writes: the picture with its transparency, depth and profile, and what goes beside it."""

import json
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from engine import Painting, Progress
from engine.animation import KINDS, TimeLapse, animate
from pastiche.curve import Reading, draw_curve
from pastiche.errors import OperatorError
from pastiche.files import check_writable, replaced

# By the suffix of the result: how Pillow is to write it.
FORMATS: dict[str, dict[str, object]] = {
    ".jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".png": {"format": "PNG"},
    ".webp": {"format": "WEBP", "quality": 95},
}
WITH_ALPHA = (".png", ".webp")
DEPTHS = (8, 16)
# Steps between previews where nobody says: some fifty pictures of a usual painting.
EVERY = 5
# FFmpeg's numbers: the primaries of sRGB, its curve.
BT709, SRGB_CURVE = 1, 13


@dataclass
class Outputs:
    """Where everything goes, and what is gathered meanwhile.

    depth: bits a sample; frames: a folder for previews; every: steps between them
    """

    out: Path
    depth: int = 8
    frames: Path | None = None
    every: int | None = None
    animation: Path | None = None
    curve: Path | None = None
    report: Path | None = None
    _lapse: TimeLapse = field(default_factory=TimeLapse)
    _readings: list[Reading] = field(default_factory=list)

    def check(self, *, is_optimised: bool) -> None:
        """Better now than after the painting; a single pass has no way to show. Raises OperatorError."""
        suffix_of(self.out, tuple(FORMATS))
        if self.depth not in DEPTHS or (self.depth == 16 and self.out.suffix.lower() != ".png"):
            raise OperatorError(f"--depth is 8, or 16 for a .png, not {self.depth} for {self.out.name}")
        if self.animation:
            suffix_of(self.animation, KINDS)
        if self.curve:
            suffix_of(self.curve, (".png",))
        if self.every is not None and self.frames is None and self.animation is None:
            raise OperatorError("--every is for --frames and --animation")
        if self.every is not None and self.every < 1:
            raise OperatorError(f"--every must be 1 or more, not {self.every}")
        if not is_optimised and (self.frames or self.animation or self.curve):
            raise OperatorError("--frames, --animation and --curve show an optimisation: they need --method gatys")
        self._check_paths()

    def _check_paths(self) -> None:
        paths = [path for path in (self.out, self.animation, self.curve, self.report) if path]
        for path in paths:
            check_writable(path)
        if self.frames and self.frames.exists() and not self.frames.is_dir():
            raise OperatorError(f"{self.frames} is no folder: frames are many files")
        if self.frames:
            check_writable(self.frames / "frame" if self.frames.is_dir() else self.frames)
        resolved = [path.resolve() for path in paths]
        for path in paths:
            if resolved.count(path.resolve()) > 1:
                raise OperatorError(f"{path} cannot hold two things: name two files")

    @property
    def preview_every(self) -> int:
        """What the request needs."""
        return (self.every or EVERY) if self.frames or self.animation else 0

    def take(self, progress: Progress) -> None:
        """Called after each step: frames are written as they come, so that one can watch."""
        reading = Reading.of(progress) if self.curve else None
        if reading:
            self._readings.append(reading)
        if progress.preview is None:
            return
        self._lapse.add(progress.preview)
        if self.frames:
            self.frames.mkdir(exist_ok=True)
            with replaced(self.frames / f"frame-{progress.step:05}.png") as draft:
                progress.preview.save(draft, "PNG")

    def write(self, painting: Painting, content: Path) -> None:
        """Everything that was asked for. content: the photo's file, whose transparency the picture keeps."""
        alpha = read_alpha(content, painting.picture.size) if self.out.suffix.lower() in WITH_ALPHA else None
        with replaced(self.out) as draft:
            _save(painting, alpha, draft, self.out.suffix.lower())
        if self.animation:
            with replaced(self.animation) as draft:
                draft.write_bytes(animate(self._lapse.frames(painting.picture), self.animation.suffix))
        if self.curve:
            with replaced(self.curve) as draft:
                draw_curve(self._readings).save(draft, "PNG")
        if self.report:
            with replaced(self.report) as draft:
                draft.write_text(json.dumps(dict(painting.report), indent=1) + "\n", encoding="utf-8")


def suffix_of(path: Path, allowed: tuple[str, ...]) -> str:
    """In small letters. Raises OperatorError for one that is not allowed."""
    suffix = path.suffix.lower()
    if suffix not in allowed:
        raise OperatorError(f"{path} must end in {'one of ' if allowed[1:] else ''}{', '.join(allowed)}")
    return suffix


def save_picture(picture: Image.Image, path: Path, suffix: str) -> None:
    """As that kind of file, and marked as sRGB: what is not marked, a screen with more colours makes garish."""
    picture.save(path, icc_profile=srgb_profile(), **FORMATS[suffix])  # type: ignore[arg-type]  # no common type


def srgb_profile() -> bytes:
    """The same bytes every time: LittleCMS notes when it made it."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + bytes(12) + made[36:]


def read_alpha(path: Path, size: tuple[int, int]) -> Image.Image | None:
    """The transparency of a picture that could be read, at that size; None where all of it is opaque."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # it was read once already
        with Image.open(path) as opened:
            if not opened.has_transparency_data:
                return None
            alpha = ImageOps.exif_transpose(opened).convert("RGBA").getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha.resize(size, Image.Resampling.LANCZOS)


def _save(painting: Painting, alpha: Image.Image | None, path: Path, suffix: str) -> None:
    if painting.samples is not None:
        path.write_bytes(png_of_16_bits(painting.samples, painting.picture.size, alpha))
        return
    picture = painting.picture
    if alpha is not None:
        picture = picture.copy()
        picture.putalpha(alpha)
    save_picture(picture, path, suffix)


def png_of_16_bits(samples: bytes, size: tuple[int, int], alpha: Image.Image | None = None) -> bytes:
    """A PNG file, marked as sRGB. samples: see Painting. Pillow has no picture of 16 bits with colours, FFmpeg has."""
    from fractions import Fraction

    import av
    import numpy as np

    width, height = size
    levels = np.frombuffer(samples, dtype=np.uint16).reshape(height, width, 3)
    kind = "rgb48be"
    if alpha is not None:
        kind, levels = "rgba64be", np.dstack([levels, np.asarray(alpha, dtype=np.uint16) * 257])
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(levels), format=kind)
    frame.color_primaries, frame.color_trc = BT709, SRGB_CURVE
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, kind, Fraction(1)
    encoder.sample_aspect_ratio = Fraction(1)
    encoder.options = {"pred": "mixed"}
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
