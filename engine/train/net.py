"""Trains the painter and the reader together: photographs, each in a style read from its moments."""

import copy
import json
import math
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.devices import choose_device
from engine.encoder import Encoder
from engine.errors import InvalidRequest
from engine.instant import InstantNet, look
from engine.instant_weights import load_nets, new_nets, save_nets
from engine.losses import Moments, joined
from engine.nets import NOISE_SIDE, READER_LAYERS, Shape, StyleReader, Transformer
from engine.train import checkpoints
from engine.train.checkpoints import Learner
from engine.train.loop import train
from engine.train.objective import SLIM, SLIM_ABOVE_VGG19, VGG19, Objective
from engine.train.optimiser import Optimiser
from engine.train.pictures import Pictures, crop
from engine.train.preset_vectors import PresetVectors
from engine.train.styles import See, StyleBank
from engine.train.validation import Validation
from engine.weights import SHIPPED_SLIM, load_weights

WARM_UP_STEPS = 100
AVERAGE_DECAY = 0.998
LARGEST_GRADIENT = 1.0
# Near-equal inputs must give near-equal pictures; cameras add about this much.
INPUT_NOISE = 0.015
LONGEST_STEP_S = 60.0
# Keeps what no loss decides near the plain norm.
VECTOR_WEIGHT = 1e-4


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One leg of a training; it ends after `steps` or `minutes`, counted over all its resumptions.

    out: folder of the checkpoint, the scores and the sample sheets
    teacher: a file with (the beginning of) VGG19, to train on it where `slim` stands in for it otherwise
    bank: number of views of the styles
    """

    out: Path
    steps: int | None = None
    minutes: float | None = None
    batch: int = 4
    side_px: int = 192
    conv_rate: float = 0.01
    rate: float = 2e-3
    seed: int = 0
    bank: int = 6000
    device: str = "auto"
    teacher: Path | None = None
    save_every_s: float = 180
    sheet_every: int = 1000
    shape: Shape = field(default_factory=Shape)

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise InvalidRequest("say how long to train: either a number of steps or of minutes")
        counts = (self.steps, self.minutes, self.batch, self.bank, self.sheet_every)
        if any(count is not None and count <= 0 for count in counts):
            raise InvalidRequest("steps, minutes, batch, bank and steps between sheets must be above 0")
        if self.side_px < 32:
            raise InvalidRequest(f"crops must be at least 32 px, not {self.side_px}")


_Seen = Mapping[str, Moments]


class Nets(nn.Module):
    """Painter, reader and presets as one module: optimiser, average and checkpoint see one list of weights."""

    def __init__(self, painter: Transformer, reader: StyleReader, presets: PresetVectors | None = None) -> None:
        super().__init__()
        self.painter, self.reader, self.presets = painter, reader, presets

    def forward(
        self, content: Tensor, style: Mapping[str, Moments], origin: tuple[int, int], chosen: list[int]
    ) -> tuple[Tensor, Tensor]:
        """The painted batch and the vectors it was painted with.

        style: to be read, for the first of the batch; chosen: rows of the presets for the others
        origin: see Transformer.forward
        """
        with torch.autocast(content.device.type, enabled=False):
            vectors: Tensor = self.reader(style)
            if self.presets is not None:
                vectors = torch.cat([vectors, self.presets(chosen)])
        painted: Tensor = self.painter(content, vectors, origin)
        return painted, vectors


class Training:
    """One leg, from its start or its checkpoint to its end."""

    def __init__(
        self,
        settings: Settings,
        photos: Pictures,
        styles: Pictures,
        start: Path | None = None,
        presets: Mapping[str, Path] | None = None,
    ) -> None:
        """Go on from the checkpoint in settings.out, or else from the weights `start`, or else from chance.

        presets: pictures of those whose vectors are learned too; half of each batch is theirs
        Raises WeightsError where one of them does not fit.
        """
        self.settings = settings
        self.device = choose_device(settings.device)
        self.slim = Encoder.load(SHIPPED_SLIM, name="slim", device=self.device)
        self._photos = photos.on(self.device)
        self._objectives, see = _objectives(self.slim, settings.teacher)
        self._bank = StyleBank(styles.on(self.device), self._photos, see, settings.seed, settings.bank)
        self._presets = settings.batch // 2 if presets else 0
        self.learner = self._learner(start, self._preset_vectors(start, presets, see) if presets else None)
        settings.out.mkdir(parents=True, exist_ok=True)
        if self.checkpoint.is_file():
            checkpoints.restore(self.checkpoint, self.learner)
        elif start is None:
            self._learn_what_is_usual()

    @property
    def checkpoint(self) -> Path:
        """Where this training's whole state lies."""
        return self.settings.out / checkpoints.FILE_NAME

    @property
    def nets(self) -> Nets:
        """The averaged nets, which are what ships."""
        assert isinstance(self.learner.average, Nets)
        return self.learner.average

    @property
    def vectors(self) -> dict[str, Tensor]:
        """Those of the presets that are learned, for the middle brush; the average like the nets."""
        return self.nets.presets.middle() if self.nets.presets is not None else {}

    @property
    def progress(self) -> float:
        """Share of the leg that is done, 0 to 1."""
        if self.settings.steps:
            return min(1.0, self.learner.step / self.settings.steps)
        return min(1.0, self.learner.seconds / (60 * (self.settings.minutes or 1)))

    def run(self, validation: Validation | None = None) -> None:
        """Train to the end, with a score and a sheet every so many steps."""

        def look() -> None:
            if validation and self.learner.step % self.settings.sheet_every == 0:
                self.validate(validation)

        train(
            self.learner,
            self.checkpoint,
            self.step,
            lambda: self.progress,
            save_every_s=self.settings.save_every_s,
            after_step=look,
        )

    def step(self) -> dict[str, Tensor]:
        """One step. All chance comes from the seed and the step's number, so a resumed training takes the same one."""
        settings, learner, started = self.settings, self.learner, time.monotonic()
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + learner.step)
        content, (style, targets, chosen) = self._contents(generator), self._styles(generator)
        # Anywhere in the noise, or the net would learn one corner of it by heart.
        down, right = torch.randint(NOISE_SIDE, (2,), generator=generator).tolist()
        with torch.autocast(self.device.type, torch.bfloat16):
            painted, vectors = learner.net(self._disturbed(content), style, (down, right), chosen)
        parts = _summed([objective(painted, content, targets) for objective in self._objectives])
        parts["vectors"] = VECTOR_WEIGHT * vectors.square().mean()
        learner.optimiser.zero_grad()
        torch.stack(list(parts.values())).sum().backward()
        nn.utils.clip_grad_norm_(learner.net.parameters(), LARGEST_GRADIENT)
        learner.optimiser.share = self._share()
        learner.optimiser.step()
        learner.step += 1
        learner.blend(AVERAGE_DECAY)
        # A process that was stopped in the middle of a step did not train meanwhile.
        learner.seconds += min(time.monotonic() - started, LONGEST_STEP_S)
        return {name: part.detach() for name, part in parts.items()}

    def validate(self, validation: Validation) -> dict[str, float]:
        """Judge the average on pictures never trained on; its score, a sheet and the weights go to settings.out."""
        score = validation.score(self.nets.painter, self.nets.reader, self.vectors)
        out, step = self.settings.out, self.learner.step
        validation.sheet(self.nets.painter, self.nets.reader, out / f"sheet-{step:06d}.png")
        line = json.dumps({"step": step, "minutes": round(self.learner.seconds / 60, 1), **score})
        with (out / "scores.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        sys.stderr.write(f"\n{line}\n")
        save_nets(out / "newest.safetensors", self.nets.painter, self.nets.reader)
        return score

    def _learner(self, start: Path | None, presets: PresetVectors | None) -> Learner:
        torch.manual_seed(self.settings.seed)
        nets = Nets(*(load_nets(start, self.slim) if start else new_nets(self.settings.shape, self.slim)), presets)
        nets.to(self.device).to(memory_format=torch.channels_last)
        optimiser = Optimiser(nets.parameters(), conv_rate=self.settings.conv_rate, rate=self.settings.rate)
        return Learner(nets, copy.deepcopy(nets).requires_grad_(False), optimiser)

    def _preset_vectors(self, start: Path | None, presets: Mapping[str, Path], see: See) -> PresetVectors:
        if start is None:
            raise InvalidRequest("presets are learned with a network that paints already: train one without them first")
        return PresetVectors(InstantNet.load(self.slim, start), presets, see)

    def _learn_what_is_usual(self) -> None:
        style = self._bank.draw(min(256, self.settings.bank), torch.Generator().manual_seed(self.settings.seed))
        for nets in (self.learner.net, self.learner.average):
            assert isinstance(nets, Nets)
            nets.reader.learn_what_is_usual(style)

    def _styles(self, generator: torch.Generator) -> tuple[_Seen, _Seen, list[int]]:
        """What the reader reads, what the whole batch is to look like, and which presets stand at its end."""
        read = self._bank.draw(self.settings.batch - self._presets, generator)
        presets = self.learner.net.presets
        if not isinstance(presets, PresetVectors):
            return read, read, []
        chosen, theirs = presets.draw(self._presets, generator)
        return read, {layer: joined(seen, theirs[layer]) for layer, seen in read.items()}, chosen

    def _contents(self, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(self._photos), (self.settings.batch,), generator=generator).tolist()
        return torch.stack([crop(self._photos.levels[index], self.settings.side_px, generator) for index in chosen])

    def _disturbed(self, content: Tensor) -> Tensor:
        # A generator of the device's own: numbers drawn elsewhere would have to be waited for.
        generator = torch.Generator(self.device).manual_seed(self.learner.step)
        noise = torch.randn(content.shape, generator=generator, device=self.device)
        return content + INPUT_NOISE * noise

    def _share(self) -> float:
        warm = min(1.0, (self.learner.step + 1) / WARM_UP_STEPS)
        return warm * (0.01 + 0.99 * (1 + math.cos(math.pi * self.progress)) / 2)


def _objectives(slim: Encoder, teacher_path: Path | None) -> tuple[list[Objective], See]:
    """What to train on, and how it looks at a style; the reader's layers of `slim` are always among what is seen."""
    fast = slim.with_dtype(torch.bfloat16)
    if teacher_path is None:
        layers = tuple(dict.fromkeys([*READER_LAYERS, *SLIM.style]))
        return [Objective(fast, SLIM)], lambda pixels: look(slim, pixels, layers)
    teacher = Encoder(load_weights(teacher_path), name="vgg19", device=slim.device)
    layers = tuple(dict.fromkeys([*READER_LAYERS, *SLIM_ABOVE_VGG19.style]))

    def see(pixels: Tensor) -> dict[str, Moments]:
        its = look(teacher, pixels, tuple(VGG19.style))
        return look(slim, pixels, layers) | {f"vgg19 {layer}": moments for layer, moments in its.items()}

    polish = Objective(teacher.with_dtype(torch.bfloat16), VGG19, prefix="vgg19 ")
    return [polish, Objective(fast, SLIM_ABOVE_VGG19)], see


def _summed(losses: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    return {name: torch.stack([parts[name] for parts in losses]).sum() for name in losses[0]}
