"""torch's L-BFGS on a canvas: the optimiser of the classics. Imported late, as torch.optim takes seconds to import."""

from collections.abc import Callable
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
MAX_RESTARTS = 3
# How strongly colours beyond the range are drawn back, beside losses of about 1.
DRAWN_BACK = 10.0


# The parts of the loss, and the gradient of their sum: see gradients.gradient_of.
Look = Callable[[Tensor], tuple[dict[str, Tensor], Tensor]]


class Canvas(Protocol):
    """What is changed: see gatys.Canvas."""

    pixels: Tensor

    def keep(self, decay: float) -> None:
        """After a step."""
        ...


class Lbfgs:
    """One scale's optimiser. A step that leads to no number is taken back, and what was learned is forgotten.

    Clamping its variables would make the curvature that it learns a lie. So they may leave [0, 1], the objective sees
    them clamped, and what is beyond is drawn back.
    """

    def __init__(self, canvas: Canvas, look: Look, recipe: Recipe) -> None:
        self._canvas, self._look, self._recipe = canvas, look, recipe
        self._parameter = canvas.pixels.detach().clone().requires_grad_(True)
        self._optimiser = self._fresh()
        self._restarts = 0

    def improve(self) -> dict[str, Tensor]:
        """One step; returns the parts of the loss before it. Raises Diverged."""
        before = self._parameter.detach().clone()
        seen: list[dict[str, Tensor]] = []

        @torch.no_grad()
        def look() -> float:
            inside = self._parameter.clamp(0, 1)
            beyond = self._parameter - inside
            parts, gradient = self._look(inside)
            seen.append(parts)
            drawn_back = 2 * DRAWN_BACK / beyond.numel() * beyond
            self._parameter.grad = gradient.masked_fill(beyond != 0, 0.0) + drawn_back
            total = torch.stack([*parts.values(), DRAWN_BACK * beyond.square().mean()]).sum()
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
            line_search_fn="strong_wolfe" if self._recipe.line_search else None,
        )
