"""Gatys' method: change the canvas itself until its features resemble content and style, from coarse to fine."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as functional
from PIL import Image
from torch import Tensor

from engine.colours import keep_chroma
from engine.encoder import Encoder
from engine.errors import Diverged, Stopped
from engine.losses import GramLoss, Moments, W2Loss, blend, content_loss, moments, total_variation, transform
from engine.pictures import to_preview, to_tensor
from engine.presets.fitted import load_moments, picture_of
from engine.recipes import Layers, Recipe
from engine.request import Progress, Style, StyleRequest
from engine.scales import Scale, fit, ladder, top_of_ladder

# How often the loss and the canvas's movement are read: each reading waits for the device.
READ_EVERY = 20
# A scale ends early when its average moves less than this between two readings.
STILL = 0.3 / 255
ADAM_EPS = 1e-8

OnStep = Callable[[Progress], None]


@dataclass
class Canvas:
    """The picture being changed, with Adam's moments and the average of its iterates; all fp32.

    The average is the picture shown and kept: single iterates still tremble by about the learning rate.
    """

    pixels: Tensor
    momentum: Tensor
    energy: Tensor
    average: Tensor
    updates: int = 0  # over all scales: Adam's bias correction
    averaged: int = 0  # in this scale: the average's bias correction

    @classmethod
    def starting_with(cls, pixels: Tensor) -> "Canvas":
        zeros = torch.zeros_like(pixels)
        return cls(pixels, zeros.clone(), zeros.clone(), zeros)

    def picture(self, decay: float) -> Tensor:
        """The average of this scale's iterates so far, or the canvas before its first step."""
        return self.average / (1 - decay**self.averaged) if self.averaged else self.pixels

    def enlarged(self, size: tuple[int, int], decay: float) -> "Canvas":
        """The canvas for the next scale at (width, height); Adam's moments go along, so it need not warm up again."""
        shape = size[1], size[0]
        pixels = functional.interpolate(self.picture(decay), shape, mode="bicubic").clamp_(0, 1)
        return Canvas(
            pixels=pixels,
            momentum=functional.interpolate(self.momentum, shape, mode="bicubic"),
            energy=functional.interpolate(self.energy, shape, mode="bilinear").relu_(),
            average=torch.zeros_like(pixels),
            updates=self.updates,
        )

    def step(self, gradient: Tensor, recipe: Recipe) -> None:
        """One step of Adam, clamped to [0, 1], and its share in the average."""
        first, second = recipe.betas
        self.updates += 1
        self.momentum.lerp_(gradient, 1 - first)
        self.energy.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        spread = (self.energy / (1 - second**self.updates)).sqrt_().add_(ADAM_EPS)
        rate = recipe.learning_rate / (1 - first**self.updates)
        self.pixels.addcdiv_(self.momentum, spread, value=-rate).clamp_(0, 1)
        self.averaged += 1
        self.average.lerp_(self.pixels, 1 - recipe.ema_decay)


class Objective:
    """What the canvas should resemble at one scale."""

    def __init__(
        self, request: StyleRequest, recipe: Recipe, layers: Layers, encoder: Encoder, content: Tensor
    ) -> None:
        self._encoder, self._layers = encoder, layers
        self._style_weight = request.strength
        self._content_weight = recipe.content_weight
        # Smoothing belongs to the look: at strength 0 the content stays as sharp as it was.
        self._tv_weight = recipe.tv_weight * min(1.0, request.strength)
        longest_side_px = max(content.shape[-2:])
        with torch.inference_mode():
            self._content = self._seen(encoder.features(content, [layers.content])[layers.content], layers.content)
            targets = self._style_targets(request, longest_side_px)
        loss = GramLoss if request.style_loss == "gram" else W2Loss
        self._style = {layer: loss(target) for layer, target in targets.items()}

    def __call__(self, pixels: Tensor) -> dict[str, Tensor]:
        """The parts of the loss, weighted: their sum is the total."""
        features = self._encoder.features(pixels, {*self._layers.style, self._layers.content})
        content = self._seen(features[self._layers.content], self._layers.content)
        style = [
            weight * self._style[layer](self._moments(features[layer], layer))
            for layer, weight in self._layers.style.items()
        ]
        return {
            "content": self._content_weight * content_loss(content, self._content),
            "style": self._style_weight * torch.stack(style).sum(),
            "tv": self._tv_weight * total_variation(pixels),
        }

    def _style_targets(self, request: StyleRequest, longest_side_px: int) -> Mapping[str, Moments]:
        total = sum(style.weight for style in request.styles)
        parts: dict[str, list[tuple[float, Moments]]] = {layer: [] for layer in self._layers.style}
        for style in request.styles:
            for layer, raw in self._look(style, longest_side_px).items():
                parts[layer].append((style.weight / total, self._through_head(raw, layer)))
        return {layer: blend(found) for layer, found in parts.items()}

    def _look(self, style: Style, longest_side_px: int) -> Mapping[str, Moments]:
        picture = picture_of(style)
        if picture is None:
            seen = load_moments(style.preset or "").moments_at(longest_side_px)
            return {layer: seen[layer].on(self._encoder.device) for layer in self._layers.style}
        pixels = to_tensor(picture, fit(picture.size, longest_side_px), self._encoder.device)
        features = self._encoder.features(pixels, self._layers.style)
        return {layer: moments(features[layer]) for layer in self._layers.style}

    def _moments(self, features: Tensor, layer: str) -> Moments:
        return self._through_head(moments(features), layer)

    def _through_head(self, raw: Moments, layer: str) -> Moments:
        head = self._encoder.head(layer)
        return transform(raw, head.matrix, head.shift) if head else raw

    def _seen(self, features: Tensor, layer: str) -> Tensor:
        """Content features in fp32, in the teacher's space where a head leads there."""
        head = self._encoder.head(layer)
        if head is None:
            return features.float()
        return torch.einsum("ij,bjhw->bihw", head.matrix, features.float()) + head.shift[:, None, None]


@dataclass
class Run:
    """One painting in progress. start: what the canvas is at first, at any size; else the request's init."""

    request: StyleRequest
    recipe: Recipe
    layers: Layers
    encoder: Encoder
    on_step: OnStep
    should_stop: Callable[[], bool]
    start: Image.Image | None = None
    done: int = 0
    steps: int = 0
    scales: list[dict[str, Any]] = field(default_factory=list)

    def paint(self) -> Tensor:
        """Climb all scales and return the picture, (1, 3, height, width) in [0, 1]."""
        rungs = self._rungs()
        self.steps = sum(scale.steps for scale in rungs)
        canvas: Canvas | None = None
        for scale in rungs:
            size = fit(self.request.content.size, scale.longest_side_px)
            content = to_tensor(self.request.content, size, self.encoder.device)
            canvas = self._enlarged(canvas, size) if canvas else Canvas.starting_with(self._start(content))
            self._climb(canvas, scale, content)
        assert canvas is not None  # a ladder has at least one rung
        return self._finished(canvas, content)

    def _rungs(self) -> tuple[Scale, ...]:
        side_px, total = self.request.longest_side_px, self.request.steps
        if self.start is None:
            return ladder(side_px, self.recipe.steps, total)
        return top_of_ladder(side_px, self.recipe.refining_steps, total)

    def _enlarged(self, canvas: Canvas, size: tuple[int, int]) -> Canvas:
        larger = canvas.enlarged(size, self.recipe.ema_decay)
        if self.start is not None:
            # Enlarging blurs: what the start has in fine strokes is put back, and only the changes are enlarged.
            sharp, coarse = self._started(size), self._started(_size(canvas.pixels))
            blurred = functional.interpolate(coarse, (size[1], size[0]), mode="bicubic")
            larger.pixels.add_(sharp - blurred).clamp_(0, 1)
        return larger

    def _started(self, size: tuple[int, int]) -> Tensor:
        assert self.start is not None
        return to_tensor(self.start, size, self.encoder.device)

    def _start(self, content: Tensor) -> Tensor:
        if self.start is not None:
            return self._started(_size(content))
        # Drawn on the CPU: a seed means the same noise on every device.
        generator = torch.Generator().manual_seed(self.request.seed)
        noise = torch.rand(content.shape, generator=generator).to(content.device)
        if self.request.init == "noise":
            return noise
        # At strength 0 nothing but the content is wanted, and no loss would take the noise away again.
        return content.lerp(noise, CONTENT_NOISE * min(1.0, self.request.strength))

    def _climb(self, canvas: Canvas, scale: Scale, content: Tensor) -> None:
        started = time.perf_counter()
        objective = Objective(self.request, self.recipe, self.layers, self.encoder, content)
        before = canvas.pixels
        for step in range(1, scale.steps + 1):
            if self.should_stop():
                raise Stopped(f"stopped before step {self.done + 1} of {self.steps}")
            parts = self._improve(canvas, objective)
            self.done += 1
            last, loss = step == scale.steps, None
            if last or step % READ_EVERY == 0:
                loss = _finite(torch.stack(list(parts.values())).sum())
                now = canvas.picture(self.recipe.ema_decay)
                # Read at the last step too: a gradient may be no number where the loss before it was one.
                moved = _finite((now - before).abs().mean())
                before = now
                if step > READ_EVERY and moved < STILL and not last:
                    self.steps -= scale.steps - step
                    last = True
            self._tell(canvas, scale, content, loss)
            if last:
                break
        self.scales.append(_scale_report(canvas, step, parts, time.perf_counter() - started))

    def _improve(self, canvas: Canvas, objective: Objective) -> dict[str, Tensor]:
        pixels = canvas.pixels.detach().requires_grad_(True)
        parts = objective(pixels)
        (gradient,) = torch.autograd.grad(torch.stack(list(parts.values())).sum(), pixels)
        with torch.no_grad():
            canvas.step(gradient, self.recipe)
        return {name: part.detach() for name, part in parts.items()}

    def _tell(self, canvas: Canvas, scale: Scale, content: Tensor, loss: float | None) -> None:
        every = self.request.preview_every
        preview = to_preview(self._finished(canvas, content)) if every and self.done % every == 0 else None
        stage = f"{scale.longest_side_px} px"
        self.on_step(Progress(step=self.done, steps=self.steps, stage=stage, preview=preview, loss=loss))

    def _finished(self, canvas: Canvas, content: Tensor) -> Tensor:
        picture = canvas.picture(self.recipe.ema_decay).clamp(0, 1)
        return keep_chroma(picture, content) if self.request.keep_colours == "luminance" else picture


# Enough of a seed's noise in the content that another seed leads to other strokes, too little to be seen.
CONTENT_NOISE = 0.05


def _size(pixels: Tensor) -> tuple[int, int]:
    return pixels.shape[-1], pixels.shape[-2]


def _finite(value: Tensor) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise Diverged("the loss is no longer a number")
    return number


def _scale_report(canvas: Canvas, steps: int, parts: Mapping[str, Tensor], seconds: float) -> dict[str, Any]:
    height, width = canvas.pixels.shape[-2:]
    losses = {name: float(part) for name, part in parts.items()}
    losses["total"] = sum(losses.values())
    return {"width_px": width, "height_px": height, "steps": steps, "seconds": round(seconds, 3), "losses": losses}
