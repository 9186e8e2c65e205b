"""Presses reach their handler by the verb they carry."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import CallbackQueryHandler

from bot.context import BotContext

Handle = Callable[[Update, BotContext], Coroutine[Any, Any, None]]


class Button(CallbackQueryHandler[BotContext, None]):
    """Handles the presses of one verb."""

    def __init__(self, verb: str, handle: Handle) -> None:
        super().__init__(handle)
        self._verb = verb

    def check_update(self, update: object) -> bool:
        # Not by the library's patterns: a press without data, which anybody can forge, passes them all.
        if not isinstance(update, Update) or update.callback_query is None:
            return False
        return (update.callback_query.data or "").startswith(f"{self._verb}:")
