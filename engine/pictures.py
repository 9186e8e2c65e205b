"""The only place where pictures (PIL) become tensors and tensors become pictures."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

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


def to_preview(canvas: Tensor) -> Image.Image:
    """The same, at most PREVIEW_SIDE_PX on the longest side."""
    picture = to_picture(canvas)
    picture.thumbnail((PREVIEW_SIDE_PX, PREVIEW_SIDE_PX))
    return picture
