"""CycleGAN generators (Zhu et al., 2017): photographs become pictures of another kind, with no style picture.

The layout is that of the widely used checkpoints: "ResNet-9", 7×7 ends, two steps down and up, instance norm.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeGuard

import torch
import torch.nn.functional as functional
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import WeightsError

# Sides are padded to a multiple of this: two steps down; and to so much that even there something can be mirrored.
STRIDE, SHORTEST_SIDE_PX = 4, 8
# How far a pixel of the result looks: the ends 3 px each, the steps 1 + 2 px, two convolutions a block at quarter size.
ENDS_REACH_PX, BLOCK_REACH_PX = 24, 8
# Of a stranger's file: sizes are memory.
LARGEST_FILE_BYTES, LARGEST_WIDTH, LARGEST_DEPTH = 256 * 2**20, 128, 16

_BLOCK = re.compile(r"model\.(\d{1,2})\.conv_block\.1\.weight")


class Generator(nn.Module):
    """width: channels of the first layer, 64 as published; blocks: residual blocks, 9 as published."""

    def __init__(self, width: int = 64, blocks: int = 9) -> None:
        super().__init__()
        self.blocks = blocks
        deep = 4 * width
        self.model = nn.Sequential(
            *(nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), nn.InstanceNorm2d(width), nn.ReLU(True)),
            *_down(width),
            *_down(2 * width),
            *(_Block(deep) for _ in range(blocks)),
            *_up(deep),
            *_up(2 * width),
            *(nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()),
        )

    @property
    def reach_px(self) -> int:
        """How far a pixel of the result looks: the halo that a tile needs on each side."""
        return ENDS_REACH_PX + BLOCK_REACH_PX * self.blocks

    def forward(self, content: Tensor) -> Tensor:
        """(batch, 3, height, width), values in [0, 1]; the same comes back."""
        height, width = content.shape[-2:]
        right, lower = (max(SHORTEST_SIDE_PX - side, -side % STRIDE) for side in (width, height))
        framed = functional.pad(content, (0, right, 0, lower), mode="replicate")
        kind = next(self.parameters()).dtype
        painted: Tensor = self.model((2 * framed - 1).to(kind)).float()
        return (painted[..., :height, :width] + 1) / 2


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU(True)),
            *(nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)),
        )

    def forward(self, hidden: Tensor) -> Tensor:
        changed: Tensor = self.conv_block(hidden)
        return hidden + changed


def _down(width: int) -> tuple[nn.Module, ...]:
    wide = 2 * width
    return nn.Conv2d(width, wide, 3, stride=2, padding=1), nn.InstanceNorm2d(wide), nn.ReLU(True)


def _up(width: int) -> tuple[nn.Module, ...]:
    half = width // 2
    conv = nn.ConvTranspose2d(width, half, 3, stride=2, padding=1, output_padding=1)
    return conv, nn.InstanceNorm2d(half), nn.ReLU(True)


def load_generator(path: Path) -> Generator:
    """From a .safetensors file or a published .pth checkpoint, of which only weights are read. Raises WeightsError."""
    tensors = _without_leftovers(_read(path))
    generator = Generator(*_shape(path, tensors))
    expected = generator.state_dict()
    for name, its in expected.items():
        if name not in tensors or tensors[name].shape != its.shape:
            raise WeightsError(f"{path} is no CycleGAN generator: {name} is missing or has another shape")
        if not bool(torch.isfinite(tensors[name].half()).all()):
            raise WeightsError(f"{path}: {name} holds values that are not finite in fp16")
    generator.load_state_dict({name: tensors[name].float() for name in expected})
    return generator.requires_grad_(False).eval()


def save_generator(path: Path, generator: Generator, facts: Mapping[str, str] | None = None) -> None:
    """As safetensors in fp16; facts: what the file says of itself."""
    halves = {name: tensor.detach().half().cpu().contiguous() for name, tensor in generator.state_dict().items()}
    save_file(halves, path, metadata=dict(facts or {}))


def _read(path: Path) -> Mapping[str, object]:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise WeightsError(f"{path} is larger than any generator, {LARGEST_FILE_BYTES // 2**20} MiB")
        tidy = path.suffix.lower() == ".safetensors"
        found = load_file(path) if tidy else torch.load(path, "cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    except WeightsError:
        raise
    except Exception as error:  # torch's reader raises whatever a stranger's bytes lead it into
        raise WeightsError(f"{path} is no intact weights file") from error
    if not isinstance(found, Mapping):
        raise WeightsError(f"{path} is no CycleGAN generator: it holds no table of weights")
    return found


def _without_leftovers(found: Mapping[str, object]) -> dict[str, Tensor]:
    """Old checkpoints name every layer "module." and keep statistics that their norms never use."""
    kept = {str(name).removeprefix("module."): each for name, each in found.items() if _is_plain(each)}
    return {name: each for name, each in kept.items() if "running_" not in name and "num_batches" not in name}


def _is_plain(value: object) -> TypeGuard[Tensor]:
    """A pickled tensor may also be sparse, complex, or without any data."""
    if not isinstance(value, Tensor) or value.layout is not torch.strided:
        return False
    return value.is_floating_point() and value.device.type == "cpu"


def _shape(path: Path, tensors: Mapping[str, Tensor]) -> tuple[int, int]:
    first = tensors.get("model.1.weight")
    width = first.shape[0] if first is not None and first.ndim == 4 else 0
    blocks = sum(_BLOCK.fullmatch(name) is not None for name in tensors)
    if not (0 < width <= LARGEST_WIDTH and 0 < blocks <= LARGEST_DEPTH):
        raise WeightsError(f"{path} is no CycleGAN generator of {LARGEST_DEPTH} blocks or fewer")
    return width, blocks
