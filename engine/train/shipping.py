"""A leg's weights replace the shipped ones only where they are better; the model card gains a line each time."""

import sys
from dataclasses import dataclass
from pathlib import Path

from engine.encoder import Encoder
from engine.errors import WeightsError
from engine.instant_weights import load_nets, save_nets
from engine.nets import StyleReader, Transformer
from engine.train.validation import Validation


@dataclass(frozen=True)
class Shelf:
    """Where the shipped weights lie, and the page that tells how they came about: its last table lists the legs."""

    weights: Path
    card: Path


def ship(
    shelf: Shelf, validation: Validation, slim: Encoder, painter: Transformer, reader: StyleReader, leg: str
) -> bool:
    """Put these nets on the shelf if they score better than what lies there; leg: what the card says about it."""
    ours, theirs = validation.score(painter, reader), _score_of(shelf.weights, validation, slim)
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
    return validation.score(painter.to(slim.device), reader.to(slim.device))
