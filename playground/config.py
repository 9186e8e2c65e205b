"""How a playground is set up: one value, checked once."""

from dataclasses import dataclass, field
from pathlib import Path

from playground.errors import WrongConfig
from playground.flood import FloodLimits

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, kw_only=True)
class PlaygroundConfig:
    """host, port: where it listens; port 0 takes any free one.

    key: must stand in every request; required when host is not this machine's own loopback
    state_dir: people, messages, files and waiting updates survive a restart there; None: they end with the process
    privacy_mode: in groups the bot hears only of commands, mentions of it and answers to it
    lenient: unknown parameters are ignored, as Telegram does, and not refused
    press_wait_s: how long a press waits for the bot's answer before it returns without one
    callback_lifetime_s: an older callback query can no longer be answered
    longest_poll_s: upper bound of getUpdates' timeout
    flood: how much bots may send before they get 429; None: as much as they like
    webhook_timeout_s: how long a webhook may take to accept an update
    webhook_pause_s: before an update is brought again; doubles up to a minute
    unused_file_s: a file that no message shows and no bot names for so long is thrown away
    """

    host: str = "127.0.0.1"
    port: int = 8089
    key: str | None = None
    state_dir: Path | None = None
    bot_name: str = "Pastiche"
    bot_username: str = "pastiche_bot"
    privacy_mode: bool = True
    lenient: bool = False
    press_wait_s: float = 5.0
    callback_lifetime_s: float = 60.0
    longest_poll_s: float = 50.0
    flood: FloodLimits | None = field(default_factory=FloodLimits)
    webhook_timeout_s: float = 60.0
    webhook_pause_s: float = 1.0
    unused_file_s: float = 24 * 3600.0

    def __post_init__(self) -> None:
        if self.host not in LOOPBACK and not self.key:
            raise WrongConfig(f"listening on {self.host} needs a key, because others can reach that address")

    def base_url(self, port: int) -> str:
        """The address for people (and, with /bot appended, for bots) once the real port is known."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}"

    def page_url(self, port: int) -> str:
        """What to open in a browser: the key is asked for once and then kept in a cookie."""
        return f"{self.base_url(port)}/?key={self.key}" if self.key else f"{self.base_url(port)}/"

    def api_url(self, port: int) -> str:
        """What a bot puts before /bot<token>/ and /file/bot<token>/."""
        return f"{self.base_url(port)}/k/{self.key}" if self.key else self.base_url(port)
