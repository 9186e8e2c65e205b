"""What a person's request holds: JSON, forms and files, read or refused in a sentence."""

from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from playground.bot_api import MAX_BODY_BYTES, take_upload
from playground.errors import ApiError, Refused
from playground.formatting import Formatted, format_text
from playground.json_text import read_json
from playground.parameters import NOT_UTF8, Upload

MAX_ALBUM = 10


async def json_body(request: Request) -> dict[str, Any]:
    try:
        body = read_json(await request.body())
    except UnicodeEncodeError:
        raise Refused(400, NOT_UTF8) from None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "the body must be a JSON object")
    return body


async def form(request: Request) -> FormData:
    if int(request.headers.get("content-length", "0")) > MAX_ALBUM * MAX_BODY_BYTES:
        raise Refused(413, "too large")
    try:
        return await request.form(max_files=2 * MAX_ALBUM)
    except HTTPException as error:
        raise Refused(400, f"cannot read the form: {error.detail}") from error


async def uploads(sent: FormData) -> list[Upload]:
    taken = [await take_upload(part) for part in sent.getlist("file") if isinstance(part, UploadFile)]
    await sent.close()
    return taken


def formatted(text: Any, limit: int) -> Formatted:
    """A text as a messenger sends it; what is no text counts as none."""
    try:
        return format_text(text if isinstance(text, str) else "", None, None, limit=limit)
    except ApiError as error:
        raise Refused(400, error.description.removeprefix("Bad Request: ")) from None


def number(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise Refused(400, f"{name} must be a number") from None
