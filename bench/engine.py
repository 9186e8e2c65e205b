"""The engine's figures: one step of the encoder, and a cold command line."""

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from skimage import data as photographs

from engine.encoder import Encoder
from engine.weights import SHIPPED_SLIM

SIDES_PX = (256, 512)
ROUNDS = 5
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A median of several rounds; against: what the same run measured for comparison."""

    work: str
    seconds: float
    against: str | None = None
    against_s: float | None = None

    @property
    def ratio(self) -> float | None:
        """Seconds of this over seconds of what it stands against."""
        return self.seconds / self.against_s if self.against_s else None


@dataclass(frozen=True, kw_only=True)
class Held:
    """Something measured and the limit it is to stay below."""

    work: str
    value: float
    unit: str
    limit: float

    @property
    def ratio(self) -> float:
        """Of the limit."""
        return self.value / self.limit


def measure_steps() -> list[Figure]:
    """One step through slim: forward and the picture's gradient."""
    exact = Encoder.load(SHIPPED_SLIM, name="slim", device=torch.device("cpu"))
    rounded = exact.with_dtype(torch.bfloat16)
    figures = []
    for side_px in SIDES_PX:
        # In turn, so that a change of the machine's speed meets both.
        rounds = [(_step_s(exact, side_px), _step_s(rounded, side_px)) for _ in range(ROUNDS + 1)][1:]
        fp32_s, bf16_s = (statistics.median(column) for column in zip(*rounds, strict=True))
        figures.append(
            Figure(work=f"slim step {side_px}² bf16", seconds=bf16_s, against=f"fp32 {fp32_s:.3f} s", against_s=fp32_s)
        )
    return figures


def measure_command() -> list[Figure]:
    """A cold `pastiche stylise` at 256 px, start to written file."""
    with tempfile.TemporaryDirectory() as folder:
        content, style = _photographs(Path(folder))
        started = time.perf_counter()
        command = ["stylise", str(content), str(style), "-o", str(Path(folder) / "out.jpg"), "--size", "256"]
        subprocess.run([sys.executable, "-m", "pastiche", *command], check=True, capture_output=True)
        return [Figure(work="pastiche stylise --size 256, cold", seconds=time.perf_counter() - started)]


def _step_s(encoder: Encoder, side_px: int) -> float:
    canvas = torch.rand(1, 3, side_px, side_px, requires_grad=True)
    started = time.perf_counter()
    features = encoder.features(canvas, STYLE_LAYERS)
    torch.autograd.grad(torch.stack([layer.float().square().mean() for layer in features.values()]).sum(), canvas)
    return time.perf_counter() - started


def photograph(name: str) -> Image.Image:
    """One of scikit-image's."""
    return Image.fromarray(getattr(photographs, name)())


def _photographs(folder: Path) -> tuple[Path, Path]:
    paths = folder / "content.png", folder / "style.png"
    for path, name in zip(paths, ("astronaut", "coffee"), strict=True):
        photograph(name).save(path)
    return paths
