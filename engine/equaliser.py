"""What is known of a painting's loss before the first step: how sharply it bends along each frequency of each colour.

Networks trained on photographs look hard at brightness in details of a few pixels and hardly at fine detail in colour:
between the two lies a factor of thousands, which L-BFGS would have to find out step by step (docs/decisions/0020).
"""

import numpy as np
import torch
from torch import Tensor

# Cycles a pixel, and the second derivative of the loss along them, × 10⁶, measured at 256 px on VGG19 and on `slim`.
FREQUENCIES = (0.01, 0.03, 0.06, 0.115, 0.2, 0.3, 0.425, 0.6)
BENDS = (
    (3.8, 12.7, 37.7, 113.8, 161.7, 109.5, 49.7, 2.5),  # brightness
    (9.7, 19.4, 40.5, 30.7, 3.3, 0.4, 0.1, 0.0),  # red against blue
    (15.4, 43.8, 92.4, 54.2, 6.7, 1.0, 0.2, 0.0),  # green against both
)
AXES = ((1.0, 1.0, 1.0), (1.0, 0.0, -1.0), (1.0, -2.0, 1.0))
# Below this a measured bend is not believed: what is hardly seen would otherwise be thrown about.
LEAST_BEND = 30.0


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
    bends = np.stack([np.interp(waves, FREQUENCIES, along) for along in BENDS]) + LEAST_BEND
    gains = torch.from_numpy(1 / bends).float()
    return gains / gains.mean()
