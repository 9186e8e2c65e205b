"""A group becomes a supergroup: it has a new number from now on."""

from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.context import BotApplication, BotContext


async def follow_group(update: Update, context: BotContext) -> None:
    """Take everything along. Telegram tells it twice, in the old group and in the new one."""
    message = update.effective_message
    assert message is not None  # filters let nothing else through
    old = message.migrate_from_chat_id or message.chat_id
    new = message.migrate_to_chat_id or message.chat_id
    await context.parts.people.move_chat(old, new)


def register(application: BotApplication) -> None:
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, follow_group))
