"""Somebody follows the link of a style."""

import pytest

from jobs.presets import list_presets
from tests.bot.conftest import ANN, GROUP, Stage, a_jpeg
from tests.bot.telegram import BOT

FROST = next(preset for preset in list_presets() if preset.name == "frost")


async def test_a_link_chooses_the_style_of_the_next_photo_and_shows_it(stage: Stage) -> None:
    await stage.text(ANN, "/start p_frost")
    [shown] = stage.telegram.chat(ANN)
    assert (shown.words[:14], shown.photo) == ("🎨 <b>Frost</b>", FROST.preview_path.read_bytes())

    await stage.photo(ANN)
    await stage.paint((await stage.job()).id)

    job, picture = await stage.job(), stage.telegram.chat(ANN)[-1]
    assert (job.preset, job.mix, picture.photo) == ("frost", None, a_jpeg("gold"))
    assert "<b>Frost</b>: here is your picture" in picture.words


async def test_only_the_next_photo_is_painted_so(stage: Stage) -> None:
    await stage.text(ANN, "/start p_frost")
    await stage.photo(ANN)

    await stage.photo(ANN)

    assert "I have your photo" in stage.telegram.chat(ANN)[-1].words
    assert len(await stage.jobs()) == 1


async def test_a_photo_that_waits_is_painted_at_once(stage: Stage) -> None:
    await stage.photo(ANN)

    await stage.text(ANN, "/start p_frost")

    assert (await stage.job()).preset == "frost"
    assert await stage.content(ANN) is None


async def test_a_link_that_comes_twice_is_one_wish(stage: Stage) -> None:
    await stage.photo(ANN)
    link = stage.a_message(ANN, text="/start p_frost")
    await stage.handle(link)

    await stage.handle(link | {"update_id": 900})

    assert len(await stage.jobs()) == 1


async def test_what_was_chosen_is_forgotten_with_cancel(stage: Stage) -> None:
    await stage.text(ANN, "/start p_frost")

    await stage.text(ANN, "/cancel")
    await stage.photo(ANN)

    assert await stage.jobs() == []


async def test_a_preview_that_a_link_showed_is_found_as_a_picture_from_then_on(stage: Stage) -> None:
    await stage.text(ANN, "/start p_frost")

    [found] = await stage.inline(ANN, "frost")

    assert found["type"] == "photo"
    assert stage.telegram.files[found["photo_file_id"]] == FROST.preview_path.read_bytes()


@pytest.mark.parametrize("text", ["/start p_", "/start p_no-such-style", "/start p_../frost"])
async def test_a_link_that_leads_to_no_style_says_so_and_greets(stage: Stage, text: str) -> None:
    await stage.text(ANN, text)

    gone, greeting = stage.telegram.words(ANN)
    assert "no longer have that style" in gone
    assert "Hello" in greeting


@pytest.mark.parametrize("text", ["/start", "/start inline", "/start x_frost", "/start P_frost"])
async def test_any_other_start_is_a_greeting(stage: Stage, text: str) -> None:
    await stage.text(ANN, text)

    [greeting] = stage.telegram.words(ANN)
    assert "Hello" in greeting


async def test_a_style_picked_from_the_finds_in_the_chat_with_the_bot_is_chosen_too(stage: Stage) -> None:
    [found] = await stage.inline(ANN, "frost")

    words = found["input_message_content"]["message_text"]
    await stage.message(ANN, text=words, via_bot=BOT, reply_markup=found["reply_markup"])
    await stage.photo(ANN)

    assert (await stage.job()).preset == "frost"


async def test_a_link_under_a_message_in_a_group_chooses_nothing_there(stage: Stage) -> None:
    [found] = await stage.inline(ANN, "frost")

    await stage.message(ANN, chat_id=GROUP, text="look", via_bot=BOT, reply_markup=found["reply_markup"])

    assert stage.telegram.chat(GROUP) == []
