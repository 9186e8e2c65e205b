from typing import Any

import pytest

from playground.errors import ApiError
from playground.keyboards import read_keyboard


def a_keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Go", **button}]]}


def test_callback_data_may_have_64_bytes() -> None:
    assert read_keyboard(a_keyboard(callback_data="é" * 32))[0][0]["callback_data"] == "é" * 32


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (a_keyboard(callback_data="é" * 33), "BUTTON_DATA_INVALID"),
        (a_keyboard(callback_data=""), "BUTTON_DATA_INVALID"),
        (a_keyboard(), "Text buttons are unallowed"),
        (a_keyboard(callback_data="x", url="https://example.org"), "Text buttons are unallowed"),
        (a_keyboard(url="javascript:alert(1)"), "BUTTON_URL_INVALID"),
        (a_keyboard(callback_data="x", style="pink"), "Invalid button style"),
        (a_keyboard(callback_data="x", colour="red"), 'no field "colour"'),
        (a_keyboard(web_app={"url": "https://example.org"}), "cannot perform"),
        ({"inline_keyboard": [[{"callback_data": "x"}]]}, 'Field "text"'),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 9]}, "too long"),
        ({"keyboard": [[{"text": "x"}]]}, "inline keyboards only"),
        ([], "object expected"),
    ],
)
def test_wrong_keyboards_are_refused(markup: Any, reason: str) -> None:
    with pytest.raises(ApiError, match=reason):
        read_keyboard(markup)


def test_no_markup_is_an_empty_keyboard() -> None:
    assert read_keyboard(None) == read_keyboard({}) == read_keyboard({"inline_keyboard": [[]]}) == []
