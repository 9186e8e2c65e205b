"""answerInlineQuery: its results checked as Telegram checks them, each by the fields of its kind."""

import re
from typing import Any

from playground.calls import Call
from playground.errors import bad_request
from playground.formatting import CAPTION_LIMIT, TEXT_LIMIT, Formatted, format_text
from playground.inline import Found, InlineAnswer
from playground.keyboards import read_keyboard
from playground.rendering import find_file

MAX_RESULTS = 50
MAX_BYTES = 64
MAX_QUERY = 256
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CAPTION = "caption parse_mode caption_entities"
# The kinds that this playground knows, with their fields; "!" marks what a kind cannot do without.
KINDS = {
    "article": (
        "type! id! title! input_message_content! reply_markup url description thumbnail_url thumbnail_width "
        "thumbnail_height"
    ),
    "photo": (
        f"type! id! photo_file_id! title description {_CAPTION} show_caption_above_media reply_markup "
        "input_message_content"
    ),
    "document": f"type! id! title! document_file_id! description {_CAPTION} reply_markup input_message_content",
}
CONTENT = "message_text! parse_mode entities link_preview_options"
BUTTON = "text! web_app start_parameter"


async def answer_inline_query(call: Call) -> Any:
    query = call.queries.check(call.arguments.text("inline_query_id") or "", call.bot.id)
    results = call.arguments.structure("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results: expected an Array of InlineQueryResult")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    call.arguments.integer("cache_time")
    offset = call.arguments.text("next_offset") or ""
    if len(offset.encode()) > MAX_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    found = [_found(call, result) for result in results]
    if len({each.id for each in found}) < len(found):
        raise bad_request("RESULT_ID_DUPLICATE")
    query.answer.set_result(InlineAnswer(found, _button(call.arguments.structure("button")), offset))
    return True


def _found(call: Call, result: Any) -> Found:
    kind = result.get("type") if isinstance(result, dict) else None
    if kind not in KINDS:
        raise bad_request(f'can\'t parse inline query result: the playground knows no type "{kind}"')
    _check_fields(result, KINDS[kind], "inline query result")
    number = result["id"]
    if not isinstance(number, str) or not 1 <= len(number.encode()) <= MAX_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    content = result.get("input_message_content")
    # Words that are given take the place of the picture.
    file_id = result.get(f"{kind}_file_id") if content is None else None
    return Found(
        id=number,
        kind=kind,
        title=str(result.get("title") or ""),
        description=str(result.get("description") or ""),
        text=_caption(result) if content is None else _words(content),
        file=_file(call, kind, str(file_id)) if file_id is not None else None,
        keyboard=_links(result.get("reply_markup")),
    )


def _check_fields(given: Any, allowed: str, what: str) -> None:
    if not isinstance(given, dict):
        raise bad_request(f"can't parse {what}: expected an Object")
    fields = {word.rstrip("!"): word.endswith("!") for word in allowed.split()}
    for name, required in fields.items():
        if required and given.get(name) in (None, ""):
            raise bad_request(f"can't parse {what}: can't find field \"{name}\"")
    if unknown := given.keys() - fields.keys():
        raise bad_request(f'can\'t parse {what}: it has no field "{min(unknown)}"')


def _caption(result: dict[str, Any]) -> Formatted:
    caption, mode = result.get("caption") or "", result.get("parse_mode")
    return format_text(str(caption), mode, result.get("caption_entities"), limit=CAPTION_LIMIT)


def _words(content: Any) -> Formatted:
    _check_fields(content, CONTENT, "input message content")
    words = format_text(
        str(content["message_text"]), content.get("parse_mode"), content.get("entities"), limit=TEXT_LIMIT
    )
    if not words.text:
        raise bad_request("MESSAGE_EMPTY")
    return words


def _file(call: Call, kind: str, file_id: str) -> str:
    file = find_file(call.world, file_id, call.bot.id)
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file.sizes[-1] if file.sizes else file.id


def _links(markup: Any) -> list[list[dict[str, Any]]]:
    keyboard = read_keyboard(markup)
    if any("callback_data" in button for row in keyboard for button in row):
        # A press would name an inline message, and those cannot be edited here.
        raise bad_request("can't parse inline keyboard button: the playground knows no callbacks of inline messages")
    return keyboard


def _button(button: Any) -> tuple[str, str] | None:
    if button is None:
        return None
    _check_fields(button, BUTTON, "inline query results button")
    parameter = button.get("start_parameter")
    if not isinstance(parameter, str) or not START_PARAMETER.fullmatch(parameter):
        raise bad_request("START_PARAM_INVALID")
    return str(button["text"]), parameter
