"""What lies in the files that `pastiche stylise` writes, read back."""

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageCms

from engine import Painting, Progress
from pastiche.cli import main
from pastiche.curve import COLOURS, Reading, draw_curve
from pastiche.outputs import Outputs, png_of_16_bits, read_alpha, srgb_profile
from tests.engine.builders import a_photo

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, cache_folder: Path, tmp_path: Path) -> Run:
    """Runs `stylise` on a photo whose left half is clear, and returns its exit code."""
    photo = a_photo(80, 60)
    alpha = Image.new("L", photo.size, 255)
    alpha.paste(0, (0, 0, 40, 60))
    photo.putalpha(alpha)
    photo.save(tmp_path / "photo.png")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["pastiche", "stylise", "photo.png", "ink-wash", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_info:
            main()
        return int(exit_info.value.code or 0)

    return run


def painted(size: tuple[int, int] = (8, 6)) -> Painting:
    return Painting(picture=Image.new("RGB", size, (200, 100, 50)))


def test_everything_that_was_asked_for_is_written(run: Run, tmp_path: Path) -> None:
    beside = [
        "--frames",
        "way",
        "--every",
        2,
        "--animation",
        "way.gif",
        "--curve",
        "curve.png",
        "--report",
        "facts.json",
    ]

    code = run("-o", "out.png", "--size", 64, "--steps", 6, "--depth", 16, *beside)

    assert code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        *("photo.png", "out.png", "way", "way.gif", "curve.png", "facts.json")
    }
    assert sorted(path.name for path in (tmp_path / "way").iterdir()) == [f"frame-0000{step}.png" for step in (2, 4, 6)]
    with av.open(tmp_path / "out.png", "r") as file:
        samples = next(file.decode(video=0)).to_ndarray()
    assert samples.dtype == np.uint16
    assert samples.shape == (48, 64, 4)
    assert len(np.unique(samples[..., 0] % 257)) > 100  # levels between those of 8 bits
    assert (samples[:, 4, 3] == 0).all()
    assert (samples[:, -4, 3] == 65535).all()
    with Image.open(tmp_path / "way.gif") as film:
        assert film.size == (64, 48)


def test_samples_survive_a_16_bit_png_which_says_it_is_srgb() -> None:
    levels = np.arange(5 * 7 * 3, dtype=np.uint16).reshape(5, 7, 3) * 601

    data = png_of_16_bits(levels.tobytes(), (7, 5))

    with av.open(BytesIO(data), "r") as file:
        frame = next(file.decode(video=0))
    assert (frame.to_ndarray() == levels).all()
    with Image.open(BytesIO(data)) as seen:
        assert seen.info["srgb"] is not None


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_is_marked_as_srgb_and_keeps_what_is_clear(tmp_path: Path, suffix: str) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / f"out{suffix}"
    Image.new("RGBA", (16, 12), (0, 0, 0, 51)).save(photo)

    Outputs(out).write(painted(), photo)

    with Image.open(out) as made:
        profile = ImageCms.ImageCmsProfile(BytesIO(made.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
        assert made.convert("RGBA").getpixel((4, 3))[3] == (255 if suffix == ".jpg" else 51)  # type: ignore[index]


def test_the_profile_has_no_date() -> None:
    assert srgb_profile()[24:36] == bytes(12)


def test_an_opaque_photo_has_no_alpha(tmp_path: Path) -> None:
    path = tmp_path / "opaque.png"
    Image.new("RGBA", (4, 4), "red").save(path)

    assert read_alpha(path, (4, 4)) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param("-o made.jpg --depth 16", "16 for a .png", id="16 bits as JPEG"),
        pytest.param("-o made.png --depth 12", "--depth is 8", id="12 bits"),
        pytest.param("-o made.png --animation made.avi", "one of .mp4, .gif, .webp", id="an unknown animation"),
        pytest.param("-o made.png --curve made.jpg", "must end in .png", id="a curve as JPEG"),
        pytest.param("-o made.png --every 3", "--every is for", id="every without frames"),
        pytest.param("-o made.png --frames way --every 0", "--every must be", id="every 0"),
        pytest.param("-o made.png --curve made.png", "cannot hold two things", id="one name for two"),
        pytest.param("-o made.png --frames none/way", "there is no folder", id="no folder for frames"),
        pytest.param("-o made.png --frames photo.png", "is no folder", id="a file for frames"),
        pytest.param("-o made.png --method instant --animation made.gif", "need --method gatys", id="an instant's way"),
        pytest.param("-o made.png --method instant --depth 16", "16 bits is for the method gatys", id="instant depth"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: str, said: str
) -> None:
    code = run(*arguments.split())

    [line] = capsys.readouterr().err.splitlines()
    assert code == 2
    assert said in line
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_a_curve_falls_and_has_a_line_for_each_part() -> None:
    readings = [
        Reading.of(Progress(step=step, steps=40, stage="64 px", loss=1 / step, losses={"style": 0.5 / step, "tv": 0.0}))
        for step in range(10, 41, 10)
    ]

    pixels = np.asarray(draw_curve([reading for reading in readings if reading]))

    for name in ("total", "style", "tv"):
        rows, columns = (pixels[100:] == COLOURS[name]).all(axis=-1).nonzero()
        assert len(rows) > 50
        if name != "tv":
            assert rows[columns.argmax()] > rows[columns.argmin()]


def test_a_painting_of_one_step_has_a_curve() -> None:
    reading = Reading.of(Progress(step=1, steps=1, stage="64 px", loss=2.0))

    assert reading is not None
    assert draw_curve([reading]).size == (1200, 720)
