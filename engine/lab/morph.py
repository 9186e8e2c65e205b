"""From one photo to another: the pixels of the first are optimised until an encoder sees the second.

The pixel optimiser of "Turning Game of Thrones characters into White Walkers", with features beside pixels and with
frequencies as parameters (spectrum.py): large forms change first, then details.
"""

import bisect
from itertools import accumulate

import torch
from PIL import Image, ImageOps
from torch import Tensor

from engine.encoder import Encoder
from engine.lab.requests import MorphRequest
from engine.lab.spectrum import Spectrum
from engine.lab.watch import Watch
from engine.losses import content_loss
from engine.pictures import to_picture, to_tensor
from engine.scales import fit

STEPS = 150
# Feature losses per layer; a backbone that ends earlier gives its deepest.
LAYERS = (("relu2_2",), ("relu3_2",), ("relu4_2", "relu3_4"))
# Of the pixels beside the features, from none to this: features alone would leave grain and dark places behind.
PIXELS_WEIGHT = 40.0
RATE = 0.06
# So many of the frames at the end fade into the second photo itself: what is left by then is fine grain.
FADING = 0.2
# States closer to each other than this (mean of all samples) are kept once.
APART = 0.5 / 255


class Way:
    """The states that a canvas went through, as pictures of 8 bits, and how far it had come at each."""

    def __init__(self, start: Tensor) -> None:
        self._last = start
        self._pictures = [to_picture(start)]
        self._steps = [0.0]

    def add(self, state: Tensor) -> None:
        """Keep it, if something has moved."""
        moved = float((state - self._last).abs().mean())
        if moved >= APART:
            self._last = state
            self._pictures.append(to_picture(state))
            self._steps.append(moved)

    def evenly(self, count: int) -> list[Image.Image]:
        """So many pictures at equal distances: an optimiser runs at first and crawls in the end."""
        gone = list(accumulate(self._steps))
        marks = [gone[-1] * index / max(1, count - 1) for index in range(count)]
        return [self._pictures[min(bisect.bisect_left(gone, mark), len(gone) - 1)] for mark in marks]


def morph(request: MorphRequest, encoder: Encoder, watch: Watch) -> tuple[Image.Image, ...]:
    """The frames, the first photo first and the second last, about equally far from each other."""
    size = fit(request.first.size, request.longest_side_px)
    first = to_tensor(request.first, size, encoder.device)
    second = to_tensor(ImageOps.fit(request.second.convert("RGB"), size), size, encoder.device)
    fading = max(1, round(FADING * request.frames))
    moving = _optimised(first, second, request.seed, encoder, watch).evenly(request.frames - fading)
    end = to_picture(second)
    return (*moving, *(Image.blend(moving[-1], end, (index + 1) / fading) for index in range(fading)))


def _optimised(first: Tensor, second: Tensor, seed: int, encoder: Encoder, watch: Watch) -> Way:
    layers = {encoder.prefer(names) for names in LAYERS}
    with torch.inference_mode():
        targets = {layer: seen.float() for layer, seen in encoder.features(second, layers).items()}
    canvas, way = Spectrum.of(first, seed=seed), Way(first)
    for step in watch.count(watch.steps):
        parameters = canvas.parameters.requires_grad_(True)
        pixels = canvas.pixels(parameters)
        features = encoder.features(pixels, layers)
        apart = torch.stack([content_loss(features[layer].float(), targets[layer]) for layer in layers]).mean()
        loss = apart + PIXELS_WEIGHT * (step / watch.steps) ** 2 * (pixels - second).square().mean()
        (gradient,) = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            canvas.step(gradient, RATE * min(1.0, 4 * step / watch.steps))
            way.add(canvas.picture())
        watch.tell("morph", canvas.picture, loss.detach())
    return way
