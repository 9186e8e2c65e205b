"""Somebody sets how their later pictures are painted. In a group its admins do, for everybody there."""

from telegram import ChatMember, Update
from telegram.error import TelegramError
from telegram.ext import CommandHandler

from bot import keyboards, texts
from bot.answers import answer_press, argument_in, language_of, place_of, press_in, show_again
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import Refused
from bot.messages import Look, send
from bot.people import Person, person_in
from bot.preferences import Preferences

MAY_SET = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)


async def show_settings(update: Update, context: BotContext) -> None:
    """One message with a row of buttons a setting. Whoever is in a group may look."""
    place, person = place_of(update), person_in(update)
    assert place is not None  # commands stand in a chat
    chosen = await context.parts.preferences.read(person.chat_id)
    await send(context.bot, place, _look(chosen, person, language_of(update)))


async def choose_setting(update: Update, context: BotContext) -> None:
    """Keep a choice, and show it in the same message."""
    press = press_in(update)
    setting, _, place = argument_in(update).partition(".")
    await insist_on_say(press.person, context)
    chosen = await context.parts.preferences.choose(press.person, setting, keyboards.id_in(place))
    await answer_press(update, "press-noted")
    await show_again(update, context, _look(chosen, press.person, language_of(update)), of_all=True)


async def insist_on_say(person: Person, context: BotContext) -> None:
    """Raises Refused for those who may not decide for the chat: in a group all but its admins.

    Telegram is asked at each press, for admins come and go; where it does not answer, nobody may.
    """
    if not person.in_group:
        return
    try:
        member = await context.bot.get_chat_member(person.chat_id, person.user_id)
    except TelegramError as error:
        raise Refused("press-failed") from error
    if member.status not in MAY_SET:
        raise Refused("press-admins-only")


def _look(chosen: Preferences, person: Person, language: str | None) -> Look:
    words = texts.render(language, "settings-group" if person.in_group else "settings")
    return Look(words=words, markup=keyboards.settings(chosen, language))


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("settings", show_settings))
    application.add_handler(Button(keyboards.SETTING, choose_setting))
