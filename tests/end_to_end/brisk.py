"""`pastiche` that hardly rests between what it says in one chat: python -m tests.end_to_end.brisk run.

How long it rests otherwise is seen elsewhere (bot/test_pacing.py, the floods of test_rows_admin.py): here every test
would only wait for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from bot.config import BotConfig
from bot.pacing import Limits
from pastiche import cli, run

LIMITS = Limits(private_rate=25.0, group_rate=25.0)
CONFIG = partial(BotConfig, progress_every_s=1.0, album_quiet_s=0.5)


@contextmanager
def brisk() -> Iterator[None]:
    """Inside, the product is started so."""
    with patch.object(run, "BotConfig", CONFIG), patch.object(Limits, "with_calls_a_second", lambda calls: LIMITS):
        yield


if __name__ == "__main__":
    with brisk():
        cli.main()
