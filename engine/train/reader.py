"""A new `slim` under the same painter: the reader learns to write from its moments what it wrote from the old one's.

The painter and the presets' vectors stay as they are; paintings that do not ship get new moments.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.encoder import Encoder
from engine.instant import look
from engine.instant_weights import load_nets, network_id, save_nets
from engine.losses import Moments, stack
from engine.nets import READER_LAYERS, StyleReader
from engine.presets import FITTED, FOLDER
from engine.presets.fitted import load_fitted, moments_of, save_fitted
from engine.train.presets import read_picture

BATCH, RATE, DECAY = 64, 5e-4, 1e-4
TELL_EVERY = 200
# Of the views: what the error is measured on.
KEPT_BACK = 0.1

Seen = Mapping[str, Moments]
OnDone = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Lessons:
    """Moments of many styles in the new `slim`, and their vectors, (styles, style_length)."""

    seen: Sequence[Seen]
    vectors: Tensor

    def batch(self, rows: Sequence[int]) -> tuple[dict[str, Moments], Tensor]:
        """These as one batch."""
        seen = {layer: stack([self.seen[row][layer] for row in rows]) for layer in READER_LAYERS}
        return seen, self.vectors[list(rows)]


@torch.no_grad()
def prepare(
    picture: Callable[[int], Tensor], views: int, old: Encoder, new: Encoder, weights: Path, on_done: OnDone
) -> Lessons:
    """What the reader of `weights` writes for each view, (1, 3, height, width), and what `new` sees of it."""
    _, reader = load_nets(weights, old)
    seen, vectors = [], []
    for index in range(views):
        pixels = picture(index)
        vectors.append(reader({layer: stack([each]) for layer, each in look(old, pixels, READER_LAYERS).items()}))
        seen.append(look(new, pixels, READER_LAYERS))
        on_done(index + 1, views, "looking")
    return Lessons(seen, torch.cat(vectors))


def teach(reader: StyleReader, lessons: Lessons, steps: int, on_done: OnDone, seed: int = 0) -> float:
    """Fit the reader; returns the error on lessons kept back, as a share of how far styles lie apart."""
    count = len(lessons.seen)
    exam, chance = range(round(count * (1 - KEPT_BACK)), count), torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(reader.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(1, steps + 1):
        seen, meant = lessons.batch(torch.randint(exam.start, (BATCH,), generator=chance).tolist())
        loss = functional.mse_loss(reader(seen), meant)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        on_done(step, steps, "teaching")
        if step % TELL_EVERY == 0:
            sys.stderr.write(f"\nstep {step}: {_error(reader, lessons, exam):.3f}\n")
    return _error(reader, lessons, exam)


def hand_over(weights: Path, new: Encoder, reader: StyleReader, pictures: Mapping[str, Path], out: Path) -> None:
    """Write out/instant.safetensors with this reader, and out/presets/NAME/fitted.safetensors of these presets."""
    out.mkdir(parents=True, exist_ok=True)
    painter, _ = load_nets(weights, new)
    save_nets(out / weights.name, painter, reader)
    network = network_id(out / weights.name)
    for name, picture in pictures.items():
        fitted = load_fitted(FOLDER / name / FITTED)
        moments = moments_of(read_picture(picture), new) if fitted.moments else {}
        (out / "presets" / name).mkdir(parents=True, exist_ok=True)
        save_fitted(out / "presets" / name / FITTED, replace(fitted, network=network, moments=moments))


@torch.no_grad()
def _error(reader: StyleReader, lessons: Lessons, rows: Sequence[int]) -> float:
    seen, meant = lessons.batch(rows)
    apart = (meant - lessons.vectors.mean(dim=0)).square().mean()
    return float((functional.mse_loss(reader(seen), meant) / apart).sqrt())
