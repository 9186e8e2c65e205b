"""An admin looks at what is going on. To anybody else these are commands and buttons like any unknown ones."""

from telegram import Update
from telegram.ext import CommandHandler

from bot import keyboards
from bot.admin.keyboards import ADMIN_ACTS, ADMIN_FAULTS
from bot.admin.rights import command_of_admins, press_of_admins
from bot.admin.showing import show_new, show_overview, turn_to, turn_to_overview
from bot.answers import answer_press, language_of
from bot.buttons import Button
from bot.context import BotApplication, BotContext


@command_of_admins
async def look_around(update: Update, context: BotContext) -> None:
    """Counters and open jobs, with buttons; kept up to date for a while."""
    await show_overview(update, context)


@press_of_admins
async def refresh(update: Update, context: BotContext) -> None:
    """Bring the overview up to date, or come back to it."""
    await answer_press(update, "press-refreshed")
    await turn_to_overview(update, context)


@press_of_admins
async def show_faults(update: Update, context: BotContext) -> None:
    """The latest jobs that went wrong."""
    await answer_press(update)
    await turn_to(update, context, await context.parts.pages.faults(language_of(update)))


@press_of_admins
async def show_acts(update: Update, context: BotContext) -> None:
    """What admins did lately."""
    await answer_press(update)
    await turn_to(update, context, await context.parts.pages.acts(language_of(update)))


@command_of_admins
async def list_acts(update: Update, context: BotContext) -> None:
    """The same by a command."""
    await show_new(update, context, await context.parts.pages.acts(language_of(update)))


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("admin", look_around))
    application.add_handler(CommandHandler("audit", list_acts))
    application.add_handler(Button(keyboards.ADMIN_REFRESH, refresh))
    application.add_handler(Button(ADMIN_FAULTS, show_faults))
    application.add_handler(Button(ADMIN_ACTS, show_acts))
