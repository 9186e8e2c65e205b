"""A training's whole state in one safetensors file: weights, their average, the optimiser's moments, the step."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import WeightsError
from engine.train.optimiser import Optimiser

FILE_NAME = "checkpoint.safetensors"


@dataclass
class Learner:
    """The nets being trained, the average of their weights (which is what ships), and the optimiser."""

    net: nn.Module
    average: nn.Module
    optimiser: Optimiser
    step: int = 0
    seconds: float = 0.0

    def blend(self, decay: float) -> None:
        """Move the average towards the present weights; buffers are copied."""
        # A young average would drag the random start along.
        decay = min(decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            average, now = (list[Tensor](net.parameters()) for net in (self.average, self.net))
            torch._foreach_lerp_(average, now, 1 - decay)
            for kept, buffer in zip(self.average.buffers(), self.net.buffers(), strict=True):
                kept.copy_(buffer)


def save(path: Path, learner: Learner) -> None:
    """Write everything, whole or not at all."""
    tensors: dict[str, Tensor] = {f"net.{name}": tensor for name, tensor in learner.net.state_dict().items()}
    tensors |= {f"average.{name}": tensor for name, tensor in learner.average.state_dict().items()}
    for name, parameter in learner.net.named_parameters():
        for what, tensor in learner.optimiser.state.get(parameter, {}).items():
            tensors[f"optimiser.{what}.{name}"] = tensor
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    draft = path.with_suffix(".draft")
    save_file(plain, draft, metadata={"step": str(learner.step), "seconds": json.dumps(learner.seconds)})
    draft.replace(path)


def restore(path: Path, learner: Learner) -> None:
    """Go on where the file stopped. Raises WeightsError where it does not fit these nets."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        learner.step, learner.seconds = int(metadata["step"]), float(metadata["seconds"])
        learner.net.load_state_dict(_under("net.", tensors))
        learner.average.load_state_dict(_under("average.", tensors))
    except (SafetensorError, OSError, KeyError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path} is no checkpoint of this training") from error
    parameters = dict(learner.net.named_parameters())
    for key, tensor in _under("optimiser.", tensors).items():
        what, _, name = key.partition(".")
        if name in parameters:
            # Moments lie beside the weights, in their memory format; Adam's counter stays on the CPU.
            beside = torch.empty_like(parameters[name]).copy_(tensor) if tensor.ndim else tensor
            learner.optimiser.state[parameters[name]][what] = beside.detach()


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
