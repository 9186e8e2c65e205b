"""The one message of a job: sent once, then changed from words to pictures and back, whatever it was before."""

import logging
from dataclasses import dataclass, replace
from typing import Any

from telegram import InlineKeyboardMarkup, InputMediaAnimation, InputMediaDocument, InputMediaPhoto, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.errors import MessageGone, is_gone, is_not_modified, is_other_kind, is_topic_gone
from bot.pacing import Priority
from bot.places import Place

log = logging.getLogger(__name__)

PHOTO_NAME, FILM_NAME = "pastiche.jpg", "pastiche.mp4"
# Else Telegram may show a picture that was sent as a file as a photo of its own making.
_AS_IT_IS: dict[str, Any] = {"disable_content_type_detection": True}


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a message is to show.

    picture: its bytes, or the id under which Telegram holds it
    file_name: the picture is handed over as a file of that name; None: as a photo
    film: the picture is an MP4, which plays in the chat by itself
    """

    words: str
    markup: InlineKeyboardMarkup | None = None
    picture: bytes | str | None = None
    file_name: str | None = None
    film: bool = False


async def send(bot: ExtBot[Priority], place: Place, look: Look, priority: Priority = Priority.REPLY) -> Message:
    """A new message; where its topic is closed or gone, one outside the topics."""
    try:
        return await _send(bot, place, look, priority)
    except BadRequest as error:
        if place.thread_id is None or not is_topic_gone(error):
            raise
        return await _send(bot, replace(place, thread_id=None), look, priority)


async def send_file(
    bot: ExtBot[Priority], place: Place, file: bytes | str, name: str, priority: Priority = Priority.REPLY
) -> Message:
    """A new message with a file and no words: its bytes, or the id under which Telegram holds it."""
    return await bot.send_document(place.chat_id, file, filename=name, **_AS_IT_IS, **_to(place, priority))


async def _send(bot: ExtBot[Priority], place: Place, look: Look, priority: Priority) -> Message:
    shared = {"reply_markup": look.markup, **_to(place, priority)}
    if look.picture is None:
        return await bot.send_message(place.chat_id, look.words, ParseMode.HTML, **shared)
    shared |= {"caption": look.words, "parse_mode": ParseMode.HTML}
    if look.film:
        return await bot.send_animation(place.chat_id, look.picture, filename=FILM_NAME, **shared)
    if look.file_name is not None:
        return await bot.send_document(place.chat_id, look.picture, filename=look.file_name, **_AS_IT_IS, **shared)
    return await bot.send_photo(place.chat_id, look.picture, filename=PHOTO_NAME, **shared)


def _to(place: Place, priority: Priority) -> dict[str, Any]:
    """What every new message is told about where it goes, and how soon."""
    return {
        "message_thread_id": place.thread_id,
        "reply_parameters": place.reply_parameters(),
        "rate_limit_args": priority,
    }


async def take_buttons(bot: ExtBot[Priority], chat_id: int, message_id: int) -> None:
    """Leave a message without its buttons. Never raises: it may be gone, or have none."""
    try:
        await bot.edit_message_reply_markup(chat_id, message_id, rate_limit_args=Priority.BULK)
    except TelegramError as error:
        log.info("buttons were not taken away", extra={"chat_id": chat_id, "error": type(error).__name__})


async def change(
    bot: ExtBot[Priority],
    chat_id: int,
    message_id: int,
    look: Look,
    priority: Priority,
    *,
    is_text: bool = False,
) -> Message | None:
    """Make a message look so; None where it already does. Raises MessageGone where there is nothing to change.

    is_text: what the message is believed to be now; a wrong belief costs a call
    """
    order = (_change_text, _change_caption) if is_text else (_change_caption, _change_text)
    try:
        if look.picture is not None:
            return await _change_picture(bot, chat_id, message_id, look, priority)
        try:
            return await order[0](bot, chat_id, message_id, look, priority)
        except BadRequest as error:
            if not is_other_kind(error):
                raise
            return await order[1](bot, chat_id, message_id, look, priority)
    except BadRequest as error:
        if is_not_modified(error):
            return None
        if is_gone(error):
            raise MessageGone from error
        raise


async def _change_picture(
    bot: ExtBot[Priority], chat_id: int, message_id: int, look: Look, priority: Priority
) -> Message:
    changed = await bot.edit_message_media(
        _media(look), chat_id, message_id, reply_markup=look.markup, rate_limit_args=priority
    )
    return _ours(changed)


def _media(look: Look) -> InputMediaPhoto | InputMediaDocument | InputMediaAnimation:
    # The words' form is named here and not in the library's defaults, which would name it to Telegram at a place
    # where editMessageMedia knows no such parameter.
    assert look.picture is not None
    if look.film:
        return InputMediaAnimation(look.picture, look.words, ParseMode.HTML, filename=FILM_NAME)
    if look.file_name is None:
        return InputMediaPhoto(look.picture, look.words, ParseMode.HTML, filename=PHOTO_NAME)
    return InputMediaDocument(
        look.picture, look.words, ParseMode.HTML, filename=look.file_name, disable_content_type_detection=True
    )


async def _change_caption(
    bot: ExtBot[Priority], chat_id: int, message_id: int, look: Look, priority: Priority
) -> Message:
    changed = await bot.edit_message_caption(
        chat_id,
        message_id,
        caption=look.words,
        parse_mode=ParseMode.HTML,
        reply_markup=look.markup,
        rate_limit_args=priority,
    )
    return _ours(changed)


async def _change_text(bot: ExtBot[Priority], chat_id: int, message_id: int, look: Look, priority: Priority) -> Message:
    changed = await bot.edit_message_text(
        look.words,
        chat_id,
        message_id,
        parse_mode=ParseMode.HTML,
        reply_markup=look.markup,
        rate_limit_args=priority,
    )
    return _ours(changed)


def _ours(changed: Message | bool) -> Message:
    """Telegram answers with the message, and with True only for inline messages, which are never sent."""
    assert isinstance(changed, Message)
    return changed
