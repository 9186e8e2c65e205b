"""Somebody asks for help."""

from telegram import Update
from telegram.ext import CommandHandler

from bot.answers import reply
from bot.context import BotApplication, BotContext


async def help_out(update: Update, context: BotContext) -> None:
    """Say what the bot can do."""
    await reply(update, context, "help")


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("help", help_out))
