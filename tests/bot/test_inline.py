"""Somebody writes "@bot starry" in any chat."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.app import ALLOWED_UPDATES
from bot.finds import MOST_OF_ONES_OWN
from bot.links import link_to
from jobs.presets import list_presets
from models.tables import UpdateSeen
from tests.bot.conftest import ANN, BEN, GROUP, Stage, a_jpeg, an_instant, until
from tests.bot.telegram import BOT


async def test_styles_are_found_by_their_names_with_the_way_to_the_bot(stage: Stage) -> None:
    [found] = await stage.inline(ANN, "starry")

    assert (found["type"], found["title"]) == ("article", "Starry Night")
    assert "<b>Starry Night</b>" in found["input_message_content"]["message_text"]
    [[button]] = found["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://t.me/pastiche_bot?start=p_starry-night"


@pytest.mark.parametrize(
    ("query", "language", "title"),
    [("звезд", "ru", "Звёздная ночь"), ("scream", "es", "El grito"), ("GANDUM", "id", "Ladang Gandum")],
)
async def test_styles_are_found_in_the_persons_language_and_in_english(
    stage: Stage, query: str, language: str, title: str
) -> None:
    assert [found["title"] for found in await stage.inline(ANN, query, language)] == [title]


async def test_without_a_word_everything_is_offered(stage: Stage) -> None:
    assert len(await stage.inline(ANN, "")) == min(50, len(list_presets()))


async def test_nothing_that_fits_is_an_empty_answer_with_the_way_to_the_bot(stage: Stage) -> None:
    assert await stage.inline(ANN, "zzzzzz") == []

    [told] = stage.telegram.found
    assert (told["cache_time"], told["is_personal"]) == (0, True)
    assert told["button"] == {"text": "Paint a photo of yours", "start_parameter": "inline"}


async def test_a_preview_the_bot_has_sent_is_found_as_a_picture(stage: Stage) -> None:
    await stage.text(ANN, "/start")  # the greeting shows the first preset

    [found] = [found for found in await stage.inline(BEN, "") if found["type"] == "photo"]

    assert found["title"] == "Brush strokes"
    assert stage.telegram.files[found["photo_file_id"]] == list_presets()[0].preview_path.read_bytes()


async def test_ones_own_latest_pictures_come_first_and_nobody_elses(stage: Stage) -> None:
    await an_instant(stage, data=a_jpeg("red"))

    mine, others = await stage.inline(ANN, ""), await stage.inline(BEN, "")

    assert (mine[0]["title"], mine[0]["caption"]) == ("Your style", "🖼 <b>Your style</b>, painted by @pastiche_bot")
    assert stage.telegram.files[mine[0]["photo_file_id"]] == a_jpeg("gold")
    assert [found["type"] for found in others] == ["article"] * len(others)


async def test_ones_pictures_are_found_by_their_style_newest_first_and_only_the_latest(stage: Stage) -> None:
    await stage.photo(ANN)
    sheet = stage.telegram.chat(ANN)[-1]
    for _ in range(2):
        await stage.text(ANN, "/style mosaic")
        await stage.photo(ANN)
    for job in await stage.jobs():
        await stage.paint(job.id)

    found = [each["id"] for each in await stage.inline(ANN, "mosaic")]
    other = [each["id"] for each in await stage.inline(ANN, "frost")]

    assert sheet.photo is not None
    assert found == ["job.2", "job.1", "style.mosaic"]
    assert other == ["style.frost"]
    assert MOST_OF_ONES_OWN < 50


async def test_a_picture_in_a_saved_style_is_found_by_the_name_it_was_given(stage: Stage) -> None:
    await an_instant(stage)
    await stage.text(ANN, "/mystyles Blue wall")
    await stage.photo(ANN)
    sheet = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, sheet.message_id, sheet.buttons()["⭐ Blue wall"])
    await stage.paint(2)

    [found] = await stage.inline(ANN, "blue wa")

    assert (found["id"], found["title"]) == ("job.2", "Blue wall")


async def test_a_poster_is_found_as_the_file_it_is(stage: Stage) -> None:
    _, shown = await an_instant(stage)
    await stage.press(ANN, shown.message_id, shown.data("poster"))
    asked = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, asked.message_id, asked.data("paper"))
    await stage.paint(2)

    newest = (await stage.inline(ANN, ""))[0]

    assert (newest["type"], newest["id"]) == ("document", "job.2")


async def test_a_picture_telegram_forgot_costs_the_others_nothing(stage: Stage) -> None:
    await an_instant(stage)
    stage.telegram.files.clear()

    found = await stage.inline(ANN, "")

    assert {each["type"] for each in found} == {"article"}


async def test_a_query_is_not_stored_and_waits_for_nobody(stage: Stage) -> None:
    stage.telegram.slow["sendMessage"] = asyncio.Event()
    await stage.application.update_queue.put(stage.parsed(stage.a_message(ANN, text="hello")))
    query = {"id": "q", "query": "frost", "offset": "", "from": stage.a_message(ANN)["message"]["from"]}

    await stage.application.update_queue.put(stage.parsed({"update_id": 900, "inline_query": query}))
    await until(lambda: stage.telegram.found)

    async with stage.services.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(UpdateSeen)) == 1
    assert stage.telegram.chat(ANN) == []
    stage.telegram.slow["sendMessage"].set()


async def test_a_query_that_telegram_no_longer_wants_is_forgotten(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.telegram.refuse("answerInlineQuery", "Bad Request: query is too old and response timeout expired")
    query = {"id": "q", "query": "frost", "offset": "", "from": stage.a_message(ANN)["message"]["from"]}

    await stage.handle({"update_id": 900, "inline_query": query})

    assert "a query was not answered" in caplog.text
    assert "unexpected failure" not in caplog.text


async def test_what_somebody_sent_from_the_finds_is_left_alone_in_groups(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP, via_bot=BOT, caption="painted by @pastiche_bot", reply_to_message=None)

    assert stage.telegram.chat(GROUP) == []
    assert await stage.content(ANN, GROUP) is None


async def test_the_chosen_language_is_that_of_the_finds_too(stage: Stage) -> None:
    await stage.text(ANN, "/language")
    await stage.press(ANN, stage.telegram.chat(ANN)[0].message_id, "language:ru")

    [found] = await stage.inline(ANN, "иней", language="es")

    assert (found["title"], found["description"]) == ("Иней", "Мой стиль: показать его здесь")


def test_telegram_is_asked_for_queries() -> None:
    assert "inline_query" in ALLOWED_UPDATES


def test_links_keep_telegrams_limit() -> None:
    carried = [link_to("pastiche_bot", preset).partition("start=")[2] for preset in list_presets()]

    assert {f"p_{preset.name}" for preset in list_presets()} == set(carried)
    assert max(map(len, carried)) <= 64
    assert link_to("pastiche_bot", replace(list_presets()[0], name="x" * 63)) == "https://t.me/pastiche_bot"
