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
from engine.errors import Diverged
from engine.instant import load_nets, new_nets, save_nets
from engine.losses import Moments
from engine.nets import Shape, StyleReader, Transformer
from engine.train import checkpoints
from engine.train.checkpoints import Learner
from engine.train.objective import SLIM, Objective, layers_needed, see
from engine.train.pictures import Pictures, crop
from engine.train.styles import StyleBank
from engine.train.validation import Validation
from engine.weights import SHIPPED_SLIM

# The five pairs of `make score`, and other scans of the same paintings, must stay unseen.
SCORE_STYLES = ("015_", "003_", "018_", "047_", "071_")
SCORE_COPIES = ("039_", "054_", "055_", "060_", "016_", "067_", "069_")
SCORE_PHOTOS = ("in_0007", "bs_100080", "bs_118035", "in_0100", "bs_12003")

WARM_UP_STEPS = 100
AVERAGE_DECAY = 0.998
# Near-equal inputs must give near-equal pictures; cameras add this much.
INPUT_NOISE = 0.015


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One leg of a training; it ends after `steps` or `minutes`, whichever is given (over all its resumptions)."""

    out: Path
    steps: int | None = None
    minutes: float | None = None
    batch: int = 4
    side_px: int = 192
    learning_rate: float = 2e-3
    seed: int = 0
    bank: int = 6000
    device: str = "auto"
    save_every_s: float = 180
    check_every_s: float = 600
    shape: Shape = field(default_factory=Shape)


class Nets(nn.Module):
    """Painter and reader as one module: optimiser, average and checkpoint see one list of weights."""

    def __init__(self, painter: Transformer, reader: StyleReader) -> None:
        super().__init__()
        self.painter, self.reader = painter, reader

    def forward(self, content: Tensor, style: Mapping[str, Moments]) -> tuple[Tensor, Tensor]:
        """The painted batch and the vectors it was painted with."""
        with torch.autocast(content.device.type, enabled=False):
            vectors: Tensor = self.reader(style)
        painted: Tensor = self.painter(content, vectors)
        return painted, vectors


class Training:
    """One leg, from its start or its checkpoint to its end."""

    def __init__(self, settings: Settings, photos: Pictures, styles: Pictures, start: Path | None = None) -> None:
        """start: weights to begin from where there is no checkpoint; without them the nets begin at random"""
        self.settings = settings
        self.device = choose_device(settings.device)
        exact = Encoder.load(SHIPPED_SLIM, name="slim", device=self.device)
        self._slim = exact.with_dtype(torch.bfloat16)
        self._objective = Objective(self._slim, SLIM)
        self._photos = photos
        self._bank = StyleBank(styles, photos, see(exact, layers_needed(SLIM)), settings.seed, settings.bank)
        torch.manual_seed(settings.seed)
        nets = Nets(*(load_nets(start, exact) if start else new_nets(settings.shape, exact)))
        nets.to(self.device, memory_format=torch.channels_last)
        optimiser = torch.optim.Adam(nets.parameters(), lr=settings.learning_rate, betas=(0.9, 0.99))
        self.learner = Learner(nets, copy.deepcopy(nets).requires_grad_(False), optimiser)
        settings.out.mkdir(parents=True, exist_ok=True)
        if self.checkpoint.is_file():
            checkpoints.restore(self.checkpoint, self.learner)
        elif start is None:
            self._learn_what_is_usual(nets.reader)

    @property
    def checkpoint(self) -> Path:
        """Where this training's whole state lies."""
        return self.settings.out / "checkpoint.safetensors"

    @property
    def progress(self) -> float:
        """Share of the leg that is done, 0 to 1."""
        by_steps = self.learner.step / self.settings.steps if self.settings.steps else 0.0
        by_time = self.learner.seconds / (60 * self.settings.minutes) if self.settings.minutes else 0.0
        return min(1.0, max(by_steps, by_time))

    def run(self, validation: Validation | None = None) -> None:
        """Train to the end; saves on the way, and also when interrupted."""
        saved = checked = time.monotonic()
        try:
            while self.progress < 1:
                started = time.monotonic()
                parts = self.step()
                now = time.monotonic()
                self.learner.seconds += now - started
                if self.learner.step % 20 == 0:
                    self._tell(parts)
                if now - saved > self.settings.save_every_s:
                    checkpoints.save(self.checkpoint, self.learner)
                    saved = now
                if validation and now - checked > self.settings.check_every_s:
                    self.validate(validation)
                    checked = time.monotonic()
        finally:
            checkpoints.save(self.checkpoint, self.learner)
        if validation:
            self.validate(validation)

    def step(self) -> dict[str, Tensor]:
        """One step. All chance comes from the seed and the step's number, so a resumed training takes the same one."""
        settings, learner = self.settings, self.learner
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + learner.step)
        content = self._contents(generator)
        style = self._bank.draw(settings.batch, generator)
        noise = INPUT_NOISE * torch.randn(content.shape, generator=generator).to(self.device)
        for group in learner.optimiser.param_groups:
            group["lr"] = self._rate()
        with torch.autocast(self.device.type, torch.bfloat16):
            painted, vectors = learner.net(content + noise, style)
        parts = self._objective(painted, content, style)
        parts["vectors"] = 1e-4 * vectors.square().mean()  # keeps what nothing else decides near the plain norm
        learner.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()
        nn.utils.clip_grad_norm_(learner.net.parameters(), 1.0)
        learner.optimiser.step()
        learner.step += 1
        learner.blend(AVERAGE_DECAY)
        return {name: part.detach() for name, part in parts.items()}

    def validate(self, validation: Validation) -> None:
        """Judge the average on pictures never trained on, log the score, and keep the weights where it is the best."""
        nets = self.learner.average
        assert isinstance(nets, Nets)
        score = validation.score(nets.painter, nets.reader)
        validation.sheet(nets.painter, nets.reader, self.settings.out / f"sheet-{self.learner.step:06d}.png")
        line = {"step": self.learner.step, "minutes": round(self.learner.seconds / 60, 1), **score}
        with (self.settings.out / "scores.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")
        sys.stderr.write(f"\n{json.dumps(line)}\n")
        save_nets(self.settings.out / "newest.safetensors", nets.painter, nets.reader)

    def _contents(self, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(self._photos), (self.settings.batch,), generator=generator).tolist()
        crops = [crop(self._photos.levels[index], self.settings.side_px, generator) for index in chosen]
        return torch.stack(crops).to(self.device)

    def _rate(self) -> float:
        warm = min(1.0, (self.learner.step + 1) / WARM_UP_STEPS)
        return self.settings.learning_rate * warm * (0.01 + 0.99 * (1 + math.cos(math.pi * self.progress)) / 2)

    def _learn_what_is_usual(self, reader: StyleReader) -> None:
        reader.learn_what_is_usual(self._bank.draw(min(256, self._bank.size), torch.Generator().manual_seed(0)))

    def _tell(self, parts: Mapping[str, Tensor]) -> None:
        values = {name: float(part) for name, part in parts.items()}
        if not all(math.isfinite(value) for value in values.values()):
            raise Diverged("the loss is no longer a number")
        learner = self.learner
        losses = " ".join(f"{name} {value:.4f}" for name, value in values.items())
        speed = learner.seconds / max(1, learner.step)
        end = "\r" if sys.stderr.isatty() else "\n"
        sys.stderr.write(f"{100 * self.progress:5.1f} %  step {learner.step}  {speed:.2f} s/step  {losses}{end}")
        sys.stderr.flush()
