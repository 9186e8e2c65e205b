"""What keeps the whole from starting is told in a sentence."""

from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from pydantic import SecretStr

from jobs import decoder
from jobs.errors import ChildGone
from pastiche.errors import OperatorError
from pastiche.run import run_everything
from pastiche.settings import Settings


async def test_a_decoder_that_cannot_start_is_the_operators_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "_spawn_child", AsyncMock(side_effect=ChildGone("decoder_main")))
    settings = Settings.model_construct(telegram_bot_token=SecretStr("4242:nobody-asks-for-this-one-here-today"))

    with pytest.raises(OperatorError, match="the decoder does not start") as caught:
        await run_everything(settings, tmp_path)

    assert "\n" not in str(caught.value)
