"""Trainings on the command line: python -m engine.train net|style|pack"""

import os
import sys
from pathlib import Path
from typing import Annotated

# Read when torch is loaded: waiting threads sleep early, so that a training in the background starves nobody.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")

import torch
import typer

from engine.encoder import Encoder
from engine.errors import EngineError
from engine.judge import Judge
from engine.train.net import SCORE_COPIES, SCORE_PHOTOS, SCORE_STYLES, Settings, Training
from engine.train.pictures import hold_out, read_folders
from engine.train.validation import Validation
from engine.weights import SHIPPED_SLIM

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def train() -> None:
    """Train what ships."""


@app.command()
def net(
    photos: Annotated[Path, typer.Option()],
    styles: Annotated[list[Path], typer.Option()],
    out: Annotated[Path, typer.Option()] = Path("out/train"),
    minutes: Annotated[float | None, typer.Option()] = None,
    steps: Annotated[int | None, typer.Option()] = None,
    batch: Annotated[int, typer.Option()] = 4,
    size: Annotated[int, typer.Option()] = 192,
    rate: Annotated[float, typer.Option()] = 2e-3,
    judge: Annotated[Path | None, typer.Option()] = None,
    start: Annotated[Path | None, typer.Option()] = None,
    device: Annotated[str, typer.Option()] = "auto",
    threads: Annotated[int | None, typer.Option()] = None,
    bank: Annotated[int, typer.Option()] = 6000,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train the instant network."""
    if threads:
        torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    settings = Settings(
        out=out,
        minutes=minutes,
        steps=steps,
        batch=batch,
        side_px=size,
        learning_rate=rate,
        device=device,
        bank=bank,
        seed=seed,
    )
    all_photos = read_folders([photos], shortest_side_px=256)
    all_styles = read_folders(styles, shortest_side_px=512)
    unseen_photos = hold_out(all_photos.names, 20, 0, SCORE_PHOTOS)
    unseen_styles = hold_out([n for n in all_styles.names if not n.startswith(SCORE_COPIES)], 10, 0, SCORE_STYLES)
    copies = {name for name in all_styles.names if name.startswith(SCORE_COPIES)}
    training = Training(settings, all_photos.without(unseen_photos), all_styles.without(unseen_styles | copies), start)
    validation = None
    if judge:
        slim = Encoder.load(SHIPPED_SLIM, name="slim", device=training.device)
        validation = Validation(
            all_photos.only(unseen_photos), all_styles.only(unseen_styles), slim, Judge(judge, training.device)
        )
    print("held out:", sorted(unseen_styles), sorted(unseen_photos), file=sys.stderr)
    training.run(validation)


def main() -> None:
    try:
        app()
    except EngineError as error:
        sys.exit(f"train: {error}")


if __name__ == "__main__":
    main()
