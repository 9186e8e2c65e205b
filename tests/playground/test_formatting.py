import pytest

from playground.errors import ApiError
from playground.formatting import CAPTION_LIMIT, TEXT_LIMIT, format_text, parse_html


def test_html_becomes_plain_text_with_entities() -> None:
    formatted = parse_html('<b>Bold</b> and <a href="https://example.org">a <i>link</i></a> &amp; &lt;more&gt;')

    assert formatted.text == "Bold and a link & <more>"
    assert formatted.entities == [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "text_link", "offset": 9, "length": 6, "url": "https://example.org"},
        {"type": "italic", "offset": 11, "length": 4},
    ]


def test_offsets_count_utf16_units() -> None:
    formatted = parse_html("🎨 <b>art</b>")

    assert formatted.entities == [{"type": "bold", "offset": 3, "length": 3}]


def test_language_of_preformatted_code_is_one_entity() -> None:
    formatted = parse_html('<pre><code class="language-python">x = 1</code></pre>')

    assert formatted.entities == [{"type": "pre", "offset": 0, "length": 5, "language": "python"}]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("a <div>b</div>", 'Unsupported start tag "div" at byte offset 2'),
        ("é <br>", 'Unsupported start tag "br" at byte offset 3'),
        ("<b>never closed", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>crossed</b></i>", 'Unmatched end tag at byte offset 13, expected "</i>", found "</b>"'),
        ("no start</b>", "Unexpected end tag at byte offset 8"),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<span>plain</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
    ids=["unsupported", "bytes", "unclosed", "crossed", "unexpected", "loose-sign", "span"],
)
def test_wrong_html_is_refused_in_telegrams_words(html: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        format_text(html, "HTML", None, limit=TEXT_LIMIT)

    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_limit_counts_what_is_left_after_entities() -> None:
    text = "<b>" + "x" * CAPTION_LIMIT + "</b>"

    assert len(format_text(text, "HTML", None, limit=CAPTION_LIMIT).text) == CAPTION_LIMIT
    with pytest.raises(ApiError, match="message caption is too long"):
        format_text(text + "y", "HTML", None, limit=CAPTION_LIMIT)
    with pytest.raises(ApiError, match="message is too long"):
        format_text("🎨" * (TEXT_LIMIT // 2) + "y", None, None, limit=TEXT_LIMIT)


def test_white_space_at_the_ends_goes_and_entities_follow() -> None:
    formatted = format_text("\n <b> word </b>\n", "HTML", None, limit=TEXT_LIMIT)

    assert formatted.text == "word"
    assert formatted.entities == [{"type": "bold", "offset": 0, "length": 4}]


def test_commands_mentions_and_links_are_found() -> None:
    formatted = format_text("/start@some_bot then @painter at https://example.org/x.", None, None, limit=TEXT_LIMIT)

    assert [(entity["type"], entity["offset"], entity["length"]) for entity in formatted.entities] == [
        ("bot_command", 0, 15),
        ("mention", 21, 8),
        ("url", 33, 21),
    ]


def test_a_path_is_no_command() -> None:
    assert format_text("and/or 1/2 /work/x", None, None, limit=TEXT_LIMIT).entities == []


def test_markdown_is_refused_rather_than_misread() -> None:
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        format_text("*bold*", "MarkdownV2", None, limit=TEXT_LIMIT)
