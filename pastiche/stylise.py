"""`pastiche stylise`: paint one picture on the command line. Torch is loaded only when painting begins."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageOps, UnidentifiedImageError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from engine import (
    EngineError,
    Painting,
    Style,
    StyleRequest,
    find_preset,
    load_presets,
    open_painter,
)
from engine import Progress as Step
from pastiche.errors import OperatorError

# By the suffix of the result: how Pillow is to write it.
FORMATS: dict[str, dict[str, object]] = {
    ".jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".png": {"format": "PNG"},
    ".webp": {"format": "WEBP", "quality": 95},
}


class KeepColours(StrEnum):
    """Whose colours the result has."""

    NONE = "none"
    LUMINANCE = "luminance"


class Init(StrEnum):
    """What the canvas is before the first step."""

    CONTENT = "content"
    NOISE = "noise"


class StyleLoss(StrEnum):
    """How the statistics of two styles are compared."""

    W2 = "w2"
    GRAM = "gram"


def stylise(
    content: Annotated[Path, typer.Argument(help="The photo to paint.")],
    style: Annotated[str, typer.Argument(help="The picture whose look is borrowed, or the name of a preset.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the result goes: .jpg, .png or .webp.")],
    size: Annotated[int, typer.Option(help="Longest side of the result in pixels.")] = 512,
    steps: Annotated[int | None, typer.Option(help="Steps over all scales; left out: the recipe's.")] = None,
    backbone: Annotated[str, typer.Option(help="Encoder: auto or slim.")] = "auto",
    weights: Annotated[Path | None, typer.Option(help="A safetensors file with (the beginning of) VGG19.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    seed: Annotated[int, typer.Option(help="Another seed, other strokes.")] = 0,
    strength: Annotated[float, typer.Option(help="How much style: 0 to 3.")] = 1.0,
    keep_colours: Annotated[KeepColours, typer.Option(help="luminance keeps the photo's colours.")] = KeepColours.NONE,
    init: Annotated[Init, typer.Option(help="Start from the photo or from noise.")] = Init.CONTENT,
    style_loss: Annotated[StyleLoss, typer.Option(help="How styles are compared.")] = StyleLoss.W2,
    report: Annotated[Path | None, typer.Option(help="Write settings, losses, seconds and versions as JSON.")] = None,
) -> None:
    """Paint CONTENT in the style of STYLE."""
    options = _format_of(out)
    for path in filter(None, (out, report)):
        _check_writable(path)
    try:
        request = StyleRequest(
            content=read_picture(content),
            styles=(Style(picture=_read_style(style)),),
            longest_side_px=size,
            strength=strength,
            keep_colours=keep_colours.value,
            init=init.value,
            style_loss=style_loss.value,
            steps=steps,
            seed=seed,
        )
        painting = _paint(request, backbone=backbone, weights=weights, device=device)
    except EngineError as error:
        raise OperatorError(str(error)) from error
    with _replaced(out) as draft:
        painting.picture.save(draft, **options)  # type: ignore[arg-type]  # Pillow's options have no common type
    if report is not None:
        with _replaced(report) as draft:
            draft.write_text(json.dumps(dict(painting.report), indent=1) + "\n", encoding="utf-8")


def read_picture(path: Path) -> Image.Image:
    """The picture upright and in RGB; raises OperatorError for a file that is none."""
    try:
        with Image.open(path) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except FileNotFoundError:
        raise OperatorError(f"there is no file {path}") from None
    except UnidentifiedImageError:
        raise OperatorError(f"{path} is not a picture that can be read (JPEG, PNG, WebP, AVIF …)") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise OperatorError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None


def _read_style(style: str) -> Image.Image:
    preset = find_preset(style)
    if preset is not None and not Path(style).exists():
        return read_picture(preset.style_path)
    if not Path(style).exists():
        names = ", ".join(preset.name for preset in load_presets())
        raise OperatorError(f"{style} is neither a file nor a preset ({names})")
    return read_picture(Path(style))


def _paint(request: StyleRequest, *, backbone: str, weights: Path | None, device: str) -> Painting:
    # Threads that wait by spinning starve each other on a machine that does something else as well.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:>9}"), BarColumn(None), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("loading", total=None)
        painter = open_painter(backbone=backbone, weights=weights, device=device)

        def show(step: Step) -> None:
            bar.update(task, description=step.stage, completed=step.step, total=step.steps)

        return painter.paint(request, show, lambda: False)


def _format_of(out: Path) -> dict[str, object]:
    options = FORMATS.get(out.suffix.lower())
    if options is None:
        raise OperatorError(f"{out} must end in one of {', '.join(FORMATS)}")
    return options


def _check_writable(path: Path) -> None:
    """Better now than after the painting."""
    if path.is_dir():
        raise OperatorError(f"{path} is a folder: give the name of a file")
    if not path.parent.is_dir():
        raise OperatorError(f"there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise OperatorError(f"the folder {path.parent} cannot be written")


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """A draft beside the path that takes its place when it is complete: nobody ever sees half a file."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())  # mkstemp is stricter than what a user expects of a result
        draft.replace(path)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
