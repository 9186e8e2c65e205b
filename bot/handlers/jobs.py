"""Somebody taps a button under one of their jobs."""

from telegram import Update

from bot import keyboards, texts
from bot.answers import answer_press, answer_ticket, argument_in, language_of, place_of, press_in
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import CANCEL_ANSWERS, Refused
from bot.people import person_in
from jobs.values import CancelOutcome, Ticket


async def cancel_job(update: Update, context: BotContext) -> None:
    """Cancel one job of one's own."""
    job_id = keyboards.id_in(argument_in(update))
    outcome = await context.parts.orders.cancel(person_in(update), job_id)
    if outcome not in (CancelOutcome.CANCELLED, CancelOutcome.STOPPING):
        raise Refused(CANCEL_ANSWERS[outcome])
    await answer_press(update, CANCEL_ANSWERS[outcome])
    if outcome == CancelOutcome.STOPPING:
        await context.parts.status.announce(job_id)


async def retry_job(update: Update, context: BotContext) -> None:
    """Try a failed or cancelled job once more."""
    job_id = keyboards.id_in(argument_in(update))
    await go_on(update, context, await context.parts.orders.retry(press_in(update), job_id))


async def paint_again(update: Update, context: BotContext) -> None:
    """Paint the same wish with other dice."""
    job_id = keyboards.id_in(argument_in(update))
    await go_on(update, context, await context.parts.orders.again(press_in(update), job_id))


async def swap_pictures(update: Update, context: BotContext) -> None:
    """Let content and style change places."""
    job_id = keyboards.id_in(argument_in(update))
    await go_on(update, context, await context.parts.orders.swap(press_in(update), job_id))


async def offer_other_styles(update: Update, context: BotContext) -> None:
    """Show the styles for the photo of a job."""
    parts, language, place = context.parts, language_of(update), place_of(update)
    assert place is not None  # buttons stand in a chat
    picture_id = await parts.orders.content_of(person_in(update), keyboards.id_in(argument_in(update)))
    await answer_press(update)
    markup = await parts.offers.markup(person_in(update), picture_id, language)
    await parts.shelf.send_sheet(context.bot, place, texts.render(language, "other-style"), markup, language)


async def send_file(update: Update, context: BotContext) -> None:
    """Send the result as it was painted."""
    parts, place = context.parts, place_of(update)
    assert place is not None  # buttons stand in a chat
    view = await parts.orders.result_of(person_in(update), keyboards.id_in(argument_in(update)))
    file = await parts.files.find(view)
    await answer_press(update, "press-file")
    await parts.files.send(view, file, place)


async def go_on(update: Update, context: BotContext, ticket: Ticket) -> None:
    """Answer the press and show where the new job stands."""
    await answer_ticket(update, context, ticket)
    await context.parts.status.announce(ticket.job_id)


def register(application: BotApplication) -> None:
    application.add_handler(Button(keyboards.CANCEL, cancel_job))
    application.add_handler(Button(keyboards.RETRY, retry_job))
    application.add_handler(Button(keyboards.AGAIN, paint_again))
    application.add_handler(Button(keyboards.SWAP, swap_pictures))
    application.add_handler(Button(keyboards.FILE, send_file))
    application.add_handler(Button(keyboards.RESTYLE, offer_other_styles))
