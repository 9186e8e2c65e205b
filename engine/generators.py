"""Presets that are CycleGAN generators: what they can be asked for, and the networks, kept while they are in use."""

from functools import lru_cache
from pathlib import Path

import torch

from engine.cyclegan import Generator, load_generator
from engine.errors import InvalidRequest
from engine.poster import GeneratorTiler
from engine.presets import find_preset, state_of
from engine.request import StyleRequest

# As published, one takes 45 MB in fp32.
KEPT = 4


def refuse_generators(request: StyleRequest) -> None:
    """Raises InvalidRequest where a style is a generator: there is nothing an optimisation could aim at."""
    for name in _generators_of(request):
        raise InvalidRequest(f"{name} is a CycleGAN generator: it has no style picture to optimise for")


def generator_of(request: StyleRequest, device: torch.device, dtype: torch.dtype) -> GeneratorTiler | None:
    """What paints a request of a single pass; None: the instant network does. Raises InvalidRequest, WeightsError."""
    for name, path in _generators_of(request).items():
        if len(request.styles) > 1:
            raise InvalidRequest(f"{name} is a CycleGAN generator: it cannot be mixed with other styles")
        return GeneratorTiler(_loaded(path, state_of(path), device, dtype), request.strength)
    return None


def _generators_of(request: StyleRequest) -> dict[str, Path]:
    """By the names of their presets."""
    presets = [find_preset(style.preset) for style in request.styles if style.preset is not None]
    return {preset.name: preset.generator_path for preset in presets if preset and preset.generator_path}


@lru_cache(maxsize=KEPT)
def _loaded(path: Path, state: tuple[int, int, int] | None, device: torch.device, dtype: torch.dtype) -> Generator:
    """state: so that a file that was replaced is read anew."""
    return load_generator(path).to(device, dtype).to(memory_format=torch.channels_last)
