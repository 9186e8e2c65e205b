"""A network with its statistics frozen: what a pixel becomes then depends on its surroundings only.

An instance norm looks at the whole picture. Frozen, tiles of a large picture agree about contrast and colour.
"""

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn

from engine.nets import NORM_EPS, StyledNorm

Net = TypeVar("Net", bound=nn.Module)


class FrozenNorm(nn.Module):
    """An instance norm, styled or plain, whose mean and deviation no longer depend on what it is given."""

    def __init__(self, mean: Tensor, inverse: Tensor) -> None:
        """mean, inverse deviation: (batch, channels, 1, 1), fp32"""
        super().__init__()
        self._mean, self._inverse = mean, inverse

    def forward(self, hidden: Tensor, style: Tensor | None = None) -> Tensor:
        """hidden: (batch, channels, height, width); style: (batch, 2 · channels)"""
        slope, shift = self._inverse, torch.zeros(())
        if style is not None:
            scale, shift = style.float()[..., None, None].chunk(2, dim=1)
            slope = slope * (1 + scale)
        level = shift - self._mean * slope
        return torch.addcmul(level.to(hidden.dtype), hidden, slope.to(hidden.dtype))


class _Recorder(nn.Module):
    """Norms as ever, and remembers what it saw."""

    def __init__(self, norm: nn.Module, eps: float) -> None:
        super().__init__()
        self._norm, self._eps = norm, eps
        self.frozen: FrozenNorm | None = None

    def forward(self, hidden: Tensor, *style: Tensor) -> Tensor:
        exact = hidden.float()
        mean = exact.mean(dim=(2, 3), keepdim=True)
        variance = exact.var(dim=(2, 3), keepdim=True, correction=0)
        self.frozen = FrozenNorm(mean, (variance + self._eps).rsqrt())
        normed: Tensor = self._norm(hidden, *style)
        return normed


@torch.no_grad()
def freeze(net: Net, content: Tensor, *style: Tensor) -> Net:
    """A copy of the net that paints everything with the statistics of this content in this style.

    content: (1, 3, height, width), values in [0, 1]; style: what else the net is given. Weights are shared with it.
    """
    recorders: list[tuple[nn.Module, str, _Recorder]] = []
    twin = copy.deepcopy(net, {id(weight): weight for weight in [*net.parameters(), *net.buffers()]})
    for parent in list(twin.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, (StyledNorm, nn.InstanceNorm2d)):
                recorder = _Recorder(child, NORM_EPS if isinstance(child, StyledNorm) else child.eps)
                setattr(parent, name, recorder)
                recorders.append((parent, name, recorder))
    twin(content, *style)
    for parent, name, recorder in recorders:
        assert recorder.frozen is not None
        setattr(parent, name, recorder.frozen)
    return twin
