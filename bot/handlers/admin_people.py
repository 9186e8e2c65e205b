"""An admin looks somebody up, bans them, lets them in again or gives them another limit; an owner chooses admins."""

from dataclasses import replace

from telegram import Update
from telegram.ext import CommandHandler

from bot import keyboards, menus, texts
from bot.admin import keyboards as admin_keyboards
from bot.admin.keyboards import ADMIN_BAN, ADMIN_PEOPLE, ADMIN_PERSON, ADMIN_PROMOTE, ADMIN_QUOTA, ADMIN_UNBAN, USUAL
from bot.admin.rights import command_of_admins, press_of_admins
from bot.admin.said import number_in, sentence_in
from bot.admin.showing import show_new, turn_to
from bot.answers import answer_press, argument_in, language_of, reply
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.messages import Look
from bot.people import person_in

MOST_DAILY = 1_000_000


@command_of_admins
async def find_people(update: Update, context: BotContext) -> None:
    """/user Ann, /user 12: one person, or several to choose from."""
    pages, language, said = context.parts.pages, language_of(update), sentence_in(context)
    user_id = number_in(context)
    look = await (pages.person(user_id, language) if user_id is not None else pages.people(said, language))
    await show_new(update, context, look)


@press_of_admins
async def list_people(update: Update, context: BotContext) -> None:
    """The newest people."""
    await answer_press(update)
    await turn_to(update, context, await context.parts.pages.people("", language_of(update)))


@press_of_admins
async def open_person(update: Update, context: BotContext) -> None:
    """What is known of a person."""
    await answer_press(update)
    await _turn_to_person(update, context, _person_in_button(update))


@press_of_admins
async def ban_pressed(update: Update, context: BotContext) -> None:
    """Take nothing more from a person."""
    user_id, administration = _person_in_button(update), context.parts.administration
    changed = (await administration.person(user_id)).banned_at is None
    if changed:
        await administration.ban(person_in(update).user_id, user_id)
    await _answer_and_show(update, context, user_id, changed)


@press_of_admins
async def unban_pressed(update: Update, context: BotContext) -> None:
    """Let a person ask again."""
    user_id, administration = _person_in_button(update), context.parts.administration
    changed = (await administration.person(user_id)).banned_at is not None
    if changed:
        await administration.unban(person_in(update).user_id, user_id)
    await _answer_and_show(update, context, user_id, changed)


@press_of_admins
async def quota_pressed(update: Update, context: BotContext) -> None:
    """Another limit for a person, or the usual one."""
    number, _, wish = argument_in(update).partition(".")
    user_id, daily = keyboards.id_in(number), None if wish == USUAL else min(MOST_DAILY, keyboards.id_in(wish))
    administration = context.parts.administration
    changed = (await administration.person(user_id)).daily_limit != daily
    if changed:
        await administration.set_quota(person_in(update).user_id, user_id, daily)
    await _answer_and_show(update, context, user_id, changed)


@command_of_admins
async def ban(update: Update, context: BotContext) -> None:
    """/ban 12, also of somebody who never wrote."""
    user_id = number_in(context)
    if user_id is None:
        await reply(update, context, "admin-ban-usage")
        return
    await context.parts.administration.ban(person_in(update).user_id, user_id)
    await _show_person(update, context, user_id, "admin-banned")


@command_of_admins
async def unban(update: Update, context: BotContext) -> None:
    """/unban 12."""
    user_id = number_in(context)
    if user_id is None:
        await reply(update, context, "admin-unban-usage")
        return
    await context.parts.administration.unban(person_in(update).user_id, user_id)
    await _show_person(update, context, user_id, "admin-unbanned")


@command_of_admins
async def set_quota(update: Update, context: BotContext) -> None:
    """/quota 12 50, or /quota 12 usual."""
    user_id, daily = number_in(context), number_in(context, 1)
    usual = (context.args or [])[1:] == [USUAL]
    if user_id is None or (daily is None and not usual):
        await reply(update, context, "admin-quota-usage")
        return
    daily = None if daily is None else min(MOST_DAILY, daily)
    await context.parts.administration.set_quota(person_in(update).user_id, user_id, daily)
    await _show_person(update, context, user_id, "admin-quota-set")


@command_of_admins
async def promote(update: Update, context: BotContext) -> None:
    """/promote 12: an owner makes somebody an admin."""
    user_id, administration = number_in(context), context.parts.administration
    owner = administration.is_owner(person_in(update).user_id)
    if owner and user_id is not None and (await administration.person(user_id)).name is None:
        # Most likely a slip: whoever has that number would have all rights as soon as they come.
        language = language_of(update)
        words = texts.render(language, "admin-promote-ask", id=str(user_id))
        await show_new(update, context, Look(words=words, markup=admin_keyboards.promote(user_id, language)))
        return
    await _appoint(update, context, is_admin=True)


@press_of_admins
async def promote_pressed(update: Update, context: BotContext) -> None:
    """The owner means it, though nobody of that number has ever written."""
    user_id = _person_in_button(update)
    changed = not (await context.parts.administration.person(user_id)).is_admin
    if changed:
        await _make_admin(update, context, user_id, is_admin=True)
    await _answer_and_show(update, context, user_id, changed)


@command_of_admins
async def demote(update: Update, context: BotContext) -> None:
    """/demote 12: an owner takes that back. It holds from the next command or press on."""
    await _appoint(update, context, is_admin=False)


async def _appoint(update: Update, context: BotContext, *, is_admin: bool) -> None:
    user_id = number_in(context)
    if user_id is None:
        await reply(update, context, "admin-promote-usage")
        return
    await _make_admin(update, context, user_id, is_admin=is_admin)
    await _show_person(update, context, user_id, "admin-promoted" if is_admin else "admin-demoted")


async def _make_admin(update: Update, context: BotContext, user_id: int, *, is_admin: bool) -> None:
    await context.parts.administration.appoint(person_in(update).user_id, user_id, is_admin=is_admin)
    language = await context.parts.people.language_of_chat(user_id)
    await menus.offer_chosen(context.bot, user_id, language, is_admin=is_admin)


async def _show_person(update: Update, context: BotContext, user_id: int, done: str) -> None:
    """The person as they stand now, after what was done; done: the key of its sentence"""
    look = await context.parts.pages.person(user_id, language_of(update))
    words = f"{texts.render(language_of(update), done)}\n\n{look.words}"
    await show_new(update, context, replace(look, words=words))


async def _answer_and_show(update: Update, context: BotContext, user_id: int, changed: bool) -> None:
    """changed: False where the button was of before, and things stand so already"""
    await answer_press(update, "press-done" if changed else "press-already-so")
    await _turn_to_person(update, context, user_id)


async def _turn_to_person(update: Update, context: BotContext, user_id: int) -> None:
    await turn_to(update, context, await context.parts.pages.person(user_id, language_of(update)))


def _person_in_button(update: Update) -> int:
    return keyboards.id_in(argument_in(update))


def register(application: BotApplication) -> None:
    commands = {
        "user": find_people,
        "ban": ban,
        "unban": unban,
        "quota": set_quota,
        "promote": promote,
        "demote": demote,
    }
    for command, handle in commands.items():
        application.add_handler(CommandHandler(command, handle))
    application.add_handler(Button(ADMIN_PEOPLE, list_people))
    application.add_handler(Button(ADMIN_PERSON, open_person))
    application.add_handler(Button(ADMIN_BAN, ban_pressed))
    application.add_handler(Button(ADMIN_UNBAN, unban_pressed))
    application.add_handler(Button(ADMIN_QUOTA, quota_pressed))
    application.add_handler(Button(ADMIN_PROMOTE, promote_pressed))
