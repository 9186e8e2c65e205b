"""Reads weights of VGG-shaped encoders from safetensors files, and names in one sentence what is wrong with one.

Published .pth files are turned into such files once, and never painted from.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from engine.errors import WeightsError
from engine.layers import VGG19, Layout

SHIPPED_SLIM = Path(__file__).parent / "weights" / "slim.safetensors"

# Two digits reach beyond VGG19; a name of any length or with line breaks would end up in messages.
_KEY = re.compile(r"(features|heads)\.[0-9]{1,2}\.(weight|bias)|scale\.[0-9]{1,2}")
_CONV_KEY = re.compile(r"features\.([0-9]+)\.(weight|bias)")
_HEAD_KEY = re.compile(r"heads\.([0-9]+)\.weight")
# Smaller kinds of numbers exist in safetensors, but torch cannot convert all of them.
_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


@dataclass(frozen=True)
class Affine:
    """Weight and bias of one convolution, fp32."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What a weights file holds; all keys are torchvision's indices of convolutions.

    heads: 1×1 maps from the output of the ReLU behind a convolution to the teacher's features, in units of their RMS
    scales: the teacher's RMS per channel
    """

    layout: Layout
    convs: dict[int, Affine]
    heads: dict[int, Affine]
    scales: dict[int, Tensor]


def load_weights(path: Path, layout: Layout = VGG19) -> Weights:
    """Read and check a weights file. Raises WeightsError, in one sentence, where it cannot be used."""
    tensors = _read(path)
    _check_numbers(path, tensors)
    convs = _convs(path, tensors, layout)
    heads, scales = _heads(path, tensors, convs)
    return Weights(layout=layout, convs=convs, heads=heads, scales=scales)


def keep_features(published: Path, out: Path, layout: Layout) -> None:
    """Write the convolutions of a published .pth file to out, complete or not at all; the classifier stays behind.

    Raises WeightsError where the file is not what it should be, OSError where out cannot be written.
    """
    kept = {name: tensor for name, tensor in _read_pickled(published).items() if _CONV_KEY.fullmatch(name)}
    draft = out.with_suffix(".draft")
    try:
        # Our own writing: a full disk is then an OSError like any other.
        with draft.open("wb") as file:
            file.write(save(kept))
            os.fsync(file.fileno())
        found = load_weights(draft, layout)
        if max(found.convs) != layout.conv_indices[-1]:
            raise WeightsError(f"{published} ends at {layout.names[max(found.convs)]}: it is not the whole backbone")
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def _read_pickled(path: Path) -> dict[str, Tensor]:
    try:
        # Weights only: anything else in a pickle could run code.
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle makes its reader raise nearly anything
        raise WeightsError(f"{path} is not a file of weights") from error
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise WeightsError(f"{path} holds something else than named weights")
    return {str(name): tensor.contiguous() for name, tensor in found.items()}


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise WeightsError(f"there is no weights file {path}")
    try:
        return {name: tensor for name, tensor in load_file(path).items() if _KEY.fullmatch(name)}
    except SafetensorError as error:
        # Pickled files (.pth) end here as well: they can run code when loaded and are not read at all.
        raise WeightsError(f"{path} is no intact safetensors file") from error
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error


def _check_numbers(path: Path, tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if tensor.dtype not in _DTYPES:
            raise WeightsError(f"{path}: {name} holds {tensor.dtype}, not floating-point numbers of 16 to 64 bits")
        if not bool(torch.isfinite(tensor.float()).all()):
            raise WeightsError(f"{path}: {name} holds values that are not finite")


def _convs(path: Path, tensors: Mapping[str, Tensor], layout: Layout) -> dict[int, Affine]:
    present = {int(match[1]) for name in tensors if (match := _CONV_KEY.fullmatch(name))}
    if not present:
        raise WeightsError(f"{path} holds no {layout.title} features (features.0.weight and so on)")
    if strangers := sorted(present - set(layout.conv_indices)):
        raise WeightsError(f"{path}: features.{strangers[0]} is no convolution of {layout.title}")
    expected = [index for index in layout.conv_indices if index <= max(present)]
    if missing := [index for index in expected if index not in present]:
        raise WeightsError(f"{path} holds {layout.names[max(present)]} but lacks {layout.names[missing[0]]} below it")
    convs: dict[int, Affine] = {}
    channels = 3
    for index in expected:
        convs[index] = _affine(path, tensors, f"features.{index}", channels, kernel=3)
        channels = len(convs[index].bias)
    return convs


def _heads(
    path: Path, tensors: Mapping[str, Tensor], convs: Mapping[int, Affine]
) -> tuple[dict[int, Affine], dict[int, Tensor]]:
    heads: dict[int, Affine] = {}
    scales: dict[int, Tensor] = {}
    for index in sorted(int(match[1]) for name in tensors if (match := _HEAD_KEY.fullmatch(name))):
        if index not in convs:
            raise WeightsError(f"{path}: heads.{index} belongs to a convolution that is not there")
        heads[index] = _affine(path, tensors, f"heads.{index}", len(convs[index].bias), kernel=1)
        scale = tensors.get(f"scale.{index}")
        if scale is None or scale.shape != heads[index].bias.shape:
            raise WeightsError(f"{path}: scale.{index} does not fit heads.{index}")
        scales[index] = scale.float()
    return heads, scales


def _affine(path: Path, tensors: Mapping[str, Tensor], name: str, channels: int, kernel: int) -> Affine:
    weight, bias = tensors.get(f"{name}.weight"), tensors.get(f"{name}.bias")
    if weight is None or bias is None:
        raise WeightsError(f"{path}: {name} lacks its weight or its bias")
    if weight.shape[1:] != (channels, kernel, kernel) or bias.shape != weight.shape[:1] or not len(bias):
        raise WeightsError(
            f"{path}: {name} has shape {tuple(weight.shape)} and bias {tuple(bias.shape)},"
            f" which does not take {channels} channels with a {kernel}×{kernel} kernel"
        )
    return Affine(weight.float(), bias.float())
