"""Somebody wants to see how a picture came to be: its film is sent, or made with a painting in high quality."""

from telegram import Update

from bot import keyboards
from bot.answers import answer_press, answer_ticket, argument_in, language_of, place_of, press_in
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.films import how_it_came
from bot.people import person_in
from models.states import Lane


async def show_film(update: Update, context: BotContext) -> None:
    """The film of a painting; of an instant picture, that of its painting in high quality, which begins now."""
    parts, place, language = context.parts, place_of(update), language_of(update)
    assert place is not None  # buttons stand in a chat
    view = await parts.orders.result_of(person_in(update), keyboards.id_in(argument_in(update)))
    if view.lane is Lane.INSTANT:
        ticket = await parts.orders.refine(press_in(update), view.id, film=True)
        await answer_ticket(update, context, ticket, "press-film-begins")
        await parts.status.announce(ticket.job_id)
        return
    film = await parts.films.find(view)
    await answer_press(update, "press-film")
    await parts.films.send(view, film, how_it_came(view, language), place)


def register(application: BotApplication) -> None:
    application.add_handler(Button(keyboards.FILM, show_film))
