"""What the operator's settings make of the webhook; its secret is made up once and kept in the data folder."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from bot.config import WebhookConfig
from pastiche.errors import OperatorError
from pastiche.settings import SECRET, Settings

SECRET_NAME = "webhook-secret"  # noqa: S105 - the name of a file
SECRET_BYTES = 32


def webhook_config(settings: Settings, folder: Path) -> WebhookConfig | None:
    """Where updates come in; None where they are fetched."""
    if settings.webhook_url is None:
        return None
    given = settings.webhook_secret
    return WebhookConfig(
        url=settings.webhook_url,
        listen=settings.webhook_listen,
        port=settings.webhook_port,
        path=settings.webhook_path or urlsplit(settings.webhook_url).path or "/",
        secret=given.get_secret_value() if given is not None else _kept_secret(folder / SECRET_NAME),
    )


def _kept_secret(path: Path) -> str:
    """The same secret as last time: what Telegram brings while we start again must find the door it knows."""
    try:
        if not path.exists():
            # Under its name it is complete: half a secret, left by a crash, would keep every later start from working.
            part = path.with_name(path.name + ".part")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(SECRET_BYTES) + "\n")
            part.replace(path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise OperatorError(f"{path} cannot be used: remove it or set PASTICHE_WEBHOOK_SECRET") from None
    if not SECRET.fullmatch(secret):
        raise OperatorError(f"{path} holds no secret: remove it or set PASTICHE_WEBHOOK_SECRET")
    return secret
