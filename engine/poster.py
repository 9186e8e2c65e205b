"""Print-size pictures with flat memory: the instant network, tile by tile, with statistics frozen from a small copy.

Tiles overlap by the net's reach, so they join without a seam.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import torch
from PIL import Image
from torch import Tensor

from engine.colours import keep_chroma
from engine.errors import Stopped
from engine.frozen import freeze
from engine.nets import Shape, Transformer
from engine.pictures import PREVIEW_SIDE_PX, to_picture, to_tensor
from engine.request import KeepColours, Progress, StyleRequest
from engine.scales import fit

THUMBNAIL_SIDE_PX = 1024
TILE_PX = 1024
# Tiles begin at multiples of this: the net's grid then lies the same in every tile.
GRID_PX = 16
# The net's noise lies in a grid of a quarter of the picture's size.
NOISE_STEP_PX = 4

OnStep = Callable[[Progress], None]


@dataclass(frozen=True)
class Tile:
    """A rectangle of the poster and the larger one that must be seen to paint it: left, upper, right, lower in px."""

    painted: tuple[int, int, int, int]
    seen: tuple[int, int, int, int]


def reach_px(shape: Shape) -> int:
    """How far a pixel of the result looks, in pixels of the content: the halo that a tile needs on each side."""
    quarter = 1 + 2 * shape.early + 1 + 2 * shape.late  # stem, early blocks, the way up, late blocks
    eighth = 1 + 2 * shape.deep  # the step down, and the deep blocks
    half = 2  # fine and end
    pixels = 2 * half + 4 * quarter + 8 * eighth
    return math.ceil((pixels + 8) / GRID_PX) * GRID_PX  # 8: a feature of the deepest layer covers so many


def tiles(size: tuple[int, int], halo_px: int, tile_px: int = TILE_PX) -> tuple[Tile, ...]:
    """Tiles of about tile_px that cover (width, height), row by row; what is seen ends at the true border."""
    columns, rows = (list(_pieces(side, tile_px)) for side in size)
    return tuple(
        Tile(
            painted=(left, upper, right, lower),
            seen=(
                max(0, left - halo_px),
                max(0, upper - halo_px),
                min(size[0], right + halo_px),
                min(size[1], lower + halo_px),
            ),
        )
        for (upper, lower), (left, right) in product(rows, columns)
    )


def paint_poster(
    net: Transformer, request: StyleRequest, vector: Tensor, on_step: OnStep, should_stop: Callable[[], bool]
) -> Image.Image:
    """The same in tiles, which are its steps: beyond the picture's own bytes, memory does not grow with its size."""
    size = fit(request.content.size, request.longest_side_px)
    small = fit(size, min(THUMBNAIL_SIDE_PX, max(size)))
    frozen = freeze(net, to_tensor(request.content, small, vector.device), vector)
    content = request.content.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    plan = tiles(size, reach_px(net.shape))
    poster = content.copy()
    for number, tile in enumerate(plan, start=1):
        if should_stop():
            raise Stopped(f"stopped before tile {number} of {len(plan)}")
        poster.paste(_paint_tile(frozen, content, tile, vector, request.keep_colours), tile.painted[:2])
        due = request.preview_every and number % request.preview_every == 0
        on_step(Progress(step=number, steps=len(plan), stage="poster", preview=_preview(poster) if due else None))
    return poster


def _paint_tile(
    frozen: Transformer, content: Image.Image, tile: Tile, vector: Tensor, keep_colours: KeepColours
) -> Image.Image:
    seen = content.crop(tile.seen)
    pixels = to_tensor(seen, seen.size, vector.device)
    picture = to_picture(_paint(frozen, pixels, vector, tile.seen[:2], keep_colours))
    left, upper, right, lower = tile.painted
    x, y = tile.seen[:2]
    return picture.crop((left - x, upper - y, right - x, lower - y))


@torch.inference_mode()
def _paint(
    net: Transformer, content: Tensor, vector: Tensor, corner_px: tuple[int, int], keep_colours: KeepColours
) -> Tensor:
    """corner_px: where the content's left upper corner lies in the whole picture, which decides about the noise."""
    left, upper = corner_px
    canvas: Tensor = net(content, vector, origin=(upper // NOISE_STEP_PX, left // NOISE_STEP_PX)).clamp(0, 1)
    return keep_chroma(canvas, content) if keep_colours == "luminance" else canvas


def _pieces(side_px: int, piece_px: int) -> Iterator[tuple[int, int]]:
    """Stretches of about the same length, none longer than piece_px, all beginning on the grid."""
    count = math.ceil(side_px / piece_px)
    cuts = [round(side_px * k / count / GRID_PX) * GRID_PX for k in range(count)]
    return zip(cuts, [*cuts[1:], side_px], strict=True)


def _preview(poster: Image.Image) -> Image.Image:
    small = poster.copy()
    small.thumbnail((PREVIEW_SIDE_PX, PREVIEW_SIDE_PX), reducing_gap=2.0)
    return small
