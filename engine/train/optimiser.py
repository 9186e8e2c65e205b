"""Muon for convolutions, Adam for everything else.

Behind every convolution stands a norm, so only the direction of its weights counts: steps of equal size in all singular
directions (Jordan et al., 2024) turn them in far fewer steps than Adam's.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

MOMENTUM = 0.9
BETAS, EPS = (0.9, 0.99), 1e-8
NEWTON_SCHULZ_STEPS = 5


class Optimiser:
    """Learns at a share of two full rates, so that one schedule drives both kinds.

    No torch.optim.Optimizer: that one imports torch's compiler, which costs seconds at every start.
    """

    def __init__(self, parameters: Iterable[Tensor], *, conv_rate: float, rate: float, muon: bool = True) -> None:
        self._parameters = list(parameters)
        self._muon = muon
        self._conv_rate, self._rate = conv_rate, rate
        self.share = 1.0
        self.state: defaultdict[Tensor, dict[str, Tensor]] = defaultdict(dict)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Take one step with the gradients that are there."""
        for parameter in self._parameters:
            if parameter.grad is None:
                continue
            if self._muon and parameter.ndim == 4:
                _muon(parameter, parameter.grad, self.state[parameter], self._conv_rate * self.share)
            else:
                _adam(parameter, parameter.grad, self.state[parameter], self._rate * self.share)


def _muon(parameter: Tensor, gradient: Tensor, state: dict[str, Tensor], rate: float) -> None:
    momentum = state.setdefault("momentum", torch.zeros_like(gradient))
    momentum.lerp_(gradient, 1 - MOMENTUM)
    direction = orthogonal(gradient.lerp(momentum, MOMENTUM).flatten(1))
    rows, columns = direction.shape
    parameter.add_(direction.view(gradient.shape), alpha=-rate * max(1.0, rows / columns) ** 0.5)


def orthogonal(matrix: Tensor) -> Tensor:
    """The matrix with all singular values moved near 1 (0.7 to 1.2), in bf16, which suffices for a direction."""
    flat = matrix.shape[0] <= matrix.shape[1]
    x = (matrix if flat else matrix.T).bfloat16()
    x = x / (x.norm() + 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    turned: Tensor = x if flat else x.T
    return turned.to(matrix.dtype)


def _adam(parameter: Tensor, gradient: Tensor, state: dict[str, Tensor], rate: float) -> None:
    if not state:
        state |= {"count": torch.zeros(()), "mean": torch.zeros_like(gradient), "square": torch.zeros_like(gradient)}
    state["count"] += 1  # on the CPU: reading it does not wait for the device
    count = float(state["count"])
    state["mean"].lerp_(gradient, 1 - BETAS[0])
    state["square"].lerp_(gradient.square(), 1 - BETAS[1])
    spread = (state["square"] / (1 - BETAS[1] ** count)).sqrt_().add_(EPS)
    parameter.addcdiv_(state["mean"], spread, value=-rate / (1 - BETAS[0] ** count))
