"""Putting a page in front of an admin: as a new message, or in the place of the one that was pressed."""

from telegram import Message, Update

from bot.answers import language_of, show_again
from bot.context import BotContext
from bot.messages import Look, send
from bot.people import person_in
from bot.places import Place


async def show_new(update: Update, context: BotContext, look: Look) -> Message:
    """A page in a message of its own."""
    return await send(context.bot, Place(chat_id=person_in(update).chat_id), look)


async def turn_to(update: Update, context: BotContext, look: Look) -> int:
    """A page where the pressed button stood, or in a new message where that can no longer be changed; its number."""
    context.parts.boards.leave(person_in(update).user_id)
    return await show_again(update, context, look)


async def show_overview(update: Update, context: BotContext) -> None:
    """The overview in a message of its own, kept up to date from now on."""
    admin_id, language = person_in(update).user_id, language_of(update)
    look = await context.parts.pages.overview(admin_id, language)
    message = await show_new(update, context, look)
    context.parts.boards.follow(admin_id, message.message_id, language, look)


async def turn_to_overview(update: Update, context: BotContext) -> None:
    """The overview where the pressed button stood, kept up to date from now on."""
    admin_id, language = person_in(update).user_id, language_of(update)
    look = await context.parts.pages.overview(admin_id, language)
    message_id = await turn_to(update, context, look)
    context.parts.boards.follow(admin_id, message_id, language, look)
