"""JSON from outside, read so that whatever comes out of it can be stored and sent on."""

import json
from typing import Any, NoReturn


def read_json(text: str | bytes) -> Any:
    """The value in this text.

    Raises ValueError for what is no JSON, for numbers that JSON does not have, for half a surrogate pair
    (UnicodeEncodeError) and for a nesting that nobody writes by hand.
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
        # "\ud800" is allowed in JSON, but nothing behind here could send or store it.
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
