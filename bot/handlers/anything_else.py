"""Somebody sends what the bot cannot paint, or presses what no longer exists: one friendly sentence."""

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from bot.answers import answer_press, reply
from bot.audience import SpokenTo, is_spoken_to
from bot.context import BotApplication, BotContext
from bot.handlers import albums
from bot.people import person_in


class AlbumPart(filters.MessageFilter):
    """Messages of an album; in a group only one of them carries the caption that speaks to the bot."""

    def filter(self, message: Message) -> bool:
        return message.media_group_id is not None


# What a message holds, and the sentence for it; the first match counts.
SENTENCES: dict[str, str] = {
    "sticker": "not-a-photo-sticker",
    "animation": "not-a-photo-animation",
    "video": "not-a-photo-video",
    "video_note": "not-a-photo-video",
    "voice": "not-a-photo-sound",
    "audio": "not-a-photo-sound",
    "document": "not-a-photo-file",
    "text": "not-a-photo-text",
}
OTHERWISE = "not-a-photo-other"


async def turn_down(update: Update, context: BotContext) -> None:
    """Say what to send instead; a part of an album is left to the album's answer."""
    message = update.effective_message
    assert message is not None  # MessageHandler lets nothing else through
    if message.media_group_id is not None:
        await albums.receive_useless_part(update, context)
    elif is_spoken_to(message):
        await reply(update, context, sentence_for(message))


async def turn_down_command(update: Update, context: BotContext) -> None:
    """Say that there is no such command. In a group it may well be another bot's."""
    message = update.effective_message
    assert message is not None  # a command is a message
    if is_spoken_to(message) or _names_us(message):
        await reply(update, context, "unknown-command")


async def turn_down_press(update: Update, context: BotContext) -> None:
    """Answer a button that nobody knows any more."""
    await answer_press(update, "press-old")


async def notice_blocking(update: Update, context: BotContext) -> None:
    """Remember who blocked the bot, and who came back."""
    change = update.my_chat_member
    assert change is not None  # ChatMemberHandler lets nothing else through
    person = person_in(update)
    if person.in_group:
        return
    await context.parts.people.meet(person)
    if change.new_chat_member.status == change.new_chat_member.BANNED:
        await context.parts.people.mark_blocked(person.user_id, person.chat_id)


def sentence_for(message: Message) -> str:
    """The key of the sentence for a message that is no picture."""
    return next((key for kind, key in SENTENCES.items() if getattr(message, kind)), OTHERWISE)


def _names_us(message: Message) -> bool:
    command = (message.text or message.caption or "").split(maxsplit=1)[0]
    return command.lower().endswith(f"@{message.get_bot().username}".lower())


def register(application: BotApplication) -> None:
    new = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
    application.add_handler(MessageHandler(new & filters.COMMAND, turn_down_command))
    application.add_handler(MessageHandler(new & (SpokenTo() | AlbumPart()), turn_down))
    application.add_handler(CallbackQueryHandler(turn_down_press))
    application.add_handler(ChatMemberHandler(notice_blocking, ChatMemberHandler.MY_CHAT_MEMBER))
