"""Files of the instant network, safetensors only."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.encoder import Encoder
from engine.errors import WeightsError
from engine.nets import READER_LAYERS, Shape, StyleReader, Transformer

SHIPPED_INSTANT = Path(__file__).parent / "weights" / "instant.safetensors"

# Sizes are memory: those of a stranger's file must not decide how much of it we take.
LARGEST_WIDTH, LARGEST_DEPTH = 512, 32


def new_nets(shape: Shape, encoder: Encoder) -> tuple[Transformer, StyleReader]:
    """A painter and a reader before any training, on the CPU. Chance comes from torch's own generator."""
    painter = Transformer(shape)
    return painter, StyleReader(encoder.widths(READER_LAYERS), painter.style_length)


def load_nets(path: Path, encoder: Encoder) -> tuple[Transformer, StyleReader]:
    """The painter and the reader from a weights file, fp32, on the CPU. Raises WeightsError, in one sentence."""
    metadata, tensors = read_tensors(path)
    painter, reader = new_nets(_shape(path, metadata), encoder)
    for prefix, net in (("painter.", painter), ("reader.", reader)):
        _fill(path, net, {name.removeprefix(prefix): tensors[name] for name in tensors if name.startswith(prefix)})
    return painter, reader


def save_nets(path: Path, painter: Transformer, reader: StyleReader) -> None:
    """Write both in fp16, whole or not at all."""
    tensors = {
        f"{prefix}.{name}": tensor
        for prefix, net in (("painter", painter), ("reader", reader))
        for name, tensor in net.state_dict().items()
    }
    _write(path, tensors, {"shape": json.dumps(asdict(painter.shape))})


def network_id(weights: Path) -> str:
    """A name for the network in this file: another one after every training."""
    found = weights.stat()
    return _hash_of(weights, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)
def _hash_of(path: Path, changed_ns: int, size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _write(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
    halves = {name: tensor.detach().to("cpu", torch.float16).contiguous() for name, tensor in tensors.items()}
    draft = path.with_suffix(".draft")
    save_file(halves, draft, metadata=metadata)
    draft.replace(path)


def read_tensors(path: Path) -> tuple[Mapping[str, str], dict[str, Tensor]]:
    """Metadata and tensors of a safetensors file. Raises WeightsError, in one sentence."""
    if not path.is_file():
        raise WeightsError(f"there is no weights file {path}")
    try:
        with safe_open(path, framework="pt") as file:
            return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except SafetensorError as error:
        # Pickled files end here as well: they can run code when loaded and are not read at all.
        raise WeightsError(f"{path} is no intact safetensors file") from error
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error


def _shape(path: Path, metadata: Mapping[str, str]) -> Shape:
    try:
        shape = Shape(**json.loads(metadata["shape"]))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise WeightsError(f"{path} holds no instant network") from error
    widths, depths = (shape.width, shape.deep_width, shape.half_width), (shape.early, shape.deep, shape.late)
    if not all(type(each) is int and 0 < each <= LARGEST_WIDTH for each in widths):
        raise WeightsError(f"{path} describes a network of impossible widths")
    if not all(type(each) is int and 0 <= each <= LARGEST_DEPTH for each in depths):
        raise WeightsError(f"{path} describes a network of impossible depth")
    return shape


def _fill(path: Path, net: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    expected = net.state_dict()
    if missing := sorted(expected.keys() - tensors.keys()):
        raise WeightsError(f"{path} lacks {missing[0]}")
    for name, its in expected.items():
        _check(path, name, tensors[name], its.shape)
    net.load_state_dict({name: tensors[name].float() for name in expected})


def _check(path: Path, name: str, tensor: Tensor, shape: torch.Size) -> None:
    # Names in a stranger's file may be of any length or hold line breaks.
    shown = name[:60] if name.isprintable() else "one of its tensors"
    if tensor.shape != shape or not tensor.is_floating_point():
        raise WeightsError(f"{path}: {shown} has the wrong shape or kind of numbers")
    if not bool(torch.isfinite(tensor.float()).all()):
        raise WeightsError(f"{path}: {shown} holds values that are not finite")
