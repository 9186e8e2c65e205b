"""Fits the vectors of styles: the nets stay as they are, so a style takes half a minute on a CPU."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from engine.errors import InvalidRequest
from engine.instant import STYLE_SIDE_PX, InstantNet, look
from engine.losses import Moments, stack
from engine.nets import NOISE_SIDE, READER_LAYERS
from engine.pictures import to_tensor
from engine.presets.fitted import Fitted
from engine.request import BRUSHES
from engine.scales import fit
from engine.train.objective import SLIM, Objective
from engine.train.optimiser import Optimiser
from engine.train.pictures import Pictures, crop

# What the losses want of a style, and what the reader reads.
LAYERS = tuple(dict.fromkeys([*SLIM.style, *READER_LAYERS]))


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """views: crops of photographs that every style is painted on in a step, with each brush"""

    steps: int = 30
    views: int = 2
    side_px: int = 160
    rate: float = 0.02
    seed: int = 0


class Fit:
    """Several styles in one batch, each with every brush.

    A brush has a vector of its own: one difference for all three, or that of the middle one, ends 4 to 6 % higher in
    loss at equal cost. Loss on photographs never fitted to, four paintings: predicted 0.200, fitted 0.129; fitted on
    the four photographs that ship 0.145.
    """

    def __init__(self, net: InstantNet, pictures: Sequence[Image.Image], fitting: Fitting) -> None:
        self._net, self._fitting = net, fitting
        self._objective = Objective(net.encoder.with_dtype(torch.bfloat16), SLIM)
        self._styles = [self._look(picture, brush) for picture in pictures for brush in BRUSHES]
        self._rows = net.read_moments(self._styles).clone().requires_grad_(True)
        self._optimiser = Optimiser([self._rows], conv_rate=0.0, rate=fitting.rate)
        self._style = {layer: stack([seen[layer] for seen in self._styles * fitting.views]) for layer in SLIM.style}
        self.done = 0

    def fitted(self) -> list[Fitted]:
        """The vectors of each picture; before run() they are those that the reader predicts."""
        each = [dict(zip(BRUSHES, rows, strict=True)) for rows in self._rows.detach().split(len(BRUSHES))]
        return [Fitted(network=self._net.network, steps=self._fitting.steps, vectors=vectors) for vectors in each]

    def run(self, photos: Pictures, on_step: Callable[[int, float], None] = lambda step, loss: None) -> None:
        """Lead the vectors from what the reader predicts to what paints these photographs best."""
        while self.done < self._fitting.steps:
            on_step(self.done + 1, self.step(photos))

    def step(self, photos: Pictures) -> float:
        """The next step of these; returns the loss before it."""
        loss = self._loss(self._rows, self._style, photos, self.done)
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.share = (1 + math.cos(math.pi * self.done / self._fitting.steps)) / 2
        self._optimiser.step()
        self.done += 1
        return float(loss.detach())

    def state(self) -> dict[str, Tensor]:
        """Where it stands, to be gone on from by resume()."""
        known = {name: tensor.cpu() for name, tensor in self._optimiser.state[self._rows].items()}
        return {"done": torch.tensor(self.done), "rows": self._rows.detach().cpu(), **known}

    def resume(self, state: Mapping[str, Tensor]) -> None:
        """Go on from there. Raises InvalidRequest or KeyError where that was another fit."""
        learnt = {name: state[name] for name in ("mean", "square") if int(state.get("done", 0))}
        if any(tensor.shape != self._rows.shape for tensor in (state["rows"], *learnt.values())):
            raise InvalidRequest("this is the state of another fit")
        with torch.no_grad():
            self._rows.copy_(state["rows"])
        if learnt:
            there = {name: tensor.to(self._rows.device) for name, tensor in learnt.items()}
            self._optimiser.state[self._rows] = there | {"count": state["count"]}
        self.done = int(state["done"])

    def _loss(self, rows: Tensor, style: dict[str, Moments], photos: Pictures, step: int) -> Tensor:
        fitting, device = self._fitting, self._net.encoder.device
        generator = torch.Generator().manual_seed(fitting.seed * 1_000_003 + step)
        chosen = torch.randint(len(photos), (len(rows) * fitting.views,), generator=generator).tolist()
        content = torch.stack([crop(photos.levels[index], fitting.side_px, generator) for index in chosen]).to(device)
        # Anywhere in the noise, or the vectors would learn one corner of it by heart.
        down, right = torch.randint(NOISE_SIDE, (2,), generator=generator).tolist()
        with torch.autocast(device.type, torch.bfloat16):
            painted = self._net.painter(content, rows.repeat(fitting.views, 1), (down, right))
        return torch.stack(list(self._objective(painted, content, style).values())).sum()

    def _look(self, picture: Image.Image, brush: float) -> dict[str, Moments]:
        slim = self._net.encoder
        size = fit(picture.size, round(STYLE_SIDE_PX * brush))
        with torch.no_grad():
            return look(slim, to_tensor(picture, size, slim.device), LAYERS)
