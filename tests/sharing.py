"""A plug-in of the suite: which tests go to one process, and in what order; the running programs that many share.

Starting the product costs six seconds of processor, a zygote or a Chromium three: the files that share one go to the
same process of pytest-xdist.
"""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.crash.zygote import Zygote
    from tests.end_to_end.stage import Stage

# What shares a zygote, and what a product or a Chromium. The first line that fits a file counts.
SHARING = {
    "tests/crash/test_durable.py": "",  # starts a program of its own
    "tests/crash/": "zygote",
    # One of their own: what waits for a zygote's programs one after another would be the last to end.
    "tests/end_to_end/test_crashes.py": "another zygote",
    "tests/end_to_end/test_rows_admin.py": "another zygote",
    "tests/end_to_end/test_operator.py": "",  # needs none
    "tests/end_to_end/": "product",
    "tests/browser/": "product",
}
SLOW_FOLDERS = ("end_to_end", "crash")


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> "Iterator[Stage]":
    """A stage with the bot running, shared by many files: each test uses people of its own."""
    from tests.end_to_end.stage import Stage

    made = Stage(tmp_path_factory.mktemp("stage"))
    made.start_bot()
    yield made
    made.close()


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Zygote]":
    """Starts programs of the crash tests quickly."""
    from tests.crash.stage import a_zygote

    with a_zygote(tmp_path_factory.mktemp("rehearsal")) as made:
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: what shares something, then whatever else waits for whole programs."""
    items.sort(key=lambda item: (not _shared_by(item.nodeid), item.path.parent.name not in SLOW_FOLDERS))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """File by file, as --dist loadfile says, but for those files."""
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return _shared_by(nodeid) or super()._split_scope(nodeid)

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def _shared_by(nodeid: str) -> str:
    """What the test shares with those of other files; nothing where it shares nothing."""
    path = PurePath(nodeid.partition("::")[0]).as_posix()
    return next((shared for beginning, shared in SHARING.items() if path.startswith(beginning)), "")
