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

from engine.errors import Stopped
from engine.frozen import freeze
from engine.nets import Shape, Transformer
from engine.pictures import PREVIEW_SIDE_PX, to_picture, to_tensor
from engine.request import Progress
from engine.scales import fit

THUMBNAIL_SIDE_PX = 1024
TILE_PX = 1024
# Tiles begin at multiples of this: the net's grid then lies the same in every tile.
GRID_PX = 16


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
    net: Transformer,
    content: Image.Image,
    vector: Tensor,
    size: tuple[int, int],
    *,
    on_step: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
    preview_every: int = 0,
) -> Image.Image:
    """Paint the content at (width, height) px; beyond the picture's own bytes, memory does not grow with it.

    vector: (1, style_length); a step is a tile. Raises Stopped where should_stop() answered True before one.
    """
    small = to_tensor(content, fit(size, min(THUMBNAIL_SIDE_PX, max(size))), vector.device)
    frozen = freeze(net, small, vector)
    large = content.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    plan = tiles(size, reach_px(net.shape))
    poster = large.copy()
    for number, tile in enumerate(plan, start=1):
        if should_stop():
            raise Stopped(f"stopped before tile {number} of {len(plan)}")
        poster.paste(_paint(frozen, large, tile, vector), tile.painted[:2])
        preview = _preview(poster) if preview_every and number % preview_every == 0 else None
        on_step(Progress(step=number, steps=len(plan), stage="poster", preview=preview))
    return poster


@torch.no_grad()
def _paint(frozen: Transformer, large: Image.Image, tile: Tile, vector: Tensor) -> Image.Image:
    seen = large.crop(tile.seen)
    left, upper, *_ = tile.seen
    result = frozen(to_tensor(seen, seen.size, vector.device), vector, origin=(upper // 4, left // 4))
    x, y = tile.painted[0] - left, tile.painted[1] - upper
    width, height = tile.painted[2] - tile.painted[0], tile.painted[3] - tile.painted[1]
    return to_picture(result.clamp(0, 1)[..., y : y + height, x : x + width])


def _pieces(side_px: int, piece_px: int) -> Iterator[tuple[int, int]]:
    """Stretches of about the same length, none longer than piece_px, all beginning on the grid."""
    count = math.ceil(side_px / piece_px)
    cuts = [round(side_px * k / count / GRID_PX) * GRID_PX for k in range(count)]
    return zip(cuts, [*cuts[1:], side_px], strict=True)


def _preview(poster: Image.Image) -> Image.Image:
    small = poster.copy()
    small.thumbnail((PREVIEW_SIDE_PX, PREVIEW_SIDE_PX), reducing_gap=2.0)
    return small
