"""Somebody asks what is kept of them, or wants all of it deleted."""

from telegram import Update
from telegram.ext import CommandHandler

from bot import keyboards, menus, texts
from bot.answers import answer_press, argument_in, language_of, place_of, press_in, reply, show_again
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.forgetting import NOTHING
from bot.messages import Look, send, take_buttons
from bot.people import person_in


async def explain_privacy(update: Update, context: BotContext) -> None:
    """Say what is kept and for how long."""
    kept = context.parts.config.kept
    await reply(update, context, "privacy", hours=round(kept.total_seconds() / 3600))


async def ask_before_deleting(update: Update, context: BotContext) -> None:
    """Ask once. It concerns all chats, so it is a matter between two."""
    person, language, place = person_in(update), language_of(update), place_of(update)
    assert place is not None  # commands stand in a chat
    if person.in_group:
        await reply(update, context, "private-only")
        return
    words = texts.render(language, "delete-me")
    await send(context.bot, place, Look(words=words, markup=keyboards.delete_me(person.user_id, language)))


async def delete_everything(update: Update, context: BotContext) -> None:
    """Delete all that is kept of who pressed, and say how much that was."""
    press, language = press_in(update), language_of(update)
    keyboards.insist_on_owner(argument_in(update), press.person.user_id)
    deleted = await context.parts.forgetting.forget(press.person.user_id, language, update.update_id)
    if deleted == NOTHING:  # a second press: the message keeps what the first one had it say
        await answer_press(update, "press-nothing-left", alert=True)
        if await context.parts.orders.may_change(press):
            await take_buttons(context.bot, press.person.chat_id, press.message_id)
        return
    await answer_press(update, "press-deleted")
    facts = {"rows": deleted.rows, "files": deleted.files, "jobs": deleted.stopped}
    await show_again(update, context, Look(words=texts.render(language, "deleted", **facts)))
    # The language that was chosen is forgotten, and with it the menu in that language.
    is_admin = await context.parts.administration.is_admin(press.person.user_id)
    await menus.offer_chosen(context.bot, press.person.user_id, None, is_admin=is_admin)


async def keep_everything(update: Update, context: BotContext) -> None:
    """Leave it as it is."""
    keyboards.insist_on_owner(argument_in(update), press_in(update).person.user_id)
    await answer_press(update)
    await show_again(update, context, Look(words=texts.render(language_of(update), "delete-not")))


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("privacy", explain_privacy))
    application.add_handler(CommandHandler("delete_me", ask_before_deleting))
    application.add_handler(Button(keyboards.DELETE_ME, delete_everything))
    application.add_handler(Button(keyboards.KEEP_ME, keep_everything))
