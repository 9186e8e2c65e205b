"""Inline keyboards, checked as Telegram checks them."""

from typing import Any

from playground.errors import bad_request
from playground.records import Button

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS, MAX_PER_ROW = 100, 8
STYLES = frozenset({"danger", "success", "primary"})
# What a button does: exactly one of these. Those that the page cannot perform are refused, not swallowed.
PURPOSES = frozenset(
    {
        "callback_data",
        "url",
        "copy_text",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "callback_game",
        "pay",
    }
)
PERFORMED = frozenset({"callback_data", "url", "copy_text"})
LOOKS = frozenset({"text", "style", "icon_custom_emoji_id"})


def read_keyboard(markup: Any) -> list[list[Button]]:
    """The rows of an inline keyboard; empty for none. Raises ApiError for what Telegram refuses."""
    if markup is None:
        return []
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if not markup:
        return []
    rows = markup.get("inline_keyboard")
    if rows is None:
        raise bad_request("the playground knows inline keyboards only")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    filled = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, filled)) > MAX_BUTTONS or any(len(row) > MAX_PER_ROW for row in filled):
        raise bad_request("reply markup is too long")
    return filled


def _button(button: Any) -> Button:
    if not isinstance(button, dict):
        raise _unparsable("InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise _unparsable('Field "text" must be of type String')
    if not button["text"].strip():
        raise _unparsable("Text of the button is empty")
    purposes = list(PURPOSES & button.keys())
    if len(purposes) != 1:
        raise _unparsable("Text buttons are unallowed in the inline keyboard")
    _check_purpose(purposes[0], button)
    if button.get("style", "primary") not in STYLES:
        raise _unparsable("Invalid button style specified")
    if unknown := button.keys() - PURPOSES - LOOKS:
        raise _unparsable(f'the playground knows no field "{min(unknown)}"')
    return button


def _check_purpose(purpose: str, button: Button) -> None:
    if purpose not in PERFORMED:
        raise _unparsable(f'the playground\'s page cannot perform "{purpose}"')
    value = button[purpose]
    if purpose == "callback_data":
        if not isinstance(value, str):
            raise _unparsable('Field "callback_data" must be of type String')
        if not 1 <= len(value.encode()) <= MAX_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    if purpose == "url" and not str(value).startswith(("http://", "https://", "tg://")):
        raise bad_request("BUTTON_URL_INVALID")
    if purpose == "copy_text" and not (isinstance(value, dict) and 1 <= len(str(value.get("text", ""))) <= 256):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _unparsable(reason: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {reason}")
