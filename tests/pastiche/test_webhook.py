"""The operator's settings for the webhook, and the secret in the data folder."""

import secrets
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from bot.config import SECRET
from pastiche.errors import OperatorError
from pastiche.settings import Settings
from pastiche.webhook import SECRET_NAME, webhook_config

URL = "https://bot.example.org/telegram"


def settings_with(**values: Any) -> Settings:
    """Settings that no environment has a say in."""
    return Settings.model_construct(**({"webhook_url": URL} | values))


def test_without_an_address_updates_are_fetched(tmp_path: Path) -> None:
    assert webhook_config(settings_with(webhook_url=None), tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_secret_is_made_up_once_and_kept_in_private(tmp_path: Path) -> None:
    first, second = (webhook_config(settings_with(), tmp_path) for _ in range(2))

    assert first is not None
    assert SECRET.fullmatch(first.secret)
    assert first == second
    assert len(first.secret) >= 32
    assert (tmp_path / SECRET_NAME).stat().st_mode & 0o777 == 0o600


def test_a_crash_while_the_secret_is_made_up_costs_no_later_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_urlsafe", Mock(side_effect=[KeyboardInterrupt, "a" * 32]))
    with pytest.raises(KeyboardInterrupt):
        webhook_config(settings_with(), tmp_path)

    config = webhook_config(settings_with(), tmp_path)

    assert config is not None
    assert SECRET.fullmatch(config.secret)


@pytest.mark.parametrize(
    ("path", "url", "expected"),
    [(None, URL, "/telegram"), ("/behind/the/proxy", URL, "/behind/the/proxy"), (None, "https://bot.example.org", "/")],
    ids=["of the address", "of its own", "none"],
)
def test_the_path_is_that_of_the_address_unless_the_proxy_changes_it(
    tmp_path: Path, path: str | None, url: str, expected: str
) -> None:
    config = webhook_config(settings_with(webhook_url=url, webhook_path=path), tmp_path)

    assert config is not None
    assert config.path == expected


@pytest.mark.parametrize("kept", [b"", b"two words", b"\xff\xfe"], ids=["empty", "words", "no text"])
def test_a_spoilt_secret_is_the_operators_to_mend(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / SECRET_NAME).write_bytes(kept)

    with pytest.raises(OperatorError, match=SECRET_NAME) as caught:
        webhook_config(settings_with(), tmp_path)

    assert "\n" not in str(caught.value)
