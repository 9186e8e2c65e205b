"""Somebody sends a picture, as a photo or as a file: the content first, then the style."""

from telegram import Update
from telegram.ext import MessageHandler

from bot import pictures, texts
from bot.answers import how_to_be_heard, language_of, place_of, reply, show_upload
from bot.audience import is_spoken_to
from bot.context import BotApplication, BotContext
from bot.drafts import ContentSet, PairGiven, StudyGrows
from bot.errors import Refused
from bot.handlers import albums, going_on, lab
from bot.handlers.picture_filters import PICTURES, under_photo
from bot.people import person_in
from bot.pictures import Sent
from bot.refusals import refusal
from jobs.errors import NotAdmitted
from jobs.values import Ticket


async def receive_picture(update: Update, context: BotContext) -> None:
    """Take a picture that is meant for us; a part of an album waits for the others."""
    message = update.effective_message
    assert message is not None  # PICTURES lets nothing else through
    sent = pictures.sent_in(message)
    await going_on.leave_naming(update, context)
    if sent.album_id is not None:
        await albums.receive_part(update, context, sent)
    elif is_spoken_to(message):
        await receive_one(update, context, sent)


async def receive_one(update: Update, context: BotContext, sent: Sent) -> None:
    """The first picture is the content, the second the style. A bad one is answered and changes nothing."""
    parts, person = context.parts, person_in(update)
    await parts.albums.settle_before(person, None)
    key = f"photo:{person.chat_id}:{sent.message_id}"
    ticket = await parts.orders.find(key) or await _take(update, context, sent, key)
    if ticket is not None:
        await parts.drafts.use_up(person, ticket.job_id)
        await parts.status.announce(ticket.job_id)


async def _take(update: Update, context: BotContext, sent: Sent, key: str) -> Ticket | None:
    """Take a picture into the draft; None where nothing is painted yet, and something is asked instead."""
    parts, person = context.parts, person_in(update)
    kept = await fetch(update, context, sent)
    if kept.animated:
        await reply(update, context, "picture-animated")
    received = await parts.drafts.receive(person, sent, kept)
    if isinstance(received, StudyGrows):
        return await lab.go_on_with_photo(update, context, received.wanted, key, sent.message_id)
    if isinstance(received, PairGiven):
        pair = received.content_picture_id, received.style_picture_id
        return await parts.orders.pair(person, *pair, key, sent.message_id)
    assert isinstance(received, ContentSet)  # albums went another way
    return await _paint_as_chosen(update, context, received, key, sent.message_id)


async def _paint_as_chosen(
    update: Update, context: BotContext, content: ContentSet, key: str, reply_to: int
) -> Ticket | None:
    """Paint a photo in the styles that were chosen before it came; or else offer styles, and say what is wrong."""
    parts, person = context.parts, person_in(update)
    if not content.mixture.parts:
        await _offer_styles(update, context, content, await parts.services.desk.pause_for(person.user_id))
        return None
    try:
        ticket = await parts.orders.mixed(person, content.picture_id, content.mixture, key, reply_to)
    except Refused as refused:
        await going_on.fulfil(update, context)
        await reply(update, context, refused.key)
        await _offer_styles(update, context, content)
        return None
    except NotAdmitted as refused:
        await going_on.fulfil(update, context)
        await _offer_styles(update, context, content, refused)
        return None
    await going_on.fulfil(update, context)
    return ticket


async def _offer_styles(
    update: Update, context: BotContext, content: ContentSet, refused: NotAdmitted | None = None
) -> None:
    """Say that the content is set, with the styles to choose from. refused: why nothing can be painted just now"""
    language, place = language_of(update), place_of(update)
    assert place is not None  # pictures come in a chat
    words = texts.render(language, "content-set")
    if refused is not None:
        key, facts = refusal(refused, language)
        words = texts.render(language, key, **facts) + "\n\n" + texts.render(language, "content-kept")
    markup = await context.parts.offers.markup(person_in(update), content.picture_id, language)
    words += how_to_be_heard(update, context)
    await context.parts.shelf.send_sheet(context.bot, place, words, markup, language)


async def open_lab(update: Update, context: BotContext) -> None:
    """The command stands under a photo: that one is studied."""
    await take_content(update, context)
    await lab.open_lab(update, context)


async def take_content(update: Update, context: BotContext) -> None:
    """The photo over a command waits for what the command begins; what was waited for before is not."""
    parts, person, message = context.parts, person_in(update), update.effective_message
    assert message is not None  # PICTURES lets nothing else through
    await going_on.go_on(update, context)
    sent = pictures.sent_in(message)
    kept = await fetch(update, context, sent)
    if kept.animated:
        await reply(update, context, "picture-animated")
    await parts.drafts.keep_as_content(person, sent, kept)


async def fetch(update: Update, context: BotContext, sent: Sent) -> pictures.Kept:
    """The picture, inspected and stored; a repeated update finds what it stored the first time.

    Meanwhile the chat shows that a picture is about to come.
    """
    parts = context.parts
    known = await parts.drafts.find_picture(person_in(update).chat_id, sent.message_id)
    if known is not None:
        return known
    context.application.create_task(show_upload(update, context))
    return await pictures.fetch(context.bot, sent, parts.config, parts.services)


def register(application: BotApplication) -> None:
    application.add_handler(MessageHandler(under_photo("/lab"), open_lab))
    application.add_handler(MessageHandler(PICTURES, receive_picture))
