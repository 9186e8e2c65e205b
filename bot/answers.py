"""Saying a sentence of the catalogue: under a message, or to whoever pressed a button."""

import logging
from contextvars import ContextVar
from dataclasses import replace

from telegram import MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot import audience, keyboards, texts
from bot.context import BotContext
from bot.errors import MessageGone
from bot.messages import Look, change, send
from bot.orders import Press
from bot.pacing import Priority
from bot.people import People, person_in, thread_of
from bot.places import Place
from jobs.values import Ticket
from models.updates import Greeting

log = logging.getLogger(__name__)

# How to meet the sender of this task's update. Every update is handled in a task of its own, so that each has its own
# value, and nobody has to hand it through.
_greeting: ContextVar[Greeting | None] = ContextVar("greeting", default=None)


def meet(greeting: Greeting | None) -> None:
    """From here on this task knows what language was chosen, for language_of; None: that is not known."""
    _greeting.set(greeting)


def has_met() -> bool:
    """Whether this task knows."""
    return _greeting.get() is not None


async def learn_language(update: Update, people: People) -> None:
    """Find out what language was chosen for an update's chat, for language_of. Never raises: then nothing was."""
    user, chat = update.effective_user, update.effective_chat
    if user is None:
        return
    try:
        meet(await people.greet(user.id, chat.id if chat is not None else user.id))
    except Exception as error:
        log.warning("a language is not known", extra={"update_id": update.update_id, "error": type(error).__name__})


def is_unwelcome() -> bool:
    """Whether the sender of this task's update was banned when it came; in an outage nobody is."""
    greeting = _greeting.get()
    return greeting is not None and greeting.banned


def language_of(update: Update) -> str | None:
    """What was chosen here by /language, or else the language of the sender's Telegram."""
    greeting = _greeting.get()
    if greeting is not None and greeting.language is not None:
        return greeting.language
    return update.effective_user.language_code if update.effective_user is not None else None


def place_of(update: Update) -> Place | None:
    """Where an answer goes: the chat and topic; in a group it answers the message. None where there is no chat."""
    message, chat = update.effective_message, update.effective_chat
    if chat is None:
        return None
    if not isinstance(message, Message):  # a button whose message Telegram no longer shows us
        return Place(chat_id=chat.id)
    return Place(
        chat_id=chat.id,
        thread_id=thread_of(update),
        reply_to=message.message_id if chat.type != ChatType.PRIVATE else None,
    )


async def reply(update: Update, context: BotContext, key: str, **facts: texts.Fact) -> None:
    """Answer with a sentence; silent where there is no chat to answer in."""
    await _say(update, context, texts.render(language_of(update), key, **facts))


async def ask_for_picture(update: Update, context: BotContext, key: str, **facts: texts.Fact) -> None:
    """The same with a sentence that asks for a picture."""
    words = texts.render(language_of(update), key, **facts) + how_to_be_heard(update, context)
    await _say(update, context, words)


async def _say(update: Update, context: BotContext, words: str) -> None:
    place = place_of(update)
    if place is not None:
        await send(context.bot, place, Look(words=words))


def how_to_be_heard(update: Update, context: BotContext) -> str:
    """What a sentence that asks for a picture ends with."""
    return audience.how_to_be_heard(person_in(update).chat_id, context.bot.username, language_of(update))


async def show_upload(update: Update, context: BotContext) -> None:
    """Let the chat show that a picture is on its way. Never raises: what matters is the picture."""
    place = place_of(update)
    try:
        if place is not None:
            await context.bot.send_chat_action(place.chat_id, ChatAction.UPLOAD_PHOTO, place.thread_id)
    except TelegramError as error:
        log.info("an upload was not shown", extra={"update_id": update.update_id, "error": type(error).__name__})


async def apologise(update: Update) -> None:
    """Say that an update is not lost, but cannot be stored yet. Asks no database."""
    if update.callback_query is not None:
        await answer_press(update, "press-not-stored")
        return
    place, bot = place_of(update), update.get_bot()
    assert isinstance(bot, ExtBot)  # the application's own
    if place is not None:
        await send(bot, place, Look(words=texts.render(language_of(update), "not-stored")))


async def answer_press(
    update: Update, key: str | None = None, *, alert: bool = False, in_passing: bool = False, **facts: texts.Fact
) -> bool:
    """Take the clock off a pressed button, with a short sentence. Never raises; False where nobody got the answer.

    alert: in a window that stays until it is closed
    in_passing: after everybody else's
    """
    query, bot = update.callback_query, update.get_bot()
    assert query is not None
    assert isinstance(bot, ExtBot)  # the application's own
    words = texts.plain(language_of(update), key, **facts) if key is not None else None
    priority = Priority.BULK if in_passing else Priority.REPLY
    try:
        return await bot.answer_callback_query(query.id, words, show_alert=alert or None, rate_limit_args=priority)
    except TelegramError as error:
        # Whatever the press asked for goes on: too old, too many, no answer from Telegram.
        log.info("a press was not answered", extra={"update_id": update.update_id, "error": type(error).__name__})
        return False


async def answer_ticket(update: Update, context: BotContext, ticket: Ticket, key: str = "press-on-it") -> None:
    """Answer a press that asked for a job: with that sentence, or by what became of the job it asked for before."""
    asked_before = await context.parts.orders.what_became_of(ticket) if not ticket.created else None
    await answer_press(update, asked_before or key)


async def show_again(
    update: Update, context: BotContext, look: Look, *, is_text: bool = True, of_all: bool = False
) -> int:
    """Make the pressed message look so, or send a new one where it can no longer be changed; its number.

    of_all: it concerns the chat, whoever asked for it
    """
    press, place = press_in(update), place_of(update)
    assert place is not None  # buttons stand in a chat
    try:
        if await context.parts.orders.may_change(press, of_all=of_all):
            await change(context.bot, place.chat_id, press.message_id, look, Priority.REPLY, is_text=is_text)
            return press.message_id
    except MessageGone:
        place = replace(place, reply_to=None)  # somebody deleted it meanwhile
    return (await send(context.bot, place, look)).message_id


def replied_to(update: Update) -> Message | None:
    """The message that this one answers."""
    return _replied_to(update.effective_message)


def _replied_to(message: MaybeInaccessibleMessage | None) -> Message | None:
    """In a topic all that answer nothing else answer the one that opened it."""
    replied = message.reply_to_message if isinstance(message, Message) else None
    return replied if replied is not None and replied.forum_topic_created is None else None


def argument_in(update: Update) -> str:
    """What the pressed button carries behind its verb."""
    query = update.callback_query
    assert query is not None  # CallbackQueryHandler lets nothing else through
    return keyboards.argument_of(query.data)


def press_in(update: Update) -> Press:
    """The pressed button of an update that has one."""
    query = update.callback_query
    assert query is not None
    assert query.message is not None  # inline messages, which have none, are never sent
    return Press(
        person=person_in(update),
        message_id=query.message.message_id,
        press_id=query.id,
        # Telegram no longer lets us edit a message whose date it withholds.
        editable=query.message.is_accessible,
        answers=_answered_by(query.message),
    )


def _answered_by(message: MaybeInaccessibleMessage) -> int | None:
    """Who wrote what a message answers; None where that was no person, or is not known any more."""
    replied = _replied_to(message)
    writer = replied.from_user if replied is not None else None
    return writer.id if writer is not None and not writer.is_bot else None
