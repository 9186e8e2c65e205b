"""A photo as one layer remembers it: a picture from noise that has the photo's features there.

Mahendran and Vedaldi, "Understanding Deep Image Representations by Inverting Them" (2015): deep layers keep what is
where and forget exact edges and colours. The Fourier start is that of Olah et al. (2017); see spectrum.py.
"""

import torch
from torch import Tensor

from engine.encoder import Encoder
from engine.lab.requests import ReconstructRequest
from engine.lab.spectrum import Spectrum
from engine.lab.watch import Watch
from engine.losses import content_loss, total_variation
from engine.pictures import to_tensor
from engine.scales import fit

LAYERS = ("relu4_2",)
STEPS = 200
RATE = 0.05
TV_WEIGHT = 0.3


def reconstruct(request: ReconstructRequest, encoder: Encoder, watch: Watch) -> Tensor:
    """(1, 3, height, width) in the photo's shape. Raises UnknownLayer."""
    layer = encoder.require(request.layer) if request.layer else encoder.prefer(LAYERS)
    size = fit(request.content.size, request.longest_side_px)
    with torch.inference_mode():
        target = encoder.features(to_tensor(request.content, size, encoder.device), [layer])[layer].float()
    canvas = Spectrum(size, seed=request.seed, device=encoder.device)
    for step in watch.count(watch.steps):
        parameters = canvas.parameters.requires_grad_(True)
        pixels = canvas.pixels(parameters)
        features = encoder.features(pixels, [layer])[layer].float()
        loss = content_loss(features, target) + TV_WEIGHT * total_variation(pixels)
        (gradient,) = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            canvas.step(gradient, RATE * _cooled(step / watch.steps))
        watch.tell(layer, canvas.picture, loss.detach())
    with torch.inference_mode():
        return canvas.picture()


def _cooled(part: float) -> float:
    """Full speed for the first half, then down to a tenth: the last steps settle what the first ones threw about."""
    return 1.0 if part < 0.5 else 1.0 - 0.9 * (part - 0.5) / 0.5
