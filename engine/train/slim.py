"""Distils `slim`: a small encoder whose features stand, through 1×1 heads, for those of a larger VGG.

Begins with the `slim` that ships. What is learned: the teacher's features in units of their RMS, their moments, since
Grams are what paintings are judged by, and now and then the direction in which a picture would be changed.
"""

import copy
import json
import math
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.devices import choose_device
from engine.encoder import Encoder
from engine.errors import InvalidRequest
from engine.instant import InstantNet, look
from engine.layers import VGG19
from engine.nets import READER_LAYERS
from engine.train import checkpoints
from engine.train.checkpoints import Learner
from engine.train.loop import train
from engine.train.optimiser import Optimiser
from engine.train.pictures import Pictures, crop
from engine.train.teachers import Teacher
from engine.weights import SHIPPED_SLIM, Affine, Weights, load_weights

AVERAGE_DECAY = 0.998
WARM_UP_STEPS = 100
MOMENTS_WEIGHT = 0.3
# Every so many steps the gradients of a Gram loss are compared as well; such a step costs as much as three others.
GRADIENT_EVERY, GRADIENT_WEIGHT = 8, 0.3
# Of the batch: photographs, styles; the rest is on its way from one to the other, as a canvas is.
PHOTOS, STYLES = 0.35, 0.25
LARGEST_NOISE = 0.25
SCALE_BATCHES = 20
FILE_NAME = "slim.safetensors"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One training; it ends after `minutes`, counted over all its resumptions. out: folder of all that it writes"""

    out: Path
    minutes: float
    batch: int = 6
    side_px: int = 128
    rate: float = 1e-3
    seed: int = 0
    device: str = "auto"
    save_every_s: float = 180
    look_every: int = 500

    def __post_init__(self) -> None:
        if self.minutes <= 0 or self.batch < 4:
            raise InvalidRequest("minutes must be above 0, and a batch of at least 4")
        if self.side_px < 64 or self.side_px % 16:
            raise InvalidRequest(f"crops must be at least 64 px and a multiple of 16, not {self.side_px}")


class Student(nn.Module):
    """The weights of a `slim` as parameters; heads map each layer to the teacher's features in units of their RMS."""

    def __init__(self, weights: Weights, widths: Mapping[int, int]) -> None:
        """widths: the teacher's channels at each convolution whose ReLU gets a head; what is new begins at random"""
        super().__init__()
        self.convs, self.heads = nn.ModuleDict(), nn.ModuleDict()
        channels = 3
        for index in VGG19.conv_indices[: VGG19.conv_indices.index(max(widths)) + 1]:
            known = weights.convs.get(index)
            # Deeper than what there is: as wide as the last.
            conv = _conv(known) if known else nn.Conv2d(channels, channels, 3, padding=1)
            self.convs[str(index)], channels = conv, conv.out_channels
            if width := widths.get(index):
                head = weights.heads.get(index)
                fits = head is not None and len(head.bias) == width
                self.heads[str(index)] = _conv(head) if head and fits else nn.Conv2d(channels, width, 1)

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """What the heads say of pixels in [0, 1], by ReLU layer."""
        layers = {_relu(int(index)): head for index, head in self.heads.items()}
        features = self.encoder().features(pixels, layers)
        return {layer: head(features[layer]) for layer, head in layers.items()}

    def encoder(self) -> Encoder:
        """The convolutions as an encoder; gradients reach the parameters."""
        convs = {int(index): _affine(conv) for index, conv in self.convs.items()}
        weights = Weights(layout=VGG19, convs=convs, heads={}, scales={})
        return Encoder(weights, name="slim", device=next(self.parameters()).device)

    def save(self, path: Path, scales: Mapping[str, Tensor], facts: Mapping[str, str]) -> None:
        """As `slim` ships: fp16, with the teacher's RMS beside each head."""
        tensors = {
            f"features.{index}.{name}": tensor for index, conv in self.convs.items() for name, tensor in _of(conv)
        }
        tensors |= {f"heads.{index}.{name}": tensor for index, head in self.heads.items() for name, tensor in _of(head)}
        kept = {name: tensor.half().contiguous() for name, tensor in tensors.items()}
        kept |= {f"scale.{index}": scales[_relu(int(index))].float().cpu() for index in self.heads}
        draft = path.with_suffix(".draft")
        save_file(kept, draft, metadata=dict(facts))
        draft.replace(path)


class Training:
    """One training, from its start or its checkpoint to its end."""

    def __init__(
        self, settings: Settings, photos: Pictures, styles: Pictures, teacher: Teacher, start: Path = SHIPPED_SLIM
    ) -> None:
        """start: the `slim` to begin with, unless settings.out holds a checkpoint. Raises WeightsError."""
        self.settings = settings
        self._device = choose_device(settings.device)
        self._photos, self._styles = photos.on(self._device), styles.on(self._device)
        self._teacher = teacher.on(self._device)
        shipped = Encoder.load(SHIPPED_SLIM, name="slim", device=self._device)
        self._painter = InstantNet.load(shipped, dtype=torch.bfloat16)
        self._scales = self._measure_scales()
        self.learner = self._learner(start)
        settings.out.mkdir(parents=True, exist_ok=True)
        if self.checkpoint.is_file():
            checkpoints.restore(self.checkpoint, self.learner)

    @property
    def checkpoint(self) -> Path:
        """Where the whole state lies."""
        return self.settings.out / checkpoints.FILE_NAME

    @property
    def student(self) -> Student:
        """The average, which is what ships."""
        assert isinstance(self.learner.average, Student)
        return self.learner.average

    @property
    def progress(self) -> float:
        """Share that is done, 0 to 1."""
        return min(1.0, self.learner.seconds / (60 * self.settings.minutes))

    def run(self, unseen: Tensor) -> None:
        """Train to the end and write slim.safetensors; unseen: pictures to measure the errors on, now and then."""

        def look() -> None:
            if self.learner.step % self.settings.look_every == 0:
                self.look(unseen)

        train(
            self.learner,
            self.checkpoint,
            self.step,
            lambda: self.progress,
            save_every_s=self.settings.save_every_s,
            after_step=look,
        )
        self.look(unseen)

    def step(self) -> dict[str, Tensor]:
        """One step; all chance comes from the seed and the step's number."""
        started, learner = time.monotonic(), self.learner
        generator = torch.Generator().manual_seed(self.settings.seed * 1_000_003 + learner.step)
        pixels = self._pixels(generator)
        wants_gradient = learner.step % GRADIENT_EVERY == GRADIENT_EVERY - 1
        parts = self._parts(pixels.requires_grad_(wants_gradient), wants_gradient)
        learner.optimiser.zero_grad()
        torch.stack(list(parts.values())).sum().backward()
        learner.optimiser.share = self._share()
        learner.optimiser.step()
        learner.step += 1
        learner.blend(AVERAGE_DECAY)
        learner.seconds += time.monotonic() - started
        return {name: part.detach() for name, part in parts.items()}

    def look(self, unseen: Tensor) -> dict[str, float]:
        """Relative error of each head on (batch, 3, height, width); errors and weights go to settings.out."""
        with torch.no_grad():
            said, meant = self.student(unseen), self._targets(unseen)
        errors = {layer: round(float(_apart(said[layer], meant[layer])), 4) for layer in meant}
        facts = {"step": self.learner.step, "minutes": round(self.learner.seconds / 60, 1), "errors": errors}
        with (self.settings.out / "errors.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(facts) + "\n")
        sys.stderr.write(f"\n{json.dumps(facts)}\n")
        self.student.save(self.settings.out / FILE_NAME, self._scales, {"name": "slim", "step": str(self.learner.step)})
        return errors

    def _learner(self, start: Path) -> Learner:
        torch.manual_seed(self.settings.seed)
        widths = {VGG19.index_of(layer) - 1: len(scale) for layer, scale in self._scales.items()}
        net = Student(load_weights(start), widths).to(self._device).to(memory_format=torch.channels_last)
        # No norms stand behind these convolutions: how large their weights are matters, so plain Adam.
        rate = self.settings.rate
        optimiser = Optimiser(net.parameters(), conv_rate=rate, rate=rate, muon=False)
        return Learner(net, copy.deepcopy(net).requires_grad_(False), optimiser)

    @torch.no_grad()
    def _measure_scales(self) -> dict[str, Tensor]:
        """The teacher's RMS per channel, over photographs and styles alike."""
        generator = torch.Generator().manual_seed(self.settings.seed)
        sums: dict[str, Tensor] = {}
        for _ in range(SCALE_BATCHES):
            for layer, features in self._teacher(self._pixels(generator)).items():
                sums[layer] = sums.get(layer, 0) + features.float().square().mean(dim=(0, 2, 3)) / SCALE_BATCHES
        return {layer: total.sqrt().clamp_min(1e-3) for layer, total in sums.items()}

    def _targets(self, pixels: Tensor) -> dict[str, Tensor]:
        features = self._teacher(pixels)
        return {layer: features[layer] / scale[:, None, None] for layer, scale in self._scales.items()}

    def _parts(self, pixels: Tensor, wants_gradient: bool) -> dict[str, Tensor]:
        with torch.autocast(self._device.type, torch.bfloat16):
            said = {layer: features.float() for layer, features in self.learner.net(pixels).items()}
        meant = self._targets(pixels)
        fixed = {layer: features.detach() for layer, features in meant.items()}
        parts = {
            "features": _mean([_apart(said[layer], fixed[layer]) for layer in fixed]),
            "moments": MOMENTS_WEIGHT * _mean([_moments_apart(said[layer], fixed[layer]) for layer in fixed]),
        }
        if wants_gradient:
            ours, its = (_direction(features, pixels) for features in (said, meant))
            parts["gradient"] = GRADIENT_WEIGHT * (1 - functional.cosine_similarity(ours, its.detach()).mean())
        return parts

    def _pixels(self, generator: torch.Generator) -> Tensor:
        count = self.settings.batch
        photos, styles = (self._crops(pictures, count, generator) for pictures in (self._photos, self._styles))
        first, second = round(PHOTOS * count), round((PHOTOS + STYLES) * count)
        under_way = self._under_way(photos[second:], styles[second:], generator)
        return torch.cat([photos[:first], styles[first:second], under_way])

    def _crops(self, pictures: Pictures, count: int, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(pictures), (count,), generator=generator).tolist()
        return torch.stack([crop(pictures.levels[index], self.settings.side_px, generator) for index in chosen])

    @torch.no_grad()
    def _under_way(self, photos: Tensor, styles: Tensor, generator: torch.Generator) -> Tensor:
        """Somewhere between noise, the photograph, and what the instant network makes of it."""
        encoder = self._painter.encoder
        seen = self._painter.read_moments([look(encoder, style[None], READER_LAYERS) for style in styles])
        painted = self._painter.paint_pixels(photos, seen).float()
        shares = torch.rand(2, len(photos), 1, 1, 1, generator=generator).to(photos)
        noise = torch.randn(photos.shape, generator=generator).to(photos)
        return (torch.lerp(photos, painted, shares[0]) + LARGEST_NOISE * shares[1].square() * noise).clamp(0, 1)

    def _share(self) -> float:
        warm = min(1.0, (self.learner.step + 1) / WARM_UP_STEPS)
        return warm * (0.01 + 0.99 * (1 + math.cos(math.pi * self.progress)) / 2)


def unseen_pictures(photos: Pictures, styles: Pictures, side_px: int) -> Tensor:
    """A middle piece of each, (pictures, 3, side_px, side_px) in [0, 1]."""
    pieces = []
    for levels in (*photos.levels, *styles.levels):
        top, left = ((side - side_px) // 2 for side in levels.shape[-2:])
        pieces.append(levels[:, top : top + side_px, left : left + side_px].float() / 255)
    return torch.stack(pieces)


def _conv(known: Affine) -> nn.Conv2d:
    """A convolution that begins as this one."""
    outputs, inputs, kernel, _ = known.weight.shape
    conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
    with torch.no_grad():
        for ours, its in zip(conv.parameters(), (known.weight, known.bias), strict=True):
            ours.copy_(its)
    return conv


def _affine(conv: nn.Module) -> Affine:
    assert isinstance(conv, nn.Conv2d)
    assert conv.bias is not None  # all of ours have one
    return Affine(conv.weight, conv.bias)


def _of(conv: nn.Module) -> Iterator[tuple[str, Tensor]]:
    for name, tensor in vars(_affine(conv)).items():
        yield name, tensor.detach().cpu()


def _relu(index: int) -> str:
    """The layer behind a convolution."""
    return VGG19.names[index + 1]


def _mean(losses: list[Tensor]) -> Tensor:
    return torch.stack(losses).mean()


def _apart(said: Tensor, meant: Tensor) -> Tensor:
    """Squared difference in units of what is meant."""
    return (said - meant).square().mean() / meant.square().mean().clamp_min(1e-6)


def _moments_apart(said: Tensor, meant: Tensor) -> Tensor:
    ours, its = _grams(said), _grams(meant)
    return ((ours - its).square().sum(dim=(1, 2)) / its.square().sum(dim=(1, 2)).clamp_min(1e-6)).mean()


def _grams(features: Tensor) -> Tensor:
    """(batch, channels + 1, channels + 1): second moments with the mean, of (batch, channels, height, width)."""
    rows = functional.pad(features.flatten(2), (0, 0, 0, 1), value=1.0)
    return rows @ rows.transpose(1, 2) / rows.shape[2]


def _direction(features: Mapping[str, Tensor], pixels: Tensor) -> Tensor:
    """(batch, values): how each picture would be changed to take over the Grams of its neighbour in the batch."""
    losses = []
    for layer in features:
        grams = _grams(features[layer])
        target = grams.detach().roll(1, dims=0)
        losses.append(((grams - target).square().sum(dim=(1, 2)) / target.square().sum(dim=(1, 2))).sum())
    (gradient,) = torch.autograd.grad(torch.stack(losses).sum(), pixels, create_graph=True)
    return gradient.flatten(1)
