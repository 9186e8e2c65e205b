"""Somebody taps a style under their photo."""

from telegram import Update

from bot import keyboards
from bot.answers import answer_press, argument_in, press_in
from bot.buttons import Button
from bot.context import BotApplication, BotContext


async def choose_preset(update: Update, context: BotContext) -> None:
    """Queue the painting; the tapped message becomes its status message."""
    parts, press = context.parts, press_in(update)
    picture, _, preset = argument_in(update).partition(".")
    picture_id = keyboards.id_in(picture)
    ticket = await parts.orders.with_preset(press, picture_id, preset)
    await answer_press(update, "press-on-it" if ticket.created else "press-already")
    await parts.drafts.use_up(press.person, picture_id)
    await parts.status.announce(ticket.job_id)


def register(application: BotApplication) -> None:
    application.add_handler(Button(keyboards.PRESET, choose_preset))
