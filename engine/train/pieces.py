"""A style is fitted piece by piece, on a painter that people need meanwhile: what is known so far travels as bytes."""

import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load, save

from engine.errors import InvalidRequest
from engine.instant import InstantNet
from engine.presets import FITTED
from engine.presets.fitted import Fitted, save_fitted
from engine.train.pictures import Pictures
from engine.train.presets import read_photos
from engine.train.style import Fit, Fitting

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Piece:
    """How far a fit got. data: the file of a preset once done is all that was wanted; before, what to go on from"""

    done: int
    data: bytes


class PieceWork:
    """Remembers the fit it was at, so that the next piece need not look at everything again."""

    def __init__(self, net: InstantNet) -> None:
        self._net = net
        self._photos: Pictures | None = None
        self._at: tuple[bytes, Fit] | None = None

    def go_on(
        self, picture: Image.Image, state: bytes | None, fitting: Fitting, piece: int, should_stop: Callable[[], bool]
    ) -> Piece:
        """So many steps more, or fewer where it is asked to stop. What cannot be gone on from begins anew."""
        self._photos = self._photos or read_photos()
        fit = self._fit(picture, state, fitting)
        for _ in range(min(piece, fitting.steps - fit.done)):
            if should_stop():
                break
            fit.step(self._photos)
        if fit.done >= fitting.steps:
            self._at = None
            return Piece(fit.done, _file_of(fit.fitted()[0]))
        data = save(self._named(fit.state()))
        self._at = data, fit
        return Piece(fit.done, data)

    def _fit(self, picture: Image.Image, state: bytes | None, fitting: Fitting) -> Fit:
        if self._at is not None and self._at[0] == state:
            return self._at[1]
        fit = Fit(self._net, [picture], fitting)
        try:
            known = load(state) if state else {}
            if known and bytes(known.pop("network").tolist()) == self._net.network.encode():
                fit.resume(known)
        except (SafetensorError, InvalidRequest, KeyError, ValueError) as error:  # half a file, or of another version
            log.warning("a fit begins anew: %s", error)
        return fit

    def _named(self, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        network = torch.tensor(list(self._net.network.encode()), dtype=torch.uint8)
        return {name: tensor.contiguous() for name, tensor in state.items()} | {"network": network}


def _file_of(fitted: Fitted) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FITTED
        save_fitted(path, fitted)
        return path.read_bytes()
