"""`pastiche lab` as an operator meets it: files appear whole, mistakes are one line."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pastiche.cli import main
from tests.engine.builders import a_photo, a_style

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, cache_folder: Path, tmp_path: Path) -> Run:
    """Runs the command in this process, with three pictures beside it, and returns its exit code."""
    a_photo(80, 60).save(tmp_path / "a.png")
    a_style(64, 48).save(tmp_path / "b.png")
    changed = a_photo(80, 60)
    changed.paste("white", (10, 10, 22, 22))
    changed.save(tmp_path / "c.png")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["pastiche", "lab", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_info:
            main()
        return int(exit_info.value.code or 0)

    return run


@pytest.mark.parametrize(
    ("command", "size"),
    [
        pytest.param("palette b.png -o out.png", (64, 48), id="palette"),
        pytest.param("reconstruct a.png --layer relu2_1 -o out.png", (64, 48), id="reconstruct"),
        pytest.param("layer-view --layer relu2_1 --channel 3 -o out.png", (64, 64), id="layer view"),
        pytest.param("morph a.png b.png --frames 4 -o out.gif", (64, 48), id="morph"),
        pytest.param("spot-difference a.png c.png --frames 4 -o out.webp", (64, 48), id="spot the difference"),
    ],
)
def test_a_study_becomes_a_file(run: Run, tmp_path: Path, command: str, size: tuple[int, int]) -> None:
    code = run(*command.split(), "--size", 64, "--steps", 2)

    out = tmp_path / command.rpartition(" ")[2]
    assert code == 0
    with Image.open(out) as made:
        assert made.size == size
        assert getattr(made, "n_frames", 1) == (1 if out.suffix == ".png" else 4)
    assert {path.name for path in tmp_path.iterdir()} - {"a.png", "b.png", "c.png"} == {
        out.name,
        *(["out.png"] if "spot" in command else []),
    }


@pytest.mark.parametrize(
    ("command", "said"),
    [
        pytest.param("palette none.jpg -o made.png", "there is no file", id="no style"),
        pytest.param("palette a.png -o made.gif", "must end in one of .jpg", id="a picture as GIF"),
        pytest.param("morph a.png b.png -o made.png", "must end in one of .mp4", id="an animation as PNG"),
        pytest.param("morph a.png b.png -o made.gif --frames 1", "number of frames", id="one frame"),
        pytest.param("layer-view --layer relu9_1 -o made.png", "it has conv1_1", id="unknown layer"),
        pytest.param("layer-view --layer relu1_1 --channel 500 -o made.png", "channels 0 to 31", id="no such channel"),
        pytest.param("reconstruct a.png -o made.png --size 5", "size must be", id="size 5"),
        pytest.param("spot-difference a.png b.png -o made.webp --still made.webp", "cannot hold both", id="one name"),
        pytest.param("reconstruct a.png -o none/made.png", "there is no folder", id="no folder"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, said: str
) -> None:
    code = run(*command.split())

    [line] = capsys.readouterr().err.splitlines()
    assert code == 2
    assert said in line
    assert not list(tmp_path.glob("*made*"))
