"""An admin looks at a job of anybody's, cancels it, has it made once more or lets it go next."""

from telegram import Update
from telegram.ext import CommandHandler

from bot import keyboards
from bot.admin.keyboards import ADMIN_BUMP, ADMIN_JOB, ADMIN_RETRY
from bot.admin.rights import command_of_admins, press_of_admins
from bot.admin.said import number_in
from bot.admin.showing import show_new, turn_to
from bot.answers import answer_press, argument_in, language_of, reply
from bot.buttons import Button
from bot.context import BotApplication, BotContext
from bot.errors import CANCEL_ANSWERS
from bot.people import person_in


@command_of_admins
async def look_at_job(update: Update, context: BotContext) -> None:
    """/job 12: the job with its timeline."""
    job_id = number_in(context)
    if job_id is None:
        await reply(update, context, "admin-job-usage")
        return
    await show_new(update, context, await context.parts.pages.job(job_id, language_of(update)))


@press_of_admins
async def open_job(update: Update, context: BotContext) -> None:
    """The job with its timeline, or the same brought up to date."""
    look = await context.parts.pages.job(_job_in(update), language_of(update))
    await answer_press(update)
    await turn_to(update, context, look)


@press_of_admins
async def cancel_any_job(update: Update, context: BotContext) -> None:
    """Cancel a job of anybody."""
    job_id = _job_in(update)
    outcome = await context.parts.administration.cancel(person_in(update).user_id, job_id)
    await _answer_and_show(update, context, CANCEL_ANSWERS[outcome], job_id)


@press_of_admins
async def bump_job(update: Update, context: BotContext) -> None:
    """Let a job have the next turn."""
    job_id = _job_in(update)
    bumped = await context.parts.administration.bump(person_in(update).user_id, job_id)
    await _answer_and_show(update, context, "press-bumped" if bumped else "press-not-possible", job_id)


@press_of_admins
async def retry_any_job(update: Update, context: BotContext) -> None:
    """Make a job once more that got no picture; its person sees it begin."""
    job_id = _job_in(update)
    ticket = await context.parts.administration.retry(person_in(update).user_id, job_id)
    if ticket is None:
        await _answer_and_show(update, context, "press-not-possible", job_id)
        return
    asked_before = await context.parts.orders.what_became_of(ticket) if not ticket.created else None
    await _answer_and_show(update, context, asked_before or "press-on-it", ticket.job_id)
    await context.parts.status.announce(ticket.job_id)


async def _answer_and_show(update: Update, context: BotContext, key: str, job_id: int) -> None:
    await answer_press(update, key)
    await turn_to(update, context, await context.parts.pages.job(job_id, language_of(update)))


def _job_in(update: Update) -> int:
    return keyboards.id_in(argument_in(update))


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("job", look_at_job))
    application.add_handler(Button(ADMIN_JOB, open_job))
    application.add_handler(Button(keyboards.ADMIN_CANCEL, cancel_any_job))
    application.add_handler(Button(ADMIN_BUMP, bump_job))
    application.add_handler(Button(ADMIN_RETRY, retry_any_job))
