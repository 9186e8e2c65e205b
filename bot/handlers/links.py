"""Somebody follows the link of a style, such as the one under what was found by "@bot starry"."""

from telegram import Update
from telegram.ext import MessageHandler, filters

from bot import keyboards, texts
from bot.answers import language_of, place_of, reply
from bot.context import BotApplication, BotContext
from bot.dialogues import Awaited
from bot.handlers import going_on, start
from bot.links import STYLE, LinkTo, carried_by
from bot.messages import Look
from bot.mixing import Mixture
from bot.people import person_in
from jobs.presets import Preset, find_preset
from jobs.values import MixPart


async def choose_linked(update: Update, context: BotContext) -> None:
    """Paint the photo that waits in that style, or else the next one."""
    parts, person, message = context.parts, person_in(update), update.effective_message
    assert message is not None  # LinkTo lets nothing else through
    preset = find_preset(carried_by(message, STYLE))
    if preset is None:
        await reply(update, context, "press-style-gone")
        await start.greet(update, context)
        return
    key = f"link:{person.chat_id}:{message.message_id}"
    ticket = await parts.orders.find(key)
    if ticket is None:
        content_id = await parts.drafts.content(person)
        if content_id is None:
            await _await_photo(update, context, preset)
            return
        ticket = await parts.orders.mixed(person, content_id, _alone(preset), key, message.message_id)
    await parts.drafts.use_up(person, ticket.job_id)
    await parts.status.announce(ticket.job_id)


async def _await_photo(update: Update, context: BotContext, preset: Preset) -> None:
    """Remember the style for the next photo, and show what it looks like."""
    parts, language, place = context.parts, language_of(update), place_of(update)
    assert place is not None  # messages stand in a chat
    words = texts.render(language, "preset-chosen", style=texts.preset_title(language, preset))
    look = Look(words=words, markup=keyboards.never_mind(person_in(update).user_id, language))

    async def ask() -> int:
        return (await parts.shelf.send_preview(context.bot, place, preset, look)).message_id

    await going_on.wait_for(update, context, Awaited(chosen=_alone(preset)), ask)


def _alone(preset: Preset) -> Mixture:
    return Mixture(parts=(MixPart(preset=preset.name),))


def register(application: BotApplication) -> None:
    application.add_handler(MessageHandler(filters.ChatType.PRIVATE & LinkTo(STYLE), choose_linked))
