"""`make bench`: measure, print a table with ratios, and keep the figures under bench/results/."""

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from bench.engine import Figure, measure_command, measure_steps
from engine.processor import processor_name

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Run every measurement, one after the other, and report."""
    console = Console()
    figures: list[Figure] = []
    for measure in (measure_steps, measure_command):
        with console.status(measure.__doc__ or ""):
            figures += measure()
    console.print(_table(figures))
    console.print(f"kept in {_keep(figures)}")


def _table(figures: list[Figure]) -> Table:
    table = Table("work", "seconds", "against", "ratio", title=f"{_machine()}, torch {torch.__version__}")
    for figure in figures:
        table.add_row(figure.work, f"{figure.seconds:.3f}", figure.against or "", _ratio(figure))
    return table


def _ratio(figure: Figure) -> str:
    return f"{figure.ratio:.2f}" if figure.ratio is not None else ""


def _keep(figures: list[Figure]) -> Path:
    moment = datetime.now(UTC)
    path = RESULTS / f"{moment:%Y-%m-%d-%H%M%S}.json"
    RESULTS.mkdir(exist_ok=True)
    facts = {
        "at": moment.isoformat(timespec="seconds"),
        "machine": _machine(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "figures": [vars(figure) | {"ratio": figure.ratio} for figure in figures],
    }
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _machine() -> str:
    return f"{processor_name()}, {torch.get_num_threads()} threads, {sys.platform}"


main()
