"""Requests for one pass of a network: the vectors they mean, and the pictures, several at a time."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import torch
from PIL import Image
from torch import Tensor

from engine.colours import keep_chroma
from engine.generators import generator_of
from engine.instant import InstantNet
from engine.pictures import to_picture, to_tensor
from engine.poster import GeneratorTiler, StyledTiler, paint_poster
from engine.presets.fitted import load_vector, picture_of
from engine.request import Progress, Style, StyleRequest
from engine.scales import fit

# A poster is this picture, enlarged and painted over once more with less of the style, which gives it its fine strokes.
DRAFT_SIDE_PX, DRAFT_STRENGTH = 768, 0.5


class InstantPainter:
    """Paints what needs no optimisation."""

    def __init__(self, net: InstantNet) -> None:
        self._net = net

    def paint(self, requests: Sequence[StyleRequest]) -> list[Image.Image]:
        """One picture a request; those of equal size share a pass, whatever their styles. A generator paints alone."""
        contents = [sized_content(request) for request in requests]
        generators = {place: found for place, request in enumerate(requests) if (found := self._generator(request))}
        others = [place for place in range(len(requests)) if place not in generators]
        together = self._paint_styled([requests[place] for place in others], [contents[place] for place in others])
        pictures = dict(zip(others, together, strict=True))
        pictures |= {place: pass_through(found, contents[place]) for place, found in generators.items()}
        return [
            _with_chroma_of(content, pictures[place]) if request.keep_colours == "luminance" else pictures[place]
            for place, (request, content) in enumerate(zip(requests, contents, strict=True))
        ]

    def poster(
        self, request: StyleRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Image.Image:
        """One picture in tiles, in strokes as broad as those of a picture on a screen. Raises Stopped."""
        if generator := self._generator(request):
            return paint_poster(generator, request, on_step, should_stop)
        if request.longest_side_px > DRAFT_SIDE_PX:
            # The network's strokes are so many pixels wide: painted at once, a sheet of paper would be full of flecks.
            [draft] = self.paint([replace(request, longest_side_px=DRAFT_SIDE_PX)])
            request = replace(request, content=draft, strength=DRAFT_STRENGTH * request.strength)
        return paint_poster(StyledTiler(self._net.painter, self.vector(request)[None]), request, on_step, should_stop)

    def vector(self, request: StyleRequest) -> Tensor:
        """What the network is told to paint: all styles of the request in one vector, at its strength."""
        read = partial(self._style_vector, brush=request.brush)
        return self._net.mix([(style.weight, read(style)) for style in request.styles], request.strength)

    def _paint_styled(self, requests: Sequence[StyleRequest], contents: Sequence[Image.Image]) -> list[Image.Image]:
        if not requests:
            return []
        return self._net.paint(contents, torch.stack([self.vector(request) for request in requests]))

    def _generator(self, request: StyleRequest) -> GeneratorTiler | None:
        like = next(self._net.painter.parameters())
        return generator_of(request, like.device, like.dtype)

    def _style_vector(self, style: Style, brush: float) -> Tensor:
        net = self._net
        fitted = load_vector(style.preset, brush, net.network, net.style_length) if style.preset else None
        if fitted is not None:
            return fitted
        picture = picture_of(style)
        assert picture is not None  # or there would be a vector, or an error
        return net.read([picture], brush)[0]


def sized_content(request: StyleRequest) -> Image.Image:
    """The photo, as large as the picture is to be."""
    size = fit(request.content.size, request.longest_side_px)
    return request.content.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


@torch.inference_mode()
def pass_through(generator: GeneratorTiler, content: Image.Image) -> Image.Image:
    """The content as the generator paints it, at the content's own size."""
    return to_picture(generator.paint(to_tensor(content, content.size, generator.device), (0, 0)))


def _with_chroma_of(content: Image.Image, picture: Image.Image) -> Image.Image:
    canvas, photo = (to_tensor(each, each.size, torch.device("cpu")) for each in (picture, content))
    return to_picture(keep_chroma(canvas, photo))
