"""Somebody wants a picture large enough to print: first the paper is chosen, then it is painted tile by tile."""

from telegram import Update
from telegram.ext import CommandHandler

from bot import keyboards, texts
from bot.answers import answer_press, argument_in, language_of, place_of, press_in, replied_to, reply
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import Refused
from bot.handlers.jobs import go_on
from bot.messages import Look, send
from bot.papers import find_paper
from bot.people import person_in


async def offer_papers(update: Update, context: BotContext) -> None:
    """Ask for the paper, after a press."""
    job_id = keyboards.id_in(argument_in(update))
    await context.parts.orders.for_poster(person_in(update), job_id)
    await answer_press(update)
    await _ask(update, context, job_id)


async def offer_papers_in_reply(update: Update, context: BotContext) -> None:
    """Ask for the paper, after /poster in reply to a result."""
    orders, person, replied = context.parts.orders, person_in(update), replied_to(update)
    job_id = await orders.delivered_in(person.chat_id, replied.message_id) if replied is not None else None
    if job_id is None:
        await reply(update, context, "poster-reply" if replied is None else "poster-unknown")
        return
    try:
        await orders.for_poster(person, job_id)
    except Refused as refused:
        if refused.key != "press-not-possible":
            raise
        await reply(update, context, "poster-unknown")  # a study
        return
    await _ask(update, context, job_id)


async def paint_poster(update: Update, context: BotContext) -> None:
    """Queue the poster; the message that asked for the paper becomes its status message, and then the poster."""
    job, _, key = argument_in(update).partition(".")
    job_id, paper = keyboards.id_in(job), find_paper(key)
    if paper is None:
        raise Refused("press-old")
    await go_on(update, context, await context.parts.orders.poster(press_in(update), job_id, paper))


async def _ask(update: Update, context: BotContext, job_id: int) -> None:
    language, place = language_of(update), place_of(update)
    assert place is not None  # buttons and commands stand in a chat
    look = Look(words=texts.render(language, "poster-which"), markup=keyboards.papers(job_id, language))
    await send(context.bot, place, look)


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("poster", offer_papers_in_reply))
    application.add_handler(Button(keyboards.POSTER, offer_papers))
    application.add_handler(Button(keyboards.PAPER, paint_poster))
