"""Which device paints, on how many threads, and whether bfloat16 pays there: settled before the first step."""

import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import InvalidRequest, OutOfMemory
from engine.processor import processor_name, usable_cores

log = logging.getLogger(__name__)

# The self-check's picture: big enough that convolutions dominate, small enough for a fraction of a second.
CHECK_SIDE_PX = 128
CHECK_ROUNDS = 3
# What torch finds suitable (one thread per physical core, OMP_NUM_THREADS), before any painter has set it.
_CORES = torch.get_num_threads()
# A gain below this is within the noise of a shared machine, and then exactness wins.
WORTHWHILE_GAIN = 1.25
# Cosine between the picture's gradients in both dtypes: rounding leaves more than 0.99, a broken kernel far less.
LEAST_AGREEMENT = 0.95


@dataclass(frozen=True)
class SelfCheck:
    """What was found about bfloat16: seconds of one step in both dtypes, agreement of the gradients."""

    fp32_s: float
    bf16_s: float
    agreement: float

    @property
    def dtype(self) -> torch.dtype:
        pays = self.bf16_s * WORTHWHILE_GAIN <= self.fp32_s
        return torch.bfloat16 if pays and self.agreement >= LEAST_AGREEMENT else torch.float32


def choose_device(name: str) -> torch.device:
    """auto: the GPU where there is one. Raises InvalidRequest for a device that this machine lacks."""
    counts = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    if name == "auto":
        return torch.device(next(kind for kind, count in counts.items() if count))
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise InvalidRequest(f"{name!r} is no device; try auto, cpu, cuda or mps") from error
    if device.type not in counts:
        raise InvalidRequest(f"device must be auto, cpu, cuda or mps, not {name!r}")
    if (device.index or 0) >= counts[device.type]:
        raise InvalidRequest(f"this machine has no device {name}")
    return device


@contextmanager
def memory_errors() -> Iterator[None]:
    """What says that memory is used up becomes OutOfMemory."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory("the device's memory does not suffice for this size") from error
    except RuntimeError as error:
        # Neither the CPU's allocator nor that of mps has an exception of its own.
        if any(words in str(error) for words in ("not enough memory", "can't allocate memory", "MPS backend out of")):
            raise OutOfMemory("the machine's memory does not suffice for this size") from error
        raise


def free_memory(device: torch.device) -> None:
    """Give back what torch holds for later: pieces of another size are of no use after a failure."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def choose_threads(threads: int | None) -> int:
    """The number given, else as many cores as this process may use."""
    if threads is not None and threads < 1:
        raise InvalidRequest(f"number of threads must be 1 or more, not {threads}")
    return threads or max(1, min(usable_cores(), _quota(), _CORES))


def _quota(path: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Cores a container may use by its quota: more threads than that wait for each other."""
    try:
        quota, period = path.read_text().split()[:2]
        return max(1, round(int(quota) / int(period)))
    except (OSError, ValueError):
        return 2**31


def choose_dtype(
    encoder: Encoder,
    threads: int,
    memory: Path | None = None,
    announce: Callable[[str], None] = lambda phase: None,
) -> tuple[torch.dtype, SelfCheck]:
    """fp32, or bfloat16 where a step is clearly faster in it and its gradient agrees.

    memory: a file that keeps the finding, so that the same machine paints the same picture whatever else runs on it
    announce: told of a self-check before it begins
    """
    key = _key(encoder, threads)
    known = _recall(memory, key)
    if known is None:
        announce("self-check")
        known = self_check(encoder)
        _remember(memory, key, known)
        log.info("self-check done", extra={"dtype": str(known.dtype), "agreement": known.agreement})
    return known.dtype, known


def default_memory() -> Path | None:
    """Where findings are kept between runs; losing the file costs one self-check. None: this user has no home."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:  # no home
        return None
    return Path(base) / "pastiche" / "self-checks.json"


def self_check(encoder: Encoder) -> SelfCheck:
    """Take a few steps in both dtypes on one picture, in turn; the fastest counts, as it was disturbed least."""
    threads = torch.get_num_threads()
    # Threads that wait for a busy core spin, which would count as work: one thread alone is measured truly.
    torch.set_num_threads(1)
    try:
        return _compare(encoder)
    finally:
        torch.set_num_threads(threads)


def _compare(encoder: Encoder) -> SelfCheck:
    generator = torch.Generator().manual_seed(0)
    pixels = torch.rand(1, 3, CHECK_SIDE_PX, CHECK_SIDE_PX, generator=generator).to(encoder.device)
    exact, rounded = encoder.with_dtype(torch.float32), encoder.with_dtype(torch.bfloat16)
    gradients = [_gradient(each, pixels).flatten() for each in (exact, rounded)]  # the first call also builds kernels
    agreement = torch.nn.functional.cosine_similarity(gradients[0], gradients[1], dim=0)
    rounds = [(_seconds(exact, pixels), _seconds(rounded, pixels)) for _ in range(CHECK_ROUNDS)]
    fp32_s, bf16_s = (min(seconds) for seconds in zip(*rounds, strict=True))
    return SelfCheck(fp32_s, bf16_s, float(agreement.nan_to_num(0.0)))


def _seconds(encoder: Encoder, pixels: Tensor) -> float:
    # A CPU is shared: processor time counts what we used and not what others took meanwhile.
    clock = time.process_time if encoder.device.type == "cpu" else time.perf_counter
    started = clock()
    _gradient(encoder, pixels)
    if encoder.device.type == "cuda":
        torch.cuda.synchronize(encoder.device)
    elif encoder.device.type == "mps":
        torch.mps.synchronize()
    return clock() - started


def _gradient(encoder: Encoder, pixels: Tensor) -> Tensor:
    canvas = pixels.clone().requires_grad_(True)
    layers = [name for name in encoder.layers if name.startswith("relu") and name.endswith("_1")]
    features = encoder.features(canvas, layers)
    torch.stack([taken.float().square().mean() for taken in features.values()]).sum().backward()
    assert canvas.grad is not None
    return canvas.grad


def _key(encoder: Encoder, threads: int) -> str:
    chip = torch.cuda.get_device_name(encoder.device) if encoder.device.type == "cuda" else processor_name()
    return f"{chip}, {threads} threads, torch {torch.__version__}, {encoder.name} to {encoder.layers[-1]}"


def _recall(memory: Path | None, key: str) -> SelfCheck | None:
    try:
        found = SelfCheck(**_findings(memory)[key])
        return found if all(isinstance(value, float) for value in vars(found).values()) else None
    except (TypeError, KeyError):  # never found, or by another version: it is checked anew
        return None


def _findings(memory: Path | None) -> dict[str, Any]:
    """What the file holds; a broken one holds nothing and is written anew."""
    try:
        found = json.loads(memory.read_text()) if memory else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(memory: Path | None, key: str, found: SelfCheck) -> None:
    if memory is None:
        return
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        draft = memory.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps({**_findings(memory), key: vars(found)}, indent=1))
        draft.replace(memory)
    except OSError as error:
        log.info("self-check not remembered", extra={"reason": str(error)})
