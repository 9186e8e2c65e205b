"""A canvas held as frequencies and colours that vary on their own, as feature visualisation wants it.

Olah, Mordvintsev, Schubert, "Feature Visualization", Distill 2017, and its library lucid (optvis/param/spatial.py,
color.py): gradients then reach all frequencies alike, and noise of high frequency no longer wins.
"""

import math

import torch
from torch import Tensor

# How the colours of photographs vary together: a root of their covariance over ImageNet (lucid), its longest column 1.
_ROOT = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
COLOURS = _ROOT / _ROOT.norm(dim=0).max()
# So much grey noise at the start that every frequency has something to grow from.
START_NOISE = 0.01
_GAIN = 0.25  # lucid's; with it one learning rate serves every size
_BETAS = (0.9, 0.999)


class Spectrum:
    """Pictures of one size whose parameters are Fourier coefficients, with the state of Adam for them.

    decay: 1 gives all octaves of a photograph the same say; more makes the result softer
    margin_px: more at each side, which belongs to no picture: what convolutions do at a border stays there
    """

    def __init__(
        self, size: tuple[int, int], *, seed: int, device: torch.device, decay: float = 1.0, margin_px: int = 0
    ) -> None:
        self._margin_px = margin_px
        self.width, self.height = size[0] + 2 * margin_px, size[1] + 2 * margin_px
        down, across = torch.fft.fftfreq(self.height)[:, None], torch.fft.rfftfreq(self.width)[None]
        frequency = torch.hypot(down, across).clamp_min(1 / max(self.width, self.height))
        self._scale = (frequency**-decay * math.sqrt(self.width * self.height) * _GAIN).to(device)
        self._colours = COLOURS.to(device)
        # Drawn on the CPU: a seed means the same noise on every device.
        generator = torch.Generator().manual_seed(seed)
        shape = (1, 3, self.height, self.width // 2 + 1, 2)
        self.parameters = (torch.randn(shape, generator=generator) * START_NOISE).to(device)
        self._momentum, self._energy = torch.zeros_like(self.parameters), torch.zeros_like(self.parameters)
        self._updates = 0

    @classmethod
    def of(cls, picture: Tensor, *, seed: int = 0) -> "Spectrum":
        """A canvas that begins as this picture, (1, 3, height, width); full black and white lose a hundredth."""
        canvas = cls((picture.shape[-1], picture.shape[-2]), seed=seed, device=picture.device)
        field = torch.einsum("ij,bjhw->bihw", canvas._colours.inverse(), picture.clamp(0.01, 0.99).logit())
        canvas.parameters = torch.view_as_real(torch.fft.rfft2(field) / canvas._scale).contiguous()
        return canvas

    def pixels(self, parameters: Tensor) -> Tensor:
        """(1, 3, height, width) with the margin, values in (0, 1)."""
        waves = torch.view_as_complex(parameters) * self._scale
        field = torch.fft.irfft2(waves, s=(self.height, self.width))
        return torch.sigmoid(torch.einsum("ij,bjhw->bihw", self._colours, field))

    def picture(self) -> Tensor:
        """The present state without the margin."""
        edge = self._margin_px
        return self.pixels(self.parameters)[..., edge : self.height - edge, edge : self.width - edge]

    def step(self, gradient: Tensor, rate: float) -> None:
        """One step of Adam. (torch.optim would import torch's compiler, which takes seconds.)"""
        first, second = _BETAS
        self._updates += 1
        self._momentum.lerp_(gradient, 1 - first)
        self._energy.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        spread = (self._energy / (1 - second**self._updates)).sqrt_().add_(1e-8)
        self.parameters.addcdiv_(self._momentum, spread, value=-rate / (1 - first**self._updates))
