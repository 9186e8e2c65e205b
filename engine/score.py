"""`make score`: how much of the style arrives and how much of the content stays, judged by the true VGG19."""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
import typer
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table

from engine import EngineError, Painter, Style, StyleRequest, open_painter
from engine.judge import Judge, ssim
from engine.pictures import to_tensor
from engine.scales import fit

PAIRS = (("in_0007", "015"), ("bs_100080", "003"), ("bs_118035", "018"), ("in_0100", "047"), ("bs_12003", "071"))
# Ten styles that the training of `slim` never saw, with two such photographs each.
MORE = {
    "003": ("bs_100080", "in_0259"),
    "004": ("bs_118035", "in_0299"),
    "009": ("bs_12003", "in_0462"),
    "010": ("bs_26031", "in_0469"),
    "015": ("bs_3096", "in_0659"),
    "018": ("in_0007", "in_0664"),
    "047": ("in_0034", "in_0724"),
    "068": ("in_0100", "in_0725"),
    "071": ("in_0105", "in_0818"),
    "080": ("in_0126", "in_0849"),
}
MORE_PAIRS = tuple((photo, style) for style, photos in MORE.items() for photo in photos)


@dataclass(frozen=True)
class Limits:
    """What is required of the medians."""

    ratio: float
    ssim: float


OF_FIVE, OF_TWENTY = Limits(0.10, 0.25), Limits(0.05, 0.28)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one pair came out."""

    name: str
    ratio: float
    ssim: float
    seconds: float


def score_pair(painter: Painter, judge: Judge, content: Path, style: Path, size_px: int) -> tuple[Score, Image.Image]:
    """Paint one pair and judge it at size_px."""
    pictures = [Image.open(path).convert("RGB") for path in (content, style)]
    request = StyleRequest(content=pictures[0], styles=(Style(picture=pictures[1]),), longest_side_px=size_px)
    started = time.perf_counter()
    result = painter.paint(request, lambda _: None, lambda: False).picture
    seconds = time.perf_counter() - started
    seen = [to_tensor(each, fit(each.size, size_px), torch.device("cpu")) for each in (result, *pictures)]
    name = f"{content.stem} × {style.stem}"
    return Score(name=name, ratio=judge.ratio(*seen), ssim=ssim(seen[0], seen[1]), seconds=seconds), result


def contact_sheet(rows: list[list[Image.Image]], side_px: int = 256) -> Image.Image:
    """Pictures in rows, each fitted into a square."""
    sheet = Image.new("RGB", (side_px * max(map(len, rows)), side_px * len(rows)), "white")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            small = picture.resize(fit(picture.size, side_px), Image.Resampling.LANCZOS)
            sheet.paste(small, (x * side_px, y * side_px))
    return sheet


def main(
    size: Annotated[int, typer.Option(help="Longest side in pixels.")] = 256,
    out: Annotated[Path, typer.Option(help="Folder for the pictures; they show test data: do not publish them.")] = (
        Path("out/score")
    ),
    more: Annotated[bool, typer.Option("--more", help="Twenty pairs instead of five.")] = False,
) -> None:
    """Paint the pairs, judge them, and fail where the engine falls short of what is required."""
    data = _test_data()
    painter = open_painter()
    judge = Judge.true(data / "weights" / "vgg19_conv1_to_conv3.safetensors")
    out.mkdir(parents=True, exist_ok=True)
    scores, rows = [], []
    pairs = list(_pairs(data, MORE_PAIRS if more else PAIRS))
    for content, style in track(pairs, description="painting", console=Console(stderr=True)):
        score, result = score_pair(painter, judge, content, style, size)
        result.save(out / f"{content.stem}-{style.stem}.png")
        scores.append(score)
        rows.append([Image.open(content), Image.open(style), result])
    contact_sheet(rows).save(out / "sheet.png")
    sys.exit(0 if _report(scores, OF_TWENTY if more else OF_FIVE, out) else 1)


def _pairs(data: Path, names: tuple[tuple[str, str], ...]) -> Iterator[tuple[Path, Path]]:
    for content, style in names:
        yield next((data / "data" / "photos").glob(f"{content}*")), next((data / "data" / "styles").glob(f"{style}*"))


def _report(scores: list[Score], limits: Limits, out: Path) -> bool:
    ratio, similarity = (statistics.median(getattr(score, what) for score in scores) for what in ("ratio", "ssim"))
    table = Table("pair", "ratio", "SSIM", "seconds", caption=f"pictures in {out}")
    for score in scores:
        table.add_row(score.name, f"{score.ratio:.3f}", f"{score.ssim:.3f}", f"{score.seconds:.1f}")
    seconds = statistics.median(score.seconds for score in scores)
    table.add_row("median", f"{ratio:.3f}", f"{similarity:.3f}", f"{seconds:.1f}", style="bold")
    table.add_row("required", f"≤ {limits.ratio}", f"≥ {limits.ssim}", "")
    Console().print(table)
    return bool(ratio <= limits.ratio and similarity >= limits.ssim)


def _test_data() -> Path:
    folder = Path(os.environ.get("PASTICHE_TEST_DATA", "/nowhere"))
    if not (folder / "data" / "photos").is_dir():
        print("score: PASTICHE_TEST_DATA must name a folder with data/ and weights/", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    return folder


if __name__ == "__main__":
    try:
        typer.run(main)
    except EngineError as error:
        sys.exit(f"score: {error}")
