"""The instant network, ready to paint: pictures in, pictures out, one pass.

net = InstantNet.load(slim)
vectors = net.read([style])                           # once for each style; or fitted ones, presets.fitted
style = net.mix([(0.7, vectors[0]), (0.3, other)], strength=1.2)
[painted] = net.paint([content], torch.stack([style]))
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import InvalidRequest
from engine.instant_weights import SHIPPED_INSTANT, load_nets, network_id
from engine.losses import Moments, moments, stack
from engine.nets import READER_LAYERS, StyleReader, Transformer
from engine.pictures import to_picture, to_tensor
from engine.request import MAX_INSTANT_STRENGTH
from engine.scales import fit

# Styles are looked at in this size; a brush of 2 looks at twice of it and sees strokes twice as large.
STYLE_SIDE_PX = 256


class InstantNet:
    """The painter in one dtype, the reader in fp32, and the encoder whose moments the reader reads."""

    def __init__(
        self,
        painter: Transformer,
        reader: StyleReader,
        encoder: Encoder,
        dtype: torch.dtype = torch.float32,
        network: str = "",
    ) -> None:
        """network: what vectors fitted to this painter name it by"""
        self.encoder, self._device = encoder, encoder.device
        self.network = network
        # Converted once: autocast would copy the weights anew for every picture.
        placed = painter.to(self._device, dtype).to(memory_format=torch.channels_last)
        self.painter = placed.requires_grad_(False).eval()
        self._reader = reader.to(self._device).requires_grad_(False).eval()

    @classmethod
    def load(cls, encoder: Encoder, path: Path = SHIPPED_INSTANT, dtype: torch.dtype = torch.float32) -> "InstantNet":
        """From a weights file, on the encoder's device; the encoder is `slim`. Raises WeightsError."""
        painter, reader = load_nets(path, encoder)
        return cls(painter, reader, encoder, dtype, network_id(path))

    @property
    def style_length(self) -> int:
        """Numbers in a style vector."""
        length: int = self.painter.style_length
        return length

    @torch.inference_mode()
    def read(self, styles: Sequence[Image.Image], brush: float = 1.0) -> Tensor:
        """The vectors of these pictures, (styles, style_length), as the reader predicts them."""
        side = round(STYLE_SIDE_PX * brush)
        return self.read_moments([self.look(style, side) for style in styles])

    @torch.inference_mode()
    def read_moments(self, seen: Sequence[dict[str, Moments]]) -> Tensor:
        """The same from moments in `slim`, as a preset without a picture carries them."""
        vectors: Tensor = self._reader({layer: stack([one[layer] for one in seen]) for layer in READER_LAYERS})
        return vectors

    @torch.inference_mode()
    def look(self, style: Image.Image, longest_side_px: int = STYLE_SIDE_PX) -> dict[str, Moments]:
        """A picture's moments in READER_LAYERS."""
        return look(self.encoder, to_tensor(style, fit(style.size, longest_side_px), self._device), READER_LAYERS)

    def mix(self, parts: Sequence[tuple[float, Tensor]], strength: float = 1.0) -> Tensor:
        """One vector of several, by weight (normalised here); strength 0 leaves the content as it is, up to 1.5."""
        if not 0 <= strength <= MAX_INSTANT_STRENGTH:
            raise InvalidRequest(f"strength must be 0 to {MAX_INSTANT_STRENGTH}, not {strength}")
        total = sum(weight for weight, _ in parts)
        style = torch.stack([weight / total * vector.to(self._device) for weight, vector in parts]).sum(dim=0)
        mixed: Tensor = self.painter.strengthened(style, strength)
        return mixed

    @torch.inference_mode()
    def paint(self, contents: Sequence[Image.Image], vectors: Tensor) -> list[Image.Image]:
        """Each content in the style of its vector, at the content's own size; equal sizes share a pass."""
        painted: dict[int, Image.Image] = {}
        for size in dict.fromkeys(content.size for content in contents):
            places = [place for place, content in enumerate(contents) if content.size == size]
            batch = torch.cat([to_tensor(contents[place], size, self._device) for place in places])
            canvas = self.paint_pixels(batch, vectors[places])
            painted |= {place: to_picture(canvas[row : row + 1]) for row, place in enumerate(places)}
        return [painted[place] for place in range(len(contents))]

    @torch.inference_mode()
    def paint_pixels(self, contents: Tensor, vectors: Tensor) -> Tensor:
        """(batch, 3, height, width) in [0, 1], fp32, and one vector each; the same shape comes back."""
        canvas: Tensor = self.painter(contents, vectors.to(self._device))
        return canvas.clamp_(0, 1)


def look(encoder: Encoder, pixels: Tensor, layers: Sequence[str]) -> dict[str, Moments]:
    """Moments of one picture, (1, 3, height, width), by layer."""
    return {layer: moments(features) for layer, features in encoder.features(pixels, layers).items()}
