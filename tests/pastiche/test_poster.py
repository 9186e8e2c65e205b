"""`pastiche poster`: a sheet of the size of its paper, and mistakes in one line."""

import sys
from pathlib import Path

import pytest
from PIL import Image

from pastiche.cli import main
from tests.conftest import photo_of


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of the command."""
    monkeypatch.setattr(sys, "argv", ["pastiche", "poster", *map(str, arguments)])
    with pytest.raises(SystemExit) as ending:
        main()
    return int(ending.value.code or 0)


@pytest.mark.parametrize(("fit", "margin"), [("whole", (255, 255, 255)), ("fill", None)])
def test_a_photo_becomes_a_sheet_with_the_size_of_its_paper(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fit: str, margin: tuple[int, int, int] | None
) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "poster.png"
    photo_of("coffee", 120).crop((0, 0, 120, 60)).save(photo)

    code = run(monkeypatch, photo, "--style", "ink-wash", "--paper", "60x50mm", "--dpi", 300, "--fit", fit, "-o", out)

    assert code == 0
    with Image.open(out) as sheet:
        assert sheet.size == (709, 591)
        assert [round(float(each)) for each in sheet.info["dpi"]] == [300, 300]
        assert (sheet.getpixel((350, 2)) == (255, 255, 255)) == (margin is not None)
        assert sheet.resize((1, 1), box=(0, 200, 709, 400)).getpixel((0, 0)) != (255, 255, 255)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--paper", "B9"], "paper must be"),
        (["--dpi", "72"], "dpi must be"),
        (["--strength", "2"], "strength must be"),
        (["--style", "nobody"], "neither a file nor a preset"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    words: str,
) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "poster.pdf"
    photo_of("coffee", 80).save(photo)

    code = run(monkeypatch, photo, "--style", "ink-wash", "-o", out, *arguments)

    [line] = capsys.readouterr().err.strip().splitlines()
    assert (code, words in line, out.exists()) == (2, True, False)
