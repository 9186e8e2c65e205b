"""Gatys' method: change the canvas itself until its features resemble content and style, from coarse to fine."""

import math
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
import torch.nn.functional as functional
from PIL import Image
from torch import Tensor

from engine.colours import keep_chroma, noise_in_colours
from engine.devices import free_memory, memory_errors
from engine.encoder import Encoder
from engine.equaliser import Equaliser
from engine.errors import Diverged, InvalidRequest, OutOfMemory, Stopped
from engine.gradients import gradient_of
from engine.lbfgs import Lbfgs, LineSearched
from engine.losses import Moments, blend, moments
from engine.memory import memory_kept
from engine.objective import Layers, Objective
from engine.pictures import to_preview, to_tensor
from engine.pieces import fits, is_whole
from engine.presets.fitted import picture_of
from engine.recipes import Recipe
from engine.request import Progress, StyleRequest
from engine.scales import RATIO, Scale, fit, ladder, top_of_ladder

# How often the loss and the canvas's movement are read: each reading waits for the device.
READ_EVERY = 20
# A scale ends early when its average moves less than this between two readings.
STILL = 0.3 / 255
ADAM_EPS = 1e-8

# Below this a picture that does not fit into memory is not worth having.
LEAST_SIDE_PX = 64

OnStep = Callable[[Progress], None]
Improve = Callable[[], dict[str, Tensor]]


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
        self.pixels.addcdiv_(self.momentum, spread, value=-rate)
        self.keep(recipe.ema_decay)

    def keep(self, decay: float) -> None:
        """After a step: clamped to [0, 1], and its share in the average."""
        self.pixels.clamp_(0, 1)
        self.averaged += 1
        self.average.lerp_(self.pixels, 1 - decay)


@dataclass
class Run:
    """One painting in progress. start: what the canvas is at first, at any size; else the recipe's init.

    notes: what the painting's owner should know of it
    """

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
    notes: list[str] = field(default_factory=list)

    def paint(self) -> Tensor:
        """Climb all scales and return the picture, (1, 3, height, width) in [0, 1]."""
        # Where the last scale goes in pieces, memory is kept for one of them at a time, and for each scale before them.
        largest = fit(self.request.content.size, self.request.longest_side_px)
        with memory_kept() if is_whole(largest, self.encoder.device) else nullcontext():
            return self._at_full_size(self._climbed())

    def _climbed(self) -> Canvas:
        rungs = list(self._rungs())
        self.steps = sum(scale.steps for scale in rungs)
        canvas: Canvas | None = None
        while rungs:
            scale = rungs.pop(0)
            try:
                with memory_errors():
                    canvas = self._painted(canvas, scale)
            except OutOfMemory:
                rungs = self._smaller(scale) if canvas is None else []
                self.steps = self.done + sum(scale.steps for scale in rungs)
                self.notes.append(
                    f"the memory did not suffice at {scale.longest_side_px} px: painted smaller, enlarged"
                )
                free_memory(self.encoder.device)
        assert canvas is not None  # a ladder has at least one rung
        return canvas

    def _rungs(self) -> tuple[Scale, ...]:
        side_px, total, recipe = self.request.longest_side_px, self.request.steps, self.recipe
        if self.start is not None and recipe.refining_steps and not recipe.scales:
            return top_of_ladder(side_px, recipe.refining_steps, total)
        return ladder(side_px, recipe.steps, total, recipe.scales)

    def _smaller(self, scale: Scale) -> list[Scale]:
        """In place of the first scale, where that was too large already. Raises OutOfMemory."""
        side_px = round(scale.longest_side_px / RATIO)
        if side_px < LEAST_SIDE_PX:
            raise OutOfMemory("the device's memory does not even suffice for a small picture")
        return [Scale(side_px, scale.steps)]

    def _painted(self, before: Canvas | None, scale: Scale) -> Canvas:
        content = self._content_at(scale.longest_side_px)
        if before is None:
            canvas = Canvas.starting_with(self._start(content))
        else:
            canvas = self._enlarged(before, _size(content))
        with memory_kept() if fits(content) else nullcontext():
            self._climb(canvas, scale, content)
        return canvas

    def _content_at(self, longest_side_px: int) -> Tensor:
        content = self.request.content
        return to_tensor(content, fit(content.size, longest_side_px), self.encoder.device)

    def _at_full_size(self, canvas: Canvas) -> Tensor:
        size = fit(self.request.content.size, self.request.longest_side_px)
        if _size(canvas.pixels) != size:
            canvas = canvas.enlarged(size, self.recipe.ema_decay)
        return self._finished(canvas, lambda: self._content_at(self.request.longest_side_px))

    def _enlarged(self, canvas: Canvas, size: tuple[int, int]) -> Canvas:
        larger = canvas.enlarged(size, self.recipe.ema_decay)
        if self.start is not None or self.recipe.init == "content":
            # Enlarging blurs: what the start has in fine detail is put back, and only the changes are enlarged.
            sharp, coarse = self._started(size), self._started(_size(canvas.pixels))
            blurred = functional.interpolate(coarse, (size[1], size[0]), mode="bicubic")
            larger.pixels.add_(sharp - blurred).clamp_(0, 1)
        return larger

    def _started(self, size: tuple[int, int]) -> Tensor:
        return to_tensor(self.start or self.request.content, size, self.encoder.device)

    def _start(self, content: Tensor) -> Tensor:
        if self.start is not None:
            return self._started(_size(content))
        # Drawn on the CPU: a seed means the same noise on every device.
        generator = torch.Generator().manual_seed(self.request.seed)
        if self.recipe.init == "stats":
            normal = torch.randn(content.shape, generator=generator).to(content.device)
            return noise_in_colours(self._style_colours(_size(content)), normal)
        noise = torch.rand(content.shape, generator=generator).to(content.device)
        if self.recipe.init == "noise":
            return noise
        # At strength 0 nothing but the content is wanted, and no loss would take the noise away again.
        return content.lerp(noise, CONTENT_NOISE * min(1.0, self.request.strength))

    def _style_colours(self, size: tuple[int, int]) -> Moments:
        total = sum(style.weight for style in self.request.styles)
        parts: list[tuple[float, Moments]] = []
        for style in self.request.styles:
            picture = picture_of(style)
            if picture is None:
                raise InvalidRequest(f"the preset {style.preset} has no picture here, whose colours noise could have")
            pixels = to_tensor(picture, fit(picture.size, max(size)), self.encoder.device)
            parts.append((style.weight / total, moments(pixels)))
        return blend(parts)

    def _climb(self, canvas: Canvas, scale: Scale, content: Tensor) -> None:
        started = time.perf_counter()
        improve = self._improver(canvas, Objective(self.request, self.recipe, self.layers, self.encoder, content))
        before, told_s = canvas.pixels, 0.0
        for step in range(1, scale.steps + 1):
            if self.should_stop():
                raise Stopped(f"stopped before step {self.done + 1} of {self.steps}")
            parts = improve()
            self.done += 1
            last, losses = step == scale.steps, dict[str, float]()
            if last or step % READ_EVERY == 0:
                losses = _finite_parts(parts)
                now = canvas.picture(self.recipe.ema_decay)
                # Read at the last step too: a gradient may be no number where the loss before it was one.
                moved = _finite((now - before).abs().mean())
                before = now
                if step > READ_EVERY and moved < STILL and not last:
                    self.steps -= scale.steps - step
                    last = True
            telling = time.perf_counter()
            self._tell(canvas, scale, content, losses)
            told_s += time.perf_counter() - telling
            if last:
                break
        self.scales.append(_scale_report(canvas, step, parts, time.perf_counter() - started, told_s))

    def _improver(self, canvas: Canvas, objective: Objective) -> Improve:
        """What takes one step and returns the parts of the loss before it."""
        if self.recipe.optimiser == "adam":
            return partial(_improve, canvas, objective, self.recipe)
        look = partial(gradient_of, objective)
        if self.recipe.line_search:
            return LineSearched(canvas, look, self.recipe).improve
        guess = Equaliser((canvas.pixels.shape[-2], canvas.pixels.shape[-1]), canvas.pixels.device)
        return Lbfgs(canvas, look, self.recipe, guess).improve

    def _tell(self, canvas: Canvas, scale: Scale, content: Tensor, losses: Mapping[str, float]) -> None:
        every = self.request.preview_every
        preview = to_preview(self._finished(canvas, lambda: content)) if every and self.done % every == 0 else None
        stage = f"{scale.longest_side_px} px"
        loss = sum(losses.values()) if losses else None
        self.on_step(Progress(step=self.done, steps=self.steps, stage=stage, preview=preview, loss=loss, losses=losses))

    def _finished(self, canvas: Canvas, content: Callable[[], Tensor]) -> Tensor:
        """content: of this size; read from a photo only where its colours are kept, which takes a while."""
        picture = canvas.picture(self.recipe.ema_decay).clamp(0, 1)
        return keep_chroma(picture, content()) if self.request.keep_colours == "luminance" else picture


def _improve(canvas: Canvas, objective: Objective, recipe: Recipe) -> dict[str, Tensor]:
    parts, gradient = gradient_of(objective, canvas.pixels)
    with torch.no_grad():
        canvas.step(gradient, recipe)
    return parts


# Enough of a seed's noise in the content that another seed leads to other strokes, too little to be seen.
CONTENT_NOISE = 0.05


def _size(pixels: Tensor) -> tuple[int, int]:
    return pixels.shape[-1], pixels.shape[-2]


def _finite(value: Tensor) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise Diverged("the loss is no longer a number")
    return number


def _finite_parts(parts: Mapping[str, Tensor]) -> dict[str, float]:
    """Read together: each reading waits for the device."""
    read = dict(zip(parts, torch.stack(list(parts.values())).tolist(), strict=True))
    if not math.isfinite(sum(read.values())):
        raise Diverged("the loss is no longer a number")
    return read


def _scale_report(
    canvas: Canvas, steps: int, parts: Mapping[str, Tensor], seconds: float, told_s: float
) -> dict[str, Any]:
    """told_s: what of the seconds went into previews and those who were told; on a GPU they also wait for its steps."""
    height, width = canvas.pixels.shape[-2:]
    losses = {name: float(part) for name, part in parts.items()}
    losses["total"] = sum(losses.values())
    times = {"seconds": round(seconds, 3), "told_s": round(told_s, 3)}
    return {"width_px": width, "height_px": height, "steps": steps, **times, "losses": losses}
