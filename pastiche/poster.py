"""`pastiche poster`: a picture for the wall, painted with the instant network and written at the size of its paper."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from engine import EngineError, StyleRequest
from engine.paper import Sheet, read_sheet, save_sheet
from pastiche.errors import OperatorError
from pastiche.files import check_writable, replaced
from pastiche.stylise import KeepColours, paint, read_picture, read_styles

SUFFIXES = (".png", ".jpg", ".jpeg", ".pdf")
# Strokes are so many pixels wide: painted at this resolution and enlarged, they are the same on paper whatever the
# printer's own.
PAINTED_DPI = 150


class Fit(StrEnum):
    """How picture and paper of different shapes come together."""

    WHOLE = "whole"
    FILL = "fill"


def poster(
    content: Annotated[Path, typer.Argument(help="The photo to paint.")],
    style: Annotated[
        list[str], typer.Option(help="Whose look is borrowed: a picture or a preset, NAME[:WEIGHT]; several are mixed.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the poster goes: .png, .jpg or .pdf.")],
    paper: Annotated[str, typer.Option(help="A5, A4, A3, A2 or WIDTHxHEIGHTmm.")] = "A4",
    dpi: Annotated[int, typer.Option(help="150 or 300 dots per inch.")] = 150,
    fit: Annotated[
        Fit, typer.Option(help="whole: all of the photo, white margins; fill: all of the paper.")
    ] = Fit.WHOLE,
    strength: Annotated[float, typer.Option(help="How much style: 0 to 1.5.")] = 1.0,
    keep_colours: Annotated[KeepColours, typer.Option(help="luminance keeps the photo's colours.")] = KeepColours.NONE,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
) -> None:
    """Paint CONTENT for print: in tiles, at any size of paper, with little memory."""
    kind = out.suffix.lower()
    if kind not in SUFFIXES:
        raise OperatorError(f"{out} must end in one of {', '.join(SUFFIXES)}")
    check_writable(out)
    try:
        photo = read_picture(content)
        sheet = read_sheet(paper, dpi).turned_like(photo)
        photo = _cut_to(sheet, photo) if fit is Fit.FILL else photo
        request = StyleRequest(
            content=photo,
            styles=read_styles(style),
            method="poster",
            longest_side_px=_painted_side_px(sheet, photo),
            strength=strength,
            keep_colours=keep_colours.value,
        )
        painting = paint(request, device=device)
    except EngineError as error:
        raise OperatorError(str(error)) from error
    printed = sheet.bearing(painting.picture.resize(sheet.largest(photo), Image.Resampling.LANCZOS))
    with replaced(out) as draft:
        save_sheet(printed, draft, dpi, kind)


def _painted_side_px(sheet: Sheet, photo: Image.Image) -> int:
    return round(max(sheet.largest(photo)) * PAINTED_DPI / sheet.dpi)


def _cut_to(sheet: Sheet, photo: Image.Image) -> Image.Image:
    """The middle of the photo, in the paper's shape."""
    width, height = sheet.size_px
    scale = min(photo.width / width, photo.height / height)
    w, h = round(width * scale), round(height * scale)
    left, upper = (photo.width - w) // 2, (photo.height - h) // 2
    return photo.crop((left, upper, left + w, upper + h))
