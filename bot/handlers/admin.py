"""An admin looks at what is going on. To anybody else /admin is a command like any unknown one."""

from datetime import UTC, datetime

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import CommandHandler

from bot import keyboards, texts
from bot.answers import answer_press, argument_in, language_of, press_in
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import CANCEL_ANSWERS, Refused
from bot.handlers import anything_else
from bot.messages import Look, change, send
from bot.pacing import Priority
from bot.places import Place
from bot.status import bar, percent
from jobs.values import JobView, Overview
from models.states import JobState

# Twenty jobs and their buttons fit a message and a screen.
MOST_JOBS = 20


async def show_overview(update: Update, context: BotContext) -> None:
    """Counts by state and the open jobs, with buttons. In private only: a group would read along."""
    if not _may_look(update, context):
        await anything_else.turn_down_command(update, context)
        return
    words, markup = await _overview(update, context)
    assert update.effective_chat is not None  # _may_look has seen it
    await send(context.bot, Place(chat_id=update.effective_chat.id), Look(words=words, markup=markup))


async def refresh(update: Update, context: BotContext) -> None:
    """Bring the overview up to date."""
    _insist_on_admin(update, context)
    await answer_press(update, "press-refreshed")
    await _redraw(update, context)


async def cancel_any_job(update: Update, context: BotContext) -> None:
    """Cancel a job of anybody."""
    _insist_on_admin(update, context)
    outcome = await context.parts.services.desk.cancel(keyboards.id_in(argument_in(update)), user_id=None)
    await answer_press(update, CANCEL_ANSWERS[outcome])
    await _redraw(update, context)


def _may_look(update: Update, context: BotContext) -> bool:
    user, chat = update.effective_user, update.effective_chat
    return user is not None and user.id in context.parts.config.admin_ids and chat is not None and chat.id == user.id


def _insist_on_admin(update: Update, context: BotContext) -> None:
    """The menu and the message are display only: the press itself is checked."""
    if not _may_look(update, context):
        raise Refused("press-old")


async def _redraw(update: Update, context: BotContext) -> None:
    press = press_in(update)
    words, markup = await _overview(update, context)
    look = Look(words=words, markup=markup)
    if not press.editable:
        await send(context.bot, Place(chat_id=press.person.chat_id), look)
    else:
        await change(context.bot, press.person.chat_id, press.message_id, look, Priority.REPLY, is_text=True)


async def _overview(update: Update, context: BotContext) -> tuple[str, InlineKeyboardMarkup]:
    language = language_of(update)
    overview = await context.parts.services.desk.overview(limit=MOST_JOBS)
    return overview_words(overview, language, datetime.now(UTC)), keyboards.admin(overview.open_jobs, language)


def overview_words(overview: Overview, language: str | None, now: datetime) -> str:
    """The text of the overview."""
    counts = {state.value: overview.counts.get(state, 0) for state in JobState}
    lines = [_job_line(view, language, now) for view in overview.open_jobs]
    jobs = "\n".join(lines) or texts.render(language, "admin-nothing-open")
    return texts.render(language, "admin-overview", **counts) + "\n\n" + jobs


def _job_line(view: JobView, language: str | None, now: datetime) -> str:
    facts: dict[str, texts.Fact] = {
        # As a string, so that no language puts separators into a number that is a name.
        "id": str(view.id),
        "user": view.user_name,
        "age": texts.age(language, (now - view.created_at).total_seconds()),
    }
    if view.state == JobState.QUEUED:
        return texts.render(language, "admin-job-queued", ahead=view.ahead, **facts)
    facts |= {"bar": bar(view.step, view.steps), "percent": percent(view.step, view.steps)}
    return texts.render(language, "admin-job-running", **facts)


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("admin", show_overview))
    application.add_handler(Button(keyboards.ADMIN_REFRESH, refresh))
    application.add_handler(Button(keyboards.ADMIN_CANCEL, cancel_any_job))
