"""Somebody names a style: under a photo, in reply to one, or for the photo they sent before."""

from dataclasses import replace

from telegram import Update
from telegram.ext import CommandHandler, MessageHandler

from bot import keyboards, pictures, texts
from bot.answers import language_of, place_of, replied_to, reply
from bot.context import BotApplication, BotContext
from bot.errors import Refused
from bot.handlers import going_on
from bot.handlers.photos import fetch
from bot.handlers.picture_filters import under_photo
from bot.messages import Look, send
from bot.mixing import Mixture
from bot.people import person_in
from bot.pictures import Sent
from bot.style_names import find_style, near_styles
from jobs.values import MixPart


async def style_captioned(update: Update, context: BotContext) -> None:
    """Paint a photo in the style that its caption names."""
    await going_on.go_on(update, context)
    message = update.effective_message
    assert message is not None  # the filters let nothing else through
    await _paint(update, context, _said(message.caption), pictures.sent_in(message))


async def style_replied(update: Update, context: BotContext) -> None:
    """Paint the photo that a command answers, or the one that waits, in the style it names."""
    message, replied = update.effective_message, replied_to(update)
    assert message is not None  # a command is a message
    sent = None
    if replied is not None and (replied.photo or (replied.document and pictures.is_image(replied.document))):
        # Under the command's own number: what others ask about the same photo is theirs.
        sent = replace(pictures.sent_in(replied), message_id=message.message_id, album_id=None)
    await _paint(update, context, _said(message.text), sent)


async def _paint(update: Update, context: BotContext, said: str, sent: Sent | None) -> None:
    """One step where the style is clear, and otherwise one sentence with the styles that may be meant."""
    parts, person, message = context.parts, person_in(update), update.effective_message
    assert message is not None  # _paint is asked about messages
    key = f"style:{person.chat_id}:{message.message_id}"
    ticket = await parts.orders.find(key)
    if ticket is None:
        picture_id = await _picture(update, context, sent)
        mixture = await _meant(update, context, said)
        if picture_id is None:
            await _ask_for_photo(update, context, said if mixture is None else "")
            return
        if mixture is None:
            await _offer_near(update, context, said, picture_id)
            return
        ticket = await parts.orders.mixed(person, picture_id, mixture, key, message.message_id)
    await parts.drafts.use_up(person, ticket.job_id)
    await parts.status.announce(ticket.job_id)


async def _meant(update: Update, context: BotContext, said: str) -> Mixture | None:
    """A style that the person saved under that name, or the preset that is meant; None where that is not clear."""
    saved = await context.parts.own_styles.named(person_in(update).user_id, said)
    if saved is not None:
        return Mixture(parts=(MixPart(style_id=saved.id),))
    preset = find_style(said, language_of(update))
    return Mixture(parts=(MixPart(preset=preset.name),)) if preset is not None else None


async def _picture(update: Update, context: BotContext, sent: Sent | None) -> int | None:
    """What is to be painted: the photo of one's own result, the photo that is meant, or the one that waits."""
    parts, person = context.parts, person_in(update)
    if (painted := await _painted_before(update, context)) is not None:
        return painted
    if sent is None:
        return await parts.drafts.content(person)
    kept = await fetch(update, context, sent)
    if kept.animated:
        await reply(update, context, "picture-animated")
    return await parts.drafts.keep(person, sent, kept)


async def _painted_before(update: Update, context: BotContext) -> int | None:
    """The photo behind a result of one's own that is answered: another style of it is meant, not one on top."""
    orders, person, replied = context.parts.orders, person_in(update), replied_to(update)
    job_id = await orders.delivered_in(person.chat_id, replied.message_id) if replied is not None else None
    try:
        return await orders.content_of(person, job_id) if job_id is not None else None
    except Refused:  # somebody else's, or gone: then what everybody sees there is painted
        return None


async def _ask_for_photo(update: Update, context: BotContext, unknown: str) -> None:
    """Say where to write the command; unknown: what was taken for a style, and is none: what there is, is shown."""
    parts, language, place, name = context.parts, language_of(update), place_of(update), texts.tidy_name(unknown)
    assert place is not None  # messages stand in a chat
    if not name:
        await reply(update, context, "style-no-photo")
        return
    near = ", ".join(texts.preset_title(language, preset) for preset in near_styles(unknown, language))
    known = texts.render(language, "style-unknown" if near else "style-none", name=name)
    words = f"{known} {texts.escaped(near)}".rstrip() + "\n\n" + texts.render(language, "style-no-photo")
    markup = await parts.offers.markup(person_in(update), None, language)
    await parts.shelf.send_sheet(context.bot, place, words, markup, language)


async def _offer_near(update: Update, context: BotContext, said: str, picture_id: int) -> None:
    """The styles that may be meant; where nothing is like what was said, all of them."""
    parts, language, place = context.parts, language_of(update), place_of(update)
    assert place is not None  # messages stand in a chat
    name, near = texts.tidy_name(said), near_styles(said, language)
    if near:
        look = Look(words=texts.render(language, "style-unknown", name=name))
        await send(context.bot, place, replace(look, markup=keyboards.near(picture_id, near, language)))
        return
    words = texts.render(language, "style-unlike", name=name) if name else texts.render(language, "style-missing")
    markup = await parts.offers.markup(person_in(update), picture_id, language)
    await parts.shelf.send_sheet(context.bot, place, words, markup, language)


def _said(text: str | None) -> str:
    """What stands behind the command, up to the end of its line: what is written below is said to somebody else."""
    _, *behind = (text or "").split(maxsplit=1)
    return " ".join(behind[0].splitlines()[0].split()) if behind else ""


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("style", style_replied))
    application.add_handler(MessageHandler(under_photo("/style"), style_captioned))
