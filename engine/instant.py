"""The instant network with its weights: reads a style's vector from a picture, and paints at once."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from engine.encoder import Encoder
from engine.errors import WeightsError
from engine.nets import READER_LAYERS, Shape, StyleReader, Transformer

SHIPPED_INSTANT = Path(__file__).parent / "weights" / "instant.safetensors"

_LARGEST_WIDTH, _LARGEST_DEPTH = 512, 32


def new_nets(shape: Shape, encoder: Encoder) -> tuple[Transformer, StyleReader]:
    """A painter and a reader before any training, on the CPU."""
    painter = Transformer(shape)
    return painter, StyleReader(encoder.widths(READER_LAYERS), painter.style_length)


def load_nets(path: Path, encoder: Encoder) -> tuple[Transformer, StyleReader]:
    """The painter and the reader from a weights file, fp32, on the CPU. Raises WeightsError, in one sentence."""
    tensors, shape = _read(path)
    painter, reader = new_nets(shape, encoder)
    for prefix, net in (("painter.", painter), ("reader.", reader)):
        _fill(path, net, {name.removeprefix(prefix): tensors[name] for name in tensors if name.startswith(prefix)})
    return painter, reader


def save_nets(path: Path, painter: Transformer, reader: StyleReader) -> None:
    """Write both in fp16, whole or not at all."""
    tensors = {
        f"{prefix}.{name}": tensor.detach().to("cpu", torch.float16).contiguous()
        for prefix, net in (("painter", painter), ("reader", reader))
        for name, tensor in net.state_dict().items()
    }
    draft = path.with_suffix(".draft")
    save_file(tensors, draft, metadata={"shape": json.dumps(asdict(painter.shape))})
    draft.replace(path)


def _read(path: Path) -> tuple[dict[str, Tensor], Shape]:
    if not path.is_file():
        raise WeightsError(f"there is no weights file {path}")
    try:
        with safe_open(path, framework="pt") as file:
            shape = _shape(path, file.metadata() or {})
            return {name: file.get_tensor(name) for name in file.keys()}, shape  # noqa: SIM118 - no mapping
    except SafetensorError as error:
        raise WeightsError(f"{path} is no intact safetensors file") from error
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error


def _shape(path: Path, metadata: Mapping[str, str]) -> Shape:
    try:
        shape = Shape(**json.loads(metadata["shape"]))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{path} holds no instant network") from error
    widths, depths = (shape.width, shape.deep_width, shape.half_width), (shape.early, shape.deep, shape.late)
    # Sizes are memory: those of a stranger's file must not decide how much of it we take.
    sensible = all(isinstance(each, int) for each in (*widths, *depths))
    if not sensible or not (0 < min(widths) <= max(widths) <= _LARGEST_WIDTH and 0 <= min(depths) <= max(depths)):
        raise WeightsError(f"{path} describes a network of impossible widths")
    if max(depths) > _LARGEST_DEPTH:
        raise WeightsError(f"{path} describes a network that is too deep")
    return shape


def _fill(path: Path, net: torch.nn.Module, tensors: Mapping[str, Tensor]) -> None:
    expected = net.state_dict()
    if missing := sorted(expected.keys() - tensors.keys()):
        raise WeightsError(f"{path} lacks {missing[0]}")
    for name, its in expected.items():
        if tensors[name].shape != its.shape or not tensors[name].is_floating_point():
            raise WeightsError(f"{path}: {name} has the wrong shape or kind of numbers")
        if not bool(torch.isfinite(tensors[name].float()).all()):
            raise WeightsError(f"{path}: {name} holds values that are not finite")
    net.load_state_dict({name: tensors[name].float() for name in expected})
