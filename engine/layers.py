"""The shapes of VGG19 and VGG16 and the names of their layers: convN_M, reluN_M, poolN, or torchvision's index."""

import re
from collections.abc import Iterable

from engine.errors import UnknownLayer


class Layout:
    """One member of the family: which layers stand in which order.

    names: of all layers, shallow to deep
    conv_indices: where its convolutions stand
    """

    def __init__(self, title: str, convs_per_block: tuple[int, ...]) -> None:
        self.title = title
        self.names = _names(convs_per_block)
        self.conv_indices = tuple(index for index, name in enumerate(self.names) if name.startswith("conv"))
        self._convs_per_block = convs_per_block
        self._index_by_name = {name: index for index, name in enumerate(self.names)}

    def index_of(self, layer: str | int) -> int:
        """The index of a layer given by name or index; raises UnknownLayer where there is none such."""
        text = str(layer)
        if text in self._index_by_name:
            return self._index_by_name[text]
        if text.isdecimal() and int(text) < len(self.names):
            return int(text)
        listed = ", ".join(self.names)
        raise UnknownLayer(
            f"{self.title} has no layer {text!r}; it has {listed} (or their indices 0 to {len(self.names) - 1})"
        )

    def last_index(self, last_conv: int) -> int:
        """The deepest layer that needs no convolution beyond last_conv: its ReLU, or the pool that follows it."""
        after = last_conv + 2
        return after if after < len(self.names) and self.names[after].startswith("pool") else last_conv + 1

    def stride_px(self, layer: str) -> int:
        """How many pixels of the picture lie between two positions of this layer."""
        passed = self.names[: self.index_of(layer) + 1]
        return 1 << sum(name.startswith("pool") for name in passed)

    def reach_px(self, layer: str) -> int:
        """How far a position of this layer looks in the picture, to each side at most."""
        reach, stride = 0, 1
        for name in self.names[: self.index_of(layer) + 1]:
            reach += stride if name.startswith(("conv", "pool")) else 0
            stride *= 2 if name.startswith("pool") else 1
        return reach

    def require(self, layer: str | int, deepest: int) -> str:
        """The name of a layer that was asked for expressly: it is never replaced.

        Raises UnknownLayer with the layers that exist up to the index deepest.
        """
        index = self.index_of(layer)
        if index > deepest:
            listed = ", ".join(self.names[: deepest + 1])
            raise UnknownLayer(f"this backbone has no layer {self.names[index]}; it has {listed}")
        return self.names[index]

    def prefer(self, preferences: Iterable[str], deepest: int) -> str:
        """The first of a recipe's preferred layers that exists, else the deepest ReLU at or below the first of them."""
        names = list(preferences)
        for name in names:
            if name in self._index_by_name and self._index_by_name[name] <= deepest:
                return name
        highest = min(self.index_of(self._within_block(names[0])), deepest)
        return next(name for name in reversed(self.names[: highest + 1]) if name.startswith("relu"))

    def _within_block(self, name: str) -> str:
        """Recipes speak of VGG19, whose blocks are longer than VGG16's: there, the block's last."""
        found = re.fullmatch(r"(conv|relu)([1-5])_([1-4])", name)
        if found is None:
            return name
        kind, block, conv = found[1], int(found[2]), int(found[3])
        return f"{kind}{block}_{min(conv, self._convs_per_block[block - 1])}"


def _names(convs_per_block: tuple[int, ...]) -> tuple[str, ...]:
    names: list[str] = []
    for block, convs in enumerate(convs_per_block, start=1):
        for conv in range(1, convs + 1):
            names += [f"conv{block}_{conv}", f"relu{block}_{conv}"]
        names.append(f"pool{block}")
    return tuple(names)


VGG19 = Layout("VGG19", (2, 2, 4, 4, 4))
VGG16 = Layout("VGG16", (2, 2, 3, 3, 3))


def layout_of(backbone: str) -> Layout:
    """The shape of a backbone: all but vgg16 are VGG19's or the beginning of it."""
    return VGG16 if backbone == "vgg16" else VGG19
