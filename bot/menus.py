"""The menus of commands, in every language. They are display only: a failure costs nothing else."""

import logging
from collections.abc import Iterable

from telegram import BotCommand, BotCommandScopeChat
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.pacing import Priority
from bot.people import People

log = logging.getLogger(__name__)

COMMANDS = (
    "start",
    "style",
    "mix",
    "mystyles",
    "poster",
    "lab",
    "jobs",
    "settings",
    "language",
    "help",
    "cancel",
    "privacy",
    "delete_me",
)
ADMINS_COMMANDS = (
    *COMMANDS,
    "admin",
    "job",
    "user",
    "ban",
    "unban",
    "quota",
    "pause",
    "resume",
    "broadcast",
    "addstyle",
    "renamestyle",
    "hidestyle",
    "showstyle",
    "firststyle",
    "audit",
    "promote",
    "demote",
)


async def offer_commands(bot: ExtBot[Priority], people: People, admin_ids: Iterable[int]) -> None:
    """Fill the menus: by the language of each person's Telegram, and in the chats of admins with theirs."""
    try:
        # Without a code it is everybody's menu whose language has no catalogue.
        for language in (None, *texts.languages()[1:]):
            await bot.set_my_commands(_menu(COMMANDS, language), language_code=language)
    except TelegramError as error:
        log.warning("the command menu could not be set", extra={"error": str(error)})
    for admin_id in admin_ids:
        # Telegram refuses for an admin who never wrote to the bot.
        await _offer_in(bot, admin_id, ADMINS_COMMANDS, await people.language(admin_id, admin_id))


async def offer_chosen(bot: ExtBot[Priority], chat_id: int, language: str | None, *, is_admin: bool) -> None:
    """Let a chat's menu follow the language that was chosen there; None: what everybody gets."""
    await _offer_in(bot, chat_id, ADMINS_COMMANDS if is_admin else COMMANDS, language)


async def _offer_in(bot: ExtBot[Priority], chat_id: int, commands: Iterable[str], language: str | None) -> None:
    scope = BotCommandScopeChat(chat_id)
    try:
        if language is None and commands is COMMANDS:
            await bot.delete_my_commands(scope=scope)
        else:
            await bot.set_my_commands(_menu(commands, language), scope=scope)
    except TelegramError as error:
        log.info("a chat's command menu could not be set", extra={"chat_id": chat_id, "error": str(error)})


def _menu(commands: Iterable[str], language: str | None) -> list[BotCommand]:
    return [BotCommand(command, texts.plain(language, f"command-{command}")) for command in commands]
