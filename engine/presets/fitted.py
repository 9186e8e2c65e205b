"""What is fitted to a preset, in one small file: a vector for each brush, and its moments where no picture ships.

A vector belongs to the network it was fitted to; the file names that network.
"""

import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import InvalidRequest, WeightsError
from engine.instant import look
from engine.instant_weights import read_tensors
from engine.losses import Moments, blend
from engine.pictures import to_tensor
from engine.presets import Preset, find_preset
from engine.recipes import STYLE_LAYERS
from engine.request import BRUSHES, Style
from engine.scales import fit

log = logging.getLogger(__name__)

# Moments are kept of the painting at these sizes; between them they are blended, beyond them they stay.
SIDES_PX = (128, 512)
LAYERS = tuple(preferences[0] for preferences, _ in STYLE_LAYERS)
# A covariance is kept as so many directions and what each channel has beyond them: measured in W2 it is then 0.02 away
# from the true one, where another photograph is 0.4 away, and takes a fifth of the room.
RANK = 16
LARGEST_BYTES = 1_000_000

BySide = Mapping[int, Mapping[str, Moments]]


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """vectors by brush; moments of `slim` by the painting's longest side and layer

    network: what they were fitted to, see instant_weights.network_id; steps: in how many, 0: as predicted
    """

    network: str
    steps: int
    vectors: Mapping[float, Tensor]
    moments: BySide = field(default_factory=dict)

    def moments_at(self, longest_side_px: int) -> dict[str, Moments]:
        """As the painting would show them at this size, by layer of LAYERS."""
        small, large = SIDES_PX
        share = math.log(max(small, min(large, longest_side_px)) / small) / math.log(large / small)
        return {
            layer: blend([(1 - share, self.moments[small][layer]), (share, self.moments[large][layer])])
            for layer in LAYERS
        }


def load_vector(name: str, brush: float, network: str, length: int) -> Tensor | None:
    """The vector to paint a preset with; None where the network should rather read the preset's picture.

    network, length: which network is to paint, and the length of its vectors
    Raises WeightsError for a damaged file, InvalidRequest where there is no such preset.
    """
    preset = require(name)
    if preset.style_path is not None and not preset.fitted_path.is_file():
        return None
    fitted = load_fitted(preset.fitted_path)
    if fitted.network != network:
        # What the network reads in the picture is right at any time; without one, an old vector is better than none.
        if preset.style_path is not None:
            return None
        log.warning("preset was fitted to other weights", extra={"preset": name})
    vector = fitted.vectors[brush]
    if len(vector) != length:
        raise WeightsError(f"{preset.fitted_path} belongs to a network of another shape: fit {name} anew")
    return vector


def load_moments(name: str) -> Fitted:
    """What was fitted to a preset, moments included. Raises WeightsError, or InvalidRequest where there are none."""
    preset = require(name)
    fitted = load_fitted(preset.fitted_path)
    if not fitted.moments:
        raise InvalidRequest(f"the preset {name} has neither a picture nor moments")
    return fitted


def picture_of(style: Style) -> Image.Image | None:
    """The picture of a style, or that of its preset where there is one. Raises InvalidRequest."""
    if style.picture is not None or style.preset is None:
        return style.picture
    path = require(style.preset).style_path
    if path is None:
        return None
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    except OSError as error:
        raise InvalidRequest(f"the picture of {style.preset} cannot be read") from error


def require(name: str) -> Preset:
    """The preset of that name. Raises InvalidRequest."""
    preset = find_preset(name)
    if preset is None:
        raise InvalidRequest(f"there is no preset {name!r}")
    return preset


def moments_of(picture: Image.Image, slim: Encoder) -> BySide:
    """What a preset without a picture carries in its place."""
    with torch.inference_mode():
        return {side: look(slim, to_tensor(picture, fit(picture.size, side), slim.device), LAYERS) for side in SIDES_PX}


def save_fitted(path: Path, fitted: Fitted) -> None:
    """Write it, whole or not at all."""
    tensors = {f"vector.{brush:g}": vector.detach().cpu().half() for brush, vector in fitted.vectors.items()}
    for side, by_layer in fitted.moments.items():
        for layer, moments in by_layer.items():
            factor, rows = _packed(moments)
            tensors |= {f"{side}.{layer}.factor": factor, f"{side}.{layer}.rows": rows}
    draft = path.with_suffix(".draft")
    save_file(tensors, draft, metadata={"network": fitted.network, "steps": str(fitted.steps)})
    draft.replace(path)


def load_fitted(path: Path) -> Fitted:
    """Read and check such a file. Raises WeightsError, in one sentence."""
    if path.is_file() and path.stat().st_size > LARGEST_BYTES:
        raise WeightsError(f"{path} is larger than anything fitted to a preset")
    metadata, tensors = read_tensors(path)
    found = {brush: tensors[f"vector.{brush:g}"] for brush in BRUSHES if f"vector.{brush:g}" in tensors}
    sound = {brush: vector.float() for brush, vector in found.items() if _is_sound(vector, torch.float16, 1)}
    if len(sound) != len(BRUSHES) or len({len(vector) for vector in sound.values()}) != 1:
        raise WeightsError(f"{path} holds no sound vector for each brush")
    moments: BySide = {}
    if any(name.endswith(".factor") for name in tensors):
        moments = {side: {layer: _unpacked(path, tensors, side, layer) for layer in LAYERS} for side in SIDES_PX}
    steps = metadata.get("steps", "")
    return Fitted(
        network=metadata.get("network", ""),
        steps=int(steps) if re.fullmatch("[0-9]{1,6}", steps) else 0,
        vectors=sound,
        moments=moments,
    )


def _is_sound(tensor: Tensor, kind: torch.dtype, dimensions: int) -> bool:
    if tensor.dtype != kind or tensor.ndim != dimensions:
        return False
    return bool(torch.isfinite(tensor.float()).all())


def _packed(moments: Moments) -> tuple[Tensor, Tensor]:
    """(channels, RANK) of bytes, and per channel its mean, the bytes' unit, and the deviation they leave out."""
    # In fp64: LAPACK's fp32 has answered with NaN where a covariance of few positions lacks most of its rank.
    values, directions = torch.linalg.eigh(moments.covariance.double())
    factor = (directions[:, -RANK:] * values[-RANK:].clamp_min(0).sqrt()).float()
    unit = factor.abs().amax(dim=1).clamp_min(1e-6) / 127
    left_out = (moments.covariance.diagonal() - factor.square().sum(dim=1)).clamp_min(0).sqrt()
    rows = torch.stack([moments.mean, unit, left_out])
    return (factor / unit[:, None]).round().to(torch.int8).contiguous().cpu(), rows.half().cpu()


def _unpacked(path: Path, tensors: Mapping[str, Tensor], side: int, layer: str) -> Moments:
    factor, rows = tensors.get(f"{side}.{layer}.factor"), tensors.get(f"{side}.{layer}.rows")
    if factor is None or rows is None or not (_is_sound(factor, torch.int8, 2) and _is_sound(rows, torch.float16, 2)):
        raise WeightsError(f"{path} lacks sound moments of {layer}")
    if rows.shape != (3, len(factor)):
        raise WeightsError(f"{path}: the moments of {layer} do not fit together")
    mean, unit, left_out = rows.float()
    scaled = factor.float() * unit[:, None]
    return Moments(mean, scaled @ scaled.T + left_out.square().diag())
