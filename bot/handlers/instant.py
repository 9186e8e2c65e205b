"""Somebody taps a button under an instant picture: the same with one setting changed, or in high quality."""

from telegram import Update

from bot import keyboards
from bot.answers import argument_in, press_in
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import Refused
from bot.handlers.jobs import go_on
from bot.variations import Change


async def change_picture(update: Update, context: BotContext) -> None:
    """Paint it again at once, stronger or softer, in other colours or with another brush, in the same message."""
    job, _, wish = argument_in(update).partition(".")
    try:
        change = Change(wish)
    except ValueError:
        raise Refused("press-old") from None
    ticket = await context.parts.orders.vary(press_in(update), keyboards.id_in(job), change)
    await go_on(update, context, ticket)


async def refine_picture(update: Update, context: BotContext) -> None:
    """Paint it in high quality, in a message of its own."""
    job_id = keyboards.id_in(argument_in(update))
    await go_on(update, context, await context.parts.orders.refine(press_in(update), job_id))


def register(application: BotApplication) -> None:
    application.add_handler(Button(keyboards.VARY, change_picture))
    application.add_handler(Button(keyboards.REFINE, refine_picture))
