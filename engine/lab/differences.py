"""Spot the difference: where two pictures of one thing differ, one place after the other, and in the end all marked.

They are compared by an encoder's features beside their colours, which forgives grain and JPEG blocks. The differences
appear by the pixel optimiser of "Turning Game of Thrones characters into White Walkers".
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from PIL import Image, ImageDraw, ImageOps
from torch import Tensor

from engine.encoder import Encoder
from engine.lab.alignment import find_shift, in_the_light_of, shifted
from engine.lab.requests import SpotDifferenceRequest
from engine.lab.watch import Watch
from engine.pictures import to_picture, to_tensor
from engine.scales import fit

STEPS = 60
LAYERS = (("relu1_2",), ("relu2_2",))
# Cells along the longest side: what is smaller than one is no difference.
CELLS = 64
# A cell differs where it is above this, and above so many times the picture's median cell.
LEAST, TIMES_MEDIAN = 0.12, 4.0
# A place counts where its cells sum up to this, and to this part of the strongest place.
LEAST_STRENGTH, LEAST_PART = 0.5, 0.06
# How far the features at a place see: so far in from a border that a shift has brought in, nothing counts.
SEEN_PX = 6
# Two pictures whose median cell is above this are not of one thing.
UNLIKE = 0.3
MAX_PLACES = 12
# How much of what is still missing a step makes up for: the squared distance's own gradient, times this.
RATE = 0.35
RING, RIM = (255, 40, 60), "white"


@dataclass(frozen=True)
class Place:
    """Where something differs, in pixels, and how strongly."""

    left: int
    top: int
    right: int
    bottom: int
    strength: float


@dataclass(frozen=True)
class Differences:
    """frames: from the first picture on; the last has a ring around each difference.

    alike: the two are of one thing; else nothing that could be marked says anything
    """

    frames: tuple[Image.Image, ...]
    places: tuple[Place, ...]
    shift: tuple[float, float]
    alike: bool


def spot_difference(request: SpotDifferenceRequest, encoder: Encoder, watch: Watch) -> Differences:
    """Align the second, find what differs, and let it appear; strongest first."""
    size = fit(request.first.size, request.longest_side_px)
    with torch.inference_mode():
        first = to_tensor(request.first, size, encoder.device)
        second = to_tensor(ImageOps.fit(request.second.convert("RGB"), size), size, encoder.device)
        shift = find_shift(first, second)
        second = shifted(second, shift)
        relit = in_the_light_of(first, second)
        # What is blown out in one light has lost what the other still shows: the kinder of both ways counts.
        ways = (first, relit), (in_the_light_of(second, first), second)
        differing = torch.stack([difference_map(*way, encoder) for way in ways]).amin(dim=0)
        places = find_places(differing, shift)
        frames = list(_appearing(first, relit, places, request.frames, watch))
    return Differences(
        (*frames, with_rings(frames[-1], places)), places, shift, alike=float(differing.median()) < UNLIKE
    )


def difference_map(first: Tensor, second: Tensor, encoder: Encoder) -> Tensor:
    """(height, width): 0 where the two agree; 1 is as far apart as features are large."""
    layers = {encoder.prefer(names) for names in LAYERS}
    # Softened: what is left of a shift by part of a pixel is an edge beside its own double.
    first, second = (functional.avg_pool2d(seen, 3, 1, 1, count_include_pad=False) for seen in (first, second))
    one, other = encoder.features(first, layers), encoder.features(second, layers)
    height, width = first.shape[-2:]
    maps = [(first - second).abs().mean(dim=1, keepdim=True) * 2]
    for layer in layers:
        apart = (one[layer].float() - other[layer].float()).square().sum(dim=1, keepdim=True).sqrt()
        size = one[layer].float().square().sum(dim=1).mean().sqrt().clamp_min(1e-6)
        maps.append(functional.interpolate(apart / size, (height, width), mode="bilinear"))
    return torch.cat(maps).mean(dim=0)[0]


def find_places(differing: Tensor, shift: tuple[float, float] = (0.0, 0.0)) -> tuple[Place, ...]:
    """Connected cells that differ, strongest first, at most MAX_PLACES; not what a shift brought in at the border."""
    height, width = differing.shape
    cell = max(1, max(height, width) // CELLS)
    cells = functional.avg_pool2d(differing[None, None], cell, ceil_mode=True)[0, 0].cpu()
    across, down = (int((abs(move) + SEEN_PX) / cell) + 1 if move else 0 for move in shift)
    lively = torch.zeros_like(cells, dtype=torch.bool)
    inner = slice(down, cells.shape[0] - down), slice(across, cells.shape[1] - across)
    lively[inner] = cells[inner] > max(LEAST, TIMES_MEDIAN * float(cells.median()))
    # A thing's outline often differs and its middle does not: neighbours two cells away belong together.
    near = functional.max_pool2d(lively[None, None].float(), 3, stride=1, padding=1)[0, 0] > 0
    places = [_place(group, lively, cells, cell, width, height) for group in _groups(near)]
    floor = max([LEAST_STRENGTH, *(LEAST_PART * place.strength for place in places)])
    strong = [place for place in places if place.strength >= floor]
    return tuple(sorted(strong, key=lambda place: -place.strength)[:MAX_PLACES])


def _groups(near: Tensor) -> Iterator[list[tuple[int, int]]]:
    """Connected cells, each group once."""
    waiting = {(int(row), int(column)) for row, column in near.nonzero()}
    while waiting:
        edge = [waiting.pop()]
        group = list(edge)
        while edge:
            row, column = edge.pop()
            beside = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)} & waiting
            waiting -= beside
            edge += beside
            group += beside
        yield group


def _place(group: list[tuple[int, int]], lively: Tensor, cells: Tensor, cell: int, width: int, height: int) -> Place:
    inside = [(row, column) for row, column in group if lively[row, column]]
    rows, columns = [row for row, _ in inside], [column for _, column in inside]
    return Place(
        left=min(columns) * cell,
        top=min(rows) * cell,
        right=min(width, (max(columns) + 1) * cell),
        bottom=min(height, (max(rows) + 1) * cell),
        strength=sum(float(cells[row, column]) for row, column in inside),
    )


def _appearing(
    first: Tensor, second: Tensor, places: tuple[Place, ...], frames: int, watch: Watch
) -> Iterator[Image.Image]:
    """The first picture, then what the optimiser has made of it at even moments of its steps."""
    due = {round(frame * watch.steps / max(1, frames - 2)) for frame in range(1, frames - 1)}
    begins = [1 + index * watch.steps // max(1, len(places)) for index in range(len(places))]
    canvas, mask = first.clone(), torch.zeros_like(first[:, :1])
    yield to_picture(canvas)
    for step in watch.count(watch.steps):
        for place, begin in zip(places, begins, strict=True):
            if begin == step:
                mask = torch.maximum(mask, _soft(place, mask))
        missing = mask * (second - canvas)
        canvas = canvas + RATE * missing
        watch.tell("differences", lambda now=canvas: now, missing.square().mean())  # type: ignore[misc]
        if step in due:
            yield to_picture(canvas)


def _soft(place: Place, like: Tensor) -> Tensor:
    """1 inside the place, fading to 0 around it, so that no edge of a box is seen."""
    fade = max(3, max(like.shape[-2:]) // CELLS) | 1
    mask = torch.zeros_like(like)
    mask[..., max(0, place.top - fade) : place.bottom + fade, max(0, place.left - fade) : place.right + fade] = 1
    return functional.avg_pool2d(mask, 2 * (fade // 2) + 1, stride=1, padding=fade // 2, count_include_pad=False)


def with_rings(picture: Image.Image, places: tuple[Place, ...]) -> Image.Image:
    """The picture with a ring around each place, drawn at twice the size so that it is round."""
    if not places:
        return picture
    large = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(large)
    line = max(4, max(large.size) // 160)
    for place in places:
        margin = max(8, max(large.size) // 48)
        box = [2 * place.left - margin, 2 * place.top - margin, 2 * place.right + margin, 2 * place.bottom + margin]
        wider = [box[0] - line // 2, box[1] - line // 2, box[2] + line // 2, box[3] + line // 2]
        draw.ellipse(wider, outline=RIM, width=2 * line)
        draw.ellipse(box, outline=RING, width=line)
    return large.resize(picture.size, Image.Resampling.LANCZOS)
