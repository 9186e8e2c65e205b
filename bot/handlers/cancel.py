"""Somebody wants everything stopped that they asked for in this chat."""

from telegram import Update
from telegram.ext import CommandHandler

from bot.answers import reply
from bot.context import BotApplication, BotContext
from bot.people import person_in


async def cancel_everything(update: Update, context: BotContext) -> None:
    """Forget the draft, cancel the open jobs, and say which of the two there was."""
    person = person_in(update)
    forgotten = await context.parts.drafts.clear(person)
    jobs = await context.parts.orders.cancel_all(person)
    if jobs:
        await reply(update, context, "cancel-both" if forgotten else "cancel-jobs", jobs=jobs)
    else:
        await reply(update, context, "cancel-draft" if forgotten else "cancel-nothing")


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("cancel", cancel_everything))
