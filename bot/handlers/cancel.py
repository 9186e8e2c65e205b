"""Somebody wants everything stopped that they asked for in this chat."""

from telegram import Update
from telegram.ext import CommandHandler

from bot.answers import reply
from bot.context import BotApplication, BotContext
from bot.handlers import going_on
from bot.people import person_in


async def cancel_everything(update: Update, context: BotContext) -> None:
    """Forget the draft and what was begun, cancel the open jobs, and say which of these there was."""
    parts, person = context.parts, person_in(update)
    begun = bool((await parts.drafts.mixing(person)).parts) | await going_on.leave(update, context)
    forgotten = await parts.drafts.clear(person)
    jobs = await parts.orders.cancel_all(person)
    if jobs:
        await reply(update, context, "cancel-both" if forgotten else "cancel-jobs", jobs=jobs)
    elif forgotten or not begun:
        await reply(update, context, "cancel-draft" if forgotten else "cancel-nothing")
    else:
        await reply(update, context, "cancel-begun")


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("cancel", cancel_everything))
