"""Somebody looks through their own jobs: sees what came of each, has it sent again, or painted again."""

from datetime import UTC, datetime

from telegram import Update
from telegram.ext import CommandHandler

from bot import keyboards
from bot.answers import answer_press, argument_in, language_of, place_of, press_in, reply, show_again
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import Refused
from bot.handlers.jobs import go_on
from bot.messages import send
from bot.people import person_in


async def show_jobs(update: Update, context: BotContext) -> None:
    """The newest ones."""
    parts, person, language, place = context.parts, person_in(update), language_of(update), place_of(update)
    assert place is not None  # commands stand in a chat
    page = await parts.history.page(person, 0)
    if page is None:
        await reply(update, context, "jobs-none")
        return
    await send(context.bot, place, await parts.history.look_at_page(person, page, language, datetime.now(UTC)))


async def turn_page(update: Update, context: BotContext) -> None:
    """Others of them, in the same message; also the way back from one of them."""
    parts, press, language = context.parts, press_in(update), language_of(update)
    owner, _, number = argument_in(update).partition(".")
    keyboards.insist_on_owner(owner, press.person.user_id)
    page = await parts.history.page(press.person, keyboards.id_in(number))
    if page is None:  # all of them were deleted
        raise Refused("press-old")
    await answer_press(update)
    look = await parts.history.look_at_page(press.person, page, language, datetime.now(UTC))
    await show_again(update, context, look, is_text=False)


async def show_job(update: Update, context: BotContext) -> None:
    """One of them, in the same message."""
    parts, press, language = context.parts, press_in(update), language_of(update)
    job, _, page = argument_in(update).partition(".")
    look = await parts.history.look_at_job(press.person, keyboards.id_in(job), keyboards.id_in(page), language)
    await answer_press(update)
    await show_again(update, context, look, is_text=False)


async def resend_result(update: Update, context: BotContext) -> None:
    """Send a result once more, with the buttons that belong under it."""
    place = place_of(update)
    assert place is not None  # buttons stand in a chat
    job_id = keyboards.id_in(argument_in(update))
    await context.parts.history.resend(person_in(update), job_id, place, language_of(update))
    await answer_press(update)


async def paint_afresh(update: Update, context: BotContext) -> None:
    """Paint the same wish as the present settings say."""
    job_id = keyboards.id_in(argument_in(update))
    await go_on(update, context, await context.parts.orders.afresh(press_in(update), job_id))


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("jobs", show_jobs))
    application.add_handler(Button(keyboards.JOBS, turn_page))
    application.add_handler(Button(keyboards.JOB, show_job))
    application.add_handler(Button(keyboards.RESEND, resend_result))
    application.add_handler(Button(keyboards.AFRESH, paint_afresh))
