"""Every sentence stands in the catalogue, and the catalogue holds nothing else."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from fluent.syntax import FluentParser, visitor
from fluent.syntax import ast as fluent

import bot
from bot import errors, menus, texts
from bot.errors import CANCEL_ANSWERS, JOB_SENTENCES, PICTURE_SENTENCES
from bot.style_names import find_style
from jobs import decoding
from jobs.errors import BadPictureReason
from jobs.presets import list_presets
from jobs.values import CancelOutcome, JobFailure

FOLDER = Path(bot.__file__).parent
SOURCES = sorted(FOLDER.rglob("*.py"))
# Which argument of a call is the key of a sentence.
KEY_PLACES = {"render": 1, "plain": 1, "reply": 2, "ask_for_picture": 2, "answer_press": 1, "Refused": 0}
SAYING = ("reply", "edit", "answer", "send", "render", "plain", "_button", "Look", "Refused", "Inline", "Input", "BotC")
OTHERS = [language for language in texts.languages() if language != "en"]
COUNTED = {"jobs", "ahead", "places"}


class Sentence(visitor.Visitor):
    """What a sentence is made of, in whatever order: its facts, its markup and the commands it names."""

    def __init__(self, message: fluent.Message) -> None:
        self.facts: set[str] = set()
        self.words = ""
        self.visit(message)

    @property
    def marks(self) -> set[str]:
        return set(re.findall(r"</?\w+>", self.words)) | set(re.findall(r"(?<![\w<])/[a-z_]+", self.words))

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:
        self.facts.add(node.id.name)

    def visit_TextElement(self, node: fluent.TextElement) -> None:
        self.words += node.value


@cache
def _sentences(language: str) -> dict[str, Sentence]:
    resource = FluentParser().parse((texts.LOCALES / language / "bot.ftl").read_text(encoding="utf-8"))
    return {entry.id.name: Sentence(entry) for entry in resource.body if isinstance(entry, fluent.Message)}


def _said(language: str, count: int = 5) -> dict[str, str]:
    """Every sentence of a language, with facts."""
    facts: dict[str, dict[str, Any]] = {
        key: {fact: count if fact in COUNTED else "x" for fact in sentence.facts}
        for key, sentence in _sentences(language).items()
    }
    return {key: texts.render(language, key, **given) for key, given in facts.items()}


@cache
def _trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES]


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            yield (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")), node


def _strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _choices(argument: ast.expr) -> Iterator[str]:
    """The strings an argument can be."""
    if isinstance(argument, ast.IfExp):
        yield from _choices(argument.body)
        yield from _choices(argument.orelse)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


def _keys_in_code() -> set[str]:
    """Every string in the code that looks like a key: docstrings and log lines have spaces."""
    return {string for _, tree in _trees() for string in _strings(tree) if " " not in string}


def _keys_asked_for() -> set[str]:
    """The keys given where a sentence is said, and those of the tables that answer errors."""
    asked = {
        key
        for _, tree in _trees()
        for name, call in _calls(tree)
        if name in KEY_PLACES and len(call.args) > KEY_PLACES[name]
        for key in _choices(call.args[KEY_PLACES[name]])
    }
    tables = (errors.PICTURE_SENTENCES, errors.JOB_SENTENCES, errors.CANCEL_ANSWERS, errors.REPLIES)
    return asked | {key for table in tables for key in table.values()}


def test_no_handler_holds_a_sentence() -> None:
    said = [
        (path.name, string)
        for path, tree in _trees()
        for name, call in _calls(tree)
        if name.startswith(SAYING)
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        for string in _strings(argument)
        if " " in string.strip()
    ]

    assert said == []


def test_every_key_asked_for_is_in_the_catalogue() -> None:
    assert _keys_asked_for() - texts.keys("en") == set()


def test_every_key_of_the_catalogue_is_used() -> None:
    shipped = {f"preset-{preset.name}" for preset in list_presets()}
    offered = {f"command-{command}" for command in menus.ADMINS_COMMANDS}

    assert texts.keys("en") - _keys_in_code() - shipped - offered == set()


def test_shipped_presets_are_named_by_the_catalogue() -> None:
    assert {f"preset-{preset.name}" for preset in list_presets()} <= texts.keys("en")


def test_a_preset_of_the_catalogue_has_its_word_and_one_added_later_its_own_title() -> None:
    shipped = replace(list_presets()[0], title="In the file")
    added = replace(shipped, name="added-later")

    assert texts.preset_title("en", shipped) == "Brush strokes"
    assert texts.preset_title("en", added) == "In the file"


@pytest.mark.parametrize(("jobs", "words"), [(1, "the picture I was on"), (2, "both of"), (3, "all 3 of")])
@pytest.mark.parametrize("key", ["cancel-jobs", "cancel-both"])
def test_stopped_pictures_are_counted_as_people_count(key: str, jobs: int, words: str) -> None:
    assert f"I stop {words}" in texts.render("en", key, jobs=jobs)


def test_english_has_company() -> None:
    assert texts.languages() == ("en", "es", "id", "ru")


@pytest.mark.parametrize("language", OTHERS)
def test_all_catalogues_have_the_same_keys(language: str) -> None:
    assert texts.keys(language) == texts.keys("en")


@pytest.mark.parametrize("language", texts.languages())
def test_nothing_in_a_catalogue_is_unreadable(language: str) -> None:
    resource = FluentParser().parse((texts.LOCALES / language / "bot.ftl").read_text(encoding="utf-8"))

    names = [entry.id.name for entry in resource.body if isinstance(entry, fluent.Message)]
    assert [entry.content for entry in resource.body if isinstance(entry, fluent.Junk)] == []
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", OTHERS)
def test_all_catalogues_have_the_same_facts_markup_and_commands_in_each_sentence(language: str) -> None:
    english, theirs = _sentences("en"), _sentences(language)

    assert [key for key in english if theirs[key].facts != english[key].facts] == []
    assert [key for key in english if theirs[key].marks != english[key].marks] == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    english, theirs = _sentences("en"), _sentences(language)
    worded = [key for key in english if len(re.findall(r"\w{2,}", re.sub(r"<.*?>", "", english[key].words))) > 2]

    assert [key for key in worded if english[key].words == theirs[key].words] == []


@pytest.mark.parametrize("count", [0, 1, 2, 5, 21])
@pytest.mark.parametrize("language", texts.languages())
def test_every_sentence_can_be_said_and_its_markup_is_whole(language: str, count: int) -> None:
    for words in _said(language, count).values():
        assert re.findall(r"<(\w+)>", words) == re.findall(r"</(\w+)>", words)
        assert words.strip()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "впереди 1 картина"),
        (2, "впереди 2 картины"),
        (5, "впереди 5 картин"),
        (11, "11 картин"),
        (21, "21 картина"),
    ],
)
def test_russian_counts_as_russians_count(count: int, words: str) -> None:
    assert texts.render("ru", "queued-behind", style="x", ahead=count).rstrip(".").endswith(words)


@pytest.mark.parametrize(
    ("jobs", "words"), [(1, "картину, которую"), (2, "обе"), (3, "3 твои"), (21, "21 твою картину")]
)
def test_russian_stops_as_many_pictures_as_there_are(jobs: int, words: str) -> None:
    assert words in texts.render("ru", "cancel-jobs", jobs=jobs)


@pytest.mark.parametrize(("language", "length"), [("en", "29.7"), ("ru", "29,7"), ("es", "29,7"), ("id", "29,7")])
def test_numbers_are_written_as_the_language_writes_them(language: str, length: str) -> None:
    assert length in texts.render(language, "done-poster", style="x", length=29.7, dpi=150)


def test_russian_says_du_throughout() -> None:
    polite = re.compile(r"\b(вы|вас|вам|вами|ваш\w*|\w+йте)\b", re.IGNORECASE)

    assert [words for words in _said("ru").values() if polite.search(words)] == []


@pytest.mark.parametrize("language", texts.languages())
def test_the_style_in_examples_is_understood(language: str) -> None:
    named = {name for words in _said(language).values() for name in re.findall(r"/style ([^<\s]+)", words)}

    assert {style.name for name in named if (style := find_style(name, language))} == {"mosaic"}
    assert len(named) == 1


@pytest.mark.parametrize("language", texts.languages())
def test_every_style_is_found_by_its_name_in_every_language(language: str) -> None:
    for preset in list_presets():
        assert find_style(texts.preset_title(language, preset), language) == preset


def test_every_reason_and_failure_has_its_sentence() -> None:
    assert set(PICTURE_SENTENCES) == set(get_args(BadPictureReason))
    assert set(JOB_SENTENCES) == {failure.value for failure in JobFailure}
    assert set(CANCEL_ANSWERS) == set(CancelOutcome)


def test_limits_in_sentences_are_the_decoders() -> None:
    assert str(decoding.MIN_SIDE_PX) in texts.plain("en", "picture-too-small")
    assert str(decoding.MAX_RATIO) in texts.plain("en", "picture-too-long")
    assert str(decoding.MAX_PIXELS // 1_000_000) in texts.plain("en", "picture-too-large")


@pytest.mark.parametrize(
    ("beginning", "limit"), [("press-", 200), ("command-", 256), ("button-", 32), ("start", 1024), ("content-", 1024)]
)
@pytest.mark.parametrize("language", texts.languages())
def test_what_is_said_fits(language: str, beginning: str, limit: int) -> None:
    words = [said for key, said in _said(language).items() if key.startswith(beginning)]

    assert max(map(len, words)) <= limit


def test_names_cannot_bring_markup_along() -> None:
    assert "&lt;b&gt;Ann" in texts.render("en", "start", name="<b>Ann")


def test_names_lose_what_turns_a_sentence_round() -> None:
    assert texts.tidy_name("A\u202enn\n\x00 B") == "Ann B"


@pytest.mark.parametrize("language", [None, "en", "EN-gb", "xx"], ids=["none", "plain", "region", "unknown"])
def test_unknown_languages_get_english(language: str | None) -> None:
    assert texts.render(language, "press-on-it") == "I am on it!"


@pytest.mark.parametrize(("code", "language"), [("es-MX", "es"), ("RU", "ru"), ("in", "id"), ("id-ID", "id")])
def test_regions_and_old_codes_are_understood(code: str, language: str) -> None:
    assert texts.known(code) == language


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s"), (7.4, "about 7 s"), (43, "about 40 s"), (91, "about 2 min"), (600, "about 10 min")],
)
def test_durations_are_told_as_people_tell_them(seconds: float, words: str) -> None:
    assert texts.about("en", seconds) == words


def test_a_forgotten_fact_is_an_error() -> None:
    with pytest.raises(ValueError, match="queued-next"):
        texts.render("en", "queued-next")
