"""Vectors of the presets, learned together with the painter: it has to know these few styles better than any other."""

from collections.abc import Mapping
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn

from engine.errors import WeightsError
from engine.instant import STYLE_SIDE_PX, InstantNet
from engine.losses import Moments, stack
from engine.pictures import to_tensor
from engine.presets import FITTED, FOLDER
from engine.presets.fitted import Fitted, load_fitted
from engine.request import BRUSHES
from engine.scales import fit
from engine.train.pictures import levels_of
from engine.train.presets import keep, read_picture
from engine.train.styles import See

# Of the middle brush, which is judged and seen most, twice as many.
BRUSH_SHARES = (0.25, 0.5, 0.25)
# A row is met only now and then, and starts near its place: it takes longer steps than the nets beside it.
PACE = 6.0


class PresetVectors(nn.Module):
    """One vector for each preset and brush, and what the losses want of it."""

    def __init__(self, net: InstantNet, pictures: Mapping[str, Path], see: See, folder: Path = FOLDER) -> None:
        """net: predicts the vectors to begin with, where none is fitted to it in the folder; see: as in StyleBank"""
        super().__init__()
        self._pictures = {name: read_picture(path) for name, path in pictures.items()}
        self._see, self._device = see, net.encoder.device
        self._seen: dict[tuple[str, float], dict[str, Moments]] = {}
        start = [_start(net, name, picture, folder) for name, picture in self._pictures.items()]
        self.rows = nn.Parameter(torch.stack([vectors[brush] for vectors in start for brush in BRUSHES]) / PACE)

    def draw(self, count: int, generator: torch.Generator) -> tuple[list[int], dict[str, Moments]]:
        """So many rows by chance, and the moments they stand for."""
        presets = torch.randint(len(self._pictures), (count,), generator=generator).tolist()
        brushes = torch.multinomial(torch.tensor(BRUSH_SHARES), count, True, generator=generator).tolist()
        names = list(self._pictures)
        seen = [self._moments(names[preset], BRUSHES[brush]) for preset, brush in zip(presets, brushes, strict=True)]
        chosen = [preset * len(BRUSHES) + brush for preset, brush in zip(presets, brushes, strict=True)]
        return chosen, {layer: stack([one[layer] for one in seen]) for layer in seen[0]}

    def forward(self, chosen: list[int]) -> Tensor:
        """(chosen, style_length)"""
        return PACE * self.rows[chosen]

    @torch.no_grad()
    def middle(self) -> dict[str, Tensor]:
        """Those of the middle brush, by name."""
        return dict(zip(self._pictures, PACE * self.rows[BRUSHES.index(1.0) :: len(BRUSHES)], strict=True))

    def levels(self) -> dict[str, Tensor]:
        """The pictures by name, (3, height, width) of bytes."""
        return {name: levels_of(picture) for name, picture in self._pictures.items()}

    @torch.no_grad()
    def save(self, net: InstantNet, steps: int, folder: Path = FOLDER) -> None:
        """Write NAME/fitted.safetensors for each; net: the network they were learned with, as it ships."""
        each = (PACE * self.rows).cpu().split(len(BRUSHES))
        for (name, picture), rows in zip(self._pictures.items(), each, strict=True):
            vectors = dict(zip(BRUSHES, rows, strict=True))
            keep(folder, name, Fitted(network=net.network, steps=steps, vectors=vectors), picture, net.encoder)

    def _moments(self, name: str, brush: float) -> dict[str, Moments]:
        if (name, brush) not in self._seen:
            picture = self._pictures[name]
            with torch.no_grad():
                size = fit(picture.size, round(STYLE_SIDE_PX * brush))
                self._seen[name, brush] = self._see(to_tensor(picture, size, self._device))
        return self._seen[name, brush]


def _start(net: InstantNet, name: str, picture: Image.Image, folder: Path) -> Mapping[float, Tensor]:
    try:
        found = load_fitted(folder / name / FITTED)
    except WeightsError:  # none yet
        found = None
    if found is not None and found.network == net.network:
        return {brush: vector.to(net.encoder.device) for brush, vector in found.vectors.items()}
    return {brush: net.read([picture], brush)[0] for brush in BRUSHES}
