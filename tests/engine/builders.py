"""Small pictures, requests and weights files for tests of the engine, all made on the spot."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from engine import Style, StyleRequest
from engine.layers import VGG19, Layout

WIDTH = 8
LAST_OF_SLIM = 28  # conv5_1
LAST_OF_PREFIX = 16  # conv3_4


def a_photo(width: int = 64, height: int = 64) -> Image.Image:
    """Soft light from one side, and a dark disc."""
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    disc = np.hypot(x - x.mean(), y - y.mean()) < 0.25
    pixels = np.stack([0.3 + 0.5 * x, 0.6 - 0.3 * y, 0.4 + 0.2 * x], axis=-1) * np.where(disc, 0.5, 1.0)[..., None]
    return Image.fromarray((pixels * 255).astype(np.uint8))


def a_style(width: int = 48, height: int = 48, hue: float = 0.0) -> Image.Image:
    """Slanting stripes of two colours."""
    y, x = np.mgrid[0:height, 0:width]
    wave = 0.5 + 0.5 * np.sin((x + 2 * y) * 0.9 + hue)
    pixels = np.stack([wave, 0.2 + 0.5 * (1 - wave), np.full_like(wave, 0.5 + 0.4 * math.sin(hue))], axis=-1)
    return Image.fromarray((pixels * 255).astype(np.uint8))


def a_flat_picture(level: int, side_px: int = 64) -> Image.Image:
    return Image.new("RGB", (side_px, side_px), (level, level, level))


def a_request(**changes: Any) -> StyleRequest:
    """A painting of a moment: 64 px, a few steps."""
    plain: dict[str, Any] = {
        "content": a_photo(),
        "styles": (Style(picture=a_style()),),
        "longest_side_px": 64,
        "steps": 4,
    }
    return StyleRequest(**(plain | changes))


def small_tensors(last: int = LAST_OF_SLIM, gain: float = 1.0, layout: Layout = VGG19) -> dict[str, Tensor]:
    """Random weights in the shape of VGG19, or another, up to the convolution with this index, eight channels wide."""
    generator = torch.Generator().manual_seed(7)
    tensors: dict[str, Tensor] = {}
    channels = 3
    for index in (index for index in layout.conv_indices if index <= last):
        weight = torch.randn(WIDTH, channels, 3, 3, generator=generator) * math.sqrt(2 / (9 * channels))
        tensors[f"features.{index}.weight"] = weight * gain
        tensors[f"features.{index}.bias"] = torch.randn(WIDTH, generator=generator) * 0.1
        channels = WIDTH
    return tensors


def a_weights_file(folder: Path, tensors: dict[str, Tensor] | None = None) -> Path:
    path = folder / "weights.safetensors"
    save_file(tensors if tensors is not None else small_tensors(), path)
    return path
