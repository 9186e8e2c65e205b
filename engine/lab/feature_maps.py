"""Where in a photo a layer's channels are excited: a contact sheet of the liveliest, or one channel over the photo.

Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014), show maps like these.
"""

import math

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from engine.encoder import Encoder
from engine.lab.layer_view import require_channel
from engine.lab.requests import FeatureMapsRequest
from engine.lab.watch import Watch
from engine.pictures import to_picture, to_tensor
from engine.scales import fit

# Columns of the sheet; the photo itself takes the first of its squares.
COLUMNS, MOST_ROWS = 5, 4
GAP_PX = 4
# From asleep to fully excited: dark blue over red to yellow, light rising all the way (so that grey printers do too).
COLOURS = np.array([(8, 8, 40), (70, 20, 110), (180, 40, 90), (245, 120, 40), (255, 235, 140)], dtype=np.float32)
# What one channel lights up; the rest of the photo stays this bright.
SHADE = 0.25


def feature_maps(request: FeatureMapsRequest, encoder: Encoder, watch: Watch) -> Image.Image:
    """The sheet, or the photo lit by one channel. Raises UnknownLayer, InvalidRequest for a channel there is not."""
    layer = encoder.require(request.layer)
    size = fit(request.content.size, request.longest_side_px)
    pixels = to_tensor(request.content, size, encoder.device)
    for _ in watch.count(1):
        with torch.inference_mode():
            maps = encoder.features(pixels, [layer])[layer][0].float().relu().cpu()
        watch.tell(layer, lambda: pixels)
    if request.channel is None:
        return _sheet(to_picture(pixels), maps)
    require_channel(request.channel, len(maps))
    return _lit(to_picture(pixels), maps[request.channel])


def _sheet(photo: Image.Image, maps: Tensor) -> Image.Image:
    """The photo, then the channels whose maps vary most, with their numbers."""
    lively = maps.flatten(1).std(dim=1)
    chosen = [int(index) for index in lively.argsort(descending=True) if lively[index] > 0][: COLUMNS * MOST_ROWS - 1]
    rows = math.ceil((1 + len(chosen)) / COLUMNS)
    width, height = _tile(photo, rows)
    tiles = [photo, *(_heat(maps[channel], photo.size) for channel in chosen)]
    tiles = [tile.resize((width, height), Image.Resampling.LANCZOS) for tile in tiles]
    for tile, channel in zip(tiles[1:], chosen, strict=True):
        _number(tile, channel)
    sheet = Image.new("RGB", (COLUMNS * (width + GAP_PX) + GAP_PX, rows * (height + GAP_PX) + GAP_PX), "white")
    for index, tile in enumerate(tiles):
        row, column = divmod(index, COLUMNS)
        sheet.paste(tile, (GAP_PX + column * (width + GAP_PX), GAP_PX + row * (height + GAP_PX)))
    return sheet


def _tile(photo: Image.Image, rows: int) -> tuple[int, int]:
    """Width and height of one tile, so that the sheet is no larger than the photo was to be."""
    width, height = fit((photo.width * COLUMNS, photo.height * rows), max(photo.size))
    return max(1, (width - GAP_PX) // COLUMNS - GAP_PX), max(1, (height - GAP_PX) // rows - GAP_PX)


def _heat(one: Tensor, size: tuple[int, int]) -> Image.Image:
    """A map in colours; each has its own scale, as channels differ in size a hundredfold."""
    place = _levels(one) * (len(COLOURS) - 1)
    below = np.minimum(place.astype(int), len(COLOURS) - 2)
    part = (place - below)[..., None]
    colours = COLOURS[below] * (1 - part) + COLOURS[below + 1] * part
    return Image.fromarray(colours.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


def _levels(one: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """0 to 1; the brightest hundredth is cut off, or one spot would leave all else dark."""
    top = max(float(one.flatten().quantile(0.99)), float(one.max()) * 0.2, 1e-6)
    levels: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = (one / top).clamp(0, 1).numpy()
    return levels


def _number(tile: Image.Image, channel: int) -> None:
    font = ImageFont.load_default(max(10, tile.width // 9))
    ImageDraw.Draw(tile).text((4, 2), str(channel), "white", font, stroke_width=2, stroke_fill=(8, 8, 40))


def _lit(photo: Image.Image, one: Tensor) -> Image.Image:
    levels = Image.fromarray((_levels(one) * 255).astype(np.uint8)).resize(photo.size, Image.Resampling.BICUBIC)
    dark = Image.blend(Image.new("RGB", photo.size), photo, SHADE)
    return Image.composite(photo, dark, levels)
