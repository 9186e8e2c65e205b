"""What the bot is told."""

import pytest

from bot.config import BotConfig
from bot.errors import BadToken


@pytest.mark.parametrize("token", ["", "1000", ":secret", "bot:secret", "1000:", "\u0661:x"])
def test_a_token_that_cannot_be_one_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        BotConfig(token=token)


def test_the_token_is_kept_out_of_sight() -> None:
    assert "secret" not in repr(BotConfig(token="1000:secret"))


def test_the_bots_number_is_the_first_part_of_its_token() -> None:
    assert BotConfig(token="1000:secret").bot_id == 1000
