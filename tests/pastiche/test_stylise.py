"""`pastiche stylise` as an operator meets it: pictures in, a picture out, mistakes in one line."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pastiche.cli import main
from pastiche.stylise import read_picture

Run = Callable[..., int]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of an odd shape: 97 × 61."""
    y, x = np.mgrid[0:61, 0:97]
    pixels = np.stack([x * 2, y * 3, 120 + 60 * np.sin(x / 5)], axis=-1)
    path = tmp_path / "photo.png"
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in this process and returns its exit code."""

    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["pastiche", "stylise", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_info:
            main()
        return int(exit_info.value.code or 0)

    return run


def test_a_picture_and_a_preset_become_a_picture_and_a_report(run: Run, photo: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out.jpg", tmp_path / "out.json"

    code = run(photo, "ink-wash", "-o", out, "--size", 64, "--steps", 3, "--report", report)

    facts = json.loads(report.read_text())
    assert code == 0
    with Image.open(out) as made:
        assert made.size == (64, 40)
    assert facts["settings"]["longest_side_px"] == 64
    assert facts["scales"][-1]["losses"].keys() == {"content", "style", "tv", "total"}
    assert {"seconds", "device", "dtype", "path", "threads", "versions"} <= facts.keys()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["out.jpg", "out.json", "photo.png"]


def test_several_styles_are_mixed_by_their_weights(run: Run, photo: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out.png", tmp_path / "out.json"
    colon = tmp_path / "a:2"
    Image.new("RGB", (70, 70), "teal").save(colon, "PNG")

    code = run(photo, "ink-wash:3", colon, f"{photo}:0.5", "-o", out, "--method", "instant", "--report", report)

    told = json.loads(report.read_text())["settings"]
    assert code == 0
    assert told["method"] == "instant"
    assert [(style["preset"], style["weight"]) for style in told["styles"]] == [("ink-wash", 3), (None, 1), (None, 0.5)]
    with Image.open(out) as made:
        assert max(made.size) == 512


def test_whatever_is_said_goes_before_the_recipe(run: Run, photo: Path, tmp_path: Path) -> None:
    out, report, mask = tmp_path / "out.png", tmp_path / "out.json", tmp_path / "mask.png"
    left = Image.new("L", (97, 61))
    left.paste(255, (50, 0, 97, 61))
    left.save(mask)
    words = "--size 64 --steps 2 --recipe white_walker --optimizer lbfgs --lr 0.8 --style-loss covariance --tv 0.5 "
    words += "--content-layers relu3_1 --style-layers relu1_1:3,6 --content-weight 0.2 --style-weight 2 --scales 2 "
    words += "--pooling average --avg-decay 0.5 --style-scale 0.5 --brush 2 --keep-colours match"

    code = run(photo, "ink-wash", photo, "-o", out, "--report", report, "--mask", mask, "--init", photo, *words.split())

    told = json.loads(report.read_text())
    assert code == 0
    assert told["layers"] == {"style": {"relu1_1": 0.75, "relu2_1": 0.25}, "content": {"relu3_1": 1.0}, "replaced": {}}
    expected = {"name": "white_walker", "optimiser": "lbfgs", "learning_rate": 0.8, "style_loss": "covariance"}
    expected |= {"tv_weight": 0.5, "content_weight": 0.2, "style_weight": 2.0, "scales": 2, "pooling": "average"}
    expected |= {"ema_decay": 0.5, "style_scale": 0.5, "tiles": 2}
    assert {name: told["recipe"][name] for name in expected} == expected
    assert told["settings"]["start_px"] == told["settings"]["mask_px"] == [97, 61]


@pytest.mark.parametrize("suffix", [".png", ".webp", ".jpeg"])
def test_the_suffix_decides_the_kind_of_file(run: Run, photo: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"

    run(photo, photo, "-o", out, "--size", 64, "--steps", 1)

    with Image.open(out) as made:
        assert made.format == {".png": "PNG", ".webp": "WEBP", ".jpeg": "JPEG"}[suffix]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["{tmp}/none.jpg", "ink-wash", "-o", "{tmp}/made.png"], "there is no file", id="no content"),
        pytest.param(["{photo}", "no-such", "-o", "{tmp}/made.png"], "neither a file nor a preset", id="no style"),
        pytest.param(["{text}", "ink-wash", "-o", "{tmp}/made.png"], "not a picture", id="text as content"),
        pytest.param(["{half}", "ink-wash", "-o", "{tmp}/made.png"], "cannot be read", id="half a picture"),
        pytest.param(["{tmp}", "ink-wash", "-o", "{tmp}/made.png"], "cannot be read", id="folder as content"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.tiff"], "must end in", id="unknown suffix"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/none/o.png"], "there is no folder", id="no folder"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--size", "0"], "size", id="size 0"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--steps", "0"], "steps", id="no steps"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--strength", "nan"], "strength", id="strength"),
        pytest.param(
            ["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--weights", "{text}"], "safetensors", id="text as weights"
        ),
        pytest.param(
            ["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--device", "mars"], "device", id="no such device"
        ),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--backbone", "x"], "backbone", id="no backbone"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--recipe", "soup"], "ten_stages", id="no recipe"),
        pytest.param(
            ["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--content-layers", "relu6_1"], "relu5_1", id="no layer"
        ),
        pytest.param(
            ["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--style-layers", "relu1_1:much"], "no weight", id="weight"
        ),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--mask", "{other}"], "97 × 61", id="mask"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--mask", "{tmp}/m"], "no file", id="no mask"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--init", "{tmp}/i"], "no file", id="no init"),
        pytest.param(["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--brush", "1.5"], "1, 2, 4, 8", id="brush"),
        pytest.param(
            ["{photo}", "ink-wash", "-o", "{tmp}/made.png", "--method", "instant", "--tv", "1"], "gatys", id="instant"
        ),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(
    run: Run, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    text, half, other = tmp_path / "text.jpg", tmp_path / "half.png", tmp_path / "other.png"
    Image.new("L", (30, 20)).save(other)
    text.write_text("no picture")
    half.write_bytes(photo.read_bytes()[:200])

    code = run(*(each.format(photo=photo, tmp=tmp_path, text=text, half=half, other=other) for each in arguments))

    lines = capsys.readouterr().err.splitlines()
    assert code == 2
    assert len(lines) == 1
    assert said in lines[0]
    assert not list(tmp_path.glob("*made*"))


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(path)

    picture = read_picture(path)

    assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    Image.fromarray(np.full((8, 8), 0x8080, dtype=np.uint16)).save(path)

    picture = read_picture(path)

    assert picture.getpixel((4, 4)) == (128, 128, 128)


def test_a_turned_photo_is_put_upright(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    Image.new("RGB", (20, 10)).save(path, exif=exif)

    picture = read_picture(path)

    assert picture.size == (10, 20)


def test_a_broken_colour_profile_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "profile.png"
    Image.new("RGB", (8, 8), (200, 100, 50)).save(path, icc_profile=b"no profile")

    picture = read_picture(path)

    assert picture.getpixel((4, 4)) == (200, 100, 50)


def test_the_command_line_is_ready_without_torch() -> None:
    code = "import pastiche.cli, sys; sys.exit('torch' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--size", "abc"], "--size"),
        (["--init", "foo"], "--init"),
        (["--nope"], "--nope"),
        (["-o", "a" * 300 + ".jpg"], "too long"),
        (["-o", "/proc/a.jpg"], "/proc/a.jpg"),
        (["-o", "same.jpg", "--report", "same.jpg"], "two files"),
    ],
    ids=["a size of letters", "an unknown choice", "a misspelt option", "a long name", "no place", "one file for both"],
)
def test_a_mistaken_option_is_one_line(
    run: Run,
    photo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    code = run(photo, "ink-wash", "-o", "out.jpg", *arguments)

    [line] = capsys.readouterr().err.strip().splitlines()
    assert code == 2
    assert words in line


def test_a_damaged_avif_is_one_line(run: Run, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.avif"
    Image.open(photo).save(broken)
    data = bytearray(broken.read_bytes())
    data[40:200] = b"\0" * 160
    broken.write_bytes(data)

    code = run(broken, "ink-wash", "-o", tmp_path / "out.jpg")

    [line] = capsys.readouterr().err.strip().splitlines()
    assert code == 2
    assert "broken.avif" in line
