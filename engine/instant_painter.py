"""Requests for one pass of the instant network: the vectors they mean, and the pictures, several at a time."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from PIL import Image
from torch import Tensor

from engine.colours import keep_chroma
from engine.instant import InstantNet
from engine.pictures import to_picture, to_tensor
from engine.poster import StyledTiler, paint_poster
from engine.presets.fitted import load_vector, picture_of
from engine.request import Progress, Style, StyleRequest
from engine.scales import fit


class InstantPainter:
    """Paints what needs no optimisation."""

    def __init__(self, net: InstantNet) -> None:
        self._net = net

    def paint(self, requests: Sequence[StyleRequest]) -> list[Image.Image]:
        """One picture a request; those of equal size share a pass, whatever their styles."""
        contents = [_sized(request) for request in requests]
        pictures = self._net.paint(contents, torch.stack([self.vector(request) for request in requests]))
        return [
            _with_chroma_of(content, picture) if request.keep_colours == "luminance" else picture
            for request, content, picture in zip(requests, contents, pictures, strict=True)
        ]

    def poster(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Image.Image:
        """One picture in tiles. Raises Stopped."""
        return paint_poster(StyledTiler(self._net.painter, self.vector(request)[None]), request, on_step, should_stop)

    def vector(self, request: StyleRequest) -> Tensor:
        """What the network is told to paint: all styles of the request in one vector, at its strength."""
        read = partial(self._style_vector, brush=request.brush)
        return self._net.mix([(style.weight, read(style)) for style in request.styles], request.strength)

    def _style_vector(self, style: Style, brush: float) -> Tensor:
        net = self._net
        fitted = load_vector(style.preset, brush, net.network, net.style_length) if style.preset else None
        if fitted is not None:
            return fitted
        picture = picture_of(style)
        assert picture is not None  # or there would be a vector, or an error
        return net.read([picture], brush)[0]


def _sized(request: StyleRequest) -> Image.Image:
    size = fit(request.content.size, request.longest_side_px)
    return request.content.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _with_chroma_of(content: Image.Image, picture: Image.Image) -> Image.Image:
    canvas, photo = (to_tensor(each, each.size, torch.device("cpu")) for each in (picture, content))
    return to_picture(keep_chroma(canvas, photo))
