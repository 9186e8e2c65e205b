"""Who may. Menus and buttons are display only, so every command and every press of an admin asks here first."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from telegram import Update

from bot.context import BotContext
from bot.errors import Refused
from bot.handlers import anything_else

Handle = Callable[[Update, BotContext], Coroutine[Any, Any, None]]

OLD = "press-old"


async def may_administer(update: Update, context: BotContext) -> bool:
    """Whether an update comes from somebody who is an admin at this moment. In private only: a group reads along."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or chat.id != user.id:
        return False
    return await context.parts.administration.is_admin(user.id)


def command_of_admins(handle: Handle) -> Handle:
    """A command that is unknown to anybody else."""

    @wraps(handle)
    async def checked(update: Update, context: BotContext) -> None:
        if await may_administer(update, context):
            await handle(update, context)
        else:
            await anything_else.turn_down_command(update, context)

    return checked


def press_of_admins(handle: Handle) -> Handle:
    """A button that is out of date for anybody else."""

    @wraps(handle)
    async def checked(update: Update, context: BotContext) -> None:
        if not await may_administer(update, context):
            raise Refused(OLD)
        try:
            await handle(update, context)
        except Refused as refusal:
            # People are told to send their photo again, which is no use here.
            raise Refused("admin-press-old") if refusal.key == OLD else refusal from None

    return checked
