"""What a layer or one of its channels likes: a picture that excites it, optimised from noise.

Erhan et al., "Visualizing Higher-Layer Features of a Deep Network" (2009); DeepDream (Mordvintsev et al. 2015) for a
layer as a whole; shifts, small turns and scales, and the Fourier start from Olah et al., "Feature Visualization"
(Distill 2017).
"""

import math

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import InvalidRequest
from engine.lab.requests import LayerViewRequest
from engine.lab.spectrum import Spectrum
from engine.lab.watch import Watch
from engine.losses import total_variation

STEPS = 160
RATE = 0.05
# Beyond the border the canvas goes on, so that convolutions do their frame out there.
MARGIN_PX = 16
SHIFT_PX, TURN_DEG, ZOOM = 8.0, 5.0, 0.1
TV_WEIGHT = 2.0
# A peak is what rises above its surroundings by so much of their spread; how much peaks count.
PEAK, WAKING = 0.25, 0.1


def view_layer(request: LayerViewRequest, encoder: Encoder, watch: Watch) -> tuple[Tensor, bool]:
    """(1, 3, side, side), a square picture that excites the layer or the channel alone, and whether anything woke.

    Small encoders have channels that nothing excites. Raises UnknownLayer, InvalidRequest for a channel there is not.
    """
    layer = encoder.require(request.layer)
    side_px = request.longest_side_px
    canvas = Spectrum((side_px, side_px), seed=request.seed, device=encoder.device, margin_px=MARGIN_PX)
    generator = torch.Generator().manual_seed(request.seed)
    stage = layer if request.channel is None else f"{layer} {request.channel}"
    seen = before_relu(layer)
    if request.channel is not None:
        require_channel(request.channel, encoder.features(canvas.picture(), [seen])[seen].shape[1])
    for _ in watch.count(watch.steps):
        parameters = canvas.parameters.requires_grad_(True)
        pixels = canvas.pixels(parameters)
        features = encoder.features(_moved(pixels, generator), [seen])[seen].float()
        features = features if request.channel is None else features[:, request.channel]
        loss = TV_WEIGHT * total_variation(pixels) - excitement(features)
        (gradient,) = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            canvas.step(gradient, RATE)
        watch.tell(stage, canvas.picture, loss.detach())
    with torch.inference_mode():
        return canvas.picture(), bool(features.max() > 0)


def require_channel(channel: int, channels: int) -> None:
    """Raises InvalidRequest where a layer has no such channel."""
    if channel >= channels:
        raise InvalidRequest(f"this layer has the channels 0 to {channels - 1}, not {channel}")


def before_relu(layer: str) -> str:
    """Where a channel sleeps, ReLU has no gradient that could wake it: it is judged by its convolution."""
    return layer.replace("relu", "conv")


def excitement(features: Tensor) -> Tensor:
    """How much is going on: the root mean square of what passes ReLU, as DeepDream has it, and a little of the peaks.

    features: (1, …, height, width) before ReLU. Where they sleep everywhere, their highest peaks are what can be
    woken; their mean would only be made grey.
    """
    spread = PEAK * features.detach().std() + 1e-6
    peaks = spread * (features / spread).logsumexp(dim=(-2, -1)).mean()
    return (features.relu().square().mean() + 1e-8).sqrt() + WAKING * peaks


def _moved(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Shifted, turned and scaled at random: only what survives that is a pattern and not a coincidence of pixels."""
    turn, zoom, right, down = (torch.rand(4, generator=generator) * 2 - 1).tolist()
    angle, scale = math.radians(TURN_DEG * turn), 1 + ZOOM * zoom
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    height, width = pixels.shape[-2:]
    rows = [[cosine, -sine, 2 * SHIFT_PX * right / width], [sine, cosine, 2 * SHIFT_PX * down / height]]
    grid = functional.affine_grid(torch.tensor([rows]), [1, 3, height, width], align_corners=False)
    return functional.grid_sample(pixels, grid.to(pixels.device), padding_mode="reflection", align_corners=False)
