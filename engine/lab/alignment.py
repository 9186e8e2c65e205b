"""Bringing two pictures of one thing over each other: a small shift, and the light of the second."""

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.colours import luminance

# A hand holding a telephone moves the picture by so much of its longest side; more is another picture.
MAX_SHIFT = 0.08
# Of the pixels that agree best, the light is read from these: what differs should not be taken for light.
AGREEING = 0.7


def find_shift(first: Tensor, second: Tensor) -> tuple[float, float]:
    """(right, down) in pixels that the second must be moved by to lie over the first; (0, 0) where nothing is better.

    Phase correlation (Kuglin and Hines 1975) of both pictures' luminance under a Hann window, with a parabola
    through the peak for what is less than a pixel. Pictures: (1, 3, height, width).
    """
    height, width = first.shape[-2:]
    window = torch.hann_window(height, device=first.device)[:, None] * torch.hann_window(width, device=first.device)
    one, other = (torch.fft.rfft2((_centred(picture)) * window) for picture in (first, second))
    cross = one * other.conj()
    peaks = torch.fft.irfft2(cross / cross.abs().clamp_min(1e-8), s=(height, width))
    reach = max(1, round(MAX_SHIFT * max(height, width)))
    near = torch.roll(peaks, (reach + 1, reach + 1), dims=(0, 1))[: 2 * reach + 3, : 2 * reach + 3]
    inner = near[1:-1, 1:-1]
    down, right = divmod(int(inner.argmax()), inner.shape[1])
    fine_down = _vertex(near[down : down + 3, right + 1])
    fine_right = _vertex(near[down + 1, right : right + 3])
    found = right - reach + fine_right, down - reach + fine_down
    moved = shifted(second, found)
    return found if _distance(first, moved) < _distance(first, second) else (0.0, 0.0)


def shifted(picture: Tensor, shift: tuple[float, float]) -> Tensor:
    """The picture moved by (right, down) pixels; its border is repeated into what becomes free."""
    if shift == (0.0, 0.0):
        return picture
    height, width = picture.shape[-2:]
    rows = [[1.0, 0.0, -2 * shift[0] / width], [0.0, 1.0, -2 * shift[1] / height]]
    grid = functional.affine_grid(torch.tensor([rows]), list(picture.shape), align_corners=False)
    return functional.grid_sample(
        picture, grid.to(picture.device), mode="bicubic", padding_mode="border", align_corners=False
    ).clamp(0, 1)


def in_the_light_of(first: Tensor, second: Tensor) -> Tensor:
    """The second with its contrast and brightness per channel made those of the first, where the two agree."""
    apart = (first - second).abs().mean(dim=1).flatten()
    agreeing = apart <= apart.quantile(AGREEING)
    rows = []
    for channel in range(3):
        want, have = first[0, channel].flatten()[agreeing], second[0, channel].flatten()[agreeing]
        gain = (want.std() / have.std().clamp_min(1e-3)).clamp(0.7, 1.4)
        rows.append((second[0, channel] - have.mean()) * gain + want.mean())
    return torch.stack(rows)[None].clamp(0, 1)


def _centred(picture: Tensor) -> Tensor:
    light = luminance(picture)[0, 0]
    return light - light.mean()


def _vertex(three: Tensor) -> float:
    """Where between −½ and ½ the parabola through three neighbours has its top."""
    left, middle, right = three.tolist()
    bend = left - 2 * middle + right
    return max(-0.5, min(0.5, 0.5 * (left - right) / bend)) if bend < 0 else 0.0


def _distance(first: Tensor, second: Tensor) -> float:
    """Median over pixels: a thing that was added does not count, a shift of everything does."""
    return float((first - second).abs().mean(dim=1).median())
