"""Who is banned gets one sentence, and nothing else of the bot; what is theirs they may still stop and delete."""

from telegram import Message, Update
from telegram.ext import ApplicationHandlerStop, TypeHandler
from telegram.ext.filters import StatusUpdate

from bot import keyboards
from bot.answers import answer_press, is_unwelcome, reply
from bot.context import BotApplication, BotContext

# After the language has been learnt, before everything else.
EARLY = -2
STILL_OPEN = ("/cancel", "/privacy", "/delete_me", "/help")
MIGRATE = StatusUpdate.MIGRATE
BUTTONS_STILL_OPEN = (keyboards.CANCEL, keyboards.DELETE_ME, keyboards.KEEP_ME)


async def keep_out(update: Update, context: BotContext) -> None:
    """Let everybody pass who is not banned, and in an outage everybody."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or not is_unwelcome() or context.parts.administration.is_owner(user.id) or _is_still_open(update):
        return
    if update.callback_query is not None:
        await answer_press(update, "banned", alert=True)
    elif update.message is not None and chat is not None and chat.id == user.id:
        await reply(update, context, "banned")
    raise ApplicationHandlerStop


def _is_still_open(update: Update) -> bool:
    if update.callback_query is not None:
        return (update.callback_query.data or "").partition(":")[0] in BUTTONS_STILL_OPEN
    message = update.effective_message
    if update.my_chat_member is not None or (isinstance(message, Message) and MIGRATE.check_update(update)):
        return True  # no wish of theirs: who blocks us, and where a group has gone
    words = (message.text or "").split(maxsplit=1) if isinstance(message, Message) else []
    return bool(words) and words[0].lower().partition("@")[0] in STILL_OPEN


def register(application: BotApplication) -> None:
    application.add_handler(TypeHandler(Update, keep_out), group=EARLY)
