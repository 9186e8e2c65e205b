"""What several kinds of tests share: the test data, photographs that may be shown, and Chromium."""

import gc
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest
import structlog
from PIL import Image

pytest_plugins = ["tests.logged", "tests.sharing", "tests.statements"]

# Two threads of one painting wait for each other at every layer; beside other tests they are slower than one. Read when
# torch is loaded, also by the programs that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Containers often forbid Python to keep what it has compiled. The suite starts Python a hundred times, and each start
# would compile all of torch anew: four seconds instead of one.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Each of the suite's many thousand commits waits for the disk, up to ten milliseconds. Whether we ask for that is seen
# from the kernel (crash/test_durable.py); the waiting itself proves nothing: where there is room, files lie in memory.
MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 2**30
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def missing(reason: str) -> None:
    """Skip the test for want of something outside the project; under PASTICHE_NO_SKIP=1 that is a failure."""
    if os.environ.get("PASTICHE_NO_SKIP") == "1":
        pytest.fail(f"{reason}, and PASTICHE_NO_SKIP=1 forbids skipping")
    pytest.skip(reason)  # a user's machine need not have it


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look through all of torch again and again."""
    gc.freeze()


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder that PASTICHE_TEST_DATA names, with data/ and weights/ in it."""
    folder = os.environ.get("PASTICHE_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        missing("PASTICHE_TEST_DATA does not name a folder with test data")
    return Path(str(folder))


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where this run's painters remember their self-check: made once, and nobody's own is read."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with all its tables, to be copied: making one takes ten times as long."""
    from models.upgrade import upgrade_now

    path = tmp_path_factory.mktemp("template") / "pastiche.sqlite"
    upgrade_now(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def log_as_before() -> Iterator[None]:
    """Puts the log back after a command that set it up in the tests' own process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@dataclass(frozen=True)
class TinyDisk:
    """A disk of eight megabytes at that folder."""

    folder: Path

    def fill(self) -> None:
        """Leave no room for another byte."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (65_536, 4096, 1):
                try:
                    while ballast.write(bytes(size)) == size:
                        pass
                except OSError:
                    pass  # full for pieces of this size: that is what is wanted

    def make_room(self) -> None:
        """As it was before it was full."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[TinyDisk]:
    """A disk that a test can fill."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], capture_output=True)
    if mounted.returncode:
        missing("no file system can be mounted here")
    yield TinyDisk(folder)
    # Lazily: a child on its last breath may still have a file open.
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium on this machine."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing("no Chromium on this machine")
    return str(found)


def photo_of(name: str, longest_side_px: int = 320) -> Image.Image:
    """A photograph that may be shown: astronaut, coffee, chelsea or rocket of skimage."""
    spec = find_spec("skimage")  # not imported: that would load all of scipy, most of a second in each process
    assert spec is not None
    [path] = Path(str(spec.origin)).parent.glob(f"data/{name}.*")
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((longest_side_px, longest_side_px))
    return picture


def jpeg_of(picture: Image.Image, quality: int = 90) -> bytes:
    """The picture as a JPEG file."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
