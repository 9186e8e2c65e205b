"""Trains two CycleGAN generators, A to B and back, on two folders of unpaired pictures (Zhu et al., 2017).

Least-squares adversarial loss on 70 × 70 px patches, cycle and identity losses, a pool of old paintings.
"""

import copy
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.cyclegan import Generator, save_generator
from engine.devices import choose_device
from engine.errors import InvalidRequest
from engine.train import checkpoints
from engine.train.checkpoints import Learner
from engine.train.loop import train
from engine.train.optimiser import Optimiser
from engine.train.pictures import Pictures, crop

# The paper's: what a round trip must give back, and what a picture that is already of the other kind must stay.
CYCLE_WEIGHT, IDENTITY_WEIGHT = 10.0, 5.0
POOL_SIZE = 50
AVERAGE_DECAY = 0.999


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One training; it ends after `minutes`, counted over all its resumptions.

    width: channels of the generators' first layer; blocks: their residual blocks
    """

    out: Path
    minutes: float
    side_px: int = 128
    width: int = 32
    blocks: int = 9
    rate: float = 2e-4
    seed: int = 0
    device: str = "auto"
    save_every_s: float = 180

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise InvalidRequest("minutes must be above 0")
        if self.side_px < 32 or self.side_px % 4:
            raise InvalidRequest(f"crops must be at least 32 px and a multiple of 4, not {self.side_px}")


class Nets(nn.Module):
    """Two painters and two judges, as one list of weights."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.to_b, self.to_a = Generator(width, blocks), Generator(width, blocks)
        self.judge_a, self.judge_b = judge(width), judge(width)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.normal_(module.weight, std=0.02)


def judge(width: int) -> nn.Sequential:
    """The "PatchGAN" of 70 × 70 px: (batch, 3, height, width) to a map of how genuine each patch looks, 1 or 0."""
    layers: list[nn.Module] = [nn.Conv2d(3, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    for inputs, outputs, stride in ((1, 2, 2), (2, 4, 2), (4, 8, 1)):
        layers += [
            nn.Conv2d(inputs * width, outputs * width, 4, stride=stride, padding=1),
            nn.InstanceNorm2d(outputs * width),
            nn.LeakyReLU(0.2),
        ]
    return nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, padding=1))


@dataclass
class Pool:
    """Paintings of some time ago: a judge that sees only the newest forgets what it has learned."""

    kept: list[Tensor] = field(default_factory=list)

    def swap(self, painted: Tensor, generator: torch.Generator) -> Tensor:
        """This painting or, half of the time, an older one in exchange for it."""
        painted = painted.detach()
        if len(self.kept) < POOL_SIZE:
            self.kept.append(painted)
            return painted
        place = int(torch.randint(2 * POOL_SIZE, (), generator=generator))
        if place >= POOL_SIZE:
            return painted
        older, self.kept[place] = self.kept[place], painted
        return older


class Training:
    """One training, from its start or its checkpoint to its end."""

    def __init__(self, settings: Settings, a: Pictures, b: Pictures) -> None:
        """Go on from the checkpoint in settings.out, or else from chance. Raises WeightsError where it does not fit."""
        self.settings = settings
        self._device = choose_device(settings.device)
        self._a, self._b = a, b
        self._pools = Pool(), Pool()
        torch.manual_seed(settings.seed)
        nets = Nets(settings.width, settings.blocks).to(self._device)
        # Plain Adam: a judge that learns as fast as Muon lets it leaves its painter no chance.
        optimiser = Optimiser(nets.parameters(), conv_rate=settings.rate, rate=settings.rate, muon=False)
        self.learner = Learner(nets, copy.deepcopy(nets).requires_grad_(False), optimiser)
        settings.out.mkdir(parents=True, exist_ok=True)
        if self._checkpoint.is_file():
            checkpoints.restore(self._checkpoint, self.learner)

    def run(self) -> None:
        """Train to the end, then write both generators."""
        train(
            self.learner, self._checkpoint, self.step, lambda: self._progress, save_every_s=self.settings.save_every_s
        )
        self.ship()

    def step(self) -> dict[str, float]:
        """One step of the painters, then one of the judges, on one crop of each folder."""
        started, nets = time.monotonic(), self._nets
        generator = torch.Generator().manual_seed(self.settings.seed * 1_000_003 + self.learner.step)
        a, b = (self._draw(pictures, generator) for pictures in (self._a, self._b))
        fake_b, fake_a = nets.to_b(a), nets.to_a(b)
        painters = self._painters_loss(a, b, fake_a, fake_b)
        self._descend(painters, judges_learn=False)
        old_a, old_b = (pool.swap(fake, generator) for pool, fake in zip(self._pools, (fake_a, fake_b), strict=True))
        judges = _judged(nets.judge_a, a, old_a) + _judged(nets.judge_b, b, old_b)
        self._descend(judges, judges_learn=True)
        self.learner.step += 1
        self.learner.blend(AVERAGE_DECAY)
        self.learner.seconds += time.monotonic() - started
        return {"painters": float(painters.detach()), "judges": float(judges.detach())}

    def ship(self) -> None:
        """Write the averaged generators: a-to-b.safetensors and b-to-a.safetensors."""
        average = self.learner.average
        assert isinstance(average, Nets)
        for name, net in (("a-to-b", average.to_b), ("b-to-a", average.to_a)):
            facts = {"step": str(self.learner.step), "settings": json.dumps(vars(self.settings), default=str)}
            save_generator(self.settings.out / f"{name}.safetensors", net, facts)

    @property
    def _checkpoint(self) -> Path:
        return self.settings.out / checkpoints.FILE_NAME

    @property
    def _nets(self) -> Nets:
        assert isinstance(self.learner.net, Nets)
        return self.learner.net

    @property
    def _progress(self) -> float:
        return min(1.0, self.learner.seconds / (60 * self.settings.minutes))

    def _draw(self, pictures: Pictures, generator: torch.Generator) -> Tensor:
        chosen = pictures.levels[int(torch.randint(len(pictures), (), generator=generator))]
        return crop(chosen, self.settings.side_px, generator)[None].to(self._device)

    def _painters_loss(self, a: Tensor, b: Tensor, fake_a: Tensor, fake_b: Tensor) -> Tensor:
        nets = self._nets
        convincing = (nets.judge_a(fake_a) - 1).square().mean() + (nets.judge_b(fake_b) - 1).square().mean()
        back = functional.l1_loss(nets.to_a(fake_b), a) + functional.l1_loss(nets.to_b(fake_a), b)
        still = functional.l1_loss(nets.to_b(b), b) + functional.l1_loss(nets.to_a(a), a)
        # Distances in the paper are of values from -1 to 1, twice ours.
        loss: Tensor = convincing + 2 * CYCLE_WEIGHT * back + 2 * IDENTITY_WEIGHT * still
        return loss

    def _descend(self, loss: Tensor, *, judges_learn: bool) -> None:
        nets, optimiser = self._nets, self.learner.optimiser
        optimiser.zero_grad()
        loss.backward()
        for net in (nets.to_a, nets.to_b) if judges_learn else (nets.judge_a, nets.judge_b):
            for parameter in net.parameters():
                parameter.grad = None
        # As in the paper: full speed for the first half, then down to nothing.
        optimiser.share = min(1.0, 2 * (1 - self._progress))
        optimiser.step()


def _judged(net: nn.Module, genuine: Tensor, painted: Tensor) -> Tensor:
    loss: Tensor = ((net(genuine) - 1).square().mean() + net(painted).square().mean()) / 2
    return loss
