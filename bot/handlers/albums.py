"""Somebody sends several pictures at once: one update each, judged together a moment after the last."""

from telegram import Update

from bot import pictures
from bot.answers import reply, show_upload
from bot.audience import is_spoken_to
from bot.context import BotContext
from bot.errors import DownloadFailed, FileTooBig
from bot.people import person_in
from bot.pictures import Sent
from jobs.errors import BadPicture


async def receive_part(update: Update, context: BotContext, sent: Sent) -> None:
    """Keep a picture of an album. A bad one is not answered by itself: the album gets one sentence."""
    if not await _is_ours(update, context, sent.album_id):
        return
    parts, person = context.parts, person_in(update)
    await parts.albums.settle_before(person, sent.album_id)
    try:
        known = await parts.drafts.find_picture(person.chat_id, sent.message_id)
        context.application.create_task(show_upload(update, context))
        kept = known or await pictures.fetch(context.bot, sent, parts.config, parts.services)
    except (BadPicture, FileTooBig, DownloadFailed):
        await receive_useless_part(update, context)
        return
    if kept.animated:
        await reply(update, context, "picture-animated")
    await parts.drafts.receive(person, sent, kept)
    parts.albums.expect()


async def receive_useless_part(update: Update, context: BotContext) -> None:
    """Note that an album has a part that cannot be used: a video, or a picture that nobody can read."""
    message = update.effective_message
    assert message is not None  # parts are messages
    assert message.media_group_id is not None
    if not await _is_ours(update, context, message.media_group_id):
        return
    parts, person = context.parts, person_in(update)
    await parts.albums.settle_before(person, message.media_group_id)
    await parts.drafts.await_album(person, message.media_group_id)
    parts.albums.expect()


async def _is_ours(update: Update, context: BotContext, album_id: str | None) -> bool:
    """Whether an album is meant for us. In a group only one of its messages carries the caption that says so."""
    message = update.effective_message
    assert message is not None  # parts are messages
    return is_spoken_to(message) or await context.parts.drafts.expects_album(person_in(update), album_id)
