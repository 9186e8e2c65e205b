"""A leg's weights replace the shipped ones only where they are better; the model card gains a line each time."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from engine.encoder import Encoder
from engine.errors import WeightsError
from engine.instant_weights import load_nets, network_id, save_nets
from engine.nets import StyleReader, Transformer
from engine.presets.fitted import load_vector
from engine.train.validation import Validation


@dataclass(frozen=True)
class Shelf:
    """Where the shipped weights lie, and the page that tells how they came about: its last table lists the legs."""

    weights: Path
    card: Path


def ship(
    shelf: Shelf,
    validation: Validation,
    slim: Encoder,
    painter: Transformer,
    reader: StyleReader,
    leg: str,
    vectors: Mapping[str, Tensor] | None = None,
) -> bool:
    """Put these nets on the shelf if they score better than what lies there.

    leg: what the card says about it; vectors: of the presets by name, where they were learned too
    """
    ours, theirs = validation.score(painter, reader, vectors), _score_of(shelf.weights, validation, slim)
    if theirs is not None and ours["score"] >= theirs["score"]:
        sys.stderr.write(f"kept the shipped weights: {theirs} against {ours}\n")
        return False
    save_nets(shelf.weights, painter, reader)
    with shelf.card.open("a", encoding="utf-8") as card:
        card.write(f"| {leg} | {ours['ratio']:.3f} | {ours['ssim']:.3f} | {ours['score']:.3f} |\n")
    sys.stderr.write(f"shipped: {ours}, before it {theirs}\n")
    return True


def _score_of(weights: Path, validation: Validation, slim: Encoder) -> dict[str, float] | None:
    """None where there is nothing to compare with: no weights, or those of another shape of network."""
    try:
        painter, reader = load_nets(weights, slim)
    except WeightsError:
        return None
    network = network_id(weights)
    found = {name: load_vector(name, 1.0, network, painter.style_length) for name in validation.presets}
    vectors = {name: vector.to(slim.device) for name, vector in found.items() if vector is not None}
    if len(vectors) < len(found):  # presets that nobody fitted to these weights
        return None
    return validation.score(painter.to(slim.device), reader.to(slim.device), vectors)
