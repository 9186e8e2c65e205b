"""Everything an operator can set, read once from the environment and from .env."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from engine.presets import OWN_FOLDER_VARIABLE
from pastiche.errors import OperatorError

# Signs that mean themselves in an address, here and behind every proxy.
PATH = re.compile(r"/[A-Za-z0-9._~/-]*")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
TELEGRAMS_PORTS = frozenset({443, 80, 88, 8443})


class Settings(BaseSettings):
    """One field a setting; the variable is PASTICHE_ and the field's name in capitals, but for the token."""

    model_config = SettingsConfigDict(
        env_prefix="PASTICHE_",
        env_file=".env",
        env_ignore_empty=True,  # a line left empty in .env means the default
        extra="ignore",
        frozen=True,
        # An error shows the field's name and the rule, never the value: it might be the token.
        hide_input_in_errors=True,
    )

    telegram_bot_token: SecretStr | None = Field(default=None, validation_alias="TELEGRAM_BOT_TOKEN")
    telegram_api_url: str | None = None
    telegram_local: bool = False
    telegram_rate: int = Field(default=30, ge=1, le=10_000)
    webhook_url: str | None = None
    webhook_listen: str = "127.0.0.1"
    webhook_port: int = Field(default=8443, ge=1, le=65535)
    webhook_path: str | None = None
    webhook_secret: SecretStr | None = None
    admin_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    queued_limit: int = Field(default=10, ge=0, le=1_000_000)
    running_limit: int = Field(default=4, ge=0, le=1_000_000)
    daily_limit: int = Field(default=200, ge=0, le=1_000_000)
    ageing_minutes: int = Field(default=10, ge=0, le=24 * 60)
    data_dir: Path = Path("data")
    retention_hours: int = Field(default=24, ge=1, le=24 * 365)
    playground: bool = True
    playground_port: int = Field(default=8089, ge=0, le=65535)
    instant_size: int = Field(default=512, ge=64, le=2048)
    hq_size: int = Field(default=512, ge=64, le=2048)
    backbone: Literal["auto", "slim", "vgg19", "vgg16"] = "auto"
    weights: Path | None = None
    weights_dir: Path | None = None
    weights_url: str = "https://download.pytorch.org/models"
    device: str = "auto"
    threads: int | None = Field(default=None, ge=1, le=256)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @property
    def weights_folder(self) -> Path:
        """Where installed backbones lie."""
        return self.weights_dir or self.data_dir / "weights"

    @property
    def presets_folder(self) -> Path:
        """Where the operator's own presets lie."""
        return self.data_dir / "presets"

    @field_validator("telegram_api_url", "weights_url")
    @classmethod
    def _http_only(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value and value.rstrip("/")

    @field_validator("webhook_path")
    @classmethod
    def _plain_path(cls, value: str | None) -> str | None:
        if value is not None and not PATH.fullmatch(value):
            raise ValueError("must begin with / and hold letters, digits and . _ ~ - / only")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _sound_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("must be 1 to 256 letters, digits, _ or -")
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        """What no field can know by itself; a mistake names its variable, since it belongs to no single field."""
        if self.telegram_local and self.telegram_api_url is None:
            raise ValueError("PASTICHE_TELEGRAM_LOCAL: needs PASTICHE_TELEGRAM_API_URL, the address of your own server")
        if self.webhook_url is not None:
            self._check_webhook(self.webhook_url)
        return self

    def _check_webhook(self, url: str) -> None:
        parts = urlsplit(url)
        # Telegram itself calls nothing else; a server of one's own, or the playground, calls anything.
        own_server = self.telegram_api_url is not None or self.telegram_bot_token is None
        if parts.scheme not in ({"http", "https"} if own_server else {"https"}) or not parts.hostname:
            raise ValueError("PASTICHE_WEBHOOK_URL: must be an address that begins with https://")
        if not own_server and (parts.port or 443) not in TELEGRAMS_PORTS:
            raise ValueError("PASTICHE_WEBHOOK_URL: Telegram calls the ports 443, 80, 88 and 8443 only")
        if self.webhook_path is None and not PATH.fullmatch(parts.path or "/"):
            raise ValueError("PASTICHE_WEBHOOK_PATH: set it, for the path of PASTICHE_WEBHOOK_URL holds unusual signs")
        token = self.telegram_bot_token.get_secret_value() if self.telegram_bot_token is not None else None
        if token and any(part in f"{url} {self.webhook_path}" for part in token.split(":", 1)[1:]):
            raise ValueError("PASTICHE_WEBHOOK_URL: must not hold the token, for addresses end up in logs")


def use_own_presets(settings: Settings) -> Path:
    """Let this process and its children offer the operator's own presets; returns their folder."""
    folder = settings.presets_folder.resolve()
    os.environ[OWN_FOLDER_VARIABLE] = str(folder)
    return folder


def variable_of(field: str) -> str:
    """The environment variable of a settings field."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias) if alias else f"PASTICHE_{field.upper()}"


def read_settings() -> Settings:
    """Settings of this process; raises OperatorError that names every mistake at once."""
    try:
        return Settings()
    except ValidationError as error:
        raise OperatorError("; ".join(_mistakes(error))) from None
    except (OSError, UnicodeDecodeError):
        raise OperatorError("the file .env cannot be read: it must be text in UTF-8") from None


def _mistakes(error: ValidationError) -> list[str]:
    fields = {variable_of(field): field for field in Settings.model_fields} | {
        field: field for field in Settings.model_fields
    }
    lines = []
    for mistake in error.errors(include_input=False, include_url=False):
        rule = mistake["msg"].removeprefix("Value error, ")
        if not mistake["loc"]:  # of several fields together: the rule names them
            lines.append(rule)
            continue
        field = fields.get(str(mistake["loc"][0]))
        name = variable_of(field) if field else str(mistake["loc"][0])
        lines.append(f"{name}: {rule}")
    return lines
