"""Settings are read once, complain about everything at once, and never show a secret."""

import re
from pathlib import Path

import pytest

from pastiche.errors import OperatorError
from pastiche.settings import Settings, read_settings, variable_of

ROOT = Path(__file__).parents[2]
TOKEN = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghi"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the machine's settings nor a .env of the working folder."""
    for field in Settings.model_fields:
        monkeypatch.delenv(variable_of(field), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M)
    for name, value in lines:
        monkeypatch.setenv(name, value)

    with_example = read_settings()

    assert {name for name, _ in lines} == {variable_of(field) for field in Settings.model_fields}
    assert with_example == Settings.model_construct()


def test_the_readme_lists_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()

    assert [v for v in map(variable_of, Settings.model_fields) if f"`{v}`" not in readme] == []


def test_every_mistake_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASTICHE_HQ_SIZE", "9")
    monkeypatch.setenv("PASTICHE_LOG_LEVEL", "loud")

    with pytest.raises(OperatorError, match=r"PASTICHE_HQ_SIZE: .*; PASTICHE_LOG_LEVEL: ") as caught:
        read_settings()

    assert "\n" not in str(caught.value)


def test_the_token_is_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)

    settings = read_settings()

    assert TOKEN not in f"{settings!r} {settings}"
    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.get_secret_value() == TOKEN


def test_admin_ids_are_separated_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASTICHE_ADMIN_IDS", "12, 34 56")

    assert read_settings().admin_ids == {12, 34, 56}


WEBHOOK = {"TELEGRAM_BOT_TOKEN": TOKEN, "PASTICHE_WEBHOOK_URL": "https://bot.example.org/telegram"}


@pytest.mark.parametrize(
    ("env", "mistake"),
    [
        ({"PASTICHE_TELEGRAM_LOCAL": "true"}, "PASTICHE_TELEGRAM_LOCAL: needs PASTICHE_TELEGRAM_API_URL"),
        ({"PASTICHE_WEBHOOK_URL": "http://bot.example.org/x"}, "PASTICHE_WEBHOOK_URL: must be an address"),
        ({"PASTICHE_WEBHOOK_URL": "bot.example.org"}, "PASTICHE_WEBHOOK_URL: must be an address"),
        ({"PASTICHE_WEBHOOK_URL": "https://bot.example.org:8080/x"}, "PASTICHE_WEBHOOK_URL: Telegram calls the ports"),
        ({"PASTICHE_WEBHOOK_URL": f"https://bot.example.org/{TOKEN}"}, "PASTICHE_WEBHOOK_PATH|must not hold the token"),
        ({"PASTICHE_WEBHOOK_PATH": f"/{TOKEN[7:]}"}, "must not hold the token"),
        ({"PASTICHE_WEBHOOK_URL": "https://bot.example.org/a%20b"}, "PASTICHE_WEBHOOK_PATH: set it"),
        ({"PASTICHE_WEBHOOK_PATH": "telegram"}, "PASTICHE_WEBHOOK_PATH: must begin with /"),
        ({"PASTICHE_WEBHOOK_PATH": "/{name}"}, "PASTICHE_WEBHOOK_PATH: must begin with /"),
        ({"PASTICHE_WEBHOOK_SECRET": "not so good"}, "PASTICHE_WEBHOOK_SECRET: must be 1 to 256"),
        ({"PASTICHE_WEBHOOK_SECRET": "a" * 257}, "PASTICHE_WEBHOOK_SECRET: must be 1 to 256"),
        ({"PASTICHE_WEBHOOK_PORT": "99999"}, "PASTICHE_WEBHOOK_PORT: "),
        ({"PASTICHE_TELEGRAM_RATE": "0"}, "PASTICHE_TELEGRAM_RATE: "),
        ({"PASTICHE_PLAYGROUND_PORT": "99999"}, "PASTICHE_PLAYGROUND_PORT: "),
        ({"PASTICHE_TELEGRAM_API_URL": "ftp://x"}, "PASTICHE_TELEGRAM_API_URL: "),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_work_on_telegram_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], mistake: str
) -> None:
    for name, value in (WEBHOOK | env).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(OperatorError, match=mistake) as caught:
        read_settings()

    assert "\n" not in str(caught.value)
    assert TOKEN[7:] not in str(caught.value)


@pytest.mark.parametrize("api_url", ["http://127.0.0.1:8081", ""], ids=["own server", "Telegram"])
def test_only_a_server_of_ones_own_calls_plain_addresses(monkeypatch: pytest.MonkeyPatch, api_url: str) -> None:
    address = "http://127.0.0.1:9000/in" if api_url else "https://bot.example.org:8443/in"
    for name, value in (WEBHOOK | {"PASTICHE_TELEGRAM_API_URL": api_url, "PASTICHE_WEBHOOK_URL": address}).items():
        monkeypatch.setenv(name, value)

    assert read_settings().webhook_url == address
