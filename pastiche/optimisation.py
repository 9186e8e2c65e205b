"""The words of `pastiche stylise` for how an optimisation is to be done."""

from enum import StrEnum

from pastiche.errors import OperatorError


class Optimizer(StrEnum):
    """What takes the steps."""

    ADAM = "adam"
    LBFGS = "lbfgs"


class StyleLoss(StrEnum):
    """How the statistics of two styles are compared."""

    W2 = "w2"
    GRAM = "gram"
    COVARIANCE = "covariance"
    NORMALISED_GRAM = "normalised-gram"


class Pooling(StrEnum):
    """How the encoder makes its features smaller."""

    MAX = "max"
    AVERAGE = "average"
    L2 = "l2"


def read_layers(words: str | None) -> tuple[tuple[str, float], ...] | None:
    """`relu1_1:2,relu3_1` as layers with weights; None where nothing was said. Raises OperatorError."""
    if words is None:
        return None
    return tuple(_read_layer(word.strip()) for word in words.split(","))


def _read_layer(word: str) -> tuple[str, float]:
    name, _, weight = word.partition(":")
    try:
        return name, float(weight or 1.0)
    except ValueError:
        raise OperatorError(f"{weight!r} is no weight of the layer {name}: say NAME or NAME:NUMBER") from None
