"""`pastiche stylise`: paint one picture on the command line. Torch is loaded only when painting begins."""

import warnings
from collections.abc import Callable, Sequence
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
    Progress,
    Style,
    StyleRequest,
    find_preset,
    load_presets,
)
from engine.recipes import STANDARD, recipe_names
from engine.request import INITS
from pastiche.errors import OperatorError
from pastiche.optimisation import Optimizer, Pooling, StyleLoss, read_layers
from pastiche.outputs import DEPTHS, Outputs
from pastiche.painting import bar_shown, load_painter


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


def _beside(meaning: str) -> Any:
    """What goes beside the picture, or into it."""
    return typer.Option(help=meaning, rich_help_panel="What is written")


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
    report: Annotated[Path | None, _beside("Settings, losses, seconds and versions, as JSON.")] = None,
    depth: Annotated[int, _beside("Bits a sample: 8, or 16 for a .png.")] = 8,
    frames: Annotated[Path | None, _beside("A folder for previews on the way, at most 512 px.")] = None,
    every: Annotated[int | None, _beside("Steps from one preview to the next.")] = None,
    animation: Annotated[Path | None, _beside("The way as .mp4, .gif or .webp, small enough for a chat.")] = None,
    curve: Annotated[Path | None, _beside("How the losses fell, as .png.")] = None,
) -> None:
    """Paint CONTENT in the style of STYLE, or of several, mixed by their weights."""
    outputs = Outputs(out, depth=depth, frames=frames, every=every, animation=animation, curve=curve, report=report)
    outputs.check(is_optimised=method is Method.GATYS)
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
            preview_every=outputs.preview_every,
            deep=depth > min(DEPTHS),
        )
        painting = paint(request, backbone=backbone, weights=weights, device=device, on_step=outputs.take)
        outputs.write(painting, content)
    except EngineError as error:
        raise OperatorError(str(error)) from error
    for name in painting.report.get("without_picture", ()):
        typer.echo(f"{name} has no picture here (pastiche styles add {name} PICTURE): painted with slim", err=True)
    for note in painting.report.get("notes", ()):
        typer.echo(note, err=True)


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


def paint(
    request: StyleRequest,
    *,
    device: str,
    backbone: str = "auto",
    weights: Path | None = None,
    on_step: Callable[[Progress], None] = lambda step: None,
) -> Painting:
    """Load the nets and paint, with a bar where somebody watches."""
    painter = load_painter(device=device, backbone=backbone, weights=weights)
    with bar_shown() as show:

        def told(step: Progress) -> None:
            show(step)
            on_step(step)

        return painter.paint(request, told, lambda: False)
