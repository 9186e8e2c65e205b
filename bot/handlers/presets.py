"""Somebody taps a style under their photo, or turns the page to see more of them."""

from contextlib import suppress

from telegram import Message, Update

from bot import keyboards
from bot.answers import answer_press, answer_ticket, argument_in, language_of, press_in
from bot.buttons import Button
from bot.categories import Category
from bot.context import BotApplication, BotContext
from bot.errors import MessageGone, Refused
from bot.messages import Look
from bot.mixing import Mixture
from jobs.values import MixPart


async def choose_preset(update: Update, context: BotContext) -> None:
    """Queue the painting; the tapped message becomes its status message."""
    parts, press = context.parts, press_in(update)
    picture, _, preset = argument_in(update).partition(".")
    picture_id = keyboards.id_in(picture)
    ticket = await parts.orders.with_preset(press, picture_id, preset)
    await answer_ticket(update, context, ticket)
    await parts.drafts.use_up(press.person, ticket.job_id)
    await parts.status.announce(ticket.job_id)


async def turn_page(update: Update, context: BotContext) -> None:
    """Show other styles in the same message, as long as none has been chosen there."""
    parts, press, language, sheet = context.parts, press_in(update), language_of(update), update.effective_message
    picture, _, rest = argument_in(update).partition(".")
    number, _, kind = rest.partition(".")
    picture_id, page = keyboards.id_in(picture), keyboards.id_in(number)
    category = _category(kind)
    if not press.editable or not isinstance(sheet, Message):
        raise Refused("press-old")
    if picture_id:
        await parts.orders.insist_on_picture(press.person, picture_id)
    if not await parts.orders.may_change(press):
        raise Refused("press-not-yours")
    if (chosen := await parts.orders.of_sheet(press)) is not None:
        raise Refused(await parts.orders.what_became_of(chosen))
    await answer_press(update)
    markup = await parts.offers.markup(press.person, picture_id or None, language, page=page, category=category)
    with suppress(MessageGone):  # somebody deleted it meanwhile
        look = Look(words=sheet.caption_html, markup=markup)
        await parts.shelf.turn_sheet(context.bot, press, look, page, language, category)


async def choose_saved_style(update: Update, context: BotContext) -> None:
    """The same with a style that the person saved, or that somebody shares with them."""
    parts, press = context.parts, press_in(update)
    picture, _, style = argument_in(update).partition(".")
    picture_id = keyboards.id_in(picture)
    alone = Mixture(parts=(MixPart(style_id=keyboards.id_in(style)),))
    ticket = await parts.orders.mix_here(press, picture_id, alone)
    await answer_ticket(update, context, ticket)
    await parts.drafts.use_up(press.person, ticket.job_id)
    await parts.status.announce(ticket.job_id)


def _category(kind: str) -> Category:
    """What a button of a page carries; nothing where it is an old one."""
    try:
        return Category(kind) if kind else Category.ALL
    except ValueError:
        raise Refused("press-old") from None


def register(application: BotApplication) -> None:
    application.add_handler(Button(keyboards.PAGE, turn_page))
    application.add_handler(Button(keyboards.OWN_ON, choose_saved_style))
    application.add_handler(Button(keyboards.PRESET, choose_preset))
