"""A sign of life for health checks: the event loop touches a file, and whoever asks looks how old it is.

`python -m pastiche.alive` asks; its exit code tells. A health check comes every half a minute for ever, so it loads
neither the command line nor the settings, which would cost a second of processor each time.
"""

import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path

NAME = "alive"
BEAT_EVERY_S = 5.0
# As long as a busy machine may hold up the loop.
FRESH_S = 30.0


async def beat(folder: Path, stop: asyncio.Event) -> None:
    """Touch the file until stop is set. A full disk does not matter here: whoever asks will hear of no life."""
    path = folder / NAME
    while not stop.is_set():
        with contextlib.suppress(OSError):
            path.touch()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BEAT_EVERY_S):
                await stop.wait()
    path.unlink(missing_ok=True)


def is_alive(folder: Path) -> bool:
    """Whether somebody has beaten here lately."""
    try:
        return time.time() - (folder / NAME).stat().st_mtime < FRESH_S
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not is_alive(Path(os.environ.get("PASTICHE_DATA_DIR") or "data")))
