"""An admin closes the door for a while, opens it again, or wants to hear no alerts."""

from telegram import Update
from telegram.ext import CommandHandler

from bot import texts
from bot.admin.keyboards import ADMIN_ALERTS, ADMIN_PAUSE, ADMIN_RESUME, OFF
from bot.admin.rights import command_of_admins, press_of_admins
from bot.admin.said import words_in
from bot.admin.showing import turn_to_overview
from bot.answers import answer_press, argument_in, language_of, reply
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.people import person_in

# With room to spare in an answer to a press, which is where most people will read it.
LONGEST_SENTENCE = 180


@command_of_admins
async def pause(update: Update, context: BotContext) -> None:
    """/pause Back at eight: take no new wishes, and say that to whoever has one."""
    sentence = words_in(update)
    if len(sentence) > LONGEST_SENTENCE:
        await reply(update, context, "admin-pause-too-long", most=LONGEST_SENTENCE, long=len(sentence))
        return
    await context.parts.administration.pause_intake(person_in(update).user_id, sentence)
    await reply(update, context, "admin-paused", sentence=sentence or texts.plain(language_of(update), "intake-paused"))


@command_of_admins
async def resume(update: Update, context: BotContext) -> None:
    """/resume: take wishes again."""
    await context.parts.administration.resume_intake(person_in(update).user_id)
    await reply(update, context, "admin-resumed")


@press_of_admins
async def pause_pressed(update: Update, context: BotContext) -> None:
    """Take no new wishes, in the usual words."""
    administration = context.parts.administration
    # A button of before must not take away the sentence that somebody has found meanwhile.
    changed = not await administration.is_paused()
    if changed:
        await administration.pause_intake(person_in(update).user_id, "")
    await answer_press(update, "press-done" if changed else "press-already-so")
    await turn_to_overview(update, context)


@press_of_admins
async def resume_pressed(update: Update, context: BotContext) -> None:
    """Take wishes again."""
    administration = context.parts.administration
    changed = await administration.is_paused()
    if changed:
        await administration.resume_intake(person_in(update).user_id)
    await answer_press(update, "press-done" if changed else "press-already-so")
    await turn_to_overview(update, context)


@press_of_admins
async def choose_alerts(update: Update, context: BotContext) -> None:
    """Whether this admin hears of trouble."""
    administration, admin_id, quiet = (
        context.parts.administration,
        person_in(update).user_id,
        argument_in(update) == OFF,
    )
    changed = quiet is (admin_id in await administration.listeners())
    if changed:
        await administration.set_quiet(admin_id, quiet)
    await answer_press(update, "press-done" if changed else "press-already-so")
    await turn_to_overview(update, context)


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("pause", pause))
    application.add_handler(CommandHandler("resume", resume))
    application.add_handler(Button(ADMIN_PAUSE, pause_pressed))
    application.add_handler(Button(ADMIN_RESUME, resume_pressed))
    application.add_handler(Button(ADMIN_ALERTS, choose_alerts))
