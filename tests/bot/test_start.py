"""Somebody says hello."""

from models.tables import User
from tests.bot.conftest import A_MENTION, ANN, GROUP, Stage


async def test_start_is_one_message_with_a_picture_and_three_buttons(stage: Stage) -> None:
    await stage.text(ANN, "/start")

    [shown] = stage.telegram.chat(ANN)
    assert "Hello User 11!" in shown.words
    assert shown.photo is not None
    assert list(shown.buttons()) == ["🎨 See my styles", "🖼 Use my own style", "❓ How it works"]


async def test_in_a_group_it_says_how_to_be_heard(stage: Stage) -> None:
    await stage.text(ANN, "/start", chat_id=GROUP)
    await stage.photo(ANN, chat_id=GROUP, **A_MENTION)

    assert all("I only see what is said to me: write @pastiche_bot" in words for words in stage.telegram.words(GROUP))
    assert len(stage.telegram.words(GROUP)) == 2


async def test_start_remembers_the_person(stage: Stage) -> None:
    await stage.text(ANN, "/start")

    async with stage.services.database.read() as session:
        user = await session.get_one(User, ANN)
    assert (user.name, user.language, user.blocked_at) == ("User 11", "en", None)


async def test_choosing_a_style_first_asks_for_a_photo(stage: Stage) -> None:
    await stage.text(ANN, "/start")
    [greeting] = stage.telegram.chat(ANN)

    await stage.press(ANN, greeting.message_id, greeting.data("start-presets"))

    sheet = stage.telegram.chat(ANN)[-1]
    assert "Send me a photo first" in sheet.words
    assert sheet.photo is not None
    assert sheet.buttons() == {
        "◀": "page:0.4.a",
        "▶": "page:0.1.a",
        "✓ All": "page:0.0.a",
        "Paintings": "page:0.0.p",
        "Patterns": "page:0.0.d",
    }


async def test_choosing_a_style_with_a_photo_waiting_offers_them_for_it(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.text(ANN, "/start")
    greeting = stage.telegram.chat(ANN)[-1]

    await stage.press(ANN, greeting.message_id, greeting.data("start-presets"))

    assert stage.telegram.chat(ANN)[-1].data("preset").startswith("preset:1.")


async def test_own_style_and_how_it_works_are_explained(stage: Stage) -> None:
    await stage.text(ANN, "/start")
    [greeting] = stage.telegram.chat(ANN)

    await stage.press(ANN, greeting.message_id, greeting.data("start-own"))
    await stage.press(ANN, greeting.message_id, greeting.data("start-how"))

    _, own, how = stage.telegram.words(ANN)
    assert "second picture" in own
    assert "How it works" in how
    assert len(stage.telegram.answers) == 2


async def test_a_name_with_markup_is_shown_as_it_is(stage: Stage) -> None:
    update = stage.a_message(ANN, text="/start", entities=[{"type": "bot_command", "offset": 0, "length": 6}])
    update["message"]["from"]["first_name"] = "<b>&"

    await stage.handle(update)

    assert "&lt;b&gt;&amp;" in stage.telegram.words(ANN)[0]
