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
