"""A plug-in of the suite: which tests go to one process, and in what order; the running product that many share.

Starting the product costs six seconds of processor: the files that share one go to the same process of pytest-xdist.
"""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.stage import Stage

SLOW_FOLDERS = ("end_to_end", "browser", "crash")
SHARING = "tests/end_to_end/", "tests/browser/test_whole_product.py"
# Kills its product, and needs none.
APART = "tests/end_to_end/test_crashes.py", "tests/end_to_end/test_operator.py"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> "Iterator[Stage]":
    """A stage with the bot running, shared by many files: each test uses people of its own."""
    from tests.end_to_end.stage import Stage

    made = Stage(tmp_path_factory.mktemp("stage"))
    made.start_bot()
    yield made
    made.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: what shares the product, then whatever else waits for whole programs."""
    items.sort(key=lambda item: (not _shares(item.nodeid), item.path.parent.name not in SLOW_FOLDERS))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """File by file, as --dist loadfile says, but for those files."""
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return "sharing" if _shares(nodeid) else super()._split_scope(nodeid)

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def _shares(nodeid: str) -> bool:
    path = PurePath(nodeid.partition("::")[0]).as_posix()
    return path.startswith(SHARING) and path not in APART
