"""What can be held of the images without a Docker engine: pins, hashes, users, what goes in, and no torch in front."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from setuptools import find_namespace_packages  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "torchvision", "numpy", "safetensors", "triton", "scipy", "av"}


def dockerfile() -> str:
    """The Dockerfile, continued lines joined and remarks left out."""
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def stages() -> dict[str, tuple[str, str]]:
    """Name of each stage: what it builds upon, and its instructions."""
    found = re.findall(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", dockerfile(), re.M | re.S)
    return {name: (base, text) for base, name, text in found}


def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return found


def locked() -> dict[str, str]:
    """The lock's entries by name, hashes included."""
    return {text.partition("==")[0]: text for text in re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text())}


def closure(requirements: list[str]) -> set[str]:
    """All packages that these need on this machine, by what the installed ones declare."""
    from packaging.requirements import Requirement

    found: dict[str, set[str]] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        extras = {"", *wanted.extras} - found.get(name, set())
        if not extras:
            continue
        found.setdefault(name, set()).update(extras)
        needs = [Requirement(text) for text in distribution(name).requires or []]
        waiting += [
            need
            for need in needs
            if any(need.marker is None or need.marker.evaluate({"extra": extra}) for extra in extras)
        ]
    return set(found)


def test_every_image_stands_on_one_slim_python_that_is_pinned_by_digest() -> None:
    outside = {base for base, _ in stages().values()} - set(stages())

    [base] = outside
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)
    assert "cuda" not in dockerfile().lower()


def test_everything_installed_comes_from_the_lock_with_its_hashes() -> None:
    installs = re.findall(r"(?:pip install|pip sync)[^&\n]*", dockerfile())

    own = [install for install in installs if install.rstrip().endswith(".whl")]
    assert all("--no-deps" in install and "--offline" in install for install in own)
    assert all("--require-hashes" in install for install in installs if install not in own)
    assert len(own) == 2
    assert len(installs) == 5


def test_both_subsets_are_cut_from_the_lock_in_the_same_way() -> None:
    front, worker = (stages()[name][1] for name in ("front-packages", "worker-packages"))

    assert worker.replace("worker.lock", "front.lock").replace(" --extra engine", "") == front
    assert "! grep --invert-match --line-regexp --fixed-strings --file requirements.lock front.lock" in front


@pytest.mark.parametrize("target", ["front", "worker"])
def test_a_target_runs_as_an_ordinary_user_and_tells_its_health(target: str) -> None:
    _, text = stages()[target]

    [user] = re.findall(r"^USER (\d+)$", text, re.M)
    assert int(user) >= 1000
    assert re.search(r"^HEALTHCHECK .*CMD \[", text, re.M)


def test_only_what_is_named_goes_into_a_build() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]

    named = {line.removeprefix("!") for line in lines if line.startswith("!")}
    packages = {name.partition(".")[0] for name in find_namespace_packages(str(ROOT), include=_packages())}
    assert lines[0] == "*"
    assert named == packages | {"pyproject.toml", "requirements.lock", "README.md", "LICENSE"}


def test_what_lies_beside_the_code_goes_into_the_wheel() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    folders = [ROOT / name.replace(".", "/") for name in find_namespace_packages(str(ROOT), include=_packages())]

    packed = {path for folder in folders for pattern in [*patterns, "*.py"] for path in folder.glob(pattern)}
    tops = {folder for folder in folders if folder.parent == ROOT}
    there = {path for top in tops for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert there - packed == set()


def test_the_front_needs_no_torch() -> None:
    dependencies = project()["dependencies"]
    assert isinstance(dependencies, list)

    needed = closure(dependencies)

    assert not needed & HEAVY
    assert not any(name.startswith("nvidia") for name in needed)


def test_the_lock_holds_what_both_images_need_with_hashes() -> None:
    facts = project()
    dependencies, extras = facts["dependencies"], facts["optional-dependencies"]
    assert isinstance(dependencies, list)
    assert isinstance(extras, dict)

    needed = closure([*dependencies, *extras["engine"]])

    lock = locked()
    assert "torch" in needed
    assert [name for name in needed if "--hash=sha256:" not in lock.get(name, "")] == []


def test_the_front_starts_where_there_is_no_torch() -> None:
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({sorted(HEAVY)}));"
        "import bot.app, jobs.worker, jobs.decoder_main, pastiche.cli, pastiche.run, playground.app"
    )

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.stderr == ""
    assert ran.returncode == 0


def test_compose_runs_the_product_with_a_root_that_cannot_be_written() -> None:
    text = (ROOT / "compose.yaml").read_text()

    for line in (
        "target: worker",
        'command: ["run"]',
        "env_file: .env",
        "PASTICHE_DATA_DIR: /data",
        "- data:/data",
        "- /tmp",
        "read_only: true",
        "cap_drop: [ALL]",
    ):
        assert re.search(rf"^ +{re.escape(line)}$", text, re.M), line
    assert re.findall(r"^  (\w+):$", text, re.M) == ["pastiche", "data"]


def _packages() -> list[str]:
    found: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"][
        "include"
    ]
    return found
