"""The instant network's figures: a picture at several sizes, the prediction of a style, a poster's time and memory."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from PIL import Image

from bench.engine import Figure, Held, photograph
from engine.devices import choose_dtype, default_memory
from engine.encoder import Encoder
from engine.instant import InstantNet
from engine.weights import SHIPPED_SLIM

ROUNDS = 7
# Width and height in pixels, and the seconds that a picture may take on two cores.
SIZES = (((256, 256), 0.04), ((512, 404), 0.15), ((1024, 812), 0.6), ((2048, 1620), 2.5))
READ_TOO_S = 0.25
POSTERS = (((3508, 4961), 60.0), ((4961, 7016), None))
LARGEST_MIB = 2048.0
PICTURE_OF_2048_MIB = 1200.0


def measure_instant() -> tuple[list[Figure], list[Held]]:
    """One pass with a known style vector, in the machine's dtype and in fp32; with the style's prediction once."""
    exact = Encoder.load(SHIPPED_SLIM, name="slim", device=torch.device("cpu"))
    dtype, _ = choose_dtype(exact, torch.get_num_threads(), default_memory())
    nets = [InstantNet.load(exact, dtype=each) for each in (dtype, torch.float32)]
    style = photograph("coffee")
    figures, held = [], []
    for size, limit_s in SIZES:
        content, vectors = torch.rand(1, 3, *reversed(size)), nets[0].read([style])
        chosen_s, fp32_s = _medians(*(partial(net.paint_pixels, content, vectors) for net in nets))
        work = f"instant {size[0]} × {size[1]}, {str(dtype).removeprefix('torch.')}"
        figures.append(Figure(work=work, seconds=chosen_s, against=f"fp32 {fp32_s:.3f} s", against_s=fp32_s))
        held.append(Held(work=work, value=chosen_s, unit="s", limit=limit_s))
    content = torch.rand(1, 3, 404, 512)
    [read_s] = _medians(lambda: nets[0].paint_pixels(content, nets[0].read([style])))
    held.append(Held(work="instant 512 × 404 with the style's prediction", value=read_s, unit="s", limit=READ_TOO_S))
    return figures, held


def measure_large() -> list[Held]:
    """Large instant pictures and posters, each in a process of its own, which tells its highest memory."""
    _, mib = _apart("instant", 2048, 1620)
    held = [Held(work="instant 2048 × 1620, memory", value=mib, unit="MiB", limit=PICTURE_OF_2048_MIB)]
    for (width, height), limit_s in POSTERS:
        seconds, mib = _apart("poster", width, height)
        name = f"poster {width} × {height}"
        held.append(Held(work=f"{name}, memory", value=mib, unit="MiB", limit=LARGEST_MIB))
        if limit_s is not None:
            held.append(Held(work=name, value=seconds, unit="s", limit=limit_s))
    return held


def _medians(*works: Callable[[], object]) -> list[float]:
    """In turn, so that a change of the machine's speed meets all of them; the first round builds kernels."""
    rounds = [[_seconds(work) for work in works] for _ in range(ROUNDS + 1)][1:]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _apart(method: str, width: int, height: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.instant", method, str(width), str(height)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told["seconds"], told["mib"]


def _paint(method: str, width: int, height: int) -> None:
    """In a process of our own: paint once and tell what it took."""
    from engine import Style, StyleRequest, open_painter

    painter = open_painter()
    content = photograph("astronaut").resize((width, height), Image.Resampling.BICUBIC)
    style = (Style(picture=photograph("coffee")),)
    request = StyleRequest(content=content, styles=style, method=method, longest_side_px=max(width, height))  # type: ignore[arg-type]  # a word of ours
    seconds = _seconds(lambda: painter.paint(request, lambda progress: None, lambda: False))
    # Not getrusage(): its maximum begins with what the parent had when it started us.
    lines = Path("/proc/self/status").read_text().splitlines()
    mib = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
    print(json.dumps({"seconds": seconds, "mib": mib}))


if __name__ == "__main__":
    _paint(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
