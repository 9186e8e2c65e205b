"""A painter on the command line: loaded with a word, and watched with a bar where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine import Laboratory, open_painter
from engine import Progress as Step


def load_painter(*, device: str, backbone: str = "auto", weights: Path | None = None) -> Laboratory:
    """Load the nets. Raises EngineError."""
    from rich.console import Console

    from pastiche.settings import read_settings

    with Console(stderr=True).status("loading", spinner="line"):
        folder = read_settings().weights_folder
        return open_painter(backbone=backbone, weights=weights, weights_dir=folder, device=device)


@contextmanager
def bar_shown() -> Iterator[Callable[[Step], None]]:
    """A bar that every step given moves; gone when it ends, absent where nobody watches: a failure is its one line."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:>9}"), BarColumn(None), TaskProgressColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        def show(step: Step) -> None:
            bar.update(task, description=step.stage, completed=step.step, total=step.steps)

        yield show
