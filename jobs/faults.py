"""Moments at which a test ends or stops the process, as power, kernel and operators do it. Nothing outside tests."""

import os
import signal
from pathlib import Path

# A folder. A file in it that is named after a moment holds the name of a signal, such as SIGKILL.
VARIABLE = "PASTICHE_TEST_FAULTS"

_folder: Path | None = None


def arm() -> None:
    """Look into the environment."""
    global _folder
    _folder = Path(os.environ[VARIABLE]) if VARIABLE in os.environ else None


def are_armed() -> bool:
    """Whether a test may order something."""
    return _folder is not None


def hit(moment: str) -> None:
    """The process has come to this moment; where a test waits for that, it gets the signal, once."""
    if _folder is not None:
        _strike(_folder / moment)


def _strike(order: Path) -> None:
    try:
        number = signal.Signals[order.read_text()]
        order.unlink()  # first: whoever comes by here after a restart lives on
    except FileNotFoundError:
        return
    os.kill(os.getpid(), number)


arm()
