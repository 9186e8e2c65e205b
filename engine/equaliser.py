"""What is known of a painting's loss before the first step: how sharply it bends along each frequency of each colour.

Networks trained on photographs look hard at brightness in details of a few pixels and hardly at fine detail in colour:
between the two lies a factor of thousands, which L-BFGS would have to find out step by step (docs/decisions/0020).
"""

import numpy as np
import torch
from torch import Tensor

# Cycles a pixel, and how much gradient along them called for how much of a step, over forty to two hundred of them.
FREQUENCIES = (0.01, 0.03, 0.06, 0.115, 0.2, 0.3, 0.425, 0.6)
BENDS = (
    (11.5, 25.0, 74.0, 191.0, 254.0, 178.0, 97.0, 39.0),  # brightness
    (13.5, 32.5, 88.0, 78.0, 30.0, 29.0, 42.0, 47.0),  # red against blue
    (29.0, 84.0, 225.0, 128.0, 41.0, 34.5, 41.0, 44.0),  # green against both
)
AXES = ((1.0, 1.0, 1.0), (1.0, 0.0, -1.0), (1.0, -2.0, 1.0))


class Equaliser:
    """The inverse of those bends, as L-BFGS's first idea of its Hessian (Nocedal and Wright 2006, section 7.2)."""

    def __init__(self, size: tuple[int, int], device: torch.device) -> None:
        """size: (height, width) of the canvas in pixels"""
        axes = torch.tensor(AXES, device=device)
        self._axes = axes / axes.norm(dim=1, keepdim=True)
        self._gains = _gains(*size).to(device)

    def __call__(self, slope: Tensor) -> Tensor:
        """A gradient, (1, 3, height, width), as a step that changes all frequencies alike; linear and symmetric."""
        size = slope.shape[-2:]
        waves = torch.fft.rfft2((self._axes @ slope.flatten(2)).unflatten(2, size))
        steps = torch.fft.irfft2(waves * self._gains, s=size)
        alike: Tensor = (self._axes.T @ steps.flatten(2)).unflatten(2, size)
        return alike


def _gains(height: int, width: int) -> Tensor:
    """(3, height, width // 2 + 1), 1 on average."""
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)
    waves = np.hypot(rows, columns)
    bends = np.stack([np.interp(waves, FREQUENCIES, along) for along in BENDS])
    gains = torch.from_numpy(1 / bends).float()
    return gains / gains.mean()
