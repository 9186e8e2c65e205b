"""Somebody sends a picture, as a photo or as a file: the content first, then the style."""

from telegram import Message, Update
from telegram.ext import MessageHandler, filters

from bot import pictures, texts
from bot.answers import how_to_be_heard, language_of, place_of, reply, show_upload
from bot.audience import is_spoken_to
from bot.context import BotApplication, BotContext
from bot.drafts import ContentSet, PairGiven, StudyGrows
from bot.errors import Refused
from bot.handlers import albums, lab
from bot.mixing import Mixture
from bot.people import person_in
from bot.pictures import Sent
from jobs.values import Ticket


class ImageFile(filters.MessageFilter):
    """Files that claim to be images we read."""

    def filter(self, message: Message) -> bool:
        return message.document is not None and message.animation is None and pictures.is_image(message.document)


PICTURES = filters.UpdateType.MESSAGE & (filters.PHOTO | ImageFile())


async def receive_picture(update: Update, context: BotContext) -> None:
    """Take a picture that is meant for us; a part of an album waits for the others."""
    message = update.effective_message
    assert message is not None  # PICTURES lets nothing else through
    sent = pictures.sent_in(message)
    if sent.album_id is not None:
        await albums.receive_part(update, context, sent)
    elif is_spoken_to(message):
        await receive_one(update, context, sent)


async def receive_one(update: Update, context: BotContext, sent: Sent) -> None:
    """The first picture is the content, the second the style. A bad one is answered and changes nothing."""
    parts, person = context.parts, person_in(update)
    await parts.albums.settle_before(person, None)
    key = f"photo:{person.chat_id}:{sent.message_id}"
    ticket = await parts.orders.find(key)
    if ticket is None:
        kept = await fetch(update, context, sent)
        if kept.animated:
            await reply(update, context, "picture-animated")
        received = await parts.drafts.receive(person, sent, kept)
        if isinstance(received, StudyGrows):
            ticket = await lab.go_on_with_photo(update, context, received.wanted, key, sent.message_id)
            if ticket is not None:
                await parts.status.announce(ticket.job_id)
            return
        if isinstance(received, ContentSet):
            ticket = await _paint_as_chosen(update, context, received, key, sent.message_id)
            if ticket is None:
                await offer_styles(update, context, received)
                return
            content_id = received.picture_id
        else:
            assert isinstance(received, PairGiven)  # albums went another way
            content_id, style_id = received.content_picture_id, received.style_picture_id
            ticket = await parts.orders.pair(person, content_id, style_id, key, sent.message_id)
        await parts.drafts.use_up(person, content_id)
    await parts.status.announce(ticket.job_id)


async def _paint_as_chosen(
    update: Update, context: BotContext, content: ContentSet, key: str, reply_to: int
) -> Ticket | None:
    """Paint a photo in the styles that were chosen before it came; None where there are none, or none any more."""
    if not content.mixture.parts:
        return None
    try:
        return await context.parts.orders.mixed(person_in(update), content.picture_id, content.mixture, key, reply_to)
    except Refused as refusal:
        await context.parts.drafts.choose(person_in(update), Mixture())
        await reply(update, context, refusal.key)
        return None


async def offer_styles(update: Update, context: BotContext, content: ContentSet) -> None:
    """Say that the content is set, with the styles to choose from."""
    language, place = language_of(update), place_of(update)
    assert place is not None  # pictures come in a chat
    words = texts.render(language, "content-set") + how_to_be_heard(update, context)
    markup = await context.parts.offers.markup(person_in(update), content.picture_id, language)
    await context.parts.shelf.send_sheet(context.bot, place, words, markup, language)


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
    application.add_handler(MessageHandler(PICTURES, receive_picture))
