"""Everything an operator can set, read once from the environment and from .env."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pastiche.errors import OperatorError


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
    admin_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    data_dir: Path = Path("data")
    retention_hours: int = Field(default=24, ge=1, le=24 * 365)
    playground: bool = True
    playground_port: int = Field(default=8089, ge=0, le=65535)
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

    @field_validator("telegram_api_url", "weights_url")
    @classmethod
    def _http_only(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value and value.rstrip("/")


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
        field = fields.get(str(mistake["loc"][0]))
        name = variable_of(field) if field else str(mistake["loc"][0])
        lines.append(f"{name}: {mistake['msg'].removeprefix('Value error, ')}")
    return lines
