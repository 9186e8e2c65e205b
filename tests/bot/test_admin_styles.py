"""An admin adds a style from a photo; everybody can use it at once."""

from pathlib import Path

import pytest
from PIL import Image

from bot import texts
from engine.presets import OWN_FOLDER_VARIABLE
from jobs.fitting import FitBook
from jobs.presets import find_preset, list_presets
from tests.bot.conftest import ADMIN, ANN, Stage, a_jpeg
from tests.bot.telegram import a_photo_size
from tests.bot.test_admin import acts


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's own presets: none so far."""
    monkeypatch.setenv(OWN_FOLDER_VARIABLE, str(tmp_path / "presets"))
    return tmp_path / "presets"


async def add(stage: Stage, said: str) -> None:
    """An admin's /addstyle in reply to a photo."""
    stage.telegram.files["wall"] = a_jpeg("firebrick")
    photo = stage.a_message(ADMIN, photo=[a_photo_size("wall")])["message"]
    await stage.text(ADMIN, f"/addstyle {said}", reply_to_message=photo)


async def test_a_style_is_on_offer_and_used_at_once(stage: Stage, own_folder: Path) -> None:
    await add(stage, "our-wall Our wall")
    await stage.photo(
        ANN, caption="/style our wall", caption_entities=[{"type": "bot_command", "offset": 0, "length": 6}]
    )

    assert list_presets()[0].title == "Our wall"
    with Image.open(own_folder / "our-wall" / "style.jpg") as kept:
        assert kept.size == (160, 120)
    assert (await stage.job()).preset == "our-wall"
    assert await acts(stage) == [(ADMIN, "add style", "our-wall")]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("x", "2 to 31 small letters"),
        ("../../etc", "2 to 31 small letters"),
        ("mosaic", "already"),
        ("our-wall " + "so " * 20, "1 to 40 signs"),
    ],
)
async def test_a_style_that_cannot_be_is_refused(stage: Stage, said: str, words: str) -> None:
    await add(stage, said)

    assert words in stage.telegram.words(ADMIN)[-1]
    assert not any(preset.kind == "own" for preset in list_presets())


async def test_without_a_photo_it_is_explained(stage: Stage) -> None:
    await stage.text(ADMIN, "/addstyle our-wall")

    assert "in reply to a photo" in stage.telegram.words(ADMIN)[-1]


async def test_styles_are_renamed_reordered_hidden_and_shown(stage: Stage) -> None:
    for name in ("first-wall", "second-wall"):
        await add(stage, name)

    await stage.text(ADMIN, "/renamestyle second-wall The old wall")
    await stage.text(ADMIN, "/firststyle second-wall")
    titles = [preset.title for preset in list_presets()[:2]]
    for name in ("first-wall", "mosaic"):
        await stage.text(ADMIN, f"/hidestyle {name}")
    hidden = [find_preset(name) for name in ("first-wall", "mosaic")]
    for name in ("first-wall", "mosaic"):
        await stage.text(ADMIN, f"/showstyle {name}")

    assert titles == ["The old wall", "First wall"]
    assert hidden == [None, None]
    assert find_preset("first-wall") is not None
    assert find_preset("mosaic") is not None
    assert len(await acts(stage)) == 8


async def test_styles_that_ship_are_renamed_in_all_languages_and_put_first(stage: Stage) -> None:
    last = list_presets()[-1]

    await stage.text(ADMIN, f"/renamestyle {last.name} Grandma's carpet")
    await stage.text(ADMIN, f"/firststyle {last.name}")
    await stage.photo(ANN)
    renamed = next(iter(stage.telegram.chat(ANN)[-1].buttons()))
    in_spanish = texts.preset_title("es", list_presets()[0])
    told = stage.telegram.words(ADMIN)
    await stage.text(ADMIN, f"/renamestyle {last.name} {last.title}")

    assert (renamed, in_spanish) == ("1. Grandma's carpet", "Grandma's carpet")
    assert told == [
        f"<code>{last.name}</code> is now called “Grandma's carpet”.",
        f"<code>{last.name}</code> comes first from now on.",
    ]
    assert texts.preset_title("es", list_presets()[0]) == texts.preset_title("es", last)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("/renamestyle nothing Tiles", "no style of that name"),
        ("/firststyle nothing", "no style of that name"),
        ("/hidestyle nothing", "no style of that name"),
        ("/showstyle nothing", "no style of that name"),
        ("/hidestyle", "Which style?"),
    ],
)
async def test_what_cannot_be_changed_is_told(stage: Stage, said: str, words: str) -> None:
    await stage.text(ADMIN, said)

    assert words in stage.telegram.words(ADMIN)[-1]
    assert await acts(stage) == []


@pytest.mark.parametrize(("fitted", "words"), [(True, "has been fitted"), (False, "could not be fitted")])
async def test_who_added_a_style_is_told_once_what_became_of_its_fit(stage: Stage, fitted: bool, words: str) -> None:
    await add(stage, "our-wall")
    book = FitBook(stage.services.database)
    wanted = await book.next_wanted()

    await book.end("our-wall", fitted=fitted)
    for _ in range(2):
        await stage.parts.fitted.tell()

    assert wanted == "our-wall"
    assert [words in said for said in stage.telegram.words(ADMIN)] == [False, True]
