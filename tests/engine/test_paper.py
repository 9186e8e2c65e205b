"""Paper: sizes in pixels, pictures that fit on it, files that print at their size."""

import re
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import InvalidRequest
from engine.paper import Sheet, read_sheet, save_sheet


@pytest.mark.parametrize(
    ("paper", "dpi", "size"),
    [("A4", 150, (1240, 1754)), ("a4", 300, (2480, 3508)), ("A2", 300, (4961, 7016)), ("100x150mm", 150, (591, 886))],
)
def test_paper_in_pixels(paper: str, dpi: int, size: tuple[int, int]) -> None:
    assert read_sheet(paper, dpi).size_px == size


@pytest.mark.parametrize(
    ("paper", "dpi", "words"),
    [("B4", 300, "paper must be"), ("A4", 72, "dpi"), ("5x5", 150, "50 to 1200"), ("1200x1200", 300, "150 dpi")],
)
def test_impossible_paper_gets_a_sentence(paper: str, dpi: int, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        read_sheet(paper, dpi)


def test_the_sheet_turns_as_the_picture_does_and_the_picture_keeps_its_shape() -> None:
    picture = Image.new("RGB", (300, 200), "red")

    sheet = Sheet(210, 297, 150).turned_like(picture)
    size = sheet.largest(picture)
    page = sheet.bearing(picture.resize(size))

    assert sheet.size_px == page.size == (1754, 1240)
    assert size == (1754, 1169)
    assert page.getpixel((877, 620)) == (255, 0, 0)
    assert page.getpixel((877, 10)) == (255, 255, 255)


@pytest.mark.parametrize("kind", [".png", ".jpg"])
def test_a_picture_file_says_its_dots_per_inch(tmp_path: Path, kind: str) -> None:
    save_sheet(Image.new("RGB", (120, 80)), tmp_path / f"sheet{kind}", 300, kind)

    with Image.open(tmp_path / f"sheet{kind}") as written:
        assert [round(float(each)) for each in written.info["dpi"]] == [300, 300]


def test_a_pdf_page_has_the_size_of_the_paper(tmp_path: Path) -> None:
    sheet = read_sheet("A4", 150)

    save_sheet(Image.new("RGB", sheet.size_px), tmp_path / "sheet.pdf", 150, ".pdf")

    written = (tmp_path / "sheet.pdf").read_bytes()
    box = re.search(rb"/MediaBox \[ *0 0 ([\d.]+) ([\d.]+)", written)
    assert box is not None
    assert [round(float(points) / 72 * 25.4) for points in box.groups()] == [210, 297]
