"""Somebody sends what the bot cannot paint, or presses what no longer exists: one friendly sentence."""

from dataclasses import replace

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from bot import keyboards, texts
from bot.answers import answer_press, how_to_be_heard, language_of, place_of, reply
from bot.audience import SpokenTo, is_spoken_to
from bot.context import BotApplication, BotContext
from bot.dialogues import Awaited
from bot.handlers import albums, lab
from bot.messages import Look, send
from bot.naming import mix_name
from bot.people import Person, person_in
from jobs.presets import list_presets
from jobs.values import Study


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
# What is wrong with each, for who has sent a photo already or is asked for something else.
REMARKS: dict[str, str] = {
    "sticker": "remark-sticker",
    "animation": "remark-animation",
    "video": "remark-video",
    "video_note": "remark-video",
    "voice": "remark-sound",
    "audio": "remark-sound",
    "document": "remark-file",
    "other": "remark-other",
}
OTHERWISE = "other"


async def turn_down(update: Update, context: BotContext) -> None:
    """Say what to send instead; a part of an album is left to the album's answer."""
    message = update.effective_message
    assert message is not None  # MessageHandler lets nothing else through
    if message.media_group_id is not None:
        await albums.receive_useless_part(update, context)
    elif is_spoken_to(message) and not await lab.take_named_style(update, context):
        place = place_of(update)
        assert place is not None  # messages stand in a chat
        look = await _turning_down(update, context, message)
        await send(context.bot, place, replace(look, words=look.words + how_to_be_heard(update, context)))


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


async def _turning_down(update: Update, context: BotContext, message: Message) -> Look:
    """What is wrong with a message that is no picture, and what is waited for."""
    parts, person, language = context.parts, person_in(update), language_of(update)
    kind = next((kind for kind in SENTENCES if getattr(message, kind)), OTHERWISE)
    awaited = await parts.dialogues.awaited(person)
    if awaited is not None:
        still = await _still_waiting(context, person, awaited, language)
        return Look(words=_remark(kind, language) + still)
    if await parts.drafts.content(person) is not None:
        words = _remark(kind, language) + texts.render(language, "still-photo-there")
        return Look(words=words, markup=keyboards.to_presets(language))
    painting = await parts.orders.open_jobs(person)
    if painting:
        still = texts.render(language, "still-painting", jobs=len(painting))
        return Look(words=_remark(kind, language) + still)
    return Look(words=texts.render(language, SENTENCES.get(kind, "not-a-photo-other")))


def _remark(kind: str, language: str | None) -> str:
    """What is wrong, without what to do instead; nothing is wrong with words."""
    key = REMARKS.get(kind)
    return texts.render(language, key) + " " if key is not None else ""


async def _still_waiting(context: BotContext, person: Person, awaited: Awaited, language: str | None) -> str:
    """What somebody was asked for, once more."""
    usable = await context.parts.own_styles.usable(person.user_id)
    names = {style.id: style.name for style in usable}
    if awaited.study is not None:
        key = "still-second-photo" if awaited.study.photos else "still-study"
        if awaited.study.study is Study.PALETTE:
            key = "still-style"
        return texts.render(language, key, study=awaited.study.title(language))
    if awaited.naming_style_id is not None:
        return texts.render(language, "still-name", name=names.get(awaited.naming_style_id, ""))
    chosen = awaited.chosen.only({preset.name for preset in list_presets()}, names)
    return texts.render(language, "still-chosen", name=mix_name(chosen.parts, language))


def _names_us(message: Message) -> bool:
    command = (message.text or message.caption or "").split(maxsplit=1)[0]
    return command.lower().endswith(f"@{message.get_bot().username}".lower())


def register(application: BotApplication) -> None:
    new = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
    application.add_handler(MessageHandler(new & filters.COMMAND, turn_down_command))
    application.add_handler(MessageHandler(new & (SpokenTo() | AlbumPart()), turn_down))
    application.add_handler(CallbackQueryHandler(turn_down_press))
    application.add_handler(ChatMemberHandler(notice_blocking, ChatMemberHandler.MY_CHAT_MEMBER))
