"""Keeping the content's colours: the luminance of one picture with the chroma of another."""

import torch
from torch import Tensor

# BT.601, full range, as JPEG has it.
_LUMA = (0.299, 0.587, 0.114)


def luminance(pixels: Tensor) -> Tensor:
    """(batch, 3, height, width) to (batch, 1, height, width)."""
    weights = torch.tensor(_LUMA, device=pixels.device, dtype=pixels.dtype).view(1, 3, 1, 1)
    return (pixels * weights).sum(dim=1, keepdim=True)


def keep_chroma(canvas: Tensor, content: Tensor) -> Tensor:
    """The canvas's luminance with the content's Cb and Cr, clipped to [0, 1].

    Cb and Cr are differences R − Y and B − Y up to a factor, so adding the change of Y to every channel keeps both.
    """
    return (content + (luminance(canvas) - luminance(content))).clamp(0, 1)
