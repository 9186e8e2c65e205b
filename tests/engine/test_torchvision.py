"""What our encoder computes and calls its layers is what torchvision computes and calls them.

All in one file, and torchvision imported in its tests only: it brings torch's compiler along, which costs every process
of the suite that loads it two seconds.
"""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.encoder import Encoder
from engine.layers import VGG16, VGG19, Layout
from engine.weights import Weights, load_weights
from tests.engine.conftest import CPU

LETTERS = {VGG16: "D", VGG19: "E"}  # as torchvision calls them


def modules_of(layout: Layout) -> torch.nn.Sequential:
    """torchvision's own layers, with random weights."""
    from torchvision.models.vgg import cfgs, make_layers

    made: torch.nn.Sequential = make_layers(cfgs[LETTERS[layout]])
    return made


def some_pixels() -> Tensor:
    return torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(1))


def reference_features(weights: Weights, pixels: Tensor) -> list[Tensor]:
    """What torchvision's own modules compute with zero padding, at every index."""
    modules = modules_of(VGG19)[: max(weights.convs) + 2]
    for index, conv in weights.convs.items():
        modules[index] = torch.nn.Conv2d(conv.weight.shape[1], len(conv.bias), 3, padding=1)
        modules[index].load_state_dict({"weight": conv.weight, "bias": conv.bias})
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    hidden, taken = (pixels - mean) / std, []
    for module in modules:
        hidden = module(hidden)
        taken.append(hidden.detach().clone())  # the in-place ReLU comes next
    return taken


def test_every_layer_is_what_torchvision_computes(small_file: Path) -> None:
    weights, pixels = load_weights(small_file), some_pixels()
    encoder = Encoder(weights, name="slim", device=CPU, frame="zeros")

    found = encoder.features(pixels, encoder.layers)

    expected = reference_features(weights, pixels)
    assert list(found) == list(encoder.layers)
    for layer, values in zip(found.values(), expected, strict=True):
        torch.testing.assert_close(layer, values, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("layout", [VGG19, VGG16], ids=["VGG19", "VGG16"])
def test_names_stand_where_torchvision_has_such_a_module(layout: Layout) -> None:
    with torch.device("meta"):
        modules = modules_of(layout)

    kinds = {"Conv2d": "conv", "ReLU": "relu", "MaxPool2d": "pool"}
    assert [kinds[type(module).__name__] for module in modules] == [name[:4] for name in layout.names]
    assert [index for index, module in enumerate(modules) if hasattr(module, "weight")] == list(layout.conv_indices)


@pytest.mark.weights
def test_prefix_computes_what_torchvision_computes(prefix_file: Path) -> None:
    modules = modules_of(VGG19)[:18]
    modules.load_state_dict({name.removeprefix("features."): each for name, each in load_file(prefix_file).items()})
    pixels = some_pixels()
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])

    found = Encoder.load(prefix_file, name="vgg19", device=CPU).features(pixels, ["relu3_4"])["relu3_4"]

    expected = modules((pixels - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)).detach()
    # Our replicated border differs from zero padding at first hand within 12 pixels, three here.
    torch.testing.assert_close(found[..., 4:-4, 4:-4], expected[..., 4:-4, 4:-4], rtol=1e-3, atol=1e-3)
