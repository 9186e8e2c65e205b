"""The painter with torch behind it: nets stay warm, and path, dtype and threads are settled before any step."""

import logging
import math
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import PIL
import torch
from PIL import Image

from engine.devices import choose_device, choose_dtype, choose_threads, default_memory, memory_errors
from engine.encoder import Encoder
from engine.errors import InvalidRequest, Stopped, WeightsError
from engine.gatys import OnStep, Run
from engine.generators import refuse_generators
from engine.instant import InstantNet
from engine.instant_painter import InstantPainter, sized_content
from engine.lab import LabRequest, Study
from engine.lab.laboratory import study
from engine.memory import memory_kept
from engine.objective import choose_layers
from engine.pictures import to_picture, to_samples
from engine.presets.fitted import picture_of
from engine.published import PUBLISHED, installed_path, is_installed
from engine.recipes import Recipe, recipe_of, source_of
from engine.request import MAX_INSTANT_STRENGTH, Painting, Progress, Style, StyleRequest
from engine.scales import fit
from engine.weights import SHIPPED_SLIM

if TYPE_CHECKING:
    from engine.train.pieces import PieceWork

log = logging.getLogger(__name__)

# What L-BFGS remembers is some thirty copies of the canvas: 1.5 GB here, and Adam's three are enough beyond.
LBFGS_PX = 4_000_000

# Of the instant picture in a canvas that begins with it: what it lost of the photograph would take long to come back.
INSTANT_SHARE = 0.6

BACKBONES = ("auto", "slim", *PUBLISHED)


# The picture, what the report says beside the settings, and the samples of a deep picture.
_Told = tuple[Image.Image, dict[str, Any], bytes | None]


class TorchPainter:
    """Paints by Gatys' method or with the instant network.

    Loading and the self-check happen here, before the first request; the instant network is loaded at its first use.
    """

    def __init__(
        self,
        *,
        backbone: str,
        weights: Path | None,
        weights_dir: Path | None,
        device: str,
        threads: int | None,
        announce: Callable[[str], None] = lambda phase: None,
    ) -> None:
        started = time.perf_counter()
        self._threads = choose_threads(threads)
        self._settle()
        chosen = choose_device(device)
        name, path = choose_backbone(backbone, weights, weights_dir, chosen)
        exact = Encoder.load(path, name=name, device=chosen)
        dtype, self._check = choose_dtype(exact, self._threads, default_memory(), announce)
        self._encoder = exact.with_dtype(dtype)
        self._slim = exact if name == "slim" and path == SHIPPED_SLIM else None
        self._load_s = time.perf_counter() - started
        self._fits: PieceWork | None = None  # while there is something to fit

    def paint(self, request: StyleRequest, on_step: OnStep, should_stop: Callable[[], bool]) -> Painting:
        """See Painter.paint."""
        started = time.perf_counter()
        self._settle()
        paint = {"gatys": self._optimise, "poster": self._tile, "instant": self._pass}[request.method]
        with memory_errors():
            picture, told, samples = paint(request, on_step, should_stop)
        return Painting(picture=picture, report=self._report(request, told, started), samples=samples)

    def paint_instant(self, requests: Sequence[StyleRequest]) -> list[Painting]:
        """See Painter.paint_instant."""
        started = time.perf_counter()
        self._settle()
        with memory_errors():
            pictures = self._instant.paint(requests)
        told = {"batch": len(requests)}
        return [
            Painting(picture=picture, report=self._report(request, told, started))
            for request, picture in zip(requests, pictures, strict=True)
        ]

    def study(self, request: LabRequest, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]) -> Study:
        """See Laboratory.study."""
        self._settle()
        with memory_errors(), memory_kept():
            return study(request, self._encoder, on_step, should_stop)

    def fit(
        self, picture: Image.Image, state: bytes | None, steps: int, piece: int, should_stop: Callable[[], bool]
    ) -> tuple[int, bytes]:
        """See Laboratory.fit."""
        from engine.train.pieces import PieceWork
        from engine.train.style import Fitting

        self._settle()
        with memory_errors():
            if self._fits is None:
                # In full precision, unlike the net that paints: its gradients are small.
                self._fits = PieceWork(InstantNet.load(self._shipped_slim))
            done = self._fits.go_on(picture, state, Fitting(steps=steps), piece, should_stop)
        if done.done >= steps:
            self._fits = None
        return done.done, done.data

    def _optimise(self, request: StyleRequest, on_step: OnStep, should_stop: Callable[[], bool]) -> _Told:
        refuse_generators(request)
        recipe, encoder = recipe_for(request), self._encoder
        pictureless = [style.preset for style in request.styles if picture_of(style) is None]
        if pictureless:
            # Moments in place of a picture are moments in `slim`.
            encoder = self._shipped_slim.with_dtype(encoder.dtype)
            log.info("painted with slim", extra={"presets": pictureless, "instead_of": self._encoder.name})
        encoder = encoder.with_pooling(recipe.pooling)
        layers = choose_layers(recipe, encoder, request.optimisation)
        run = Run(request, recipe, layers, encoder, on_step, should_stop, self._start(request, recipe))
        canvas = run.paint()
        chosen = {role: dict(getattr(layers, role)) for role in ("style", "content", "replaced")}
        told = {"recipe": _told(request.recipe, recipe), "layers": chosen, "steps": run.done, "scales": run.scales}
        told |= {"backbone": encoder.name, "notes": run.notes}
        told |= {"without_picture": pictureless} if pictureless else {}
        return to_picture(canvas), told, to_samples(canvas) if request.deep else None

    def _start(self, request: StyleRequest, recipe: Recipe) -> Image.Image | None:
        if request.start is not None or recipe.init != "instant":
            return request.start
        content, strength = sized_content(request), min(request.strength, MAX_INSTANT_STRENGTH)
        [picture] = self._instant.paint([replace(request, content=content, strength=strength, keep_colours="none")])
        return Image.blend(content, picture, INSTANT_SHARE)

    def _tile(self, request: StyleRequest, on_step: OnStep, should_stop: Callable[[], bool]) -> _Told:
        return self._instant.poster(request, on_step, should_stop), {}, None

    def _pass(self, request: StyleRequest, on_step: OnStep, should_stop: Callable[[], bool]) -> _Told:
        if should_stop():
            raise Stopped("stopped before it began")
        [picture] = self._instant.paint([request])
        on_step(Progress(step=1, steps=1, stage="instant"))
        return picture, {}, None

    @cached_property
    def _instant(self) -> InstantPainter:
        return InstantPainter(InstantNet.load(self._shipped_slim, dtype=self._encoder.dtype))

    @cached_property
    def _shipped_slim(self) -> Encoder:
        return self._slim or Encoder.load(SHIPPED_SLIM, name="slim", device=self._encoder.device)

    def _settle(self) -> None:
        """Both belong to the calling thread or the process, where another painter may have changed them."""
        torch.set_num_threads(self._threads)
        # Subnormal numbers in fading gradients take a CPU's slow path.
        torch.set_flush_denormal(True)

    def _report(self, request: StyleRequest, told: dict[str, Any], started: float) -> dict[str, Any]:
        return {
            "settings": _settings(request),
            "seconds": round(time.perf_counter() - started, 3),
            "load_seconds": round(self._load_s, 3),
            "backbone": self._encoder.name,
            "device": str(self._encoder.device),
            "dtype": str(self._encoder.dtype).removeprefix("torch."),
            "path": "eager",
            "threads": self._threads,
            "self_check": {name: round(value, 4) for name, value in vars(self._check).items()},
            "versions": {"python": platform.python_version(), "torch": torch.__version__, "pillow": PIL.__version__},
            **told,  # what it says of the backbone is true of this painting
        }


def choose_backbone(
    backbone: str, weights: Path | None, weights_dir: Path | None, device: torch.device
) -> tuple[str, Path]:
    """Its name and its file. auto: VGG19 where it is installed and a GPU carries it, else the slim that ships."""
    if backbone not in BACKBONES:
        raise InvalidRequest(f"backbone must be one of {', '.join(BACKBONES)}, not {backbone!r}")
    if weights is not None:
        return ("vgg19" if backbone == "auto" else backbone), weights
    if backbone == "auto" and device.type == "cuda" and is_installed(weights_dir, "vgg19"):
        backbone = "vgg19"
    if backbone in ("auto", "slim"):
        return "slim", SHIPPED_SLIM
    if weights_dir is None or not is_installed(weights_dir, backbone):
        raise WeightsError(f"{backbone} is not installed: say `pastiche weights pull {backbone}`, or name its file")
    return backbone, installed_path(weights_dir, backbone)


def recipe_for(request: StyleRequest) -> Recipe:
    """The recipe that a request names, with what it asks for otherwise; its layers are chosen with the encoder.

    A canvas beyond LBFGS_PX is left to Adam whatever was asked for.
    """
    otherwise = request.optimisation.to_json()
    for role in ("content_layers", "style_layers"):
        otherwise.pop(role, None)
    otherwise |= {"init": request.init} if request.init else {}
    recipe = recipe_of(request.recipe, otherwise)
    if recipe.optimiser == "adam" or math.prod(fit(request.content.size, request.longest_side_px)) <= LBFGS_PX:
        return recipe
    for pace in ("learning_rate", "ema_decay"):
        otherwise.pop(pace, None)
    return recipe_of(request.recipe, otherwise | {"optimiser": "adam"})


def _told(name: str, recipe: Recipe) -> dict[str, Any]:
    """What was settled, but for the layers, of which the report says more."""
    settled = {field: value for field, value in vars(recipe).items() if not field.endswith("_layers")}
    return {"name": name, "source": source_of(name)} | settled


def _settings(request: StyleRequest) -> dict[str, Any]:
    pictures = {name: getattr(request, name) for name in ("start", "mask")}
    plain = {name: value for name, value in vars(request).items() if name not in ("content", "styles", *pictures)}
    return {
        **plain,
        "optimisation": request.optimisation.to_json(),
        **{f"{name}_px": list(picture.size) for name, picture in pictures.items() if picture is not None},
        "content_px": list(request.content.size),
        "styles": [_named(style) for style in request.styles],
    }


def _named(style: Style) -> dict[str, Any]:
    px = list(style.picture.size) if style.picture else None
    return {"px": px, "preset": style.preset, "weight": style.weight}
