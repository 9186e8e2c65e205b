"""What a canvas is judged by: plain functions of tensors, all in fp32."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

NEWTON_SCHULZ_STEPS = 12
# Keeps square roots of nearly singular covariances (flat pictures, dead channels) finite; relative to the variance.
RELATIVE_EPS = 1e-4


# Positions whose moments are taken at a time: few enough to stay in a core's cache, where whole features would be
# written to memory and read again at every step of the arithmetic.
ROWS = 4096


@dataclass(frozen=True)
class Moments:
    """Mean (channels) and covariance (channels, channels) of the features of one layer over all positions."""

    mean: Tensor
    covariance: Tensor

    @property
    def gram(self) -> Tensor:
        """The second raw moment F Fᵀ / (height · width)."""
        return self.covariance + torch.outer(self.mean, self.mean)

    def on(self, device: torch.device) -> "Moments":
        """The same on another device."""
        return Moments(self.mean.to(device), self.covariance.to(device))


class _CentralMoments(torch.autograd.Function):
    """Mean and covariance of features (n, channels), with the whole gradient in one matrix product.

    Autograd's own way through centring and dividing passes over the largest tensors several times more. Subtracting
    the mean afterwards would be cheaper still, but in flat pictures nothing would be left except rounding, and
    covariances with negative eigenvalues have no root.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor) -> tuple[Tensor, Tensor]:
        sums = [piece.sum(dim=0, dtype=torch.float32) for piece in _in_cache(features)]
        mean = torch.stack(sums).sum(dim=0) / len(features)
        ctx.save_for_backward(features, mean)
        covariance = mean.new_zeros(len(mean), len(mean))
        for piece in _in_cache(features):
            centred = piece - mean
            covariance.addmm_(centred.T, centred)
        return mean, covariance / len(features)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        by_mean, by_covariance = gradients
        features, mean = ctx.saved_tensors
        kind = features.dtype
        # Centred features sum to zero, so the mean's own part in the covariance needs no term. They are centred in
        # fp32: where a picture is flat, two large products would else cancel out, and rounding would be left.
        symmetric = ((by_covariance + by_covariance.T) / len(features)).to(kind)
        level = (by_mean / len(features)).to(kind)
        result = torch.empty_like(features)
        for piece, place in zip(_in_cache(features), _in_cache(result), strict=True):
            torch.addmm(level, (piece - mean).to(kind), symmetric, out=place)
        return result


def _in_cache(features: Tensor) -> tuple[Tensor, ...]:
    """Views of a few positions each; a GPU takes all at once."""
    pieces: tuple[Tensor, ...] = features.split(ROWS if features.device.type == "cpu" else len(features))
    return pieces


def moments(features: Tensor, inside: Tensor | None = None) -> Moments:
    """Moments of (1, channels, height, width), in fp32 whatever the features are in.

    inside: how much each position counts, (1, 1, height, width); None: all alike
    """
    # A view where the memory format is channels-last. Taking the picture out of its batch by [0] would cost a whole
    # tensor of zeros, in another memory format, in the gradient.
    rows = features.permute(0, 2, 3, 1).flatten(0, 2)
    with torch.autocast(features.device.type, enabled=False):
        if inside is not None:
            return _weighted_moments(rows.float(), inside.flatten()[:, None])
        mean, covariance = _CentralMoments.apply(rows)
    return Moments(mean, covariance)


def _weighted_moments(rows: Tensor, counts: Tensor) -> Moments:
    """A region thinner than a deep layer's positions may not count at all there: its moments are then zero."""
    shares = counts / counts.sum().clamp_min(1e-6)
    mean = (shares * rows).sum(dim=0)
    centred = rows - mean
    return Moments(mean, centred.T @ (shares * centred))


def blend(parts: list[tuple[float, Moments]]) -> Moments:
    """Weighted average of raw moments: several styles act as one. Weights must sum to 1."""
    mean = sum((weight * part.mean for weight, part in parts), start=torch.zeros_like(parts[0][1].mean))
    gram = sum((weight * part.gram for weight, part in parts), start=torch.zeros_like(parts[0][1].covariance))
    return Moments(mean, gram - torch.outer(mean, mean))


def stack(rows: Sequence[Moments]) -> Moments:
    """Moments of several pictures as one batch: mean (batch, channels), covariance (batch, channels, channels)."""
    return Moments(torch.stack([row.mean for row in rows]), torch.stack([row.covariance for row in rows]))


def joined(first: Moments, second: Moments) -> Moments:
    """Two such batches as one."""
    return Moments(torch.cat([first.mean, second.mean]), torch.cat([first.covariance, second.covariance]))


def transform(raw: Moments, matrix: Tensor, shift: Tensor) -> Moments:
    """Moments of matrix @ f + shift from the moments of f."""
    return Moments(matrix @ raw.mean + shift, matrix @ raw.covariance @ matrix.T)


class MatrixLoss:
    """‖M − M_target‖² / ‖M_target‖² of a matrix made from moments."""

    def __init__(self, target: Moments) -> None:
        self._matrix = self.matrix_of(target)
        self._norm = self._matrix.square().sum().clamp_min(1e-12)

    def __call__(self, now: Moments) -> Tensor:
        return (self.matrix_of(now) - self._matrix).square().sum() / self._norm

    def matrix_of(self, seen: Moments) -> Tensor:
        """The matrix that is compared, (channels, channels)."""
        raise NotImplementedError


class GramLoss(MatrixLoss):
    """Of the Gram matrix: how often two channels are seen together, as in Gatys et al. 2015."""

    def matrix_of(self, seen: Moments) -> Tensor:
        """See MatrixLoss."""
        return seen.gram


class CovarianceLoss(MatrixLoss):
    """Of the covariance: Gram without the mean, so that the content's brightness is left alone."""

    def matrix_of(self, seen: Moments) -> Tensor:
        """See MatrixLoss."""
        return seen.covariance


class NormalisedGramLoss(MatrixLoss):
    """Of the Gram matrix of channels of length 1: which channels go together, however strong each of them is."""

    def matrix_of(self, seen: Moments) -> Tensor:
        """See MatrixLoss. A channel that is nearly dead counts for nothing: its direction would be rounding."""
        energy = seen.gram.diagonal()
        length = (energy + RELATIVE_EPS * energy.mean().detach() + 1e-12).sqrt()
        return seen.gram / torch.outer(length, length)


class W2Loss:
    """Squared 2-Wasserstein distance between Gaussians with these moments, divided by the target's mean square."""

    def __init__(self, target: Moments) -> None:
        self._mean = target.mean
        variance = target.covariance.diagonal().sum()
        self._norm = (variance + target.mean.square().sum()).clamp_min(1e-12)
        channels = len(target.mean)
        eps = RELATIVE_EPS * self._norm / channels
        self._jitter = eps * torch.eye(channels, device=target.mean.device)
        self._trace = (target.covariance + self._jitter).diagonal().sum()
        self._root, _ = square_roots(target.covariance + self._jitter)

    def __call__(self, now: Moments) -> Tensor:
        covariance = now.covariance + self._jitter
        overlap = trace_of_root(self._root @ covariance @ self._root)
        spread = self._trace + covariance.diagonal().sum() - 2 * overlap
        return ((now.mean - self._mean).square().sum() + spread) / self._norm


STYLE_LOSSES: Mapping[str, Callable[[Moments], Callable[[Moments], Tensor]]] = {
    "w2": W2Loss,
    "gram": GramLoss,
    "covariance": CovarianceLoss,
    "normalised-gram": NormalisedGramLoss,
}


def square_roots(matrix: Tensor, steps: int = NEWTON_SCHULZ_STEPS) -> tuple[Tensor, Tensor]:
    """Square root and inverse square root of a symmetric positive matrix by coupled Newton–Schulz iteration.

    Small eigenvalues of the inverse converge last, so a fixed number of steps also bounds its size.
    """
    norm = matrix.norm().clamp_min(1e-30)
    identity = torch.eye(len(matrix), device=matrix.device, dtype=matrix.dtype)
    root, inverse = matrix / norm, identity
    for _ in range(steps):
        correction = 1.5 * identity - 0.5 * inverse @ root
        root, inverse = root @ correction, correction @ inverse
    return root * norm.sqrt(), inverse / norm.sqrt()


class _TraceOfRoot(torch.autograd.Function):
    """tr(M^½) with the gradient ½ M^-½, which the forward iteration yields for nothing.

    Differentiating through the iteration, or solving a Lyapunov equation as others do, costs twice as much.
    """

    @staticmethod
    def forward(ctx: Any, matrix: Tensor) -> Tensor:
        root, inverse = square_roots(matrix)
        ctx.save_for_backward(inverse)
        return root.diagonal().sum()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (inverse,) = ctx.saved_tensors
        gradient: Tensor = gradients[0] * 0.5 * inverse
        return gradient


def trace_of_root(matrix: Tensor) -> Tensor:
    """The trace of the square root of a symmetric positive matrix."""
    result: Tensor = _TraceOfRoot.apply(matrix)
    return result


def content_loss(features: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference, divided by the target's mean square (given fp32)."""
    return (features - target).square().mean() / mean_square(target)


def mean_square(target: Tensor) -> Tensor:
    """What a difference from this target is divided by."""
    return target.square().mean().clamp_min(1e-12)


class _TotalVariation(torch.autograd.Function):
    """The loss and its gradient in one go: of a sheet of paper, autograd would keep eight copies."""

    @staticmethod
    def forward(ctx: Any, canvas: Tensor) -> Tensor:
        pull, total = torch.zeros_like(canvas), canvas.new_zeros(())
        for there, here, weight in _NEIGHBOURS:
            step = canvas[there] - canvas[here]
            share = weight / canvas.numel()
            total += share * step.square().sum()
            step *= 2 * share
            pull[there] += step
            pull[here] -= step
        ctx.save_for_backward(pull)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (pull,) = ctx.saved_tensors
        gradient: Tensor = gradients[0] * pull
        return gradient


def total_variation(canvas: Tensor) -> Tensor:
    """Squared steps to all eight neighbours, per pixel (nine-point stencil; diagonal steps count half).

    canvas: (batch, 3, height, width), values in [0, 1]; returns a scalar
    """
    total: Tensor = _TotalVariation.apply(canvas)
    return total


_ALL, _FIRST, _LAST = slice(None), slice(None, -1), slice(1, None)
# Pixels and their neighbours to the right, below, to the lower right and to the upper right, and what each counts.
_NEIGHBOURS = (
    ((..., _ALL, _LAST), (..., _ALL, _FIRST), 2 / 3),
    ((..., _LAST, _ALL), (..., _FIRST, _ALL), 2 / 3),
    ((..., _LAST, _LAST), (..., _FIRST, _FIRST), 1 / 3),
    ((..., _FIRST, _LAST), (..., _LAST, _FIRST), 1 / 3),
)
