"""L-BFGS on a canvas: steps that know how the loss bends, from the gradients of the last few."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.optim import LBFGS

from engine.errors import Diverged
from engine.recipes import Recipe

# Each costs two more copies of the canvas; beyond ten, nothing is gained.
HISTORY = 10
# The losses are relative, so the gradient of a single pixel is tiny from the start: torch's own limits would end here.
TOLERANCE = 1e-12
# A step along which the gradient hardly changed says nothing of how the loss bends.
LEAST_BEND = 1e-10
# How much further than the last step's bend alone would lead, where nothing else was learned: along that step the loss
# bends more than along most others. With twice as far some paintings tremble, with two and a half times they diverge.
STRETCH = 1.25
# How far the first step leads, as the mean of its squares' root: what is safe where nothing is known of the loss.
FIRST_STEP = 0.01
MAX_RESTARTS = 3
# How strongly colours beyond the range are drawn back, beside losses of about 1.
DRAWN_BACK = 10.0


Parts = dict[str, Tensor]
# The parts of the loss, and the gradient of their sum: see gradients.gradient_of.
Look = Callable[[Tensor], tuple[Parts, Tensor]]
# From a gradient to a step where nothing has been learned yet, linear and symmetric: see equaliser.Equaliser.
Guess = Callable[[Tensor], Tensor]


class Canvas(Protocol):
    """What is changed: see gatys.Canvas."""

    pixels: Tensor

    def keep(self, decay: float) -> None:
        """After a step."""
        ...


def look_at_free(look: Look, free: Tensor) -> tuple[Parts, Tensor, Tensor]:
    """The parts of the loss, its whole and its gradient, for values that may leave [0, 1].

    Clamping the variables themselves would make the curvature that is learned a lie. So the objective sees them
    clamped, and what is beyond is drawn back.
    """
    inside = free.clamp(0, 1)
    beyond = free - inside
    parts, gradient = look(inside)
    gradient = gradient.masked_fill(beyond != 0, 0.0).add_(beyond, alpha=2 * DRAWN_BACK / beyond.numel())
    return parts, torch.stack([*parts.values(), DRAWN_BACK * beyond.square().mean()]).sum(), gradient


@dataclass(frozen=True)
class _Bend:
    """A step, how the gradient changed along it, and 1 / their product, 0 where that taught nothing."""

    step: Tensor
    change: Tensor
    inverse: Tensor


class Lbfgs:
    """One scale's optimiser, with steps of full length (Nocedal 1980; Liu and Nocedal 1989, two-loop recursion).

    Nothing is read from the device: what torch's own decides by reading a number is decided there, by 0 and 1. A step
    that leads to no number is taken back, and what was learned is forgotten.
    """

    def __init__(self, canvas: Canvas, look: Look, recipe: Recipe, guess: Guess) -> None:
        self._canvas, self._look, self._recipe, self._guess = canvas, look, recipe, guess
        self._free = canvas.pixels.detach().clone(memory_format=torch.contiguous_format)
        self._base, self._slope = self._free, torch.zeros_like(self._free)  # where the last gradient was found, and it
        self._bends: deque[_Bend] = deque(maxlen=HISTORY)
        self._scale = self._free.new_ones(())
        self._failures = self._free.new_zeros(())  # in succession

    @torch.no_grad()
    def improve(self) -> Parts:
        """One step; returns the parts of the loss before it, no numbers after too many failures."""
        parts, _, gradient = look_at_free(self._look, self._free)
        sound = gradient.isfinite().all()
        self._failures = torch.where(sound, 0.0, self._failures + 1)
        self._learn(torch.where(sound, self._free, self._base), torch.where(sound, gradient, self._slope), sound)
        self._free = self._base + self._recipe.learning_rate * self._direction()
        self._canvas.pixels.copy_(self._free)
        self._canvas.keep(self._recipe.ema_decay)
        return {name: torch.where(self._failures > MAX_RESTARTS, torch.nan, part) for name, part in parts.items()}

    def _learn(self, base: Tensor, slope: Tensor, sound: Tensor) -> None:
        """How the loss bends between the last gradient and this one; after a failure both are the same."""
        step, change = base - self._base, slope - self._slope
        self._base, self._slope = base, slope
        if not self._bends:
            # Nothing else is known yet.
            self._scale = FIRST_STEP / self._guess(slope).square().mean().sqrt().clamp_min(1e-30)
        for bend in self._bends:
            bend.inverse.mul_(sound)
        along = _dot(step, change)
        taught = along > LEAST_BEND
        self._scale = torch.where(
            taught, STRETCH * along / _dot(change, self._guess(change)), self._scale * torch.where(sound, 1.0, 0.1)
        )
        self._bends.append(_Bend(step, change, torch.where(taught, 1 / along, 0.0)))

    def _direction(self) -> Tensor:
        """Downhill, by all that was learned."""
        result, shares = -self._slope, list[Tensor]()
        for bend in reversed(self._bends):
            shares.append(bend.inverse * _dot(bend.step, result))
            result.addcmul_(bend.change, shares[-1], value=-1)
        result = self._guess(result) * self._scale
        for bend, share in zip(self._bends, reversed(shares), strict=True):
            result.addcmul_(bend.step, share - bend.inverse * _dot(bend.change, result))
        return result


class LineSearched:
    """torch's L-BFGS, which looks along each step for a length that pays (strong Wolfe): it reads numbers all the time.

    A step that leads to no number is taken back, and what was learned is forgotten.
    """

    def __init__(self, canvas: Canvas, look: Look, recipe: Recipe) -> None:
        self._canvas, self._look, self._recipe = canvas, look, recipe
        self._parameter = canvas.pixels.detach().clone().requires_grad_(True)
        self._optimiser = self._fresh()
        self._restarts = 0

    def improve(self) -> Parts:
        """One step; returns the parts of the loss before it. Raises Diverged."""
        before = self._parameter.detach().clone()
        seen: list[Parts] = []

        @torch.no_grad()
        def look() -> float:
            parts, total, self._parameter.grad = look_at_free(self._look, self._parameter)
            seen.append(parts)
            return float(total)

        self._optimiser.step(look)
        with torch.no_grad():
            if not bool(self._parameter.isfinite().all()):
                self._restart(before)
            self._canvas.pixels.copy_(self._parameter)
            self._canvas.keep(self._recipe.ema_decay)
        return seen[0]

    def _restart(self, pixels: Tensor) -> None:
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            raise Diverged("the loss is no longer a number")
        self._parameter.copy_(pixels)
        self._optimiser = self._fresh()

    def _fresh(self) -> LBFGS:
        return LBFGS(
            [self._parameter],
            lr=self._recipe.learning_rate,
            max_iter=1,
            history_size=HISTORY,
            tolerance_grad=0,
            tolerance_change=TOLERANCE,
            line_search_fn="strong_wolfe",
        )


def _dot(first: Tensor, second: Tensor) -> Tensor:
    return torch.dot(first.flatten(), second.flatten())
