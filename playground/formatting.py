"""Telegram's text: HTML to plain text with entities, limits after entities, things found in plain text.

Offsets and lengths count UTF-16 units, as in the Bot API. The errors are worded as Telegram's own.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from playground.errors import ApiError, bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

Entity = dict[str, Any]

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
GIVEN_BY_BOTS = frozenset(TAGS.values()) | {"text_mention", "expandable_blockquote"}
NAMED_SIGNS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
FOUND_IN_TEXT = (
    ("bot_command", re.compile(r"(?<![\w/<])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")),
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")),
)


@dataclass(frozen=True)
class Formatted:
    """Plain text and what is marked in it."""

    text: str
    entities: list[Entity] = field(default_factory=list)


def utf16_length(text: str) -> int:
    """How long Telegram counts this text."""
    return len(text.encode("utf-16-le")) // 2


def format_text(text: str, parse_mode: str | None, entities: Any, *, limit: int) -> Formatted:
    """Text as Telegram stores it: parsed, trimmed, with commands, mentions and links found.

    Raises ApiError for markup that Telegram refuses, for text over the limit and for half a surrogate pair.
    """
    try:
        return _format(text, parse_mode, entities, limit)
    except UnicodeEncodeError:
        # JSON can spell half a pair ("\ud800"); nothing behind here could send or store it.
        raise bad_request("text must be encoded in UTF-8") from None


def _format(text: str, parse_mode: str | None, entities: Any, limit: int) -> Formatted:
    trimmed = _trim(_marked(text, parse_mode, entities))
    if utf16_length(trimmed.text) > limit:
        raise bad_request("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    return Formatted(trimmed.text, _in_order(trimmed.entities + _found(trimmed)))


def _marked(text: str, parse_mode: str | None, entities: Any) -> Formatted:
    mode = (parse_mode or "none").lower()
    if mode == "html":
        return parse_html(text)
    if mode in {"markdown", "markdownv2"}:
        raise ApiError(400, "Bad Request: unsupported parse_mode (the playground reads HTML and entities only)")
    if mode != "none":
        raise bad_request("unsupported parse_mode")
    if not isinstance(entities or [], list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    return Formatted(text, [_checked(entity) for entity in entities or []])


def _checked(entity: Any) -> Entity:
    if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
        raise bad_request("can't parse MessageEntity: expected an Object")
    if not isinstance(entity.get("offset"), int) or not isinstance(entity.get("length"), int):
        raise bad_request('can\'t parse MessageEntity: field "offset" must be of type Number')
    if entity["type"] not in GIVEN_BY_BOTS | {kind for kind, _ in FOUND_IN_TEXT}:
        raise bad_request("can't parse MessageEntity: unsupported type specified")
    return entity


def parse_html(text: str) -> Formatted:
    """Plain text and entities of Telegram's HTML; raises ApiError where Telegram cannot parse it."""
    return _HtmlReader(text).read()


@dataclass
class _Open:
    """A start tag whose end has not come yet."""

    tag: str
    offset: int
    attributes: dict[str, str]


class _HtmlReader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._plain: list[str] = []
        self._offset = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> Formatted:
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign == "<":
                self._tag()
            elif sign == "&":
                self._named_sign()
            else:
                self._take(sign, 1)
        if self._open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return Formatted("".join(self._plain), _in_order(self._entities))

    def _take(self, sign: str, consumed: int) -> None:
        self._plain.append(sign)
        self._offset += utf16_length(sign)
        self._at += consumed

    def _named_sign(self) -> None:
        found = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?").match(self._text, self._at)
        if found is None:
            self._take("&", 1)
            return
        hexadecimal, decimal, name = found.groups()
        sign = NAMED_SIGNS[name] if name else _sign(int(hexadecimal, 16) if hexadecimal else int(decimal))
        self._take(sign or "&", len(found[0]) if sign else 1)

    def _tag(self) -> None:
        found = re.compile(r"<(/?)([^\s>]*)([^>]*)>").match(self._text, self._at)
        where = len(self._text[: self._at].encode())
        if found is None:
            kind = "end" if self._text.startswith("</", self._at) else "start"
            raise _unparsable(f"Unclosed {kind} tag at byte offset {where}")
        closing, tag, attributes = found[1], found[2].lower(), found[3]
        if closing:
            self._end(tag, where)
        else:
            self._start(tag, attributes, where)
        self._at = found.end()

    def _start(self, tag: str, attributes: str, where: int) -> None:
        if tag not in TAGS:
            raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {where}')
        given = {
            name.lower(): next((value for value in values if value), "")
            for name, *values in re.findall(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?", attributes)
        }
        if tag == "span" and given.get("class") != "tg-spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self._open.append(_Open(tag, self._offset, given))

    def _end(self, tag: str, where: int) -> None:
        if not self._open:
            raise _unparsable(f"Unexpected end tag at byte offset {where}")
        begun = self._open.pop()
        if tag and tag != begun.tag:
            raise _unparsable(f'Unmatched end tag at byte offset {where}, expected "</{begun.tag}>", found "</{tag}>"')
        length = self._offset - begun.offset
        if length and not self._is_language_of_pre(begun):
            self._entities.append(self._entity(begun, length))

    def _is_language_of_pre(self, begun: _Open) -> bool:
        """<pre><code class="language-x"> is one entity: the code tag only names the language."""
        language = begun.attributes.get("class", "").removeprefix("language-")
        if begun.tag != "code" or not language or not self._open or self._open[-1].tag != "pre":
            return False
        self._open[-1].attributes["language"] = language
        return True

    def _entity(self, begun: _Open, length: int) -> Entity:
        entity: Entity = {"type": TAGS[begun.tag], "offset": begun.offset, "length": length}
        if begun.tag == "a":
            start, end = begun.offset, begun.offset + length
            entity["url"] = begun.attributes.get("href") or _slice("".join(self._plain), start, end)
        if begun.tag == "pre" and "language" in begun.attributes:
            entity["language"] = begun.attributes["language"]
        if begun.tag == "blockquote" and "expandable" in begun.attributes:
            entity["type"] = "expandable_blockquote"
        if begun.tag == "tg-emoji":
            entity["custom_emoji_id"] = begun.attributes.get("emoji-id", "")
        return entity


def _unparsable(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def _sign(code: int) -> str | None:
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else None


def _slice(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "ignore")


def _trim(marked: Formatted) -> Formatted:
    """Without white space at both ends, entities moved and cut to what is left."""
    trimmed = marked.text.strip()
    before = utf16_length(marked.text[: len(marked.text) - len(marked.text.lstrip())])
    room = utf16_length(trimmed)
    kept = []
    for entity in marked.entities:
        start = max(entity["offset"] - before, 0)
        end = min(entity["offset"] - before + entity["length"], room)
        if start < end:
            kept.append({**entity, "offset": start, "length": end - start})
    return Formatted(trimmed, kept)


def _found(marked: Formatted) -> list[Entity]:
    """Commands, mentions and links that nobody marked; code and links are left alone."""
    closed = [e for e in marked.entities if e["type"] in {"code", "pre", "text_link", "bot_command", "mention", "url"}]
    found: list[Entity] = []
    for kind, pattern in FOUND_IN_TEXT:
        for match in pattern.finditer(marked.text):
            offset, length = utf16_length(marked.text[: match.start()]), utf16_length(match[0])
            if not any(_overlap(offset, length, entity) for entity in closed + found):
                found.append({"type": kind, "offset": offset, "length": length})
    return found


def _overlap(offset: int, length: int, entity: Entity) -> bool:
    begin: int = entity["offset"]
    return offset < begin + entity["length"] and begin < offset + length


def _in_order(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
