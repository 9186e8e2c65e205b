"""Somebody says hello, and taps one of the three buttons of the greeting."""

from telegram import Update
from telegram.ext import CommandHandler

from bot import keyboards, texts
from bot.answers import answer_press, ask_for_picture, how_to_be_heard, language_of, place_of, reply
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.people import person_in


async def greet(update: Update, context: BotContext) -> None:
    """Say what the bot does, with a painted picture and three ways to go on."""
    parts, language, person, place = context.parts, language_of(update), person_in(update), place_of(update)
    assert place is not None  # commands stand in a chat
    await parts.people.meet(person)
    words = texts.render(language, "start", name=person.name) + how_to_be_heard(update, context)
    await parts.shelf.send_example(context.bot, place, words, keyboards.start(language))


async def show_presets(update: Update, context: BotContext) -> None:
    """Show the styles: for the photo that waits, or to look at until there is one."""
    await answer_press(update)
    language, place = language_of(update), place_of(update)
    assert place is not None  # buttons stand in a chat
    picture_id = await context.parts.drafts.content(person_in(update))
    markup = await context.parts.offers.markup(person_in(update), picture_id, language)
    words = texts.render(language, "content-set" if picture_id is not None else "ask-for-photo")
    words += how_to_be_heard(update, context)
    await context.parts.shelf.send_sheet(context.bot, place, words, markup, language)


async def ask_for_own_style(update: Update, context: BotContext) -> None:
    """Say in which order to send two pictures."""
    await answer_press(update)
    await ask_for_picture(update, context, "ask-for-own-style")


async def explain(update: Update, context: BotContext) -> None:
    """Say how it works."""
    await answer_press(update)
    await reply(update, context, "how-it-works")


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("start", greet))
    application.add_handler(Button(keyboards.SHOW_PRESETS, show_presets))
    application.add_handler(Button(keyboards.SHOW_OWN_STYLE, ask_for_own_style))
    application.add_handler(Button(keyboards.SHOW_HOW, explain))
