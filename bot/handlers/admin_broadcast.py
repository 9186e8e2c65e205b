"""An admin says something to everybody: first they see it as everybody will, then they send it or drop it."""

from telegram import InlineKeyboardMarkup, Message, MessageEntity, Update
from telegram.constants import MessageLimit
from telegram.ext import CommandHandler

from bot import keyboards, texts
from bot.admin import keyboards as buttons
from bot.admin.rights import command_of_admins, press_of_admins
from bot.admin.showing import show_new, turn_to
from bot.answers import answer_press, argument_in, language_of, reply
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import Refused
from bot.messages import Look
from bot.people import person_in

# What is said where nothing is left to do, by the state of the broadcast.
TOO_LATE = {
    "running": "press-already",
    "cancelled": "press-broadcast-stopped",
    "done": "press-broadcast-done",
}


@command_of_admins
async def preview(update: Update, context: BotContext) -> None:
    """/broadcast WORDS, with their formatting: show them as everybody will see them, and ask."""
    message = update.effective_message
    assert message is not None  # a command is a message
    words = _words_in(message)
    if not words or len(words) > MessageLimit.MAX_TEXT_LENGTH:
        await reply(update, context, "broadcast-usage")
        return
    await show_new(update, context, Look(words=words))
    broadcast_id = await context.parts.broadcasts.draft(person_in(update).user_id, words)
    await show_new(update, context, await _page(context, broadcast_id, language_of(update)))


@press_of_admins
async def start(update: Update, context: BotContext) -> None:
    """Begin to send it."""
    broadcast_id = keyboards.id_in(argument_in(update))
    started = await context.parts.broadcasts.start(person_in(update).user_id, broadcast_id)
    context.parts.herald.wake()
    await _answer_and_show(update, context, broadcast_id, started)


@press_of_admins
async def stop(update: Update, context: BotContext) -> None:
    """Send it to nobody else, or to nobody at all."""
    broadcast_id = keyboards.id_in(argument_in(update))
    stopped = await context.parts.broadcasts.stop(person_in(update).user_id, broadcast_id)
    await _answer_and_show(update, context, broadcast_id, stopped)


@press_of_admins
async def look(update: Update, context: BotContext) -> None:
    """How far it got."""
    page = await _page(context, keyboards.id_in(argument_in(update)), language_of(update))
    await answer_press(update)
    await turn_to(update, context, page)


def _words_in(message: Message) -> str:
    """What stands behind the command, as HTML. Formatting that begins with the command begins with the words."""
    _, *said = (message.text or "").split(maxsplit=1)
    if not said:
        return ""
    # A command is plain letters: up to here Telegram, which counts otherwise, counts as we do.
    skipped = len(message.text or "") - len(said[0])
    shifted = [_moved_back(entity, skipped) for entity in message.entities if entity.offset + entity.length > skipped]
    return Message(message.message_id, message.date, message.chat, text=said[0], entities=shifted).text_html


def _moved_back(entity: MessageEntity, by: int) -> MessageEntity:
    return MessageEntity(
        entity.type,
        max(0, entity.offset - by),
        entity.length - max(0, by - entity.offset),
        url=entity.url,
        user=entity.user,
        language=entity.language,
        custom_emoji_id=entity.custom_emoji_id,
    )


async def _answer_and_show(update: Update, context: BotContext, broadcast_id: int, done: bool) -> None:
    """Say what came of a press, which may stand under an old message or be the second one, and how things are."""
    found = await context.parts.broadcasts.find(broadcast_id)
    if found is None:
        raise Refused("press-old")
    await answer_press(update, "press-done" if done else TOO_LATE[found[0].state])
    await turn_to(update, context, await _page(context, broadcast_id, language_of(update)))


async def _page(context: BotContext, broadcast_id: int, language: str | None) -> Look:
    found = await context.parts.broadcasts.find(broadcast_id)
    if found is None:
        raise Refused("press-old")
    row, recipients = found
    if row.state == "draft":
        words = texts.render(language, "broadcast-ask", people=recipients)
    else:
        facts: dict[str, texts.Fact] = {"sent": row.sent, "blocked": row.blocked, "failed": row.failed}
        words = texts.render(language, "broadcast-state", state=row.state, people=recipients, **facts)
    markup: InlineKeyboardMarkup = buttons.broadcast(row.id, row.state, language)
    return Look(words=words, markup=markup)


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("broadcast", preview))
    application.add_handler(Button(buttons.ADMIN_SEND, start))
    application.add_handler(Button(buttons.ADMIN_STOP, stop))
    application.add_handler(Button(buttons.ADMIN_LOOK, look))
