"""Somebody mixes styles: taps two to four of them on a sheet, says how much of each, and has the mix painted."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from telegram import Update
from telegram.ext import CommandHandler, MessageHandler

from bot import keyboards, texts
from bot.answers import answer_press, answer_ticket, argument_in, language_of, place_of, press_in
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import MessageGone, Refused
from bot.handlers import going_on
from bot.handlers.photos import take_content
from bot.handlers.picture_filters import under_photo
from bot.keyboards import MixDo
from bot.messages import Look
from bot.mixing import Mixture
from bot.naming import mix_name, part_name
from bot.orders import Press
from bot.own_styles import SavedStyle
from bot.people import Person, person_in
from jobs.presets import is_generator, list_presets

# So many saved styles have a button on the sheet, the newest ones.
MOST_SAVED = 6


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What a button of the sheet carries: whose it is, the page, what to do, and with which style."""

    owner: str
    page: int
    do: MixDo
    ident: str

    @classmethod
    def read(cls, argument: str) -> Self:
        """Raises Refused for anything else."""
        owner, _, rest = argument.partition(".")
        page, _, rest = rest.partition(".")
        do, _, ident = rest.partition(".")
        try:
            return cls(owner=owner, page=keyboards.id_in(page), do=MixDo(do), ident=ident)
        except ValueError:
            raise Refused("press-old") from None


async def begin_mix(update: Update, context: BotContext) -> None:
    """Show the sheet, with what was put together before; where a mix waits for its photo, ask for that once more."""
    person = person_in(update)
    awaited = await context.parts.dialogues.awaited(person)
    chosen = await _known(context, person, awaited.chosen) if awaited is not None else Mixture()
    if chosen.is_ready:
        await going_on.await_photo(update, context, chosen, mix_name(chosen.parts, language_of(update)))
        return
    await going_on.go_on(update, context)
    await _send_sheet(update, context, await context.parts.drafts.mixing(person))


async def begin_with_photo(update: Update, context: BotContext) -> None:
    """The command stands under a photo: that one is to be painted."""
    await take_content(update, context)
    await _send_sheet(update, context, await context.parts.drafts.mixing(person_in(update)))


async def begin_with_result(update: Update, context: BotContext) -> None:
    """Mix other styles into a result of one's own: its photo is the one to paint."""
    parts, person = context.parts, person_in(update)
    content_id, mixture = await parts.orders.mixture_of(person, keyboards.id_in(argument_in(update)))
    await going_on.go_on(update, context)
    await parts.drafts.mix(person, mixture, content_id)
    await answer_press(update)
    await _send_sheet(update, context, mixture)


async def change_mix(update: Update, context: BotContext) -> None:
    """Another style, more or less of one, another page, or have it painted: all in the same message."""
    parts, press = context.parts, press_in(update)
    pressed = Pressed.read(argument_in(update))
    keyboards.insist_on_owner(pressed.owner, press.person.user_id)
    if (chosen := await parts.orders.of_sheet(press)) is not None:
        raise Refused(await parts.orders.what_became_of(chosen))
    mixture = await _known(context, press.person, await parts.drafts.mixing(press.person))
    if pressed.do is MixDo.PAINT:
        await _paint(update, context, press, mixture)
        return
    mixture = await _known(context, press.person, _changed(mixture, pressed))
    await parts.drafts.mix(press.person, mixture)
    await answer_press(update)
    await _redraw(update, context, press, mixture, pressed.page)


def _changed(mixture: Mixture, pressed: Pressed) -> Mixture:
    """As the button says it is to be. Raises Refused where it is forged or old."""
    if pressed.do is MixDo.ADD:
        if is_generator(pressed.ident.partition(".")[2]):
            raise Refused("press-not-possible")
        return mixture.with_style(pressed.ident)
    if pressed.do is MixDo.DROP:
        return mixture.without(pressed.ident)
    if pressed.do is MixDo.WEIGH:
        weight, _, ident = pressed.ident.partition(".")
        return mixture.weighed(ident, keyboards.id_in(weight))
    return mixture


async def _paint(update: Update, context: BotContext, press: Press, mixture: Mixture) -> None:
    """Paint the photo that waits, in the same message; or else the next one."""
    parts, language = context.parts, language_of(update)
    if not mixture.is_ready:
        raise Refused("press-mix-too-few")
    content_id = await parts.drafts.content(press.person)
    if content_id is None:
        await answer_press(update)
        await going_on.await_photo(update, context, mixture, mix_name(mixture.parts, language))
        return
    ticket = await parts.orders.mix_here(press, content_id, mixture)
    await answer_ticket(update, context, ticket)
    await parts.drafts.use_up(press.person, ticket.job_id)
    await parts.status.announce(ticket.job_id)


async def _send_sheet(update: Update, context: BotContext, stored: Mixture) -> None:
    person, language, place = person_in(update), language_of(update), place_of(update)
    assert place is not None  # buttons and commands stand in a chat
    mixture = await _known(context, person, stored)
    markup = keyboards.mix(mixture, await _saved(context, person), person.user_id, 0, language)
    await context.parts.shelf.send_sheet(context.bot, place, _words(mixture, language), markup, language)


def _words(mixture: Mixture, language: str | None) -> str:
    """What to do, and what has been done: how much of each."""
    shares = [
        texts.render(language, "mix-part", style=part_name(part, language), percent=str(mixture.percent(part)))
        for part in mixture.parts
    ]
    return "\n".join([texts.render(language, "mix"), *(["", *shares] if shares else [])])


async def _redraw(update: Update, context: BotContext, press: Press, mixture: Mixture, page: int) -> None:
    language = language_of(update)
    if not await context.parts.orders.may_change(press):
        await _send_sheet(update, context, mixture)
        return
    markup = keyboards.mix(mixture, await _saved(context, press.person), press.person.user_id, page, language)
    with suppress(MessageGone):  # somebody deleted it meanwhile
        look = Look(words=_words(mixture, language), markup=markup)
        await context.parts.shelf.turn_sheet(context.bot, press, look, page, language)


async def _saved(context: BotContext, person: Person) -> list[SavedStyle]:
    """The person's saved styles that have a button. In a group their names are nobody's business."""
    return [] if person.in_group else list(await context.parts.own_styles.usable(person.user_id, MOST_SAVED))


async def _known(context: BotContext, person: Person, mixture: Mixture) -> Mixture:
    """Without what is gone by now."""
    usable = await context.parts.own_styles.usable(person.user_id)
    return mixture.only({preset.name for preset in list_presets()}, {style.id: style.name for style in usable})


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("mix", begin_mix))
    application.add_handler(MessageHandler(under_photo("/mix"), begin_with_photo))
    application.add_handler(Button(keyboards.MIX_WITH, begin_with_result))
    application.add_handler(Button(keyboards.MIX, change_mix))
