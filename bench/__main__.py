"""`make bench`: measure, print a table with ratios, and keep the figures under bench/results/."""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from bench.classic import measure_time_to_loss
from bench.engine import Figure, Held, measure_command, measure_steps
from bench.instant import measure_instant, measure_large
from bench.latency import measure_latency
from bench.load import measure_many_pictures, measure_presses, measure_usual_pace
from bench.product import measure_product
from bench.refining import measure_refining
from engine.processor import processor_name

RESULTS = Path(__file__).parent / "results"
HELD = (
    measure_large,
    measure_refining,
    measure_time_to_loss,
    measure_latency,
    measure_product,
    measure_presses,
    measure_usual_pace,
    measure_many_pictures,
)


def main() -> None:
    """Run every measurement, one after the other, and report."""
    console = Console()
    # Before we begin: whatever else runs here makes times worthless, though not sizes.
    load = os.getloadavg()[0]
    moment = datetime.now(UTC)
    figures: list[Figure] = []
    for measure in (measure_steps, measure_command):
        with console.status(measure.__doc__ or ""):
            figures += measure()
    with console.status(measure_instant.__doc__ or ""):
        passes, held = measure_instant()
    figures += passes
    for measure_held in HELD:
        with console.status(measure_held.__doc__ or ""):
            held += measure_held()
        path = _keep(moment, figures, held, load)  # each time: half an hour's figures should not depend on the last one
    console.print(_table(figures), _table_of_limits(held))
    console.print(f"kept in {path}")


def _table(figures: list[Figure]) -> Table:
    table = Table("work", "seconds", "against", "ratio", title=f"{_machine()}, torch {torch.__version__}")
    for figure in figures:
        table.add_row(figure.work, f"{figure.seconds:.3f}", figure.against or "", _ratio(figure))
    return table


def _table_of_limits(held: list[Held]) -> Table:
    table = Table("work", "measured", "limit", "of it", title="limits")
    for each in held:
        table.add_row(each.work, f"{each.value:.3g} {each.unit}", f"{each.limit:g} {each.unit}", f"{each.ratio:.2f}")
    return table


def _ratio(figure: Figure) -> str:
    return f"{figure.ratio:.2f}" if figure.ratio is not None else ""


def _keep(moment: datetime, figures: list[Figure], held: list[Held], load: float) -> Path:
    path = RESULTS / f"{moment:%Y-%m-%d-%H%M%S}.json"
    RESULTS.mkdir(exist_ok=True)
    facts = {
        "at": moment.isoformat(timespec="seconds"),
        "machine": _machine(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "load_before": load,
        "figures": [vars(figure) | {"ratio": figure.ratio} for figure in figures],
        "limits": [vars(each) | {"ratio": each.ratio} for each in held],
    }
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _machine() -> str:
    return f"{processor_name()}, {torch.get_num_threads()} threads, {sys.platform}"


main()
