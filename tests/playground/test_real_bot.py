"""A real python-telegram-bot application against a real server: what it expects of Telegram, it must find here."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from tests.playground.helpers import Running, a_picture, opened

ADA = 1001
AnyApplication = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE


async def greet(update: Update, _: Context) -> None:
    assert update.message is not None
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go", style="success")]])
    await update.message.reply_html("<b>Hello</b>", reply_markup=keyboard, do_quote=True)


async def paint(update: Update, context: Context) -> None:
    """One status message from text to picture, as a painting bot does it."""
    assert update.message is not None
    file = await update.message.photo[-1].get_file()
    width = opened(bytes(await file.download_as_bytearray())).width
    status = await update.message.reply_text("queued")
    await context.bot.send_chat_action(ADA, "upload_photo")
    await status.edit_media(InputMediaPhoto(a_picture(width, 10), caption="done"))
    await update.message.reply_document(a_picture(width, 10), filename="full.png")


async def answer(update: Update, _: Context) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Going", show_alert=True)
    await query.edit_message_text("gone")


def an_application(playground: Running) -> AnyApplication:
    builder = ApplicationBuilder().token(playground.token)
    return builder.base_url(f"{playground.url}/bot").base_file_url(f"{playground.url}/file/bot").build()


@pytest.fixture
async def bot(playground: Running) -> AsyncIterator[AnyApplication]:
    """The application, polling."""
    application = an_application(playground)
    application.add_handler(CommandHandler("start", greet))
    application.add_handler(MessageHandler(filters.PHOTO, paint))
    application.add_handler(CallbackQueryHandler(answer))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(timeout=5)
        yield application
        await application.updater.stop()
        await application.stop()


async def chat_of(playground: Running, length: int) -> list[dict[str, Any]]:
    """Ada's chat, once it has so many messages."""
    known: dict[str, Any] = {}
    async with asyncio.timeout(30):
        while len(chat := await playground.chat()) < length:
            news = await playground.events(**known)
            known = {"after": news["revision"], "epoch": news["epoch"]}
    return chat


async def test_a_command_is_answered_and_its_button_works(playground: Running, bot: AnyApplication) -> None:
    asked = await playground.says("/start")
    [*_, greeting] = await chat_of(playground, 3)

    press = {"message_id": greeting["id"], "data": "go"}
    pressed = (await playground.http.post("/person/ada/press", json=press)).json()

    assert (greeting["text"], greeting["reply_to"]) == ("Hello", asked)
    assert greeting["buttons"][0][0]["style"] == "success"
    assert pressed == {"answered": True, "text": "Going", "alert": True}


async def test_a_photo_goes_through_status_message_to_picture_and_file(
    playground: Running, bot: AnyApplication
) -> None:
    await playground.sends(a_picture(200, 100))

    *_, status, document = await chat_of(playground, 4)

    assert (status["photo"]["width"], status["caption"], status["edits"]) == (200, "done", 1)
    assert (document["document"]["name"], document["document"]["width"]) == ("full.png", 200)


async def test_albums_go_both_ways(playground: Running, bot: AnyApplication) -> None:
    photos = await bot.bot.send_media_group(ADA, [InputMediaPhoto(a_picture(), caption=text) for text in ("a", "b")])
    files = await bot.bot.send_media_group(ADA, [InputMediaDocument(b"x", filename=f"{n}.txt") for n in (1, 2)])

    assert [message.caption for message in photos] == ["a", "b"]
    assert [message.document and message.document.file_name for message in files] == ["1.txt", "2.txt"]
    assert photos[0].media_group_id == photos[1].media_group_id != files[0].media_group_id


async def test_errors_reach_the_library_as_its_own(playground: Running, bot: AnyApplication) -> None:
    sent = await bot.bot.send_message(ADA, "same")
    await playground.says("hello", user="ben")

    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_text("same")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.bot.send_message(5, "x")
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.bot.answer_callback_query("5")
    await playground.http.get("/person/cleo/events")
    with pytest.raises(Forbidden):
        await bot.bot.send_message(1003, "x")


async def test_what_becomes_of_chats_reaches_the_library_as_its_own(playground: Running, bot: AnyApplication) -> None:
    wish = {"kind": "group", "title": "Painters", "members": ["ada"]}
    group = (await playground.http.post("/chat", json=wish)).json()["id"]
    supergroup = (await playground.http.post(f"/chat/{group}/migrate", json={})).json()["id"]
    await playground.http.post("/person/ada/block", json={})

    with pytest.raises(ChatMigrated) as migrated:
        await bot.bot.send_message(group, "x")
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.bot.send_message(ADA, "x")

    assert migrated.value.new_chat_id == supergroup


async def test_faults_reach_the_library_as_those_of_telegram(
    playground: Running, bot: AnyApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    for fault in ({"status": 429, "retry_after": 3}, {"after_accept": True}, {"status": 502}):
        await playground.http.post("/faults", json={"method": "sendMessage", **fault})

    with pytest.raises(RetryAfter) as flooded:
        await bot.bot.send_message(ADA, "refused")
    with pytest.raises(NetworkError, match="RemoteProtocolError"):
        await bot.bot.send_message(ADA, "arrived")
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.bot.send_message(ADA, "refused")

    assert flooded.value.retry_after == timedelta(seconds=3)
    assert [message["text"] for message in await playground.chat()] == ["/start", "arrived"]


async def test_a_press_of_an_old_message_names_only_where_it_was(playground: Running) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = await playground.result("sendMessage", chat_id=ADA, text="x", reply_markup=keyboard)
    press = {"message_id": sent["message_id"], "data": "go", "inaccessible": True}
    async with an_application(playground) as application:
        pressed = asyncio.create_task(playground.http.post("/person/ada/press", json=press))
        [update] = await application.bot.get_updates(timeout=20)
        assert update.callback_query is not None
        await update.callback_query.answer()
        await pressed

    message = update.callback_query.message
    assert message is not None
    assert (message.message_id, message.is_accessible) == (sent["message_id"], False)


async def test_a_second_poller_is_a_conflict(playground: Running) -> None:
    async with an_application(playground) as one, an_application(playground) as other:
        first = asyncio.create_task(one.bot.get_updates(timeout=10))
        await playground.until_polled()
        second = asyncio.create_task(other.bot.get_updates(timeout=10))

        with pytest.raises(Conflict):
            await first
        await playground.says("hello")
        assert len(await second) == 1


async def test_commands_are_set(playground: Running, bot: AnyApplication) -> None:
    await bot.bot.set_my_commands([("start", "Begin")])

    assert [command.command for command in await bot.bot.get_my_commands()] == ["start"]
