"""Print-size pictures with flat memory: a network of one pass, tile by tile, with statistics frozen from a small copy.

Tiles overlap by the net's reach, so they join without a seam.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol

import torch
from PIL import Image
from torch import Tensor

from engine.colours import keep_chroma
from engine.cyclegan import Generator
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


class Tiler(Protocol):
    """A network that can paint a picture piece by piece."""

    @property
    def reach_px(self) -> int:
        """How far a pixel of the result looks."""
        ...

    @property
    def device(self) -> torch.device:
        """Where it paints."""
        ...

    def frozen(self, thumbnail: Tensor) -> "Tiler":
        """One that paints every piece with the statistics of this picture, (1, 3, height, width)."""
        ...

    def paint(self, content: Tensor, corner_px: tuple[int, int]) -> Tensor:
        """(1, 3, height, width), values near [0, 1]; corner_px: its left and upper edge in the whole picture."""
        ...


@dataclass(frozen=True)
class StyledTiler:
    """The instant network with one style; vector: (1, style_length)."""

    net: Transformer
    vector: Tensor

    @property
    def reach_px(self) -> int:
        """See Tiler."""
        return reach_px(self.net.shape)

    @property
    def device(self) -> torch.device:
        """See Tiler."""
        return self.vector.device

    def frozen(self, thumbnail: Tensor) -> "StyledTiler":
        """See Tiler.frozen."""
        return StyledTiler(freeze(self.net, thumbnail, self.vector), self.vector)

    def paint(self, content: Tensor, corner_px: tuple[int, int]) -> Tensor:
        """See Tiler.paint; the place decides about the noise."""
        left, upper = corner_px
        canvas: Tensor = self.net(content, self.vector, origin=(upper // NOISE_STEP_PX, left // NOISE_STEP_PX))
        return canvas


@dataclass(frozen=True)
class GeneratorTiler:
    """A CycleGAN generator; strength: of its painting in the result, 0 leaves the content, above 1 counts as 1."""

    generator: Generator
    strength: float = 1.0

    @property
    def reach_px(self) -> int:
        """See Tiler."""
        return self.generator.reach_px

    @property
    def device(self) -> torch.device:
        """See Tiler."""
        return next(self.generator.parameters()).device

    def frozen(self, thumbnail: Tensor) -> "GeneratorTiler":
        """See Tiler.frozen."""
        return replace(self, generator=freeze(self.generator, thumbnail))

    def paint(self, content: Tensor, corner_px: tuple[int, int]) -> Tensor:
        """See Tiler.paint; every place is alike."""
        return content.lerp(self.generator(content), min(1.0, self.strength))


def paint_poster(tiler: Tiler, request: StyleRequest, on_step: OnStep, should_stop: Callable[[], bool]) -> Image.Image:
    """Tile by tile, which are its steps: beyond the picture's own bytes, memory does not grow with its size."""
    size = fit(request.content.size, request.longest_side_px)
    small = fit(size, min(THUMBNAIL_SIDE_PX, max(size)))
    frozen = tiler.frozen(to_tensor(request.content, small, tiler.device))
    content = request.content.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    plan = tiles(size, math.ceil(tiler.reach_px / GRID_PX) * GRID_PX)
    poster = content.copy()
    for number, tile in enumerate(plan, start=1):
        if should_stop():
            raise Stopped(f"stopped before tile {number} of {len(plan)}")
        poster.paste(_paint_tile(frozen, content, tile, request.keep_colours), tile.painted[:2])
        due = request.preview_every and number % request.preview_every == 0
        on_step(Progress(step=number, steps=len(plan), stage="poster", preview=_preview(poster) if due else None))
    return poster


@torch.inference_mode()
def _paint_tile(tiler: Tiler, content: Image.Image, tile: Tile, keep_colours: KeepColours) -> Image.Image:
    seen = content.crop(tile.seen)
    pixels = to_tensor(seen, seen.size, tiler.device)
    canvas = tiler.paint(pixels, tile.seen[:2]).clamp(0, 1)
    picture = to_picture(keep_chroma(canvas, pixels) if keep_colours == "luminance" else canvas)
    left, upper, right, lower = tile.painted
    x, y = tile.seen[:2]
    return picture.crop((left - x, upper - y, right - x, lower - y))


def _pieces(side_px: int, piece_px: int) -> Iterator[tuple[int, int]]:
    """Stretches of about the same length, none longer than piece_px, all beginning on the grid."""
    count = math.ceil(side_px / piece_px)
    cuts = [round(side_px * k / count / GRID_PX) * GRID_PX for k in range(count)]
    return zip(cuts, [*cuts[1:], side_px], strict=True)


def _preview(poster: Image.Image) -> Image.Image:
    small = poster.copy()
    small.thumbnail((PREVIEW_SIDE_PX, PREVIEW_SIDE_PX), reducing_gap=2.0)
    return small
