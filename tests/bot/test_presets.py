"""Somebody taps a style."""

from dataclasses import replace

import pytest
from PIL import ImageFont

from bot import keyboards, sheets, texts
from bot.keyboards import PRESETS_A_PAGE
from bot.mixing import Mixture
from bot.own_styles import SavedStyle
from jobs.presets import list_presets
from jobs.values import MixPart, Study
from models.states import JobState
from models.tables import Job
from tests.bot.conftest import ANN, BEN, Stage, a_jpeg, an_hq_job, an_instant
from tests.bot.telegram import Shown


async def a_content_message(stage: Stage, user_id: int = ANN) -> Shown:
    """The message with the styles, after a photo."""
    await stage.photo(user_id)
    return stage.telegram.chat(user_id)[-1]


def style_names(shown: Shown) -> list[str]:
    """The styles whose buttons are under the message."""
    return [data.partition(".")[2] for data in shown.buttons().values() if data.startswith("preset:")]


async def test_a_tapped_style_turns_that_message_into_the_picture_in_one_edit(stage: Stage) -> None:
    shown = await a_content_message(stage)

    await stage.press(ANN, shown.message_id, shown.data("preset"))
    await stage.paint(1, a_jpeg("gold"))

    job = await stage.job()
    assert job.preset is not None
    assert (job.lane, job.spec["method"], job.status_message_id) == ("instant", "instant", shown.message_id)
    assert (shown.photo, shown.edits) == (a_jpeg("gold"), 1)
    assert len(stage.telegram.chat(ANN)) == 1
    assert stage.telegram.last_answer() == "I am on it!"


async def test_turning_the_pages_shows_every_style_once_and_then_the_first_page_again(stage: Stage) -> None:
    shown = await a_content_message(stage)
    before, words = shown.photo, shown.words
    names = [style_names(shown)]

    for _ in range(-(-len(list_presets()) // PRESETS_A_PAGE)):
        await stage.press(ANN, shown.message_id, shown.buttons()["▶"])
        names.append(style_names(shown))

    assert [name for page in names[:-1] for name in page] == [preset.name for preset in list_presets()]
    assert names[-1] == names[0]
    assert (shown.photo, shown.words) == (before, words)


async def test_styles_are_numbered_and_told_apart_by_category(stage: Stage) -> None:
    shown = await a_content_message(stage)
    numbers = [label.partition(".")[0] for label, data in shown.buttons().items() if data.startswith("preset:")]
    everything = shown.photo

    await stage.press(ANN, shown.message_id, shown.buttons()["Paintings"])
    first = style_names(shown)
    await stage.press(ANN, shown.message_id, shown.buttons()["▶"])

    paintings = [preset.name for preset in list_presets() if preset.kind == "painted"]
    assert numbers == ["1", "2", "3", "4", "5", "6"]
    assert [*first, *style_names(shown)] == paintings[: 2 * PRESETS_A_PAGE]
    assert "✓ Paintings" in shown.buttons()
    assert shown.photo != everything


async def test_a_button_of_a_sheet_from_before_there_were_categories_still_turns_it(stage: Stage) -> None:
    shown = await a_content_message(stage)

    await stage.press(ANN, shown.message_id, "page:1.1")

    assert style_names(shown)[0] == list_presets()[PRESETS_A_PAGE].name


async def test_what_somebody_uses_most_comes_first(stage: Stage) -> None:
    rare, liked = list_presets()[3].name, list_presets()[20].name
    for name in (liked, rare, liked):
        shown = await a_content_message(stage)
        await stage.press(ANN, shown.message_id, f"preset:{await stage.content(ANN)}.{name}")

    shown = await a_content_message(stage)

    assert [button["text"][0] for button in shown.markup[0]] == ["♥", "♥"]
    assert style_names(shown)[:2] == [liked, rare]
    assert style_names(await a_content_message(stage, BEN))[0] == list_presets()[0].name


async def test_sheets_are_the_same_picture_for_everybody_and_uploaded_once(stage: Stage) -> None:
    for user_id in (ANN, BEN):
        shown = await a_content_message(stage, user_id)
        await stage.press(user_id, shown.message_id, shown.buttons()["Patterns"])

    sheets = [call.parameters for call in stage.telegram.calls if call.method in ("sendPhoto", "editMessageMedia")]
    held = [str(sheet.get("photo") or sheet.get("media", {}).get("media", "attach://")) for sheet in sheets]
    assert [name.startswith("attach://") for name in held] == [True, True, False, False]


async def test_a_saved_style_stands_on_the_sheet_and_paints_in_the_same_message(stage: Stage) -> None:
    await an_instant(stage)
    await stage.text(ANN, "/mystyles Blue wall")
    shown = await a_content_message(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["⭐ Blue wall"])
    await stage.paint(2, a_jpeg("gold"))

    job = (await stage.jobs())[-1]
    assert (job.mix, job.status_message_id) == ([{"weight": 1, "style": 1}], shown.message_id)
    assert shown.photo == a_jpeg("gold")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (JobState.QUEUED, "I am already on it."),
        (JobState.DONE, "That is painted already."),
        (JobState.FAILED, "That one went wrong. Please try again."),
        (JobState.CANCELLED, "That one was stopped."),
    ],
)
async def test_a_stale_tap_hears_what_became_of_the_first_one(stage: Stage, state: JobState, told: str) -> None:
    shown = await a_content_message(stage)
    style, turn = shown.data("preset"), shown.buttons()["▶"]
    await stage.press(ANN, shown.message_id, style)
    async with stage.services.database.write() as session:
        (await session.get_one(Job, 1)).state = state

    answers = [await stage.answer_to(ANN, shown.message_id, data) for data in (style, turn)]

    assert answers == [told, told]


@pytest.mark.parametrize("language", texts.languages())
def test_labels_beside_each_other_are_short_enough_for_a_telephone(language: str) -> None:
    saved = SavedStyle(id=1, name="Blue wall", own=True, shared=True)
    mixture = Mixture(parts=tuple(MixPart(preset=preset.name) for preset in list_presets()[:4]))
    boards = [
        keyboards.own_style(saved, language),
        keyboards.own_styles([saved, replace(saved, name="n" * 48)], 1, language),
        keyboards.mix(mixture, [saved], ANN, 0, language),
        keyboards.lab_layers(ANN, Study.RECONSTRUCTION, language),
        keyboards.languages(None, language),
    ]

    rows = [[button.text for button in row] for board in boards if board for row in board.inline_keyboard]
    assert [row for row in rows if len(row) > 1 and max(map(keyboards.width_of, row)) > keyboards.MOST_OF_TWO] == []


async def test_a_style_of_the_second_page_is_painted(stage: Stage) -> None:
    shown = await a_content_message(stage)
    first_page = shown.photo

    await stage.press(ANN, shown.message_id, shown.buttons()["▶"])
    assert shown.photo != first_page
    await stage.press(ANN, shown.message_id, shown.data("preset"))

    assert (await stage.job()).preset == list_presets()[PRESETS_A_PAGE].name


async def test_styles_are_looked_at_page_by_page_without_a_photo(stage: Stage) -> None:
    await stage.text(ANN, "/start")
    [greeting] = stage.telegram.chat(ANN)
    await stage.press(ANN, greeting.message_id, greeting.data("start-presets"))
    sheet = stage.telegram.chat(ANN)[-1]
    before = sheet.photo

    await stage.press(ANN, sheet.message_id, sheet.buttons()["▶"])

    assert sheet.photo != before
    assert set(sheet.buttons()) == {"◀", "▶", "✓ All", "Paintings", "Patterns"}


async def test_a_page_is_not_turned_over_a_painting(stage: Stage) -> None:
    shown = await a_content_message(stage)
    turn = shown.buttons()["▶"]
    await stage.press(ANN, shown.message_id, shown.data("preset"))

    await stage.press(ANN, shown.message_id, turn)

    assert stage.telegram.last_answer() == "I am already on it."
    assert shown.edits == 0


async def test_cancel_is_red(stage: Stage) -> None:
    _, shown = await an_hq_job(stage)

    assert shown.markup[0][0]["style"] == "danger"


async def test_the_press_is_answered_before_anything_is_shown(stage: Stage) -> None:
    _, instant = await an_instant(stage)

    await stage.press(ANN, instant.message_id, instant.data("hq"))

    assert stage.telegram.methods()[-2:] == ["answerCallbackQuery", "sendMessage"]


async def test_two_quick_taps_are_one_wish(stage: Stage) -> None:
    shown = await a_content_message(stage)
    first, second = list(shown.buttons().values())[:2]

    await stage.handle(stage.a_press(ANN, shown.message_id, first), stage.a_press(ANN, shown.message_id, second))

    assert len(await stage.jobs()) == 1
    assert stage.telegram.last_answer() == "I am already on it."


async def test_the_next_photo_begins_a_new_draft(stage: Stage) -> None:
    shown = await a_content_message(stage)
    await stage.press(ANN, shown.message_id, shown.data("preset"))

    await stage.photo(ANN)

    assert len(await stage.jobs()) == 1
    assert await stage.content(ANN) is not None


async def test_somebody_elses_photo_is_not_painted(stage: Stage) -> None:
    shown = await a_content_message(stage, ANN)

    await stage.press(BEN, shown.message_id, shown.data("preset"))

    assert "somebody else" in str(stage.telegram.last_answer())
    assert await stage.jobs() == []


FORGED = {
    "preset:1.no-such-style": "no longer have that style",
    "preset:777.ink-wash": "out of date",
    "preset:": "out of date",
    "preset:-1.ink-wash": "out of date",
    "preset:99999999999999999999.ink-wash": "out of date",
    "preset:9223372036854775808.ink-wash": "out of date",
    "preset:1' OR 1=1.ink-wash": "out of date",
    "preset:\u0661.ink-wash": "out of date",
    "page:1": "out of date",
    "page:.": "out of date",
    "page:1.-1": "out of date",
    "page:1.9223372036854775808": "out of date",
    "page:1.0.x": "out of date",
    "own-on:1.x": "out of date",
    "own-on:777.1": "out of date",
    "own-on:1.77": "no longer have that style",
    "cancel:5": "out of date",
    "retry:x": "out of date",
    "again:5": "out of date",
    "swap:5": "out of date",
    "restyle:5": "out of date",
    "admin-cancel:1": "out of date",
    "admin-refresh:": "out of date",
    "what:ever": "out of date",
    "": "out of date",
}


async def test_forged_buttons_are_answered_and_change_nothing(stage: Stage) -> None:
    shown = await a_content_message(stage)
    before = (shown.words, shown.edits, await stage.content(ANN))

    for data, sentence in FORGED.items():
        told = await stage.answer_to(ANN, shown.message_id, data)

        assert sentence in told, data
        assert (shown.words, shown.edits, await stage.content(ANN)) == before, data
        assert await stage.jobs() == [], data


async def test_a_photo_that_has_expired_is_asked_for_again(stage: Stage) -> None:
    shown = await a_content_message(stage)
    async with stage.services.database.write() as session:
        [picture] = await stage.pictures()
        picture.blob_key = None
        await session.merge(picture)

    await stage.press(ANN, shown.message_id, shown.data("preset"))

    assert "no longer have that picture" in str(stage.telegram.last_answer())


async def test_under_a_message_telegram_no_longer_shows_the_picture_comes_in_a_new_one(stage: Stage) -> None:
    shown = await a_content_message(stage)

    await stage.press(ANN, shown.message_id, shown.data("preset"), accessible=False)
    await stage.paint(1, a_jpeg("gold"))

    sheet, result = stage.telegram.chat(ANN)
    assert (sheet.edits, result.photo) == (0, a_jpeg("gold"))


async def test_where_the_message_was_deleted_meanwhile_the_picture_comes_in_a_new_one(stage: Stage) -> None:
    shown = await a_content_message(stage)
    del stage.telegram.messages[ANN, shown.message_id]

    await stage.press(ANN, shown.message_id, shown.data("preset"))
    await stage.paint(1, a_jpeg("gold"))

    [result] = stage.telegram.chat(ANN)
    assert result.photo == a_jpeg("gold")


async def test_a_press_too_old_to_answer_still_works(stage: Stage) -> None:
    shown = await a_content_message(stage)
    stage.telegram.refuse("answerCallbackQuery", "Bad Request: query is too old and response timeout expired")

    await stage.press(ANN, shown.message_id, shown.data("preset"))
    await stage.paint(1)

    assert "here is your picture" in shown.words


async def test_a_repeated_press_makes_nothing_twice(stage: Stage) -> None:
    shown = await a_content_message(stage)
    press = stage.a_press(ANN, shown.message_id, shown.data("preset"))
    await stage.handle(press)

    await stage.handle(press | {"update_id": 10_000})

    assert len(await stage.jobs()) == 1


@pytest.mark.parametrize("language", texts.languages())
def test_every_title_can_be_drawn_and_fits_under_its_picture(language: str) -> None:
    font = ImageFont.truetype(sheets.FONT, 16)
    box = bytes(font.getmask("\uffff"))  # what stands for a letter that the font does not have
    titles = [texts.preset_title(language, preset) for preset in list_presets()]

    assert [sign for sign in sorted(set("".join(titles)) - {" "}) if bytes(font.getmask(sign)) == box] == []
    assert (
        max(sheets.font_for(title).getlength(title) for title in [*titles, "A rather long title " * 3])
        <= sheets.TILE_PX
    )


@pytest.mark.parametrize("language", texts.languages())
def test_a_telephone_shows_the_names_of_styles_whole_and_in_their_order(language: str) -> None:
    for page in range(5):
        markup = keyboards.presets(1, list_presets(), language, page)
        assert markup is not None
        rows = [[button.text for button in row] for row in markup.inline_keyboard[:-2] if "." in row[0].text]
        numbers = [int(label.partition(".")[0]) for row in rows for label in row]

        assert all(len(row) == 1 or max(map(len, row)) <= 16 for row in rows)
        assert numbers == sorted(numbers)
        assert max(map(len, rows)) <= 2
