"""From what somebody sent to a picture we may trust: fetched, inspected, stored."""

import asyncio
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TypeGuard

from telegram import Bot, Document, Message
from telegram.error import BadRequest, TelegramError

from bot.config import BotConfig, Services
from bot.errors import DownloadFailed, FileTooBig

ACCEPTED_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif", "image/heic", "image/heif"})
ACCEPTED_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif"})


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A picture as it arrived: not fetched yet, and not to be trusted."""

    message_id: int
    album_id: str | None
    file_id: str
    file_unique_id: str
    as_file: bool
    size_bytes: int | None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A picture that passed the decoder and lies in the blobs as PNG, turned upright and in sRGB.

    animated: what was sent moves; only its first frame was kept
    """

    blob_key: str
    width_px: int
    height_px: int
    size_bytes: int
    animated: bool = False


def sent_in(message: Message) -> Sent:
    """The picture of a message that the filters let through: the largest form of a photo, or an image file."""
    item = message.photo[-1] if message.photo else message.document
    assert item is not None
    return Sent(
        message_id=message.message_id,
        album_id=message.media_group_id,
        file_id=item.file_id,
        file_unique_id=item.file_unique_id,
        as_file=not message.photo,
        size_bytes=item.file_size,
    )


def is_image(document: Document) -> bool:
    """Whether a file claims to be an image we read. The decoder looks at its bytes later."""
    return document.mime_type in ACCEPTED_TYPES or _ending(document) in ACCEPTED_ENDINGS


async def fetch(bot: Bot, sent: Sent, config: BotConfig, services: Services) -> Kept:
    """Download, inspect and store. Raises FileTooBig, DownloadFailed or the decoder's BadPicture."""
    return await keep(await _download(bot, sent, config), services)


async def keep(data: bytes, services: Services) -> Kept:
    """Inspect and store. Raises the decoder's BadPicture."""
    inspected = await services.decoder.inspect(data)
    blob_key = await services.blobs.put(inspected.png, ".png")
    return Kept(
        blob_key=blob_key,
        width_px=inspected.width_px,
        height_px=inspected.height_px,
        size_bytes=len(inspected.png),
        animated=inspected.animated,
    )


async def _download(bot: Bot, sent: Sent, config: BotConfig) -> bytes:
    if (sent.size_bytes or 0) > config.max_file_bytes:
        raise FileTooBig
    try:
        # The file's path holds the bot's token: it is never logged or shown.
        file = await bot.get_file(sent.file_id)
        if is_local_file(file.file_path):
            return await _read_local(file.file_path, config)
        return bytes(await file.download_as_bytearray())
    except BadRequest as error:
        if "too big" in error.message.lower():
            raise FileTooBig from error
        raise DownloadFailed from error
    except TelegramError as error:
        raise DownloadFailed from error


def is_local_file(path: str | None) -> TypeGuard[str]:
    """Whether Telegram's answer names a file of this machine; the library would read it, whoever said so."""
    return path is not None and not path.startswith(("http://", "https://"))


async def _read_local(path: str, config: BotConfig) -> bytes:
    """A file that a Bot API server of the operator's own has put on our disk. Raises DownloadFailed, FileTooBig."""
    if not config.local_files:
        raise DownloadFailed
    try:
        return await asyncio.to_thread(_read_up_to, Path(path), config.max_file_bytes)
    except OSError as error:
        raise DownloadFailed from error


def _read_up_to(path: Path, most_bytes: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise FileTooBig
    return data


def _ending(document: Document) -> str:
    return PurePath(document.file_name or "").suffix.lower()
