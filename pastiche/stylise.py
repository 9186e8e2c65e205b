"""`pastiche stylise`: paint one picture on the command line. Torch is loaded only when painting begins."""

import json
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

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


class Method(StrEnum):
    """How the picture comes about."""

    GATYS = "gatys"
    INSTANT = "instant"


class KeepColours(StrEnum):
    """Whose colours the result has."""

    NONE = "none"
    LUMINANCE = "luminance"


class Init(StrEnum):
    """What the canvas is before the first step."""

    CONTENT = "content"
    NOISE = "noise"
    INSTANT = "instant"


class StyleLoss(StrEnum):
    """How the statistics of two styles are compared."""

    W2 = "w2"
    GRAM = "gram"


def stylise(
    content: Annotated[Path, typer.Argument(help="The photo to paint.")],
    styles: Annotated[
        list[str],
        typer.Argument(metavar="STYLE...", help="Whose look is borrowed: pictures or presets, each NAME[:WEIGHT]."),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the result goes: .jpg, .png or .webp.")],
    method: Annotated[Method, typer.Option(help="gatys optimises; instant is one pass of a network.")] = Method.GATYS,
    size: Annotated[int, typer.Option(help="Longest side of the result in pixels.")] = 512,
    steps: Annotated[int | None, typer.Option(help="Steps over all scales; left out: the recipe's.")] = None,
    backbone: Annotated[str, typer.Option(help="Encoder: auto, slim, vgg19 or vgg16.")] = "auto",
    weights: Annotated[Path | None, typer.Option(help="A safetensors file with (the beginning of) VGG19.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    seed: Annotated[int, typer.Option(help="Another seed, other strokes.")] = 0,
    strength: Annotated[float, typer.Option(help="How much style: 0 to 3.")] = 1.0,
    keep_colours: Annotated[KeepColours, typer.Option(help="luminance keeps the photo's colours.")] = KeepColours.NONE,
    init: Annotated[
        Init, typer.Option(help="Start from the photo, from noise, or from the instant result.")
    ] = Init.CONTENT,
    style_loss: Annotated[StyleLoss, typer.Option(help="How styles are compared.")] = StyleLoss.W2,
    report: Annotated[Path | None, typer.Option(help="Write settings, losses, seconds and versions as JSON.")] = None,
) -> None:
    """Paint CONTENT in the style of STYLE, or of several, mixed by their weights."""
    options = _format_of(out)
    for path in filter(None, (out, report)):
        check_writable(path)
    if report is not None and report.resolve() == out.resolve():
        raise OperatorError(f"{out} cannot hold both the picture and the report: name two files")
    try:
        request = StyleRequest(
            content=read_picture(content),
            styles=read_styles(styles),
            method=method.value,
            longest_side_px=size,
            strength=strength,
            keep_colours=keep_colours.value,
            init=init.value,
            style_loss=style_loss.value,
            steps=steps,
            seed=seed,
        )
        painting = paint(request, backbone=backbone, weights=weights, device=device)
    except EngineError as error:
        raise OperatorError(str(error)) from error
    for name in painting.report.get("without_picture", ()):
        typer.echo(f"{name} has no picture here (pastiche styles add {name} PICTURE): painted with slim", err=True)
    with replaced(out) as draft:
        painting.picture.save(draft, **options)  # type: ignore[arg-type]  # Pillow's options have no common type
    if report is not None:
        with replaced(report) as draft:
            draft.write_text(json.dumps(dict(painting.report), indent=1) + "\n", encoding="utf-8")


def read_picture(path: Path) -> Image.Image:
    """The picture upright, in sRGB, transparent parts on white; raises OperatorError for a file that is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                return _on_white(_to_srgb(ImageOps.exif_transpose(opened)))
    except FileNotFoundError:
        raise OperatorError(f"there is no file {path}") from None
    except UnidentifiedImageError:
        raise OperatorError(f"{path} is not a picture that can be read (JPEG, PNG, WebP, AVIF …)") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise OperatorError(f"{path} has more than {(Image.MAX_IMAGE_PIXELS or 0) // 10**6} megapixels") from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror or _first_line(error)}") from None
    except Exception as error:  # Pillow's plugins raise whatever their libraries do
        raise OperatorError(f"{path} cannot be read: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["it is damaged"])[0]


def _to_srgb(picture: Image.Image) -> Image.Image:
    """Cameras and scanners write wide-gamut or CMYK pictures, whose numbers mean other colours."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError):
        return picture  # a broken profile is no reason to turn a good picture down


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a sample, which Pillow would clip instead of scaling
        picture = picture.convert("I").point(lambda level: level * (1 / 257)).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def read_styles(words: Sequence[str]) -> tuple[Style, ...]:
    """Each a picture or a preset, with its weight behind a colon. Raises OperatorError, InvalidRequest."""
    from pastiche.settings import read_settings, use_own_presets

    use_own_presets(read_settings())
    return tuple(_read_style(word) for word in words)


def _read_style(word: str) -> Style:
    name, weight = _weighed(word)
    if Path(name).exists():  # a file beside us counts before a preset of that name
        return Style(picture=read_picture(Path(name)), weight=weight)
    if find_preset(name) is None:
        names = ", ".join(preset.name for preset in load_presets())
        raise OperatorError(f"{name} is neither a file nor a preset ({names})")
    return Style(preset=name, weight=weight)


def _weighed(word: str) -> tuple[str, float]:
    """A name may hold colons itself: what exists as it stands has no weight."""
    name, colon, weight = word.rpartition(":")
    if not colon or Path(word).exists():
        return word, 1.0
    try:
        return name, float(weight)
    except ValueError:  # a colon in a name, no weight
        return word, 1.0


def paint(request: StyleRequest, *, device: str, backbone: str = "auto", weights: Path | None = None) -> Painting:
    """Load the nets and paint, with a bar where somebody watches."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from pastiche.settings import read_settings

    console = Console(stderr=True)
    with console.status("loading", spinner="line"):
        folder = read_settings().weights_folder
        painter = open_painter(backbone=backbone, weights=weights, weights_dir=folder, device=device)
    columns = (TextColumn("{task.description:>9}"), BarColumn(None), TaskProgressColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    # Gone when it ends, and absent where nobody watches: of a failure only its one line is left.
    with Progress(*columns, *times, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        def show(step: Step) -> None:
            bar.update(task, description=step.stage, completed=step.step, total=step.steps)

        return painter.paint(request, show, lambda: False)


def _format_of(out: Path) -> dict[str, object]:
    options = FORMATS.get(out.suffix.lower())
    if options is None:
        raise OperatorError(f"{out} must end in one of {', '.join(FORMATS)}")
    return options


def check_writable(path: Path) -> None:
    """Better now than after the painting."""
    try:
        if path.is_dir():
            raise OperatorError(f"{path} is a folder: give the name of a file")
        if not path.parent.is_dir():
            raise OperatorError(f"there is no folder {path.parent}")
        _open_draft(path).unlink()
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror or error}") from error


def _open_draft(path: Path) -> Path:
    """A new empty file beside the path; its short name fits wherever the path's own does."""
    handle, name = tempfile.mkstemp(prefix=".pastiche-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    return Path(name)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A draft beside the path that takes its place when it is complete: nobody ever sees half a file."""
    draft = _open_draft(path)
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
