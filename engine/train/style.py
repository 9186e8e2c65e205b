"""Fits the vector of one style: the nets stay as they are, so it takes minutes on a CPU."""

import math
import sys
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from engine.encoder import Encoder
from engine.instant import STYLE_SIDE_PX, InstantNet, look
from engine.losses import stack
from engine.nets import NOISE_SIDE, StyleReader, Transformer
from engine.pictures import to_tensor
from engine.scales import fit
from engine.train.objective import SLIM, Objective
from engine.train.optimiser import Optimiser
from engine.train.pictures import Pictures, crop


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """brush: strokes of this size, relative to the picture's own at 256 px"""

    steps: int = 200
    batch: int = 4
    side_px: int = 192
    rate: float = 0.01
    brush: float = 1.0
    seed: int = 0


def fit_vector(
    painter: Transformer, reader: StyleReader, slim: Encoder, picture: Image.Image, photos: Pictures, fitting: Fitting
) -> Tensor:
    """The style's vector, from what the reader predicts to what paints photos best."""
    net = InstantNet(painter, reader, slim)
    vector = net.read([picture], fitting.brush)[0].clone().requires_grad_(True)
    size = fit(picture.size, round(STYLE_SIDE_PX * fitting.brush))
    with torch.no_grad():
        seen = look(slim, to_tensor(picture, size, slim.device), tuple(SLIM.style))
    style = {layer: stack([moments] * fitting.batch) for layer, moments in seen.items()}
    objective = Objective(slim.with_dtype(torch.bfloat16), SLIM)
    optimiser = Optimiser([vector], conv_rate=0.0, rate=fitting.rate)
    for step in range(fitting.steps):
        content, origin = _contents(photos, fitting, step, slim.device)
        with torch.autocast(slim.device.type, torch.bfloat16):
            painted = painter(content, vector.expand(fitting.batch, -1), origin)
        parts = objective(painted, content, style)
        optimiser.zero_grad()
        torch.stack(list(parts.values())).sum().backward()
        optimiser.share = (1 + math.cos(math.pi * step / fitting.steps)) / 2
        optimiser.step()
        if (step + 1) % 20 == 0:
            told = " ".join(f"{name} {float(part.detach()):.4f}" for name, part in parts.items())
            sys.stderr.write(f"step {step + 1}/{fitting.steps}  {told}\n")
    return vector.detach()


def _contents(photos: Pictures, fitting: Fitting, step: int, device: torch.device) -> tuple[Tensor, tuple[int, int]]:
    generator = torch.Generator().manual_seed(fitting.seed * 1_000_003 + step)
    chosen = torch.randint(len(photos), (fitting.batch,), generator=generator).tolist()
    content = torch.stack([crop(photos.levels[index], fitting.side_px, generator) for index in chosen])
    down, right = torch.randint(NOISE_SIDE, (2,), generator=generator).tolist()
    return content.to(device), (down, right)
