"""Somebody chooses the language the bot speaks in a chat; before that, each update learns what was chosen."""

from telegram import Update
from telegram.ext import CommandHandler, TypeHandler

from bot import keyboards, menus, texts
from bot.answers import (
    answer_press,
    argument_in,
    has_met,
    language_of,
    learn_language,
    place_of,
    press_in,
    show_again,
)
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import Refused
from bot.handlers.settings import insist_on_say
from bot.messages import Look, send
from bot.people import person_in

# Handlers of this group come before all others, the gate's next.
FIRST = -3


async def learn(update: Update, context: BotContext) -> None:
    """Before anything is said: in which language, where that is not known already."""
    if not has_met():
        await learn_language(update, context.parts.people)


async def ask_for_language(update: Update, context: BotContext) -> None:
    """Show the languages, in their own words."""
    place = place_of(update)
    assert place is not None  # commands stand in a chat
    await send(context.bot, place, await _choice(update, context, "language-choose"))


async def offer_languages(update: Update, context: BotContext) -> None:
    """The same, after a press under the settings."""
    await answer_press(update)
    await ask_for_language(update, context)


async def choose_language(update: Update, context: BotContext) -> None:
    """Speak it in this chat from now on. In a group its admins choose, for everybody there."""
    parts, press, code = context.parts, press_in(update), argument_in(update)
    language = None if code == keyboards.NO_LANGUAGE else code
    if language is not None and language not in texts.languages():
        raise Refused("press-old")
    await insist_on_say(press.person, context)
    await parts.people.choose_language(press.person, language)
    await learn_language(update, parts.people)
    await answer_press(update)
    look = await _choice(update, context, "language-set" if language is not None else "language-auto")
    await show_again(update, context, look, of_all=True)
    is_admin = await parts.administration.is_admin(press.person.chat_id)
    await menus.offer_chosen(context.bot, press.person.chat_id, language, is_admin=is_admin)


async def _choice(update: Update, context: BotContext, key: str) -> Look:
    person, language = person_in(update), language_of(update)
    chosen = await context.parts.people.language_of_chat(person.chat_id)
    markup = keyboards.languages(chosen, language)
    return Look(words=texts.render(language, key), markup=markup)


def register(application: BotApplication) -> None:
    application.add_handler(TypeHandler(Update, learn), FIRST)
    application.add_handler(CommandHandler("language", ask_for_language))
    application.add_handler(Button(keyboards.ASK_LANGUAGE, offer_languages))
    application.add_handler(Button(keyboards.LANGUAGE, choose_language))
