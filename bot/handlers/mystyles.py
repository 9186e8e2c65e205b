"""Somebody keeps a style of their own: saves it, paints with it, renames, shares and deletes it. Between two only."""

from dataclasses import replace
from functools import partial

from telegram import Update
from telegram.ext import CommandHandler, MessageHandler, filters

from bot import keyboards, texts
from bot.answers import answer_press, answer_ticket, argument_in, language_of, place_of, press_in, reply, show_again
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.dialogues import Awaited
from bot.errors import Refused
from bot.handlers import anything_else, going_on
from bot.links import LinkTo, carried_by
from bot.messages import Look, send
from bot.mixing import Mixture
from bot.own_styles import LINK_PREFIX, SavedStyle
from bot.people import person_in
from jobs.values import MixPart


async def show_styles(update: Update, context: BotContext) -> None:
    """The person's styles; with a name behind the command, their last style photo is saved under it."""
    person, place, message = person_in(update), place_of(update), update.effective_message
    assert place is not None  # commands stand in a chat
    assert message is not None
    if person.in_group:
        await reply(update, context, "private-only")
        return
    name = " ".join((message.text or "").split()[1:])
    if not name:
        await send(context.bot, place, await _list(update, context))
        return
    job_id = await context.parts.own_styles.job_with_style_photo(person)
    if job_id is None:
        await reply(update, context, "style-none-to-save")
        return
    style = await context.parts.own_styles.save(person, job_id, name, "")
    await send(context.bot, place, _card(style, language_of(update)))


async def save_style(update: Update, context: BotContext) -> None:
    """Keep the style photo of a picture; what it is called can be changed afterwards."""
    place, language, person = place_of(update), language_of(update), person_in(update)
    assert place is not None  # buttons stand in a chat
    auto_name = texts.plain(language, "style-name")
    style = await context.parts.own_styles.save(person, keyboards.id_in(argument_in(update)), None, auto_name)
    await answer_press(update, "press-saved")
    if not person.in_group:
        await send(context.bot, place, _card(style, language))


async def show_all(update: Update, context: BotContext) -> None:
    """Back to the list, in the same message."""
    await answer_press(update)
    await show_again(update, context, await _list(update, context))


async def show_style(update: Update, context: BotContext) -> None:
    """One style and what can be done with it, in the same message."""
    style = await _found(update, context)
    await answer_press(update)
    await show_again(update, context, _card(style, language_of(update)))


async def use_style(update: Update, context: BotContext) -> None:
    """Paint the photo that waits with it, or else the next one."""
    parts, person, press = context.parts, person_in(update), press_in(update)
    style = await _found(update, context)
    alone = _alone(style)
    content_id = await parts.drafts.content(person)
    if content_id is None:
        await answer_press(update)
        await going_on.await_photo(update, context, alone, style.name)
        return
    ticket = await parts.orders.mixed(person, content_id, alone, f"own:{style.id}:{content_id}", press.message_id)
    await answer_ticket(update, context, ticket)
    await parts.drafts.use_up(person, ticket.job_id)
    await parts.status.announce(ticket.job_id)


async def ask_for_name(update: Update, context: BotContext) -> None:
    """The next words are its name."""
    style, language = await _found(update, context, own=True), language_of(update)
    await answer_press(update)
    words = texts.render(language, "style-which-name", name=style.name)
    asking = Look(words=words, markup=keyboards.never_mind(person_in(update).user_id, language))
    awaited = Awaited(naming_style_id=style.id)
    await going_on.wait_for(update, context, awaited, partial(going_on.say, update, context, asking))


async def receive_name(update: Update, context: BotContext) -> None:
    """Take words for a name where one was asked for; otherwise they are words like any."""
    parts, person, message, place = context.parts, person_in(update), update.effective_message, place_of(update)
    assert place is not None  # messages stand in a chat
    assert message is not None
    awaited = await parts.dialogues.awaited(person)
    if awaited is None or awaited.naming_style_id is None:
        await anything_else.turn_down(update, context)
        return
    try:
        style = await parts.own_styles.rename(person.user_id, awaited.naming_style_id, message.text or "")
    except Refused as refusal:
        if refusal.key == "press-style-gone":  # deleted meanwhile: there is nothing to wait for
            await going_on.leave(update, context)
        raise
    await going_on.fulfil(update, context)
    await send(context.bot, place, _card(style, language_of(update)))


async def share_style(update: Update, context: BotContext) -> None:
    """Hand out a link. A second one takes the place of the first."""
    style = await _found(update, context, own=True)
    token = await context.parts.own_styles.share(person_in(update).user_id, style.id)
    await answer_press(update)
    link = f"https://t.me/{context.bot.username}?start={LINK_PREFIX}{token}"
    await reply(update, context, "style-link", name=style.name, link=link)
    shared = await _found(update, context, own=True)
    await show_again(update, context, _card(shared, language_of(update)))


async def stop_sharing(update: Update, context: BotContext) -> None:
    """The link works no more, and nobody else may paint with the style."""
    style_id = keyboards.id_in(argument_in(update))
    style = await context.parts.own_styles.stop_sharing(person_in(update).user_id, style_id)
    await answer_press(update, "press-unshared")
    await show_again(update, context, _card(style, language_of(update)))


async def ask_before_deleting(update: Update, context: BotContext) -> None:
    """Ask once."""
    style, language = await _found(update, context, own=True), language_of(update)
    await answer_press(update)
    words = texts.render(language, "style-delete", name=style.name)
    await show_again(update, context, Look(words=words, markup=keyboards.delete_style(style.id, language)))


async def delete_style(update: Update, context: BotContext) -> None:
    """Delete it."""
    await context.parts.own_styles.delete(person_in(update).user_id, keyboards.id_in(argument_in(update)))
    await answer_press(update, "press-deleted")
    await show_again(update, context, await _list(update, context))


async def leave_style(update: Update, context: BotContext) -> None:
    """Take what somebody else shares off the list."""
    await context.parts.own_styles.leave(person_in(update).user_id, keyboards.id_in(argument_in(update)))
    await answer_press(update)
    await show_again(update, context, await _list(update, context))


async def open_link(update: Update, context: BotContext) -> None:
    """Let somebody paint with the style that a link leads to; a link that leads nowhere gets one sentence."""
    message, place = update.effective_message, place_of(update)
    assert place is not None  # commands stand in a chat
    assert message is not None
    token = carried_by(message, LINK_PREFIX)
    style = await context.parts.own_styles.open(person_in(update), token, update.update_id)
    if style is None:
        await reply(update, context, "style-link-dead")
        return
    language = language_of(update)
    # The style that was opened last counts; a photo that waits is painted at a press, and not unasked.
    waits = await context.parts.drafts.content(person_in(update)) is not None
    card = _card(style, language)
    button = texts.plain(language, "button-use-style")
    offer = "\n\n" + texts.render(language, "style-photo-waits", button=button) if waits else ""
    await send(context.bot, place, replace(card, words=card.words + offer))
    if not waits:
        await going_on.await_photo(update, context, _alone(style), style.name)


async def _found(update: Update, context: BotContext, *, own: bool = False) -> SavedStyle:
    """The style that a button carries."""
    style_id = keyboards.id_in(argument_in(update))
    style = await context.parts.own_styles.find(person_in(update).user_id, style_id)
    if own and not style.own:
        raise Refused("press-not-yours")
    return style


async def _list(update: Update, context: BotContext) -> Look:
    parts, person, language = context.parts, person_in(update), language_of(update)
    usable = await parts.own_styles.usable(person.user_id)
    job_id = await parts.own_styles.job_to_save(person)
    words = texts.render(language, "styles" if usable else "styles-none")
    return Look(words=words, markup=keyboards.own_styles(usable, job_id, language))


def _alone(style: SavedStyle) -> Mixture:
    return Mixture(parts=(MixPart(style_id=style.id),))


def _card(style: SavedStyle, language: str | None) -> Look:
    key = "style-card-shared" if style.shared else ("style-card" if style.own else "style-card-guest")
    return Look(words=texts.render(language, key, name=style.name), markup=keyboards.own_style(style, language))


def register(application: BotApplication) -> None:
    words = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & filters.TEXT & ~filters.COMMAND
    application.add_handler(MessageHandler(filters.ChatType.PRIVATE & LinkTo(LINK_PREFIX), open_link))
    application.add_handler(CommandHandler("mystyles", show_styles))
    application.add_handler(Button(keyboards.SAVE_STYLE, save_style))
    application.add_handler(Button(keyboards.OWN_STYLES, show_all))
    application.add_handler(Button(keyboards.OWN_STYLE, show_style))
    application.add_handler(Button(keyboards.USE_STYLE, use_style))
    application.add_handler(Button(keyboards.RENAME_STYLE, ask_for_name))
    application.add_handler(Button(keyboards.SHARE_STYLE, share_style))
    application.add_handler(Button(keyboards.UNSHARE_STYLE, stop_sharing))
    application.add_handler(Button(keyboards.DELETE_STYLE, ask_before_deleting))
    application.add_handler(Button(keyboards.DELETE_STYLE_YES, delete_style))
    application.add_handler(Button(keyboards.LEAVE_STYLE, leave_style))
    application.add_handler(MessageHandler(words, receive_name))
