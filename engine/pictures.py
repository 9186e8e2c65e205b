"""The only place where pictures (PIL) become tensors and tensors become pictures."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.masks import Colour

PREVIEW_SIDE_PX = 512


def to_tensor(picture: Image.Image, size: tuple[int, int], device: torch.device) -> Tensor:
    """The picture at (width, height) as (1, 3, height, width), fp32, values in [0, 1]."""
    rgb = picture.convert("RGB")
    if rgb.size != size:
        # Reducing first costs a fraction of Lanczos over a whole camera picture and is invisible at a gap of 3.
        rgb = rgb.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels = torch.from_numpy(np.array(rgb, dtype=np.float32)).to(device)
    return pixels.div_(255).permute(2, 0, 1).unsqueeze(0).contiguous()


def to_picture(canvas: Tensor) -> Image.Image:
    """(1, 3, height, width) with values in [0, 1] as an RGB picture; waits for the device."""
    levels = canvas.detach()[0].mul(255).round_().clamp_(0, 255).to(torch.uint8)
    return Image.fromarray(levels.permute(1, 2, 0).contiguous().cpu().numpy())


def to_samples(canvas: Tensor) -> bytes:
    """The same with 16 bits a sample: rows of RGB in the machine's byte order."""
    levels = canvas.detach()[0].float().mul(65535).round_().clamp_(0, 65535).permute(1, 2, 0)
    return levels.cpu().numpy().astype(np.uint16).tobytes()


def to_preview(canvas: Tensor) -> Image.Image:
    """The same, at most PREVIEW_SIDE_PX on the longest side."""
    picture = to_picture(canvas)
    picture.thumbnail((PREVIEW_SIDE_PX, PREVIEW_SIDE_PX))
    return picture


def to_regions(
    mask: Image.Image, colours: Sequence[Colour], size: tuple[int, int], device: torch.device
) -> list[Tensor]:
    """One (1, 1, height, width) for each colour: 1 where the mask resembles it most, at edges between 0 and 1."""
    levels = np.asarray(mask.convert("RGB"), dtype=np.int32)
    away = np.stack([np.square(levels - np.array(colour)).sum(axis=-1) for colour in colours])
    nearest = away.argmin(axis=0)
    # At (width, height) by area: other filters overshoot, and the shares would no longer sum to 1.
    shares = [
        Image.fromarray((nearest == k).astype(np.float32)).resize(size, Image.Resampling.BOX)
        for k in range(len(colours))
    ]
    return [torch.from_numpy(np.array(share)).to(device)[None, None] for share in shares]
