"""`pastiche lab`: pictures that explain how the painting works. Torch is loaded only when work begins."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from engine import EngineError
from engine.animation import KINDS, animate
from engine.lab import (
    FeatureMapsRequest,
    LabRequest,
    LayerViewRequest,
    MorphRequest,
    PaletteRequest,
    ReconstructRequest,
    SpotDifferenceRequest,
    Study,
)
from pastiche.errors import OperatorError
from pastiche.files import check_writable, replaced
from pastiche.outputs import FORMATS, save_picture, suffix_of
from pastiche.painting import bar_shown, load_painter
from pastiche.stylise import read_picture

app = typer.Typer(
    no_args_is_help=True,
    help="See how it works: what a style is made of, what a layer sees, how one photo becomes another.",
)

Out = Annotated[Path, typer.Option("-o", "--out", help="Where the picture goes: .png, .jpg or .webp.")]
Film = Annotated[Path, typer.Option("-o", "--out", help="Where the animation goes: .gif, .mp4 or .webp.")]
Size = Annotated[int, typer.Option(help="Longest side of the result in pixels.")]
Steps = Annotated[int | None, typer.Option(help="Steps of the optimisation; left out: as many as it takes.")]
Seed = Annotated[int, typer.Option(help="Another seed, another picture.")]
Frames = Annotated[int, typer.Option(help="Pictures in the animation.")]
Backbone = Annotated[str, typer.Option(help="Encoder: auto, slim, vgg19 or vgg16.")]
Weights = Annotated[Path | None, typer.Option(help="A safetensors file with (the beginning of) VGG19.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Layer = Annotated[str, typer.Option(help="convN_M, reluN_M, poolN, or torchvision's index.")]


@app.command()
def palette(
    style: Annotated[Path, typer.Argument(help="The picture whose look is wanted alone.")],
    out: Out,
    size: Size = 512,
    steps: Steps = None,
    seed: Seed = 0,
    backbone: Backbone = "auto",
    weights: Weights = None,
    device: Device = "auto",
) -> None:
    """Colours and strokes of STYLE without any content, made from noise."""
    _check(out, tuple(FORMATS))
    study = _study(
        lambda: PaletteRequest(style=read_picture(style), longest_side_px=size, steps=steps, seed=seed),
        backbone,
        weights,
        device,
    )
    _save_picture(study.picture, out)


@app.command()
def reconstruct(
    content: Annotated[Path, typer.Argument(help="The photo to remember.")],
    out: Out,
    layer: Annotated[str | None, typer.Option(help="A layer's name; left out: relu4_2, or the deepest below.")] = None,
    size: Size = 384,
    steps: Steps = None,
    seed: Seed = 0,
    backbone: Backbone = "auto",
    weights: Weights = None,
    device: Device = "auto",
) -> None:
    """CONTENT as far as one layer remembers it, made from noise."""
    _check(out, tuple(FORMATS))
    study = _study(
        lambda: ReconstructRequest(
            content=read_picture(content), layer=layer, longest_side_px=size, steps=steps, seed=seed
        ),
        backbone,
        weights,
        device,
    )
    _save_picture(study.picture, out)


@app.command()
def layer_view(
    layer: Layer,
    out: Out,
    channel: Annotated[int | None, typer.Option(help="One channel alone; left out: the layer as a whole.")] = None,
    of: Annotated[Path | None, typer.Option(help="A photo: show where in it the layer is excited.")] = None,
    size: Size = 384,
    steps: Steps = None,
    seed: Seed = 0,
    backbone: Backbone = "auto",
    weights: Weights = None,
    device: Device = "auto",
) -> None:
    """What excites a layer or a channel, made from noise; or, with --of, where in a photo it is excited."""
    _check(out, tuple(FORMATS))

    def request() -> LabRequest:
        if of is None:
            return LayerViewRequest(layer=layer, channel=channel, longest_side_px=size, steps=steps, seed=seed)
        return FeatureMapsRequest(content=read_picture(of), layer=layer, channel=channel, longest_side_px=size)

    study = _study(request, backbone, weights, device)
    if not study.report.get("awake", True):
        typer.echo(f"channel {channel} of {layer} sleeps in this encoder: nothing excites it", err=True)
    _save_picture(study.picture, out)


@app.command()
def morph(
    first: Annotated[Path, typer.Argument(help="Where it begins.")],
    second: Annotated[Path, typer.Argument(help="Where it ends; cut to the shape of the first.")],
    out: Film,
    size: Size = 384,
    steps: Steps = None,
    frames: Frames = 48,
    backbone: Backbone = "auto",
    weights: Weights = None,
    device: Device = "auto",
) -> None:
    """FIRST becomes SECOND: its pixels are optimised until the encoder sees the other."""
    _check(out, KINDS)
    study = _study(
        lambda: MorphRequest(
            first=read_picture(first), second=read_picture(second), longest_side_px=size, steps=steps, frames=frames
        ),
        backbone,
        weights,
        device,
    )
    _save_film(study, out, size)


@app.command()
def spot_difference(
    first: Annotated[Path, typer.Argument(help="A picture.")],
    second: Annotated[Path, typer.Argument(help="Nearly the same picture; a small shift does no harm.")],
    out: Film,
    still: Annotated[Path | None, typer.Option(help="Where the marked picture goes; left out: OUT as .png.")] = None,
    size: Size = 512,
    steps: Steps = None,
    frames: Frames = 48,
    backbone: Backbone = "auto",
    weights: Weights = None,
    device: Device = "auto",
) -> None:
    """What differs appears in an animation, and a still has it marked."""
    marked = still or out.with_suffix(".png")
    _check(out, KINDS)
    _check(marked, tuple(FORMATS))
    if marked.resolve() == out.resolve():
        raise OperatorError(f"{out} cannot hold both the animation and the still: name two files")
    study = _study(
        lambda: SpotDifferenceRequest(
            first=read_picture(first), second=read_picture(second), longest_side_px=size, steps=steps, frames=frames
        ),
        backbone,
        weights,
        device,
    )
    _save_film(study, out, size)
    _save_picture(study.picture, marked)
    told = (
        f"differences: {len(study.report['places'])}" if study.report["alike"] else "these are two different pictures"
    )
    typer.echo(told, err=True)


def _study(request: Callable[[], LabRequest], backbone: str, weights: Path | None, device: str) -> Study:
    """Read what is asked for before anything is loaded: a mistake is told at once."""
    try:
        asked = request()
        painter = load_painter(device=device, backbone=backbone, weights=weights)
        with bar_shown() as show:
            return painter.study(asked, show, lambda: False)
    except EngineError as error:
        raise OperatorError(str(error)) from error


def _check(out: Path, suffixes: tuple[str, ...]) -> None:
    suffix_of(out, suffixes)
    check_writable(out)


def _save_picture(picture: Image.Image, out: Path) -> None:
    with replaced(out) as draft:
        save_picture(picture, draft, out.suffix.lower())


def _save_film(study: Study, out: Path, size: int) -> None:
    with replaced(out) as draft:
        draft.write_bytes(animate(study.frames, out.suffix, longest_side_px=size))
