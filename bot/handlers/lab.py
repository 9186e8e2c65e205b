"""Somebody looks into the lab: chooses one of its studies, says of which layer, and gives the photos it needs."""

import asyncio
import zlib
from enum import StrEnum
from functools import partial
from typing import TypeVar

from telegram import Message, Update
from telegram.ext import CommandHandler

from bot import keyboards, pictures, texts
from bot.answers import (
    answer_press,
    answer_ticket,
    argument_in,
    ask_for_picture,
    how_to_be_heard,
    language_of,
    place_of,
    press_in,
    show_again,
)
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.dialogues import Awaited
from bot.errors import Refused
from bot.handlers import going_on
from bot.messages import Look, send
from bot.people import person_in
from bot.pictures import Kept, Sent
from bot.studies import CHANNELS, LAYERS, OF_A_LAYER, Aspect, Wanted
from bot.style_names import find_style
from jobs.errors import NotAdmitted
from jobs.values import Study, Ticket

Word = TypeVar("Word", bound=StrEnum)
# Two letters may begin the name of a style in some language, and mean no more than "no".
SHORTEST_NAME = 4


async def open_lab(update: Update, context: BotContext) -> None:
    """One message with a line and a button a study."""
    language, place, person = language_of(update), place_of(update), person_in(update)
    assert place is not None  # commands and buttons stand in a chat
    await send(
        context.bot, place, Look(words=texts.render(language, "lab"), markup=keyboards.lab(person.user_id, language))
    )


async def open_again(update: Update, context: BotContext) -> None:
    """The same after a press under a study."""
    keyboards.insist_on_owner(argument_in(update), person_in(update).user_id)
    await answer_press(update)
    await open_lab(update, context)


async def choose_study(update: Update, context: BotContext) -> None:
    """Ask in the same message for the layer and for what of it, then for photos; begin where nothing is missing."""
    parts, press, language = context.parts, press_in(update), language_of(update)
    owner, _, rest = argument_in(update).partition(".")
    keyboards.insist_on_owner(owner, press.person.user_id)
    study, layer, aspect = _read(rest)
    if (begun := await parts.orders.of_lab(press)) is not None:
        raise Refused(await parts.orders.what_became_of(begun))
    if study in OF_A_LAYER and layer is None:
        await answer_press(update)
        markup = keyboards.lab_layers(press.person.user_id, study, language)
        await show_again(update, context, Look(words=texts.render(language, "lab-which-layer"), markup=markup))
        return
    if study is Study.LAYER_VIEW and aspect is None:
        await answer_press(update)
        markup = keyboards.lab_aspects(press.person.user_id, layer or "", language)
        await show_again(update, context, Look(words=texts.render(language, "lab-which-aspect"), markup=markup))
        return
    if aspect is Aspect.IN_A_PHOTO:
        study = Study.FEATURE_MAPS
    channel = _any_channel(press.press_id) if aspect is Aspect.CHANNEL else None
    wanted = Wanted(study=study, layer=layer, channel=channel)
    content_id = await parts.drafts.content(press.person)
    await _go_on(update, context, wanted.with_photo(content_id) if content_id is not None else wanted)


async def take_last_photo(update: Update, context: BotContext) -> None:
    """The latest photo in place of one that would have to be sent."""
    parts, person = context.parts, person_in(update)
    keyboards.insist_on_owner(argument_in(update), person.user_id)
    awaited = await parts.dialogues.awaited(person)
    if awaited is None or awaited.study is None:
        raise Refused("press-old")
    wanted = awaited.study
    photo_id = await parts.dialogues.last_photo(person, wanted.photos)
    if photo_id is None:
        raise Refused("press-pictures-gone")
    await _go_on(update, context, wanted.with_photo(photo_id))


async def go_on_with_photo(
    update: Update, context: BotContext, wanted: Wanted, key: str, message_id: int
) -> Ticket | None:
    """A photo came that the lab waits for. None where it needs another one, which is then asked for."""
    parts, person = context.parts, person_in(update)
    if wanted.lacks:
        asking = partial(going_on.say, update, context, await _question(update, context, wanted))
        await going_on.wait_for(update, context, Awaited(study=wanted), asking)
        return None
    try:
        ticket = await parts.orders.study(person, wanted, key, message_id)
    except NotAdmitted:
        await going_on.leave(update, context)
        raise
    except Refused:  # its photos are gone: they are to stand in the way of no later one
        await going_on.leave(update, context, wanted)
        raise
    await going_on.fulfil(update, context, wanted)
    return ticket


async def take_named_style(update: Update, context: BotContext) -> bool:
    """The name of a style in place of a picture of it; False where no palette is waited for, or no style is named."""
    parts, person, message = context.parts, person_in(update), update.effective_message
    assert message is not None  # words are a message
    awaited = await parts.dialogues.awaited(person)
    if awaited is None or awaited.study is None or awaited.study.study is not Study.PALETTE:
        return False
    named = await _named(update, context, _said(message, context))
    if named is None:
        return False
    name, picture = named
    if picture is None:
        await ask_for_picture(update, context, "lab-no-picture", name=name)
        return True
    kept = await pictures.keep(picture, parts.services)
    photo_id = await parts.drafts.keep(person, _as_sent(message, kept), kept)
    key = f"photo:{person.chat_id}:{message.message_id}"
    ticket = await go_on_with_photo(update, context, awaited.study.with_photo(photo_id), key, message.message_id)
    if ticket is not None:
        await parts.status.announce(ticket.job_id)
    return True


async def _named(update: Update, context: BotContext, said: str) -> tuple[str, bytes | None] | None:
    """The style that is meant, and its picture; None in its place where there is none, or it is somebody else's."""
    own_styles, language, user_id = context.parts.own_styles, language_of(update), person_in(update).user_id
    saved = await own_styles.named(user_id, said)
    if saved is not None:
        return saved.name, await own_styles.picture(user_id, saved.id) if saved.own else None
    preset = find_style(said, language) if len(said) >= SHORTEST_NAME else None
    if preset is None:
        return None
    path = preset.style_path
    return texts.preset_title(language, preset), await asyncio.to_thread(path.read_bytes) if path is not None else None


def _as_sent(message: Message, kept: Kept) -> Sent:
    """A picture that stands for the words of a message: nobody sent it, so Telegram has no ids for it."""
    return Sent(
        message_id=message.message_id,
        album_id=None,
        file_id="",
        file_unique_id=kept.blob_key,
        as_file=False,
        size_bytes=kept.size_bytes,
    )


def _said(message: Message, context: BotContext) -> str:
    """The words of a message, without whom they are said to."""
    to_us = f"@{context.bot.username}".lower()
    return " ".join(word for word in (message.text or "").split() if word.lower() != to_us)


async def _go_on(update: Update, context: BotContext, wanted: Wanted) -> None:
    """After a press: ask for what is missing, or begin in the same message."""
    parts, press = context.parts, press_in(update)
    if wanted.lacks:
        await answer_press(update)
        asking = partial(show_again, update, context, await _question(update, context, wanted))
        await going_on.wait_for(update, context, Awaited(study=wanted), asking)
        return
    await parts.people.meet(press.person)  # a study without a photo may be the first thing of theirs
    try:
        ticket = await parts.orders.study_here(press, wanted)
    except (Refused, NotAdmitted):
        await going_on.leave(update, context)
        raise
    await answer_ticket(update, context, ticket)
    await going_on.fulfil(update, context, wanted, but=press.message_id)
    await parts.status.announce(ticket.job_id)


async def _question(update: Update, context: BotContext, wanted: Wanted) -> Look:
    person, language = person_in(update), language_of(update)
    key = "lab-second-photo" if wanted.photos else ("lab-two-photos" if wanted.lacks > 1 else "lab-photo")
    if wanted.study is Study.PALETTE:
        key = "lab-style"
    last = await context.parts.dialogues.last_photo(person, wanted.photos)
    markup = keyboards.lab_photo(person.user_id, language, offer_last=last is not None)
    words = texts.render(language, key, study=wanted.title(language)) + how_to_be_heard(update, context)
    return Look(words=words, markup=markup)


def _read(carried: str) -> tuple[Study, str | None, Aspect | None]:
    """What a button carries behind its owner. Raises Refused where it is forged or old."""
    study, layer, aspect = [*carried.split("."), "", ""][:3]
    if layer and layer not in LAYERS:
        raise Refused("press-old")
    return _word(Study, study), layer or None, _word(Aspect, aspect) if aspect else None


def _word(kind: type[Word], word: str) -> Word:
    try:
        return kind(word)
    except ValueError:
        raise Refused("press-old") from None


def _any_channel(press_id: str) -> int:
    """Dice that fall alike when an update is repeated."""
    return zlib.crc32(press_id.encode()) % CHANNELS


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("lab", open_lab))
    application.add_handler(Button(keyboards.LAB_OPEN, open_again))
    application.add_handler(Button(keyboards.LAB, choose_study))
    application.add_handler(Button(keyboards.LAB_LAST, take_last_photo))
