"""`pastiche styles` as an operator meets it, and what a running bot sees of it."""

import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn.functional import avg_pool2d

from bot.shelf import contact_sheet
from engine.cyclegan import Generator, save_generator
from engine.instant_weights import SHIPPED_INSTANT, network_id
from engine.pictures import to_tensor
from engine.presets import FITTED, GENERATOR, OWN_FOLDER_VARIABLE, PREVIEW, STYLE, TABLE
from engine.presets.fitted import load_fitted
from engine.presets.preview import PHOTOGRAPH
from jobs.presets import find_preset, list_presets
from pastiche.cli import main
from tests.engine.builders import a_photo, a_style

Styles = Callable[..., int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "presets"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    a_style(96, 64).save(tmp_path / "painting.png")
    return tmp_path / "painting.png"


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(3)
    return Generator(width=4, blocks=2).requires_grad_(False).eval()


@pytest.fixture
def styles(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Styles:
    """Runs `pastiche styles …` in this process, which also is the running bot, and returns its exit code."""
    monkeypatch.setenv("PASTICHE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(OWN_FOLDER_VARIABLE, str(folder))

    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["pastiche", "styles", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_info:
            main()
        return int(exit_info.value.code or 0)

    return run


@dataclass
class Hostile:
    """Runs code where it is unpickled carelessly."""

    touched: str

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (Path(self.touched),)


def names() -> list[str]:
    return [preset.name for preset in list_presets()]


def test_an_added_preset_is_on_offer_at_once_and_first(styles: Styles, folder: Path, picture: Path) -> None:
    before = names()

    code = styles("add", "our-wall", picture, "--title", 'The "Wall"', "--artist", "Ann", "--year", "2026", "--no-fit")

    added = find_preset("our-wall")
    assert (code, names()) == (0, ["our-wall", *before])
    assert added is not None
    assert (added.title, added.artist, added.year, added.kind) == ('The "Wall"', "Ann", "2026", "own")
    assert load_fitted(folder / "our-wall" / FITTED).network == network_id(SHIPPED_INSTANT)
    with Image.open(added.preview_path) as preview:
        assert preview.size == (320, 320)


def test_a_preset_is_fitted_on_the_photographs_given(
    styles: Styles, folder: Path, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pastiche.styles.FIT_STEPS", 1)
    (tmp_path / "photos").mkdir()
    a_photo(64, 64).save(tmp_path / "photos" / "one.png")

    code = styles("add", "our-wall", picture, "--photos", tmp_path / "photos")

    assert code == 0
    assert load_fitted(folder / "our-wall" / FITTED).steps == 1


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_generator_becomes_a_preset_that_paints_with_it(
    styles: Styles,
    generator: Generator,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    suffix: str,
) -> None:
    before, path = names(), tmp_path / f"net_G{suffix}"
    torch.save(generator.state_dict(), path) if suffix == ".pth" else save_generator(path, generator)

    code = styles("add", "night", path, "--title", "Night")
    styles("list")

    added = find_preset("night")
    assert (code, names()) == (0, ["night", *before])
    assert added is not None
    assert (added.title, added.kind, added.style_path) == ("Night", "cyclegan", None)
    assert sorted(file.name for file in (folder / "night").iterdir()) == [GENERATOR, PREVIEW]
    assert {tensor.dtype for tensor in load_file(folder / "night" / GENERATOR).values()} == {torch.float16}
    [row] = [line for line in capsys.readouterr().out.splitlines() if "cyclegan" in line]
    assert row.split() == ["night", "Night", "cyclegan", "no", "-"]
    with Image.open(PHOTOGRAPH) as photograph, Image.open(added.preview_path) as preview:
        content, seen = (to_tensor(each, each.size, torch.device("cpu")) for each in (photograph, preview))
    # In the mean of small squares: a JPEG keeps little of what a random network sprinkles.
    wanted, found, other = (avg_pool2d(pixels, 8) for pixels in (generator(content), seen, content))
    assert 4 * float((found - wanted).abs().mean()) < float((found - other).abs().mean())


def test_a_generator_is_previewed_laid_out_and_removed(
    styles: Styles, generator: Generator, folder: Path, picture: Path, tmp_path: Path
) -> None:
    before = names()
    save_generator(tmp_path / "net.safetensors", generator)
    styles("add", "night", tmp_path / "net.safetensors")

    previewed = styles("preview", "night", "-o", tmp_path / "night.jpg", "--content", picture, "--method", "gatys")
    laid_out = styles("sheet", "-o", tmp_path / "sheet.jpg")
    removed = styles("remove", "night")

    assert (previewed, laid_out, removed) == (0, 0, 0)
    with Image.open(tmp_path / "night.jpg") as preview:
        assert max(preview.size) == 320
    assert names() == before
    assert not (folder / "night").exists()


def test_a_removed_preset_is_gone_with_its_files(styles: Styles, folder: Path, picture: Path) -> None:
    before = names()
    styles("add", "our-wall", picture, "--no-fit")

    code = styles("remove", "our-wall")

    assert (code, names()) == (0, before)
    assert not (folder / "our-wall").exists()


def test_a_shipped_preset_is_hidden_and_shown_again(styles: Styles, capsys: pytest.CaptureFixture[str]) -> None:
    before = names()

    hidden = styles("remove", "frost")
    without = names()
    styles("list")
    listed = capsys.readouterr().out
    shown = styles("add", "frost")

    assert (hidden, shown) == (0, 0)
    assert without == [name for name in before if name != "frost"]
    assert "drawn, hidden" in listed
    assert names() == before


def test_a_shipped_preset_without_a_picture_is_given_one(styles: Styles, folder: Path, picture: Path) -> None:
    code = styles("add", "udnie", picture)

    given = find_preset("udnie")
    assert code == 0
    assert given is not None
    assert given.style_path == folder / "udnie" / STYLE
    assert (given.title, given.kind) == ("Udnie", "painted")


def test_the_list_tells_all_about_each(styles: Styles, capsys: pytest.CaptureFixture[str]) -> None:
    styles("list")

    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["NAME", "TITLE", "KIND", "ARTIST", "YEAR", "PICTURE", "FITTED"]
    assert len(rows) == len(list_presets())
    [row] = [row for row in rows if row.startswith("starry-night ")]
    assert " ".join(row.split()).startswith("starry-night Starry Night painted Vincent van Gogh 1889 no ")


def test_a_preview_is_painted_anew_for_the_bots_sheet(styles: Styles, folder: Path) -> None:
    shown, titles = tuple(list_presets()[:1]), ("One",)
    name = shown[0].name
    before = contact_sheet(shown, titles, (0,))

    code = styles("preview", name)

    repainted = find_preset(name)
    assert code == 0
    assert repainted is not None
    assert repainted.preview_path == folder / name / PREVIEW
    assert contact_sheet((repainted,), titles, (1,)) != before


def test_a_preview_and_a_sheet_go_where_they_are_wanted(styles: Styles, tmp_path: Path, picture: Path) -> None:
    one = styles("preview", "frost", "-o", tmp_path / "frost.jpg", "--content", picture)
    all_of_them = styles("sheet", "-o", tmp_path / "sheet.jpg")

    assert (one, all_of_them) == (0, 0)
    with Image.open(tmp_path / "frost.jpg") as preview, Image.open(tmp_path / "sheet.jpg") as sheet:
        assert max(preview.size) == 320
        assert sheet.width > 1000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["add", "Ab/../c", "{picture}"], "cannot be a preset's name", id="a path as name"),
        pytest.param(["add", "frosty"], "give its picture", id="no picture"),
        pytest.param(["add", "frosty", "{tmp}/none.jpg"], "there is no file", id="no such picture"),
        pytest.param(["add", "frosty", "{text}"], "not a picture", id="text as picture"),
        pytest.param(["add", "frosty", "{picture}", "--title", "a\nb"], "printable", id="a title of two lines"),
        pytest.param(["add", "frosty", "{picture}", "--title", "x" * 41], "1 to 40", id="a long title"),
        pytest.param(["add", "frosty", "{picture}", "--photos", "{tmp}/none"], "no pictures in", id="no photographs"),
        pytest.param(["add", "frosty", "{tmp}/none.pth"], "cannot be read", id="no such generator"),
        pytest.param(["add", "frosty", "{hostile}"], "no intact weights file", id="a generator that would run code"),
        pytest.param(["add", "frosty", "{picture}.safetensors"], "no intact weights file", id="picture as generator"),
        pytest.param(["add", "frost", "{hostile}"], "ships with the project", id="a generator for what ships"),
        pytest.param(["remove", "frosty"], "there is no preset", id="remove nobody"),
        pytest.param(["preview", "frosty"], "there is no preset", id="preview of nobody"),
        pytest.param(["preview", "frost", "-o", "{tmp}/out.png"], "must end in .jpg", id="preview as PNG"),
        pytest.param(["sheet", "-o", "{tmp}/none/out.jpg"], "there is no folder", id="no folder"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(
    styles: Styles,
    folder: Path,
    picture: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    text, hostile = tmp_path / "text.jpg", tmp_path / "hostile.pth"
    text.write_text("no picture")
    torch.save({"model.1.weight": Hostile(str(tmp_path / "broken-in"))}, hostile)
    Path(f"{picture}.safetensors").write_bytes(picture.read_bytes())
    before = names()

    code = styles(*(each.format(picture=picture, tmp=tmp_path, text=text, hostile=hostile) for each in arguments))

    lines = capsys.readouterr().err.splitlines()
    assert (code, len(lines)) == (2, 1)
    assert said in lines[0]
    assert names() == before
    assert not (folder / "frosty").exists()
    assert not (tmp_path / "broken-in").exists()


def test_a_name_is_given_once(
    styles: Styles, generator: Generator, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_generator(tmp_path / "net.safetensors", generator)
    styles("add", "our-wall", tmp_path / "net.safetensors")
    capsys.readouterr()

    code = styles("add", "our-wall", picture)

    assert code == 2
    assert "remove it first" in capsys.readouterr().err


def test_the_last_preset_stays(styles: Styles, capsys: pytest.CaptureFixture[str]) -> None:
    first, *others = names()
    codes = [styles("remove", name) for name in others]

    code = styles("remove", first)

    assert set(codes) == {0}
    assert (code, names()) == (2, [first])
    assert "last preset" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[our-wall", id="half a table"),
        pytest.param('["../../etc"]\ntitle = "x"\n', id="a path as name"),
        pytest.param("[frost]\nhidden = 3\n", id="another kind of value"),
        pytest.param('[our-wall]\ntitle = "x"\n', id="no pictures"),
    ],
)
def test_a_broken_table_leaves_the_shipped_presets(styles: Styles, folder: Path, text: str) -> None:
    before = names()
    folder.mkdir(parents=True)

    (folder / TABLE).write_text(text)

    assert names() == before


def test_what_is_written_is_toml_whatever_is_said(styles: Styles, folder: Path, picture: Path) -> None:
    styles("add", "our-wall", picture, "--title", '\\"Ä日\\', "--no-fit")

    assert tomllib.loads((folder / TABLE).read_text(encoding="utf-8")) == {"our-wall": {"title": '\\"Ä日\\'}}
