"""What the bot is told and what it is given."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from telegram.constants import FileSizeLimit

from bot.errors import BadToken, BadWebhook
from bot.pacing import CALLS_A_SECOND
from jobs.decoder import Decoder
from jobs.desk import Desk
from jobs.ports import Blobs, Events
from models.database import Database

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, kw_only=True)
class WebhookConfig:
    """Where updates come in.

    url: what Telegram calls
    listen, port, path: where we answer, as the proxy in front of us sees it
    """

    url: str
    listen: str = "127.0.0.1"
    port: int = 8443
    path: str = "/telegram"
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not SECRET.fullmatch(self.secret):
            raise BadWebhook("the secret must be 1 to 256 letters, digits, _ or -")


@dataclass(frozen=True, kw_only=True)
class BotConfig:
    """Settings of the bot. Raises BadToken for a token that cannot be one.

    api_url: base of the Bot API such as http://127.0.0.1:8089; None is Telegram itself
    local_files: that Bot API shares our disk and names files by their paths on it
    max_file_bytes: larger files are not fetched
    webhook: where Telegram brings updates; None: they are fetched
    quiet_s: for so long nothing is said of an instant picture but the picture itself
    progress_every_s: edits of a private chat's status message are at least so far apart; groups get five seconds
    calls_a_second: calls that send or edit, in all chats together
    album_quiet_s: an album is judged so long after its last part
    kept: pictures that people send stay so long
    data_dir: where pictures are kept, to watch its disk; None: nobody watches it
    """

    token: str = field(repr=False)
    api_url: str | None = None
    local_files: bool = False
    max_file_bytes: int = int(FileSizeLimit.FILESIZE_DOWNLOAD)
    webhook: WebhookConfig | None = None
    admin_ids: frozenset[int] = frozenset()
    instant_longest_side_px: int = 512
    hq_longest_side_px: int = 512
    quiet_s: float = 1.5
    progress_every_s: float = 3.0
    calls_a_second: int = CALLS_A_SECOND
    album_quiet_s: float = 1.5
    kept: timedelta = timedelta(hours=24)
    data_dir: Path | None = None

    def __post_init__(self) -> None:
        number, colon, secret = self.token.partition(":")
        if not (number.isascii() and number.isdigit() and colon and secret):
            raise BadToken

    @property
    def bot_id(self) -> int:
        """The bot's own number: the first part of its token."""
        return int(self.token.partition(":")[0])


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the bot works with; opened and closed by whoever starts it."""

    database: Database
    desk: Desk
    events: Events
    decoder: Decoder
    blobs: Blobs
