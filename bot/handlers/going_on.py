"""Somebody says a command: the words that were waited for are waited for no more."""

import logging

from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.context import BotApplication, BotContext
from bot.people import person_in

log = logging.getLogger(__name__)

# After the gate, before what the command itself asks for.
BEFORE_COMMANDS = -1


async def go_on(update: Update, context: BotContext) -> None:
    """Wait no longer. In an outage the command itself says what is wrong."""
    try:
        await context.parts.drafts.go_on(person_in(update))
    except Exception as error:  # whatever is wrong: the command itself is still to be answered
        log.warning("a wait goes on", extra={"update_id": update.update_id, "error": type(error).__name__})


def register(application: BotApplication) -> None:
    commands = filters.UpdateType.MESSAGE & filters.COMMAND
    application.add_handler(MessageHandler(commands, go_on), group=BEFORE_COMMANDS)
