"""Somebody's language: that of their Telegram, until another one is chosen, for themselves or for a group."""

import asyncio
from typing import Any

import pytest

from bot import menus
from models import updates
from models.tables import Chat
from tests.bot.conftest import ADMIN, ANN, BEN, GROUP, Stage, a_stage, an_instant
from tests.bot.telegram import RecordingRequest, Shown


def speaking(language: str | None, user_id: int = ANN) -> dict[str, Any]:
    """The sender of a message, whose Telegram speaks that language."""
    spoken = {"language_code": language} if language is not None else {}
    return {"from": {"id": user_id, "is_bot": False, "first_name": f"User {user_id}"} | spoken}


async def press_language(stage: Stage, code: str, user_id: int = ANN, chat_id: int | None = None) -> Shown:
    """Say /language and press a language; the message with the buttons."""
    if chat_id is not None:
        stage.telegram.admins[chat_id] = {user_id}
    await stage.text(user_id, "/language", chat_id=chat_id)
    shown = stage.telegram.chat(chat_id or user_id)[-1]
    await stage.press(user_id, shown.message_id, f"language:{code}", chat_id=chat_id)
    return shown


@pytest.mark.parametrize(
    ("code", "hello"),
    [("ru", "Привет"), ("es-AR", "¡Hola"), ("id", "Halo"), ("en", "Hello"), ("tlh", "Hello"), (None, "Hello")],
)
async def test_the_bot_speaks_the_language_of_a_persons_telegram(stage: Stage, code: str | None, hello: str) -> None:
    await stage.text(ANN, "/start", **speaking(code))

    assert stage.telegram.words(ANN)[0].startswith(hello)


async def test_languages_are_offered_in_their_own_words(stage: Stage) -> None:
    await stage.text(ANN, "/language", **speaking("es"))

    [shown] = stage.telegram.chat(ANN)
    assert shown.words == "¿En qué idioma hablo aquí?"
    assert list(shown.buttons()) == ["English", "Español", "Bahasa Indonesia", "Русский", "✓ Como en mi Telegram"]


async def test_a_chosen_language_is_spoken_from_now_on_also_after_a_restart(
    stage: Stage, telegram: RecordingRequest
) -> None:
    shown = await press_language(stage, "ru")
    assert shown.words == "Хорошо, теперь я говорю здесь по-русски."
    assert "✓ Русский" in shown.buttons()
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        await next_stage.handle(stage.a_message(ANN, text="hello"))

    assert telegram.words(ANN)[-1].startswith("Я рисую по фото")


async def test_a_picture_comes_in_the_chosen_language(stage: Stage) -> None:
    await press_language(stage, "id")

    _, shown = await an_instant(stage)

    assert "ini lukisanmu" in shown.words
    assert "Lebih lembut" in shown.buttons()


async def test_the_language_of_ones_telegram_can_be_chosen_again(stage: Stage) -> None:
    await press_language(stage, "ru")

    shown = await press_language(stage, "auto")

    assert shown.words == "All right, I speak the language of your Telegram again."
    assert "✓ As in my Telegram" in shown.buttons()


async def test_a_group_has_one_language_whoever_asks(stage: Stage) -> None:
    await press_language(stage, "es", chat_id=GROUP)

    await stage.text(BEN, "/help", chat_id=GROUP, **speaking("ru", BEN))
    await stage.text(BEN, "/help", **speaking("ru", BEN))

    assert stage.telegram.words(GROUP)[-1].startswith("<b>Qué sé hacer")
    assert stage.telegram.words(BEN)[-1].startswith("<b>Что я умею")


async def test_in_a_group_without_one_each_is_answered_in_what_they_chose(stage: Stage) -> None:
    await press_language(stage, "id")

    await stage.text(ANN, "/help", chat_id=GROUP)
    await stage.text(BEN, "/help", chat_id=GROUP)

    assert [words[:8] for words in stage.telegram.words(GROUP)] == ["<b>Yang ", "<b>What "]


async def test_in_a_group_only_its_admins_choose(stage: Stage) -> None:
    stage.telegram.admins[GROUP] = {BEN}
    await stage.text(ANN, "/language", chat_id=GROUP)
    [shown] = stage.telegram.chat(GROUP)

    await stage.press(ANN, shown.message_id, "language:ru", chat_id=GROUP)
    assert stage.telegram.last_answer() == "Only admins of this group can change that."
    assert shown.words == "Which language shall I speak here?"
    await stage.press(BEN, shown.message_id, "language:ru", chat_id=GROUP)

    assert shown.words == "Хорошо, теперь я говорю здесь по-русски."


@pytest.mark.parametrize("data", ["language:xx", "language:", "language:ru.x", "language:../en", "language:RU"])
async def test_a_forged_language_is_refused(stage: Stage, data: str) -> None:
    await stage.text(ANN, "/language")
    [shown] = stage.telegram.chat(ANN)

    await stage.press(ANN, shown.message_id, data)

    async with stage.services.database.read() as session:
        chat = await session.get(Chat, ANN)
    assert chat is None or chat.language is None
    assert "out of date" in (stage.telegram.last_answer() or "")


async def test_a_language_can_be_chosen_under_a_message_that_telegram_hides(stage: Stage) -> None:
    await stage.text(ANN, "/language")
    [shown] = stage.telegram.chat(ANN)

    await stage.press(ANN, shown.message_id, "language:es", accessible=False)

    assert await stage.parts.people.language(ANN, ANN) == "es"


async def test_a_group_keeps_its_language_when_it_becomes_a_supergroup(stage: Stage) -> None:
    await press_language(stage, "es", chat_id=GROUP)

    await stage.parts.people.move_chat(GROUP, GROUP - 1)

    assert await stage.parts.people.language(BEN, GROUP - 1) == "es"


async def test_two_people_at_once_are_each_answered_in_their_own_language(stage: Stage) -> None:
    await press_language(stage, "ru")

    await asyncio.gather(*(stage.text(user_id, "/help") for user_id in (ANN, BEN)))

    assert stage.telegram.words(ANN)[-1].startswith("<b>Что")
    assert stage.telegram.words(BEN)[-1].startswith("<b>What")


@pytest.mark.parametrize(
    ("user_id", "offered"),
    [(ANN, menus.COMMANDS), (ADMIN, menus.ADMINS_COMMANDS)],
    ids=["anybody", "an admin"],
)
async def test_the_menu_follows_the_chosen_language(stage: Stage, user_id: int, offered: tuple[str, ...]) -> None:
    await press_language(stage, "ru", user_id)

    [call] = [call for call in stage.telegram.calls if call.method == "setMyCommands"]
    assert call.parameters["scope"] == {"chat_id": user_id, "type": "chat"}
    assert call.parameters["commands"][0]["description"] == "Показать, что я умею"
    assert [command["command"] for command in call.parameters["commands"]] == list(offered)


async def test_a_chosen_language_is_forgotten_with_everything_else_and_so_is_its_menu(stage: Stage) -> None:
    await press_language(stage, "ru")
    await stage.text(ANN, "/delete_me")
    asked = stage.telegram.chat(ANN)[-1]

    await stage.press(ANN, asked.message_id, asked.data("delete-me"))
    await stage.text(ANN, "/help")

    assert asked.words.startswith("Готово.")
    assert stage.telegram.words(ANN)[-1].startswith("<b>What I can do")
    assert [call.method for call in stage.telegram.calls if "MyCommands" in call.method][-1] == "deleteMyCommands"


async def test_an_unwell_database_costs_the_language_but_no_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object) -> str:
        raise OSError("away")

    monkeypatch.setattr(updates, "greet", away)

    await stage.text(ANN, "/help", **speaking("es"))

    assert stage.telegram.words(ANN)[0].startswith("<b>Qué sé hacer")
    assert "a language is not known" in caplog.text
