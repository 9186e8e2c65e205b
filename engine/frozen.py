"""The instant network with its statistics frozen: what a pixel becomes then depends on its surroundings only.

An instance norm looks at the whole picture. Frozen, tiles of a large picture agree about contrast and colour.
"""

import copy

import torch
from torch import Tensor, nn

from engine.nets import NORM_EPS, StyledNorm, Transformer


class FrozenNorm(nn.Module):
    """A styled norm whose mean and deviation no longer depend on what it is given."""

    def __init__(self, mean: Tensor, inverse: Tensor) -> None:
        """mean, inverse deviation: (batch, channels, 1, 1), fp32"""
        super().__init__()
        self._mean, self._inverse = mean, inverse

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """hidden: (batch, channels, height, width); style: (batch, 2 · channels)"""
        scale, shift = style[..., None, None].chunk(2, dim=1)
        slope = self._inverse * (1 + scale.float())
        level = shift.float() - self._mean * slope
        return torch.addcmul(level.to(hidden.dtype), hidden, slope.to(hidden.dtype))


class _Recorder(nn.Module):
    """Norms as ever, and remembers what it saw."""

    def __init__(self, norm: StyledNorm) -> None:
        super().__init__()
        self._norm = norm
        self.frozen: FrozenNorm | None = None

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        exact = hidden.float()
        mean = exact.mean(dim=(2, 3), keepdim=True)
        variance = exact.var(dim=(2, 3), keepdim=True, correction=0)
        self.frozen = FrozenNorm(mean, (variance + NORM_EPS).rsqrt())
        normed: Tensor = self._norm(hidden, style)
        return normed


@torch.no_grad()
def freeze(net: Transformer, content: Tensor, vector: Tensor) -> Transformer:
    """A copy of the net that paints everything with the statistics of this content in this style.

    content: (1, 3, height, width), values in [0, 1]; vector: (1, style_length). Weights are shared with the net.
    """
    recorders: list[tuple[nn.Module, str, _Recorder]] = []
    twin = copy.deepcopy(net, {id(weight): weight for weight in [*net.parameters(), *net.buffers()]})
    for parent in list(twin.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, StyledNorm):
                recorder = _Recorder(child)
                setattr(parent, name, recorder)
                recorders.append((parent, name, recorder))
    twin(content, vector)
    for parent, name, recorder in recorders:
        assert recorder.frozen is not None
        setattr(parent, name, recorder.frozen)
    return twin
