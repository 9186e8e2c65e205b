"""The shape of VGG19 and the names of its layers: convN_M, reluN_M, poolN, or torchvision's index 0 to 36."""

from collections.abc import Iterable

from engine.errors import UnknownLayer

CONVS_PER_BLOCK = (2, 2, 4, 4, 4)


def _names() -> tuple[str, ...]:
    names: list[str] = []
    for block, convs in enumerate(CONVS_PER_BLOCK, start=1):
        for conv in range(1, convs + 1):
            names += [f"conv{block}_{conv}", f"relu{block}_{conv}"]
        names.append(f"pool{block}")
    return tuple(names)


NAMES = _names()
CONV_INDICES = tuple(index for index, name in enumerate(NAMES) if name.startswith("conv"))
_INDEX_BY_NAME = {name: index for index, name in enumerate(NAMES)}


def index_of(layer: str | int) -> int:
    """The index of a layer given by name or index; raises UnknownLayer where VGG19 has none such."""
    text = str(layer)
    if text in _INDEX_BY_NAME:
        return _INDEX_BY_NAME[text]
    if text.isdecimal() and int(text) < len(NAMES):
        return int(text)
    raise UnknownLayer(
        f"VGG19 has no layer {text!r}; it has {', '.join(NAMES)} (or their indices 0 to {len(NAMES) - 1})"
    )


def last_index(last_conv: int) -> int:
    """The deepest layer that needs no convolution beyond last_conv: its ReLU, or the pool that follows it."""
    after = last_conv + 2
    return after if after < len(NAMES) and NAMES[after].startswith("pool") else last_conv + 1


def require(layer: str | int, deepest: int) -> str:
    """The name of a layer that was asked for expressly: it is never replaced.

    Raises UnknownLayer with the layers that exist up to the index deepest.
    """
    index = index_of(layer)
    if index > deepest:
        raise UnknownLayer(f"this backbone has no layer {NAMES[index]}; it has {', '.join(NAMES[: deepest + 1])}")
    return NAMES[index]


def prefer(preferences: Iterable[str], deepest: int) -> str:
    """The first of a recipe's preferred layers that exists, else the deepest ReLU at or below the first of them."""
    indices = [index_of(name) for name in preferences]
    for index in indices:
        if index <= deepest:
            return NAMES[index]
    return next(name for name in reversed(NAMES[: min(indices[0], deepest) + 1]) if name.startswith("relu"))
