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
from typing import Annotated, Any

import typer
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from engine import (
    EngineError,
    Optimisation,
    Painting,
    Style,
    StyleRequest,
    find_preset,
    load_presets,
    open_painter,
)
from engine import Progress as Step
from engine.recipes import STANDARD, recipe_names
from engine.request import INITS
from pastiche.errors import OperatorError
from pastiche.optimisation import Optimizer, Pooling, StyleLoss, read_layers

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
    MATCH = "match"


def _of_recipe(meaning: str) -> Any:
    """An option of the optimisation; left out, it is as the recipe has it."""
    return typer.Option(help=meaning, rich_help_panel="Instead of what the recipe says")


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
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    seed: Annotated[int, typer.Option(help="Another seed, other strokes.")] = 0,
    strength: Annotated[float, typer.Option(help="How much style: 0 to 3.")] = 1.0,
    keep_colours: Annotated[
        KeepColours,
        typer.Option(help="luminance keeps the photo's colours; match gives them to the style before it is borrowed."),
    ] = KeepColours.NONE,
    brush: Annotated[
        float | None,
        typer.Option(
            help="gatys: how often the style is laid side by side each way, 1, 2, 4 or 8: more is finer. "
            "instant: how large its strokes are, 0.5, 1 or 2: more is broader."
        ),
    ] = None,
    mask: Annotated[
        Path | None,
        typer.Option(
            help="A picture of the photo's size with one flat colour for each style: "
            "the first style goes where it is darkest, the last where it is brightest."
        ),
    ] = None,
    recipe: Annotated[
        str, typer.Option(help=f"One of {', '.join(recipe_names())}; what other options say goes before it.")
    ] = STANDARD,
    init: Annotated[
        str | None,
        _of_recipe(
            f"What the canvas is at first: {', '.join(INITS)} (stats: noise in the style's colours) or a picture."
        ),
    ] = None,
    optimizer: Annotated[Optimizer | None, _of_recipe("What takes the steps.")] = None,
    lr: Annotated[float | None, _of_recipe("Learning rate.")] = None,
    style_loss: Annotated[StyleLoss | None, _of_recipe("How styles are compared.")] = None,
    content_layers: Annotated[str | None, _of_recipe("Such as relu4_2, or relu3_2:1,relu4_2:2.")] = None,
    style_layers: Annotated[str | None, _of_recipe("With weights, such as relu1_1:1,relu3_1:0.5.")] = None,
    content_weight: Annotated[float | None, _of_recipe("0: the style alone.")] = None,
    style_weight: Annotated[float | None, _of_recipe("0: the content alone.")] = None,
    tv: Annotated[float | None, _of_recipe("Weight of the total variation: more is smoother.")] = None,
    pooling: Annotated[Pooling | None, _of_recipe("How the encoder makes its features smaller.")] = None,
    scales: Annotated[int | None, _of_recipe("Sizes on the way to the result's own; 1: that one alone.")] = None,
    avg_decay: Annotated[float | None, _of_recipe("Of the average over steps; 0: the last step alone.")] = None,
    style_scale: Annotated[float | None, _of_recipe("Size of the style relative to the result's.")] = None,
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
            brush=1.0 if brush is None or method is Method.GATYS else brush,
            seed=seed,
            recipe=recipe,
            optimisation=Optimisation(
                optimiser=optimizer.value if optimizer else None,
                learning_rate=lr,
                style_loss=style_loss.value if style_loss else None,
                content_layers=read_layers(content_layers),
                style_layers=read_layers(style_layers),
                content_weight=content_weight,
                style_weight=style_weight,
                tv_weight=tv,
                pooling=pooling.value if pooling else None,
                scales=scales,
                ema_decay=avg_decay,
                style_scale=style_scale,
                tiles=None if brush is None or method is Method.INSTANT else _whole(brush),
            ),
            **_beginning(init),
            steps=steps,
            mask=read_picture(mask) if mask else None,
        )
        painting = paint(request, backbone=backbone, weights=weights, device=device)
    except EngineError as error:
        raise OperatorError(str(error)) from error
    for name in painting.report.get("without_picture", ()):
        typer.echo(f"{name} has no picture here (pastiche styles add {name} PICTURE): painted with slim", err=True)
    for note in painting.report.get("notes", ()):
        typer.echo(note, err=True)
    with replaced(out) as draft:
        painting.picture.save(draft, **options)  # type: ignore[arg-type]  # Pillow's options have no common type
    if report is not None:
        with replaced(report) as draft:
            draft.write_text(json.dumps(dict(painting.report), indent=1) + "\n", encoding="utf-8")


def _whole(number: float) -> int:
    """The engine says what it makes of 0."""
    return int(number) if number.is_integer() else 0


def _beginning(init: str | None) -> dict[str, Any]:
    """What the canvas begins with, in the engine's words."""
    if init is None or init in INITS:
        return {"init": init}
    if not Path(init).is_file():
        raise OperatorError(f"--init is one of {', '.join(INITS)}, or a picture: there is no file {init}")
    return {"start": read_picture(Path(init))}


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
