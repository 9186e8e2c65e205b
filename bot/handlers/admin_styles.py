"""An admin adds a style from a photo, calls it something else, hides it, shows it again or puts it first."""

from collections.abc import Awaitable, Callable

from telegram import Update
from telegram.ext import CommandHandler

from bot import pictures
from bot.admin.rights import command_of_admins
from bot.answers import replied_to, reply
from bot.context import BotApplication, BotContext
from bot.people import person_in


@command_of_admins
async def add_style(update: Update, context: BotContext) -> None:
    """/addstyle our-wall Our wall, in reply to a photo: everybody can use it from now on."""
    name, title = _name_and_title(context)
    replied = replied_to(update)
    if not name or replied is None or not (replied.photo or (replied.document and pictures.is_image(replied.document))):
        await reply(update, context, "style-add-usage")
        return
    parts = context.parts
    kept = await pictures.fetch(context.bot, pictures.sent_in(replied), parts.config, parts.services)
    picture = await parts.services.blobs.get(kept.blob_key)
    await parts.preset_shelf.add(person_in(update).user_id, name, title or _as_title(name), picture)
    await parts.services.blobs.delete(kept.blob_key)
    await reply(update, context, "style-added", name=name)


@command_of_admins
async def rename_style(update: Update, context: BotContext) -> None:
    """/renamestyle our-wall The old wall. One that ships gets its own name back by the one it came with."""
    name, title = _name_and_title(context)
    if not name or not title:
        await reply(update, context, "style-change-usage")
        return
    await context.parts.preset_shelf.rename(person_in(update).user_id, name, title)
    await reply(update, context, "style-renamed", name=name, title=title)


@command_of_admins
async def hide_style(update: Update, context: BotContext) -> None:
    """/hidestyle mosaic."""
    await _change(update, context, context.parts.preset_shelf.hide, "style-hidden")


@command_of_admins
async def show_style(update: Update, context: BotContext) -> None:
    """/showstyle mosaic."""
    await _change(update, context, context.parts.preset_shelf.show, "style-shown")


@command_of_admins
async def put_style_first(update: Update, context: BotContext) -> None:
    """/firststyle our-wall."""
    await _change(update, context, context.parts.preset_shelf.put_first, "style-first")


async def _change(
    update: Update, context: BotContext, change: Callable[[int, str], Awaitable[None]], told: str
) -> None:
    """Change the style that is named, and say so; told: the key of the sentence."""
    name, _ = _name_and_title(context)
    if not name:
        await reply(update, context, "style-change-usage")
        return
    await change(person_in(update).user_id, name)
    await reply(update, context, told, name=name)


def _name_and_title(context: BotContext) -> tuple[str, str]:
    name, *title = context.args or [""]
    return name.lower(), " ".join(title)


def _as_title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def register(application: BotApplication) -> None:
    commands = {
        "addstyle": add_style,
        "renamestyle": rename_style,
        "hidestyle": hide_style,
        "showstyle": show_style,
        "firststyle": put_style_first,
    }
    for command, handle in commands.items():
        application.add_handler(CommandHandler(command, handle))
