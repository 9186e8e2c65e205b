"""Whose colours a picture has: the chroma of another, or its mean and covariance; and noise in such colours."""

import torch
from torch import Tensor

from engine.losses import Moments, moments

# Least variance of a colour, in levels of 0 to 1: a grey picture has none in two directions.
_LEAST_VARIANCE = 1e-6

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


def recoloured(pixels: Tensor, like: Moments) -> Tensor:
    """The picture with this mean and covariance of its colours, clipped to [0, 1]; (1, 3, height, width).

    Of all linear maps that do so the one that changes colours least (Pitié and Kokaram 2007), so that hues stay apart.
    """
    own = moments(pixels)
    root, inverse = _power(own.covariance, 0.5), _power(own.covariance, -0.5)
    matrix = inverse @ _power(root @ like.covariance.double().cpu() @ root, 0.5) @ inverse
    return _mapped(pixels - own.mean.view(1, 3, 1, 1), matrix, like.mean)


def noise_in_colours(like: Moments, normal: Tensor) -> Tensor:
    """Noise with this mean and covariance of its colours, clipped to [0, 1]. normal: (1, 3, height, width)"""
    return _mapped(normal, _power(like.covariance, 0.5), like.mean)


def _mapped(centred: Tensor, matrix: Tensor, mean: Tensor) -> Tensor:
    return (torch.einsum("ij,bjhw->bihw", matrix.to(centred), centred) + mean.view(1, 3, 1, 1)).clamp(0, 1)


def _power(covariance: Tensor, exponent: float) -> Tensor:
    """Of a 3 × 3 covariance, in fp64 on the CPU: not every device has it."""
    values, directions = torch.linalg.eigh(covariance.double().cpu())
    power: Tensor = directions @ torch.diag(values.clamp_min(_LEAST_VARIANCE) ** exponent) @ directions.T
    return power
