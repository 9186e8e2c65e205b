"""What somebody was asked for: it is waited for until it comes, or until they begin something else or say no."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import CommandHandler

from bot import keyboards, texts
from bot.answers import answer_press, argument_in, how_to_be_heard, language_of, place_of, press_in, show_again
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.dialogues import Awaited
from bot.errors import MessageGone, Refused
from bot.messages import Look, change, send, take_buttons
from bot.mixing import Mixture
from bot.pacing import Priority
from bot.people import person_in
from bot.studies import Wanted

log = logging.getLogger(__name__)

# After the gate, before what the command itself asks for.
BEFORE_COMMANDS = -1
# The commands that begin something else, with /mix, which may also go on with what it asked for before. All others only
# show something, after which the dialogue goes on.
BEGINNING = ("start", "style", "lab", "mystyles", "poster")


async def go_on(update: Update, context: BotContext) -> None:
    """Wait no longer. In an outage the command itself says what is wrong."""
    try:
        await leave(update, context)
    except Exception as error:  # whatever is wrong: the command itself is still to be answered
        log.warning("a wait goes on", extra={"update_id": update.update_id, "error": type(error).__name__})


async def wait_for(update: Update, context: BotContext, awaited: Awaited, ask: Callable[[], Awaitable[int]]) -> None:
    """Ask for something, and wait for that alone. ask: returns the number of the message that asks"""
    dialogues, person = context.parts.dialogues, person_in(update)
    before = await dialogues.begin(person, awaited)
    prompt_id = await ask()
    await dialogues.asked(person, prompt_id)
    if before is not None and before.prompt_id != prompt_id:
        await _close(update, context, before, again=before.is_asked_again(awaited))


async def await_photo(update: Update, context: BotContext, chosen: Mixture, name: str) -> None:
    """Ask for the photo that is to be painted in these styles."""
    language = language_of(update)
    markup = keyboards.never_mind(person_in(update).user_id, language)
    words = texts.render(language, "style-chosen", name=name) + how_to_be_heard(update, context)
    asking = Look(words=words, markup=markup)
    await wait_for(update, context, Awaited(chosen=chosen), partial(say, update, context, asking))


async def say(update: Update, context: BotContext, look: Look) -> int:
    """Send a message that asks; its number."""
    place = place_of(update)
    assert place is not None  # what is asked of somebody is asked in a chat
    return (await send(context.bot, place, look)).message_id


async def leave(update: Update, context: BotContext, useless: Wanted | None = None) -> bool:
    """Wait no longer, and let the message that asks say so; False where nothing was waited for.

    useless: a study whose photos are gone
    """
    awaited = await context.parts.dialogues.end(person_in(update), useless)
    if awaited is not None:
        await _close(update, context, awaited)
    return awaited is not None


async def leave_naming(update: Update, context: BotContext) -> None:
    """Whoever sends a picture has gone on: later words are no name."""
    person = person_in(update)
    awaited = None if person.in_group else await context.parts.dialogues.awaited(person)
    if awaited is not None and awaited.naming_style_id is not None:
        await leave(update, context)


async def fulfil(update: Update, context: BotContext, begun: Wanted | None = None, *, but: int | None = None) -> None:
    """What was waited for has come: nothing is left to press under the message that asks.

    begun: the study that goes into a job with it; but: a message that has become another one
    """
    person = person_in(update)
    awaited = await context.parts.dialogues.end(person, begun)
    if awaited is not None and awaited.prompt_id not in (None, but):
        await _close(update, context, awaited, again=True)


async def never_mind(update: Update, context: BotContext) -> None:
    """The button under a message that asks. It works under an older one, too, which then asks no more."""
    press, dialogues = press_in(update), context.parts.dialogues
    keyboards.insist_on_owner(argument_in(update), press.person.user_id)
    if (begun := await context.parts.orders.of_lab(press)) is not None:  # it has its photo
        raise Refused(await context.parts.orders.what_became_of(begun))
    awaited = await dialogues.awaited(press.person)
    if awaited is not None and awaited.prompt_id in (None, press.message_id):
        await dialogues.end(press.person)
    else:
        awaited = Awaited()
    await answer_press(update)
    await show_again(update, context, _left(update, awaited), is_text=_is_text(awaited))


async def _close(update: Update, context: BotContext, awaited: Awaited, *, again: bool = False) -> None:
    """Let a message ask no more. again: another one asks for the same, or it has come: only the buttons go."""
    chat_id, prompt_id = person_in(update).chat_id, awaited.prompt_id
    if prompt_id is None:
        return
    if again:
        await take_buttons(context.bot, chat_id, prompt_id)
        return
    look, is_text = _left(update, awaited), _is_text(awaited)
    try:
        await change(context.bot, chat_id, prompt_id, look, Priority.REPLY, is_text=is_text)
    except (MessageGone, TelegramError) as error:  # deleted, or out of reach: what comes instead counts
        log.info("a question stands", extra={"update_id": update.update_id, "error": type(error).__name__})


def _left(update: Update, awaited: Awaited) -> Look:
    """What a message says that asked for something."""
    key = "chosen-left" if awaited.chosen.parts else "left"
    if awaited.study is not None:
        key = "lab-left"
    elif awaited.naming_style_id is not None:
        key = "style-name-left"
    return Look(words=texts.render(language_of(update), key))


def _is_text(awaited: Awaited) -> bool:
    """Whether the message that asks is one without a picture: what a preset looks like is shown."""
    return not any(part.preset for part in awaited.chosen.parts) or len(awaited.chosen.parts) > 1


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler(BEGINNING, go_on), group=BEFORE_COMMANDS)
    application.add_handler(Button(keyboards.NEVER_MIND, never_mind))
